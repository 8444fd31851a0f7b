// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// Every stream of a context: found by SSRC, changed in place, never copied out and back.
struct StreamTable: ~Copyable, Sendable {
    private var directory: StreamDirectory
    /// Each stream in two lines, at the same position in both.
    private var rtpLines: StreamSlab<RTPLine>
    private var rtcpLines: StreamSlab<RTCPLine>
    /// The first slot whose stream is gone, to be used again, each of which names the next one; -1 for none.
    private var vacant = -1
    /// What is left of streams that are gone.
    private var former: FormerStreams
    /// Where the search for a stream to evict goes on.
    private var hand = 0
    private var wideRTP: WindowSlab?
    private var wideRTCP: WindowSlab?
    private let rtpWidth: Int
    private let rtcpWidth: Int
    let limit: Int

    /// Streams that are gone and still remembered, at most, for each that is admitted.
    private static let formerPerStream = 16
    /// Streams that are looked at, at most, for one from which nothing came.
    private static let longestSearch = 128

    init(_ configuration: SRTPConfiguration) throws(CryptoError) {
        let hash = try SSRCHash.random()
        limit = configuration.streamLimit
        directory = StreamDirectory(hash)
        rtpLines = StreamSlab(limit: limit)
        rtcpLines = StreamSlab(limit: limit)
        former = FormerStreams(limit: limit * Self.formerPerStream, hash)
        rtpWidth = configuration.replayWindow
        rtcpWidth = configuration.rtcpReplayWindow
        wideRTP = WindowSlab(width: rtpWidth, limit: limit)
        wideRTCP = WindowSlab(width: rtcpWidth, limit: limit)
    }

    // MARK: Finding and admitting

    /// The stream's slot; `nil` if the SSRC is not known. Changes nothing but the memory of the last hit.
    @inline(__always)
    mutating func slot(of ssrc: SSRC) -> Int? { directory.slot(of: ssrc) }

    /// Has the memory fetched in which a stream's slot is looked for. Of many streams it is rarely in a cache, and packets whose
    /// memory is fetched together wait for it once.
    @inline(__always)
    func prefetchSlot(of ssrc: SSRC) { directory.prefetch(ssrc) }

    /// Has the memory fetched that an RTP packet of the stream in a slot touches.
    @inline(__always)
    func prefetchRTP(at slot: Int) { unsafe ZeroedMemory.prefetch(rtpLines.address(of: slot)) }

    /// The streams there are.
    var count: Int { directory.count }

    /// Whether a further stream is admitted.
    var hasRoom: Bool { directory.count < limit }

    /// Whether a stream that goes leaves a trace, or there are too many of them; where it makes room for `newcomer`, whose own trace
    /// goes.
    func canRemember(admitting newcomer: SSRC? = nil) -> Bool {
        former.hasRoom || newcomer.map { former[$0] != nil } ?? false
    }

    /// What a packet is judged by whose SSRC has no stream: nothing seen yet, or what is left of a stream that was here before.
    @inline(never)
    func newcomer(_ ssrc: SSRC) -> StreamState {
        var stream = StreamState(ssrc: ssrc)
        if !former.isEmpty, let left = former[ssrc] { stream.resume(left) }
        return stream
    }

    /// Makes a stream for an SSRC that has none; one that was here before goes on where it was. May allocate.
    mutating func insert(_ ssrc: SSRC) -> Int {
        let slot: Int
        if vacant >= 0 {
            slot = vacant
            vacant = rtpLines[slot].nextVacant
            self[slot] = StreamState(ssrc: ssrc)
        } else {
            slot = rtpLines.count
            rtpLines.append(RTPLine(ssrc: ssrc))
            rtcpLines.append(RTCPLine())
            wideRTP?.append()
            wideRTCP?.append()
        }
        directory.insert(ssrc, slot: slot)
        // A window that is not kept counts as seen.
        let left = former.remove(ssrc)
        wideRTP?.set(nil, repeating: left.map { $0.rtp > 0 ? .max : 0 } ?? 0, at: slot)
        wideRTCP?.set(nil, repeating: left.map { $0.rtcp > 0 ? .max : 0 } ?? 0, at: slot)
        if let left { self[slot].resume(left) }
        return slot
    }

