// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What an RTP packet of a stream touches, and no more than that: one cache line of 64 octets.
struct RTPLine: Sendable {
    let ssrc: SSRC
    /// The number of the master key that the counts, RTP and RTCP, are of; 0 before the first packet.
    var keyNumber: UInt32 = 0
    var replay = ReplayState()
    /// The lowest index used under that master key.
    var oldest = UInt64.max
    /// The index from which on a sender looks at the stream's lease; .max where it has no need of one.
    var leaseNotice = UInt64.max
    /// A rollover counter that the application has set, for the next packet to take.
    var pendingRolloverCounter: UInt32?
    /// Whether the next packet is looked for at several rollover counters.
    var isSearched = false
    /// Whether packets came, RTP or RTCP, since the last look for a stream to evict.
    var isRecent = true
    /// Whether there is a stream at all.
    private(set) var isStream = true

    init(ssrc: SSRC) { self.ssrc = ssrc }

    /// Notes what else changes with an RTP packet that was seen.
    @inline(__always)
    mutating func note(_ index: PacketIndex) {
        pendingRolloverCounter = nil
        isSearched = false
        isRecent = true
        oldest = min(oldest, index.unwrapped)
    }

    // MARK: Slots without a stream

    /// What lies in a slot without a stream: which is the next such slot; -1 for none.
    init(nextVacant: Int) {
        self.init(ssrc: 0)
        keyNumber = UInt32(nextVacant + 1)
        isStream = false
    }

    /// The next slot without a stream, in one that is one.
    var nextVacant: Int { Int(keyNumber) - 1 }
}

/// What an RTCP packet of a stream touches beside that: a line of its own, which RTP packets leave alone.
struct RTCPLine: Sendable {
    var replay = ReplayState()
    /// The index of the next packet to be sent. Senders only.
    var next = RTCPIndex.first
    /// The lowest index used under the stream's master key.
    var oldest = UInt64.max
    /// The index from which on a sender looks at the stream's lease; .max where it has no need of one.
    var leaseNotice = UInt64.max
    /// Up to the end of the line, so that no other stream's begins there.
    private let unused: UInt64 = 0
}
