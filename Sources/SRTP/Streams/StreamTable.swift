// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// Every stream of a context: found by SSRC, changed in place, never copied out and back.
struct StreamTable: ~Copyable, Sendable {
    private var directory: StreamDirectory
    private var streams = Slab<StreamState>()
    /// Slots whose streams are gone, to be used again.
    private var free: [Int] = []
    /// What is left of streams that are gone.
    private var former: [SSRC: FormerStream] = [:]
    /// Where the search for a stream to evict goes on.
    private var hand = 0
    private var wideRTP: WindowSlab?
    private var wideRTCP: WindowSlab?
    private let rtpWidth: Int
    private let rtcpWidth: Int
    let limit: Int

    /// Streams that are gone and still remembered, at most, for each that is admitted.
    private static let formerPerStream = 16

    init(_ configuration: SRTPConfiguration) throws(CryptoError) {
        directory = try StreamDirectory()
        rtpWidth = configuration.replayWindow
        rtcpWidth = configuration.rtcpReplayWindow
        limit = configuration.streamLimit
        wideRTP = WindowSlab(width: rtpWidth)
        wideRTCP = WindowSlab(width: rtcpWidth)
    }

    // MARK: Finding and admitting

    /// The stream's slot; `nil` if the SSRC is not known. Changes nothing but the memory of the last hit.
    @inline(__always)
    mutating func slot(of ssrc: SSRC) -> Int? { directory.slot(of: ssrc) }

    /// Whether a further stream is admitted.
    var hasRoom: Bool { directory.count < limit }

    /// Whether a stream that goes leaves a trace, or there are too many of them; where it makes room for `newcomer`, whose own trace
    /// goes.
    func canRemember(admitting newcomer: SSRC? = nil) -> Bool {
        let leaving = newcomer.flatMap { former[$0] } == nil ? 0 : 1
        return former.count - leaving < limit * Self.formerPerStream
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
        if let reused = free.popLast() {
            slot = reused
            streams.replace(slot, with: StreamState(ssrc: ssrc))
        } else {
            slot = streams.count
            streams.append(StreamState(ssrc: ssrc))
            wideRTP?.append()
            wideRTCP?.append()
        }
        directory.insert(ssrc, slot: slot)
        // A window that is not kept counts as seen.
        let left = former.removeValue(forKey: ssrc)
        wideRTP?.set(nil, repeating: left.map { $0.rtp > 0 ? .max : 0 } ?? 0, at: slot)
        wideRTCP?.set(nil, repeating: left.map { $0.rtcp > 0 ? .max : 0 } ?? 0, at: slot)
        if let left { streams[slot].resume(left) }
        return slot
    }

    /// Removes a stream. What it leaves behind is kept until all keys are gone up to the one with the number `lastKey`,
    /// the newest there is.
    mutating func remove(_ slot: Int, lastKey: UInt32) {
        let ssrc = streams[slot].ssrc
        former[ssrc] = FormerStream(streams[slot], lastKeyNumber: lastKey)
        directory.remove(ssrc)
        free.append(slot)
    }

    /// Removes a stream from which nothing came for a while, and says which.
    ///
    /// The hand goes round over all streams and takes the first one that nothing came from since it was there last.
    mutating func evict(lastKey: UInt32) -> SSRC? {
        for _ in 0..<2 * streams.count {
            let slot = hand
            hand = (hand + 1) % streams.count
            let ssrc = streams[slot].ssrc
            guard directory.slot(of: ssrc) == slot else { continue }
            guard !streams[slot].isRecent else {
                streams[slot].isRecent = false
                continue
            }
            remove(slot, lastKey: lastKey)
            return ssrc
        }
        return nil
    }

    /// Forgets the streams that are gone whose keys are gone too: all before the one with this number.
    mutating func forgetFormer(before keyNumber: UInt32) {
        guard !former.isEmpty else { return }
        former = former.filter { $0.value.lastKeyNumber >= keyNumber }
    }

    /// The stream in a slot.
    subscript(slot: Int) -> StreamState {
        @inline(__always) _read { yield unsafe streams.address(of: slot).pointee }
        @inline(__always) _modify { yield unsafe &streams.address(of: slot).pointee }
    }

    // MARK: RTP

    // Most packets are the newest of a known stream. What those need is read field by field: the optimiser (6.3.1) copies a whole
    // state for a method on it, and the whole table for a method that does not change it, which is why these say that they do.

    /// The index of a packet of `ssrc`, which may have no slot yet.
    @inline(__always)
    mutating func rtpIndex(of sequenceNumber: UInt16, _ ssrc: SSRC, at slot: Int?) -> PacketIndex {
        guard let slot else { return otherIndex(of: sequenceNumber, ssrc, at: nil) }
        let stream = unsafe streams.address(of: slot)
        let newest = unsafe stream.pointee.rtp.newest
        guard newest > 0, unsafe stream.pointee.pendingRolloverCounter == nil else {
            return otherIndex(of: sequenceNumber, ssrc, at: slot)
        }
        return PacketIndex(of: sequenceNumber, highest: PacketIndex(unwrapped: newest))
    }