    /// Removes a stream. What it leaves behind is kept until all keys are gone up to the one with the number `lastKey`,
    /// the newest there is.
    mutating func remove(_ slot: Int, lastKey: UInt32) {
        let stream = self[slot]
        former.insert(FormerStream(stream, lastKeyNumber: lastKey), of: stream.ssrc)
        directory.remove(stream.ssrc)
        rtpLines[slot] = RTPLine(nextVacant: vacant)
        vacant = slot
    }

    /// Removes a stream from which nothing came for a while, and says which.
    ///
    /// The hand goes round over all streams and takes the first one that nothing came from since it was there last. Where there is
    /// none among many, it takes the next one: the packet that wants the room does not wait for a million to be looked at.
    mutating func evict(lastKey: UInt32) -> SSRC? {
        for step in 0..<2 * rtpLines.count {
            let slot = hand
            hand = slot + 1 < rtpLines.count ? slot + 1 : 0
            guard rtpLines[slot].isStream else { continue }
            guard !rtpLines[slot].isRecent || step >= Self.longestSearch else {
                unsafe rtpLines.address(of: slot).pointee.isRecent = false
                continue
            }
            let ssrc = rtpLines[slot].ssrc
            remove(slot, lastKey: lastKey)
            return ssrc
        }
        return nil
    }

    /// Forgets the streams that are gone whose keys are gone too: all before the one with this number.
    mutating func forgetFormer(before keyNumber: UInt32) { former.forget(before: keyNumber) }

    /// The stream in a slot.
    subscript(slot: Int) -> StreamState {
        @inline(__always) get { StreamState(rtpLines[slot], rtcpLines[slot]) }
        @inline(__always) set {
            rtpLines[slot] = newValue.rtpLine
            rtcpLines[slot] = newValue.rtcpLine
        }
    }

    // MARK: RTP

    // Most packets are the newest of a known stream. What those need is read field by field: the optimiser (6.3.1) copies a whole
    // state for a method on it, and the whole table for a method that does not change it, which is why these say that they do.

    /// The index of a packet of `ssrc`, which may have no slot yet.
    @inline(__always)
    mutating func rtpIndex(of sequenceNumber: UInt16, _ ssrc: SSRC, at slot: Int?) -> PacketIndex {
        guard let slot else { return otherIndex(of: sequenceNumber, ssrc, at: nil) }
        let stream = unsafe rtpLines.address(of: slot)
        let newest = unsafe stream.pointee.replay.newest
        guard newest > 0, unsafe stream.pointee.pendingRolloverCounter == nil else {
            return otherIndex(of: sequenceNumber, ssrc, at: slot)
        }
        return PacketIndex(of: sequenceNumber, highest: PacketIndex(unwrapped: newest))
    }

    @inline(never)
    private func otherIndex(of sequenceNumber: UInt16, _ ssrc: SSRC, at slot: Int?) -> PacketIndex {
        (slot.map { self[$0] } ?? newcomer(ssrc)).rtpIndex(of: sequenceNumber)
    }

    /// The index of a packet that no rule is against: less than 2^15 ahead of the newest of its stream, which is at the master key
    /// with this number and has no counter pending; below the lease, less than 2^48 from the oldest, and fewer than `limit` packets
    /// with it. `nil` for all others, for which the rules are asked one by one.
    @inline(__always)
    mutating func ordinaryRTPIndex(
        of sequenceNumber: UInt16, at slot: Int, keyNumber: UInt32, below limit: UInt64
    ) -> PacketIndex? {
        let stream = unsafe rtpLines.address(of: slot)
        let newest = unsafe stream.pointee.replay.newest
        let step = sequenceNumber &- UInt16(truncatingIfNeeded: newest)
        let index = PacketIndex(unwrapped: newest &+ UInt64(step))
        guard newest > 0, step &- 1 < 0x7FFF, unsafe stream.pointee.keyNumber == keyNumber,
            unsafe stream.pointee.pendingRolloverCounter == nil, unsafe stream.pointee.replay.count < limit,
            unsafe index.unwrapped < stream.pointee.leaseNotice,
            unsafe index.unwrapped &- stream.pointee.oldest < PacketIndex.modulus
        else { return nil }
        return index
    }

    /// Notes that a packet with an ordinary index was sent or accepted.
    @inline(__always)
    mutating func markOrdinaryRTP(_ index: PacketIndex, at slot: Int) {
        let stream = unsafe rtpLines.address(of: slot)
        unsafe stream.pointee.isSearched = false
        unsafe stream.pointee.isRecent = true
        if wideRTP != nil {
            unsafe wideRTP?.mark(index.unwrapped, of: &stream.pointee.replay, at: slot)
        } else {
            unsafe stream.pointee.replay.markNewest(index.unwrapped)
        }
    }

