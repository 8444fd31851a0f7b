// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What a context keeps of one SSRC. Plain numbers and no secrets, so that a slab of them can be an array.
struct StreamState: Sendable {
    let ssrc: SSRC
    /// A rollover counter that the application has set, for the next RTP packet to take.
    var pendingRolloverCounter: UInt32?
    /// The SRTCP index of the next packet to be sent; 2^31 when there is none left. Senders only.
    var nextRTCPIndex: UInt32 = 0
    /// The lowest RTP index used under the current master key; without meaning before the first packet.
    private(set) var oldestRTP: UInt64 = .max
    var rtp = ReplayState()
    var rtcp = ReplayState()

    init(ssrc: SSRC) { self.ssrc = ssrc }

    /// The index of an RTP packet with this sequence number.
    @inline(__always)
    func rtpIndex(of sequenceNumber: UInt16) -> PacketIndex {
        guard rtp.count > 0 else {
            return PacketIndex(rolloverCounter: pendingRolloverCounter ?? 0, sequenceNumber: sequenceNumber)
        }
        let newest = PacketIndex(unwrapped: rtp.newest)
        guard let pendingRolloverCounter else { return PacketIndex(of: sequenceNumber, highest: newest) }
        // A counter that was set is ahead of the stream's, so that it lies in the same turn of 2^48.
        let turn = newest.unwrapped & ~(PacketIndex.modulus - 1)
        return PacketIndex(unwrapped: turn | UInt64(pendingRolloverCounter) << 16 | UInt64(sequenceNumber))
    }

    /// Whether a packet with this index would leave more than 2^48 indices between the oldest and the newest, so that one
    /// of them would be used twice under the master key.
    @inline(__always)
    func exhaustsIndices(_ index: PacketIndex) -> Bool {
        guard rtp.count > 0 else { return false }
        return max(rtp.newest, index.unwrapped) - min(oldestRTP, index.unwrapped) >= PacketIndex.modulus
    }

    /// Notes what else changes with an RTP packet that was seen.
    @inline(__always)
    mutating func noteRTP(_ index: PacketIndex) {
        pendingRolloverCounter = nil
        oldestRTP = min(oldestRTP, index.unwrapped)
    }

    /// The rollover counter that the next packet is judged by; `nil` before there is one.
    var rolloverCounter: UInt32? {
        pendingRolloverCounter ?? (rtp.count > 0 ? PacketIndex(unwrapped: rtp.newest).rolloverCounter : nil)
    }

    /// Sets the rollover counter for the next packet to take.
    mutating func setRolloverCounter(_ counter: UInt32) throws(SRTPError) {
        guard rtp.count > 0 else {
            pendingRolloverCounter = counter
            return
        }
        let current = PacketIndex(unwrapped: rtp.newest).rolloverCounter
        guard counter >= current else { throw .rolloverCounterMovesBack(ssrc, from: current, to: counter) }
        pendingRolloverCounter = counter == current ? nil : counter
    }
}