    @inline(never)
    private func otherIndex(of sequenceNumber: UInt16, _ ssrc: SSRC, at slot: Int?) -> PacketIndex {
        (slot.map { streams[$0] } ?? newcomer(ssrc)).rtpIndex(of: sequenceNumber)
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
        let stream = unsafe streams.address(of: slot)
        let own = unsafe stream.pointee.keyNumber == keyNumber ? stream.pointee.oldestRTP : oldest
        return unsafe StreamState.exhaustsIndices(index, newest: stream.pointee.rtp.newest, oldest: own)
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
        if let slot, unsafe index.unwrapped > streams.address(of: slot).pointee.rtp.newest { return .fresh }
        return otherVerdict(on: index, ssrc, at: slot)
    }

    @inline(never)
    private func otherVerdict(on index: PacketIndex, _ ssrc: SSRC, at slot: Int?) -> RingWindow.Verdict {
        guard let slot else { return newcomer(ssrc).rtp.verdict(on: index.unwrapped, width: rtpWidth) }
        if let wideRTP {
            return wideRTP.verdict(on: index.unwrapped, width: rtpWidth, of: streams[slot].rtp, at: slot)
        }
        return streams[slot].rtp.verdict(on: index.unwrapped, width: rtpWidth)
    }

    /// The number of the master key that a stream is at.
    @inline(__always)
    mutating func keyNumber(at slot: Int) -> UInt32 { unsafe streams.address(of: slot).pointee.keyNumber }

    /// From which RTP index on a stream's lease is looked at.
    @inline(__always)
    mutating func rtpLeaseNotice(at slot: Int) -> UInt64 { unsafe streams.address(of: slot).pointee.rtpLeaseNotice }

    /// The RTP packets of a stream under that key.
    @inline(__always)
    mutating func rtpCount(at slot: Int) -> UInt64 { unsafe streams.address(of: slot).pointee.rtp.count }

    /// Notes that an RTP packet was sent or accepted.
    @inline(__always)
    mutating func markRTP(_ index: PacketIndex, at slot: Int) {
        unsafe streams.address(of: slot).pointee.noteRTP(index)
        if wideRTP != nil {
            wideRTP?.mark(index.unwrapped, of: &streams[slot].rtp, at: slot)
        } else {
            unsafe streams.address(of: slot).pointee.rtp.mark(index.unwrapped)
        }
    }

    // MARK: RTCP

    /// The index of a packet of `ssrc`, which may have no slot yet, and which carries `wire`.
    func rtcpIndex(_ wire: UInt32, _ ssrc: SSRC, at slot: Int?, under key: borrowing KeyEntry) -> RTCPIndex {
        guard let slot else { return newcomer(ssrc).rtcpIndex(wire, under: key) }
        return streams[slot].rtcpIndex(wire, under: key)
    }

    @inline(__always)
    func rtcpVerdict(on index: RTCPIndex, _ ssrc: SSRC, at slot: Int?) -> RingWindow.Verdict {
        guard let slot else { return newcomer(ssrc).rtcp.verdict(on: index.unwrapped, width: rtcpWidth) }
        if let wideRTCP {
            return wideRTCP.verdict(on: index.unwrapped, width: rtcpWidth, of: streams[slot].rtcp, at: slot)
        }
        return streams[slot].rtcp.verdict(on: index.unwrapped, width: rtcpWidth)
    }

    /// Notes that an SRTCP packet was sent or accepted.
    @inline(__always)
    mutating func markRTCP(_ index: RTCPIndex, at slot: Int) {
        streams[slot].noteRTCP(index)
        if wideRTCP != nil {
            wideRTCP?.mark(index.unwrapped, of: &streams[slot].rtcp, at: slot)
        } else {
            streams[slot].rtcp.mark(index.unwrapped)
        }
    }

    // MARK: Leases

    /// Goes on at `start`, behind what an earlier process has sent.
    mutating func resume(
        _ slot: Int, _ kind: PacketKind, at start: UInt64, _ earlier: LeaseRequest.Use?, keyNumber: UInt32
    ) {
        guard streams[slot].resume(kind, at: start, earlier, keyNumber: keyNumber), kind == .rtp else { return }
        wideRTP?.set(nil, repeating: .max, at: slot)
    }

    // MARK: State as values

    /// The SSRCs that have a stream, lowest first.
    var ssrcs: [SSRC] { slots.map { streams[$0].ssrc } }

    /// The slots that hold a stream, lowest SSRC first.
    var slots: [Int] {
        let gone = Set(free)
        return (0..<streams.count).filter { !gone.contains($0) }
            .sorted { streams[$0].ssrc.rawValue < streams[$1].ssrc.rawValue }
    }

    /// What every stream has seen, lowest SSRC first.
    var snapshot: [SRTPStateSnapshot.Stream] {
        slots.map { slot in
            let stream = streams[slot]
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
        former.map { SRTPStateSnapshot.Former(ssrc: $0.key, left: $0.value) }
            .sorted { $0.ssrc.rawValue < $1.ssrc.rawValue }
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
            former[left.ssrc] = left.left
        }
    }

    private mutating func restore(_ saved: SRTPStateSnapshot.Stream) {
        let slot = insert(saved.ssrc)
        let rtpWords = saved.rtp.words(forWidth: rtpWidth)
        let rtcpWords = saved.rtcp.words(forWidth: rtcpWidth)
        streams[slot].restore(saved, rtpWords: rtpWords, rtcpWords: rtcpWords)
        wideRTP?.set(rtpWords, repeating: 0, at: slot)
        wideRTCP?.set(rtcpWords, repeating: 0, at: slot)
    }
}
