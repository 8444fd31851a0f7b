// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What a context keeps of one SSRC. Plain numbers and no secrets.
///
/// In a stream table its two lines lie apart, and nobody but the table sees that. See ``RTPLine`` and ``RTCPLine`` for what the
/// numbers are.
struct StreamState: Sendable {
    var rtpLine: RTPLine
    var rtcpLine: RTCPLine

    @inline(__always)
    init(_ rtpLine: RTPLine, _ rtcpLine: RTCPLine) {
        self.rtpLine = rtpLine
        self.rtcpLine = rtcpLine
    }

    init(ssrc: SSRC) { self.init(RTPLine(ssrc: ssrc), RTCPLine()) }

    var ssrc: SSRC { rtpLine.ssrc }
    var keyNumber: UInt32 { rtpLine.keyNumber }
    var oldestRTP: UInt64 { rtpLine.oldest }
    var oldestRTCP: UInt64 { rtcpLine.oldest }
    var rtcpLeaseNotice: UInt64 { rtcpLine.leaseNotice }
    private(set) var rtp: ReplayState {
        get { rtpLine.replay }
        set { rtpLine.replay = newValue }
    }
    private(set) var rtcp: ReplayState {
        get { rtcpLine.replay }
        set { rtcpLine.replay = newValue }
    }
    private(set) var pendingRolloverCounter: UInt32? {
        get { rtpLine.pendingRolloverCounter }
        set { rtpLine.pendingRolloverCounter = newValue }
    }
    var isSearched: Bool {
        get { rtpLine.isSearched }
        set { rtpLine.isSearched = newValue }
    }
    var nextRTCP: RTCPIndex {
        get { rtcpLine.next }
        set { rtcpLine.next = newValue }
    }

    // MARK: RTP

    /// The index of an RTP packet with this sequence number.
    @inline(__always)
    func rtpIndex(of sequenceNumber: UInt16) -> PacketIndex {
        guard !rtp.isEmpty else {
            return PacketIndex(rolloverCounter: pendingRolloverCounter ?? 0, sequenceNumber: sequenceNumber)
        }
        let estimate = PacketIndex(of: sequenceNumber, highest: PacketIndex(unwrapped: rtp.newest))
        guard let pendingRolloverCounter else { return estimate }
        // Set to the counter that the stream has, it says that a number 2^15 or more ahead is not of the counter before.
        return max(estimate, rtpIndex(of: sequenceNumber, rolloverCounter: pendingRolloverCounter))
    }

    /// The index of an RTP packet that is known to have this rollover counter, in the stream's turn of 2^48: what lies behind
    /// is a replay, not half a turn ahead.
    func rtpIndex(of sequenceNumber: UInt16, rolloverCounter: UInt32) -> PacketIndex {
        guard !rtp.isEmpty else {
            return PacketIndex(rolloverCounter: rolloverCounter, sequenceNumber: sequenceNumber)
        }
        let turn = rtp.newest & ~(PacketIndex.modulus - 1)
        return PacketIndex(unwrapped: turn | UInt64(rolloverCounter) << 16 | UInt64(sequenceNumber))
    }

    /// The newest SRTP index, modulo 2^48; `nil` before the first packet.
    var newestRTP: UInt64? { rtp.isEmpty ? nil : PacketIndex(unwrapped: rtp.newest).wire }

    /// Whether a packet with this index would leave 2^48 indices or more between the newest and the oldest under a master key,
    /// so that one of them would be used twice.
    @inline(__always)
    static func exhaustsIndices(_ index: PacketIndex, newest: UInt64, oldest: UInt64) -> Bool {
        guard oldest != .max else { return false }
        return max(newest, index.unwrapped) - min(oldest, index.unwrapped) >= PacketIndex.modulus
    }

    /// The rollover counter that the next packet is judged by; `nil` before there is one.
    var rolloverCounter: UInt32? {
        pendingRolloverCounter ?? (rtp.isEmpty ? nil : PacketIndex(unwrapped: rtp.newest).rolloverCounter)
    }

    /// Sets the rollover counter for the next packet to take.
    mutating func setRolloverCounter(_ counter: UInt32) throws(SRTPError) {
        guard !rtp.isEmpty else {
            pendingRolloverCounter = counter
            return
        }
        let current = PacketIndex(unwrapped: rtp.newest).rolloverCounter
        guard counter >= current else { throw .rolloverCounterMovesBack(ssrc, from: current, to: counter) }
        pendingRolloverCounter = counter
    }

    // MARK: RTCP

    /// The index of an SRTCP packet that carries `wire`, under a master key.
    ///
    /// What comes under a key that is older than the stream's, and that the stream was never seen under, is from before: it has not
    /// wrapped.
    @inline(__always)
    func rtcpIndex(_ wire: UInt32, under key: borrowing KeyEntry) -> RTCPIndex {
        guard !rtcp.isEmpty else { return RTCPIndex(first: wire) }
        var oldest: UInt64? = oldestRTCP(under: key)
        if oldest == .max { oldest = key.id.number < keyNumber ? 0 : nil }
        return RTCPIndex(wire, newest: RTCPIndex(unwrapped: rtcp.newest), oldest: oldest)
    }

