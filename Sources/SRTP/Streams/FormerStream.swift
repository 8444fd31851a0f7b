// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is left of a stream that was removed or evicted, until its keys are gone: how far it had come.
///
/// Returning, it goes on from there, so that nothing is sent twice under an index, and nothing accepted a second time.
struct FormerStream: Hashable, Sendable {
    /// The newest RTP and SRTCP indices; 0 where there was none.
    let rtp: UInt64
    let rtcp: UInt64
    /// The SRTCP index to be sent next.
    let nextRTCP: UInt64
    /// Under which master key, and how much of it.
    let use: StreamUse
    let keyNumber: UInt32
    /// The newest master key that there was when the stream went: it may have used this one and all before.
    let lastKeyNumber: UInt32
    /// A rollover counter that was set and that no packet has taken.
    let pendingRolloverCounter: UInt32?

    init(
        rtp: UInt64, rtcp: UInt64, nextRTCP: UInt64, pendingRolloverCounter: UInt32?, keyNumber: UInt32,
        use: StreamUse, lastKeyNumber: UInt32
    ) {
        self.rtp = rtp
        self.rtcp = rtcp
        self.nextRTCP = nextRTCP
        self.pendingRolloverCounter = pendingRolloverCounter
        self.keyNumber = keyNumber
        self.use = use
        self.lastKeyNumber = lastKeyNumber
    }

    init(_ stream: StreamState, lastKeyNumber: UInt32) {
        rtp = stream.rtp.newest
        rtcp = stream.rtcp.newest
        nextRTCP = stream.nextRTCP.unwrapped
        keyNumber = stream.keyNumber
        use = stream.use
        pendingRolloverCounter = stream.pendingRolloverCounter
        self.lastKeyNumber = lastKeyNumber
    }

    // MARK: Slots without a stream

    /// What lies in a slot without a stream: which is the next such slot; -1 for none.
    init(nextVacant: Int) {
        self.init(
            rtp: UInt64(nextVacant + 1), rtcp: 0, nextRTCP: 0, pendingRolloverCounter: nil, keyNumber: 0,
            use: StreamUse(), lastKeyNumber: 0)
    }

    /// The next slot without a stream, in one that is one.
    var nextVacant: Int { Int(truncatingIfNeeded: rtp) - 1 }
}