    /// Whether a packet of `ssrc`, which may have no slot yet, would use an index twice under a master key: the key by its number,
    /// and by the oldest index that streams which left it have used.
    @inline(__always)
    mutating func exhaustsIndices(
        _ index: PacketIndex, _ ssrc: SSRC, at slot: Int?, keyNumber: UInt32, returning oldest: UInt64
    ) -> Bool {
        guard let slot else {
            return newcomerExhaustsIndices(index, ssrc, keyNumber: keyNumber, returning: oldest)
        }
        let stream = unsafe rtpLines.address(of: slot)
        let own = unsafe stream.pointee.keyNumber == keyNumber ? stream.pointee.oldest : oldest
        return unsafe StreamState.exhaustsIndices(index, newest: stream.pointee.replay.newest, oldest: own)
    }

    @inline(never)
    private func newcomerExhaustsIndices(
        _ index: PacketIndex, _ ssrc: SSRC, keyNumber: UInt32, returning oldest: UInt64
    ) -> Bool {
        let stream = newcomer(ssrc)
        return StreamState.exhaustsIndices(
            index, newest: stream.rtp.newest, oldest: stream.keyNumber == keyNumber ? stream.oldestRTP : oldest)
    }

    /// What the window says of an index of `ssrc`, which may have no slot yet.
    @inline(__always)
    mutating func rtpVerdict(on index: PacketIndex, _ ssrc: SSRC, at slot: Int?) -> RingWindow.Verdict {
        if let slot, unsafe index.unwrapped > rtpLines.address(of: slot).pointee.replay.newest { return .fresh }
        return otherVerdict(on: index, ssrc, at: slot)
    }

    @inline(never)
    private func otherVerdict(on index: PacketIndex, _ ssrc: SSRC, at slot: Int?) -> RingWindow.Verdict {
        guard let slot else { return newcomer(ssrc).rtp.verdict(on: index.unwrapped, width: rtpWidth) }
        if let verdict = wideRTP?.verdict(
            on: index.unwrapped, width: rtpWidth, of: rtpLines[slot].replay, at: slot)
        {
            return verdict
        }
        return rtpLines[slot].replay.verdict(on: index.unwrapped, width: rtpWidth)
    }

    /// The number of the master key that a stream is at.
    @inline(__always)
    mutating func keyNumber(at slot: Int) -> UInt32 { unsafe rtpLines.address(of: slot).pointee.keyNumber }

    /// From which RTP index on a stream's lease is looked at.
    @inline(__always)
    mutating func rtpLeaseNotice(at slot: Int) -> UInt64 { unsafe rtpLines.address(of: slot).pointee.leaseNotice }

    /// The RTP packets of a stream under that key.
    @inline(__always)
    mutating func rtpCount(at slot: Int) -> UInt64 { unsafe rtpLines.address(of: slot).pointee.replay.count }

    /// Notes that an RTP packet was sent or accepted.
    @inline(__always)
    mutating func markRTP(_ index: PacketIndex, at slot: Int) {
        unsafe rtpLines.address(of: slot).pointee.note(index)
        if wideRTP != nil {
            unsafe wideRTP?.mark(index.unwrapped, of: &rtpLines.address(of: slot).pointee.replay, at: slot)
        } else {
            unsafe rtpLines.address(of: slot).pointee.replay.mark(index.unwrapped)
        }
    }

    // MARK: RTCP

    /// The index of a packet of `ssrc`, which may have no slot yet, and which carries `wire`.
    func rtcpIndex(_ wire: UInt32, _ ssrc: SSRC, at slot: Int?, under key: borrowing KeyEntry) -> RTCPIndex {
        guard let slot else { return newcomer(ssrc).rtcpIndex(wire, under: key) }
        return self[slot].rtcpIndex(wire, under: key)
    }

    @inline(__always)
    func rtcpVerdict(on index: RTCPIndex, _ ssrc: SSRC, at slot: Int?) -> RingWindow.Verdict {
        guard let slot else { return newcomer(ssrc).rtcp.verdict(on: index.unwrapped, width: rtcpWidth) }
        if let verdict = wideRTCP?.verdict(
            on: index.unwrapped, width: rtcpWidth, of: rtcpLines[slot].replay, at: slot)
        {
            return verdict
        }
        return rtcpLines[slot].replay.verdict(on: index.unwrapped, width: rtcpWidth)
    }