    /// Whether there is no SRTCP index left to send with, under a master key.
    func hasNoRTCPIndex(under key: borrowing KeyEntry) -> Bool {
        let oldest = keyNumber == 0 ? RTCPIndex.first.unwrapped : oldestRTCP(under: key)
        return nextRTCP.unwrapped - min(oldest, nextRTCP.unwrapped) >= RTCPIndex.modulus
    }

    /// The lowest SRTCP index used under a master key.
    @inline(__always)
    private func oldestRTCP(under key: borrowing KeyEntry) -> UInt64 {
        key.id.number == keyNumber ? oldestRTCP : key.use.returning.oldestRTCP
    }

    // MARK: Keys

    /// What the stream has used of the master key that it is at.
    var use: StreamUse {
        StreamUse(rtpPackets: rtp.count, rtcpPackets: rtcp.count, oldestRTP: oldestRTP, oldestRTCP: oldestRTCP)
    }

    /// Goes on under another master key, of which this much was used by streams that come back to it.
    ///
    /// Under the key that a stream starts with, its SRTCP indices count from 0, wherever it starts: only a further key makes
    /// room for a wrap.
    mutating func move(toKey number: UInt32, returning use: StreamUse) {
        let isFirst = keyNumber == 0
        setUse(isFirst ? StreamUse() : use, keyNumber: number)
        if isFirst { rtcpLine.oldest = RTCPIndex.first.unwrapped }
    }

    // MARK: Leases

    /// Sets the index from which on the stream's lease is looked at.
    mutating func setLeaseNotice(_ index: UInt64, _ kind: PacketKind) {
        switch kind {
        case .rtp: rtpLine.leaseNotice = index
        case .rtcp: rtcpLine.leaseNotice = index
        }
    }

    /// The first index behind everything sent; `nil` where nothing was, and the packet will say.
    func nextIndex(_ kind: PacketKind) -> UInt64? {
        switch kind {
        case .rtp: rtp.isEmpty ? nil : rtp.newest + 1
        case .rtcp: nextRTCP.unwrapped
        }
    }

    /// Goes on at `start`, behind what an earlier process has sent. `false` where the stream is there already.
    mutating func resume(_ kind: PacketKind, at start: UInt64, _ earlier: LeaseRequest.Use?, keyNumber: UInt32) -> Bool
    {
        switch kind {
        case .rtp:
            guard start > rtp.newest + 1 else { return false }
            let packets = rtp.count
            rtp = ReplayState(returningAt: start - 1)
            rtp.restartCount(at: packets)
            let current = PacketIndex(unwrapped: start - 1).rolloverCounter
            if let pending = pendingRolloverCounter, pending < current { pendingRolloverCounter = nil }
        case .rtcp:
            guard start > nextRTCP.unwrapped else { return false }
            nextRTCP = RTCPIndex(unwrapped: start)
        }
        guard let earlier, earlier.packets > 0, keyNumber == self.keyNumber || self.keyNumber == 0 else { return true }
        var use = use
        switch kind {
        case .rtp:
            use.rtpPackets = min(use.rtpPackets + min(earlier.packets, 1 << 60), 1 << 60)
            use.oldestRTP = min(use.oldestRTP, earlier.oldest)
        case .rtcp:
            use.rtcpPackets = min(use.rtcpPackets + min(earlier.packets, 1 << 60), 1 << 60)
            use.oldestRTCP = min(use.oldestRTCP, earlier.oldest)
        }
        setUse(use, keyNumber: keyNumber)
        return true
    }

    // MARK: Coming back

    /// Goes on where a stream of this SSRC had come to; everything up to there counts as seen.
    mutating func resume(_ left: FormerStream) {
        if left.rtp > 0 { rtp = ReplayState(returningAt: left.rtp) }
        if left.rtcp > 0 { rtcp = ReplayState(returningAt: left.rtcp) }
        nextRTCP = RTCPIndex(unwrapped: left.nextRTCP)
        pendingRolloverCounter = left.pendingRolloverCounter
        setUse(left.use, keyNumber: left.keyNumber)
    }

    /// Takes over what was saved, with windows of these words.
    mutating func restore(_ saved: SRTPStateSnapshot.Stream, rtpWords: [UInt64], rtcpWords: [UInt64]) {
        pendingRolloverCounter = saved.pendingRolloverCounter
        isSearched = saved.isSearched
        rtp = ReplayState(newest: saved.rtp.newest, count: saved.rtp.count, words: rtpWords)
        rtcp = ReplayState(newest: saved.rtcp.newest, count: saved.rtcp.count, words: rtcpWords)
        nextRTCP = RTCPIndex(unwrapped: saved.nextRTCP)
        setUse(
            StreamUse(
                rtpPackets: saved.rtp.count, rtcpPackets: saved.rtcp.count, oldestRTP: saved.oldestRTP,
                oldestRTCP: saved.oldestRTCP), keyNumber: saved.keyNumber)
    }

    private mutating func setUse(_ use: StreamUse, keyNumber: UInt32) {
        rtpLine.keyNumber = keyNumber
        rtpLine.oldest = use.oldestRTP
        rtcpLine.oldest = use.oldestRTCP
        rtp.restartCount(at: use.rtpPackets)
        rtcp.restartCount(at: use.rtcpPackets)
    }
}
