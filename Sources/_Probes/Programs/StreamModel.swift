// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a context must know of one kind of packet of one SSRC, kept as plainly as can be: a set instead of a window.
struct SeenModel {
    /// Where an index stands.
    enum Verdict {
        case fresh
        case seen
        case tooOld
        /// It would leave 2^48 indices or more between the oldest and the newest.
        case exhausted
    }

    private(set) var count = 0
    private(set) var newest = 0
    private var oldest = 0
    private var indices: Set<Int> = []

    /// What a window of `width` packets must say of `index`.
    func verdict(on index: Int, width: Int) -> Verdict {
        guard count > 0 else { return .fresh }
        if index <= newest - width { return .tooOld }
        if indices.contains(index) { return .seen }
        return max(newest, index) - min(oldest, index) >= 1 << 48 ? .exhausted : .fresh
    }

    /// Notes a packet that was sent or accepted.
    mutating func mark(_ index: Int) {
        newest = count == 0 ? index : max(newest, index)
        oldest = count == 0 ? index : min(oldest, index)
        indices.insert(index)
        count += 1
    }
}

/// What a context must know of one SSRC. Indices go on past 2^48, and below 0 for the rollover counter before 0.
struct StreamModel {
    var rtp = SeenModel()
    var rtcp = SeenModel()
    /// Senders only; 2^31 when there is none left.
    var nextRTCPIndex = 0
    private(set) var pendingRolloverCounter: UInt32?

    /// The index of an RTP packet: of those with its sequence number, the nearest to the newest, and among two equally
    /// near the one at the newest's rollover counter (RFC 3711 appendix A).
    func rtpIndex(of sequenceNumber: UInt16) -> Int {
        let sequence = Int(sequenceNumber)
        guard rtp.count > 0 else { return Int(pendingRolloverCounter ?? 0) << 16 | sequence }
        var nearest = rtp.newest & ~0xFFFF | sequence
        for other in [nearest - 65_536, nearest + 65_536] where abs(other - rtp.newest) < abs(nearest - rtp.newest) {
            nearest = other
        }
        // A counter that was set is not of before the stream's own.
        guard let pendingRolloverCounter else { return nearest }
        return max(nearest, rtp.newest & ~0xFFFF_FFFF_FFFF | Int(pendingRolloverCounter) << 16 | sequence)
    }

    /// The index of an RTP packet that carries its rollover counter: the estimate where that agrees, else in the newest's turn.
    func rtpIndex(of sequenceNumber: UInt16, carried counter: UInt32) -> Int {
        let first = Int(counter) << 16 | Int(sequenceNumber)
        guard rtp.count > 0 else { return first }
        let estimate = rtpIndex(of: sequenceNumber)
        let modulus = 1 << 48
        return (estimate - first).isMultiple(of: modulus) ? estimate : rtp.newest & ~(modulus - 1) | first
    }

    /// Notes an RTP packet that was sent or accepted.
    mutating func markRTP(_ index: Int) {
        rtp.mark(index)
        pendingRolloverCounter = nil
    }

    /// Sets the rollover counter; `false` where it would move back.
    mutating func setRolloverCounter(_ counter: UInt32) -> Bool {
        let current = UInt32(truncatingIfNeeded: rtp.newest >> 16)
        guard rtp.count == 0 || counter >= current else { return false }
        pendingRolloverCounter = rtp.count > 0 && counter == current ? nil : counter
        return true
    }
}