    /// Notes that an SRTCP packet was sent or accepted.
    @inline(__always)
    mutating func markRTCP(_ index: RTCPIndex, at slot: Int) {
        unsafe rtpLines.address(of: slot).pointee.isRecent = true
        let line = unsafe rtcpLines.address(of: slot)
        unsafe line.pointee.oldest = min(line.pointee.oldest, index.unwrapped)
        if wideRTCP != nil {
            unsafe wideRTCP?.mark(index.unwrapped, of: &line.pointee.replay, at: slot)
        } else {
            unsafe line.pointee.replay.mark(index.unwrapped)
        }
    }

    // MARK: Leases

    /// Goes on at `start`, behind what an earlier process has sent.
    mutating func resume(
        _ slot: Int, _ kind: PacketKind, at start: UInt64, _ earlier: LeaseRequest.Use?, keyNumber: UInt32
    ) {
        guard self[slot].resume(kind, at: start, earlier, keyNumber: keyNumber), kind == .rtp else { return }
        wideRTP?.set(nil, repeating: .max, at: slot)
    }

    // MARK: State as values

    /// The SSRCs that have a stream, lowest first.
    var ssrcs: [SSRC] { slots.map { rtpLines[$0].ssrc } }

    /// The slots that hold a stream, lowest SSRC first.
    var slots: [Int] {
        (0..<rtpLines.count).filter { rtpLines[$0].isStream }.sorted {
            rtpLines[$0].ssrc.rawValue < rtpLines[$1].ssrc.rawValue
        }
    }

    /// What every stream has seen, lowest SSRC first.
    var snapshot: [SRTPStateSnapshot.Stream] {
        slots.map { slot in
            let stream = self[slot]
            return SRTPStateSnapshot.Stream(
                ssrc: stream.ssrc,
                pendingRolloverCounter: stream.pendingRolloverCounter,
                isSearched: stream.isSearched,
                keyNumber: stream.keyNumber,
                oldestRTP: stream.oldestRTP,
                oldestRTCP: stream.oldestRTCP,
                nextRTCP: stream.nextRTCP.unwrapped,
                rtp: .init(stream.rtp, words: wideRTP?.words(at: slot) ?? stream.rtp.inlineWords),
                rtcp: .init(stream.rtcp, words: wideRTCP?.words(at: slot) ?? stream.rtcp.inlineWords))
        }
    }

    /// What is left of the streams that are gone, lowest SSRC first.
    var formerSnapshot: [SRTPStateSnapshot.Former] {
        var all: [SRTPStateSnapshot.Former] = []
        former.forEach { ssrc, left in all.append(SRTPStateSnapshot.Former(ssrc: ssrc, left: left)) }
        return all.sorted { $0.ssrc.rawValue < $1.ssrc.rawValue }
    }

    /// Puts the streams back that were saved, those that are gone as well.
    mutating func restore(
        _ saved: SRTPStateSnapshot, direction: DirectionRegistry.Direction, registry: DirectionRegistry?
    ) throws(SRTPError) {
        for ssrc in saved.streams.map(\.ssrc) + saved.former.map(\.ssrc) {
            if let registry, !registry.claim(ssrc, for: direction) { throw .directionConflict(ssrc) }
        }
        for stream in saved.streams {
            guard hasRoom else { throw .tooManyStreams(stream.ssrc, limit: limit) }
            restore(stream)
        }
        for left in saved.former {
            guard canRemember() else { throw .tooManyStreams(left.ssrc, limit: limit) }
            former.insert(left.left, of: left.ssrc)
        }
    }

    private mutating func restore(_ saved: SRTPStateSnapshot.Stream) {
        let slot = insert(saved.ssrc)
        let rtpWords = saved.rtp.words(forWidth: rtpWidth)
        let rtcpWords = saved.rtcp.words(forWidth: rtcpWidth)
        self[slot].restore(saved, rtpWords: rtpWords, rtcpWords: rtcpWords)
        wideRTP?.set(rtpWords, repeating: 0, at: slot)
        wideRTCP?.set(rtcpWords, repeating: 0, at: slot)
    }
}
