// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// What sender and receiver have in common: keys, streams, counts, events.
struct SRTPContext: ~Copyable, Sendable {
    let profile: PacketProfile
    let configuration: SRTPConfiguration
    var keys: KeyTable
    var streams: StreamTable
    var mask: HeaderExtensionMask?
    var statistics = SRTPStatistics()
    var events = EventQueue()
    /// Made with the first batch.
    private var idlePlan: BatchPlan?
    /// The key of the packet that was sent or accepted last.
    private(set) var latestKey: SRTPKeyID?
    /// Whether SRTP packets may take the short way: one key for all of them, and no options.
    private(set) var isRTPPlain = false
    /// Up to how many packets of a stream under its key a further one brings nothing about.
    let quietRTPPackets: UInt64
    let direction: DirectionRegistry.Direction
    let registry: DirectionRegistry?

    init(
        masterKey: borrowing SRTPMasterKey, options: SRTPKeyOptions, configuration: SRTPConfiguration,
        direction: DirectionRegistry.Direction, registry: DirectionRegistry?, restoring saved: SRTPStateSnapshot?
    ) throws(SRTPError) {
        let profile = try PacketProfile(
            suite: masterKey.suite, configuration: configuration, mkiByteCount: options.mki.count)
        var keys = KeyTable(mkiByteCount: options.mki.count)
        if let saved { keys.restore(saved) }
        let key = try keys.add(masterKey, options, profile: profile)
        if let saved, !saved.keys.contains(where: { $0.number == key.number }) { throw .malformedState }
        var streams: StreamTable
        do throws(CryptoError) { streams = try StreamTable(configuration) } catch { throw .engineFailed }
        if let saved { try streams.restore(saved, direction: direction, registry: registry) }
        self.profile = profile
        self.keys = keys
        self.streams = streams
        self.configuration = configuration
        quietRTPPackets = max(configuration.limits.rtpNotice, 1) - 1
        mask = configuration.headerEncryption.map(HeaderExtensionMask.init)
        self.direction = direction
        self.registry = registry
        noteKeys()
    }

    // MARK: Keys

    private mutating func noteKeys() {
        isRTPPlain = profile.isPlainRTP && keys.isSimple && configuration.rolloverCounterSearch == 0
        streams.forgetFormer(before: keys.oldestNumber)
    }

    /// Takes a further key.
    mutating func addKey(
        _ masterKey: borrowing SRTPMasterKey, _ options: SRTPKeyOptions
    ) throws(SRTPError) -> SRTPKeyID {
        let id = try keys.add(masterKey, options, profile: profile)
        noteKeys()
        return id
    }

    /// Wipes a key.
    mutating func removeKey(_ id: SRTPKeyID) throws(SRTPError) {
        guard let position = keys.position(of: id) else { throw .unknownKey(id) }
        keys.remove(position)
        noteKeys()
    }

    /// Makes a key the one that packets are protected under.
    mutating func activateKey(_ id: SRTPKeyID) throws(SRTPError) {
        guard let position = keys.position(of: id) else { throw .unknownKey(id) }
        keys.activate(position)
        noteKeys()
    }

    /// Wipes every key but this one.
    mutating func removeOthers(than id: SRTPKeyID) throws(SRTPError) {
        var position = 0
        while position < keys.count {
            if keys[position].id == id { position += 1 } else { keys.remove(position) }
        }
        noteKeys()
    }

    /// Gives every key but these its grace, the newer ones too.
    mutating func retireOthers(than kept: [SRTPKeyID]) {
        for position in 0..<keys.count where !kept.contains(keys[position].id) && keys[position].use.grace == nil {
            keys[position].use.grace = configuration.keyGrace
        }
        if let first = kept.first, let position = keys.position(of: first) { passGrace(0, under: position) }
    }

    /// Counts packets that were accepted under a key towards the end of those that were replaced, and wipes those whose grace has
    /// passed. What comes under a replaced key does not count.
    private mutating func passGrace(_ packets: UInt64, under key: Int) {
        guard keys[key].use.grace == nil else { return }
        var position = 0
        var isChanged = false
        while position < keys.count {
            if let grace = keys[position].use.grace {
                if grace <= packets {
                    events.append(.keyRetired(keys[position].id))
                    keys.remove(position)
                    isChanged = true
                    continue
                }
                keys[position].use.grace = grace - packets
            }
            position += 1
        }
        if isChanged { noteKeys() }
    }

    // MARK: Streams

    /// Throws where a stream for `ssrc` would not be made. Changes nothing.
    func checkAdmission(of ssrc: SSRC) throws(SRTPError) {
        guard streams.hasRoom || canEvict(for: ssrc) else { throw .tooManyStreams(ssrc, limit: streams.limit) }
        if let registry, !registry.isFree(ssrc, for: direction) { throw .directionConflict(ssrc) }
    }

    private func canEvict(for ssrc: SSRC) -> Bool {
        configuration.fullTable == .evictIdle && direction == .received && streams.canRemember(admitting: ssrc)
    }

    /// Makes a stream for `ssrc`, which has none. May allocate.
    mutating func admit(_ ssrc: SSRC) throws(SRTPError) -> Int {
        try checkAdmission(of: ssrc)
        if let registry, !registry.claim(ssrc, for: direction) { throw .directionConflict(ssrc) }
        if !streams.hasRoom {
            guard let evicted = streams.evict(lastKey: keys.newestNumber) else {
                throw .tooManyStreams(ssrc, limit: streams.limit)
            }
            events.append(.streamEvicted(evicted))
            statistics.evictedStreams &+= 1
        }
        events.append(.streamAdded(ssrc))
        return streams.insert(ssrc)
    }

    /// Removes a stream, and says where it was.
    mutating func removeStream(_ ssrc: SSRC) throws(SRTPError) -> Int {
        guard let slot = streams.slot(of: ssrc) else { throw .unknownStream(ssrc) }
        guard streams.canRemember() else { throw .tooManyStreams(ssrc, limit: streams.limit) }
        streams.remove(slot, lastKey: keys.newestNumber)
        return slot
    }

    /// The rollover counter that the stream's next packet is judged by.
    mutating func rolloverCounter(of ssrc: SSRC) -> UInt32? {
        guard let slot = streams.slot(of: ssrc) else { return streams.newcomer(ssrc).rolloverCounter }
        return streams[slot].rolloverCounter
    }

    /// Sets it, making the stream where there is none.
    mutating func setRolloverCounter(_ counter: UInt32, of ssrc: SSRC) throws(SRTPError) {
        if let known = streams.slot(of: ssrc) { return try streams[known].setRolloverCounter(counter) }
        try checkNewcomer(ssrc, takes: counter)
        let slot = try admit(ssrc)
        try streams[slot].setRolloverCounter(counter)
    }

    /// Throws where an SSRC that has no stream may not have this rollover counter, so that none is made in vain.
    func checkNewcomer(_ ssrc: SSRC, takes counter: UInt32) throws(SRTPError) {
        var newcomer = streams.newcomer(ssrc)
        try newcomer.setRolloverCounter(counter)
    }

    /// Whether elements of the packet's header extension are encrypted one by one (RFC 6904).
    func isMasked(_ frame: RTPFrame, in packet: RawSpan) throws(SRTPError) -> Bool {
        guard !frame.isCryptex, let mask else { return false }
        return try mask.applies(to: frame.header, in: packet)
    }

    // MARK: Batches

    /// An empty plan, until it is given back.
    mutating func takePlan() -> BatchPlan {
        switch idlePlan.take() {
        case .some(let plan): plan
        case .none: BatchPlan(engine: configuration.batchEngine.primitive)
        }
    }

    /// Takes an empty plan back.
    mutating func keep(_ plan: consuming BatchPlan) { idlePlan = consume plan }

    /// Counts that the engine failed, and says so.
    @inline(never)
    mutating func engineFailure() -> SRTPError {
        statistics.count(.engineFailed)
        return .engineFailed
    }

    // MARK: Packets that were sent or accepted

    /// An ordinary SRTP packet: newer than all of its stream, which is known, under the one key there is, far from every limit.
    /// Nearly every packet is one, and for it every rule says yes, so that none is asked.
    struct Ordinary {
        let ssrc: SSRC
        let slot: Int
        let index: PacketIndex
        let job: PacketJob
    }

    /// The packet as an ordinary one; `nil` where it is not. Changes nothing. To be asked where ``isRTPPlain``.
    @inline(__always)
    mutating func ordinary(_ layout: RTPLayout) -> Ordinary? {
        guard keys[0].use.isFarFromRTPEnd, let slot = streams.slot(of: layout.ssrc),
            let index = streams.ordinaryRTPIndex(
                of: layout.sequenceNumber, at: slot, keyNumber: keys[0].id.number, below: quietRTPPackets)
        else { return nil }
        return Ordinary(
            ssrc: layout.ssrc, slot: slot, index: index, job: layout.job(at: index, isAEAD: profile.rtp.isAEAD))
    }

    /// Whether a packet with this index, which may have been an ordinary one a while ago, is one now.
    @inline(__always)
    mutating func isOrdinary(_ index: PacketIndex, at slot: Int) -> Bool {
        let now = streams.ordinaryRTPIndex(
            of: UInt16(truncatingIfNeeded: index.unwrapped), at: slot, keyNumber: keys[0].id.number,
            below: quietRTPPackets)
        return now?.unwrapped == index.unwrapped && keys[0].use.isFarFromRTPEnd && isRTPPlain
    }

    /// Notes an ordinary packet.
    @inline(__always)
    mutating func mark(_ packet: Ordinary) { markOrdinary(packet.index, at: packet.slot) }

    /// Notes an ordinary packet with this index.
    @inline(__always)
    mutating func markOrdinary(_ index: PacketIndex, at slot: Int) {
        streams.markOrdinaryRTP(index, at: slot)
        countOrdinary(1)
    }

    /// Counts ordinary packets under the one key there is.
    @inline(__always)
    mutating func countOrdinary(_ count: UInt64) {
        latestKey = keys[0].id
        keys[0].use.countQuietRTP(count)
    }

    /// Whether an index would be used twice under the key at `key`. Changes nothing; called on the address, since the optimiser
    /// (6.3.1) copies the whole context for a call that says so.
    @inline(__always)
    mutating func exhaustsIndices(_ index: PacketIndex, _ ssrc: SSRC, at slot: Int?, key: Int) -> Bool {
        streams.exhaustsIndices(
            index, ssrc, at: slot, keyNumber: keys[key].id.number, returning: keys[key].use.returning.oldestRTP)
    }

    /// Notes an RTP packet under the key at `key`.
    @inline(__always)
    mutating func markRTP(_ index: PacketIndex, at slot: Int, key: Int) {
        if streams.keyNumber(at: slot) != keys[key].id.number { moveByRTP(index, at: slot, key: key) }
        streams.markRTP(index, at: slot)
        latestKey = keys[key].id
        let step = keys[key].use.countRTP()
        let count = streams.rtpCount(at: slot)
        if step != .none || count >= configuration.limits.rtpNotice || !keys.isSimple {
            follow(
                step, slot, key, packets: count, of: configuration.limits.rtpPackets,
                notice: configuration.limits.rtpNotice)
        }
    }

    @inline(never)
    private mutating func moveByRTP(_ index: PacketIndex, at slot: Int, key: Int) {
        guard !move(slot, toKeyAt: key, isNewest: index.unwrapped > streams[slot].rtp.newest) else { return }
        keys[key].use.noteLate(rtp: index.unwrapped)
    }

    /// Notes an SRTCP packet under the key at `key`.
    @inline(__always)
    mutating func markRTCP(_ index: RTCPIndex, at slot: Int, key: Int) {
        if streams[slot].keyNumber != keys[key].id.number,
            !move(slot, toKeyAt: key, isNewest: decidesKey(index, at: slot, key))
        {
            keys[key].use.noteLate(rtcp: index.unwrapped)
        }
        streams.markRTCP(index, at: slot)
        latestKey = keys[key].id
        let step = keys[key].use.countRTCP()
        if step != .none || streams[slot].rtcp.count >= configuration.limits.rtcpNotice || !keys.isSimple {
            follow(
                step, slot, key, packets: streams[slot].rtcp.count, of: configuration.limits.rtcpPackets,
                notice: configuration.limits.rtcpNotice)
        }
    }

    /// Whether an SRTCP packet takes its stream to another key: not where there is RTP, which says it, or the two would take turns
    /// while packets under the old key are on their way.
    private func decidesKey(_ index: RTCPIndex, at slot: Int, _ key: Int) -> Bool {
        streams[slot].rtp.isEmpty && index.unwrapped > streams[slot].rtcp.newest
            && keys[key].id.number > streams[slot].keyNumber
    }

    /// Takes a stream to the key of a packet, where it is the stream's newest; `false` for a late one.
    @inline(never)
    private mutating func move(_ slot: Int, toKeyAt key: Int, isNewest: Bool) -> Bool {
        let from = streams[slot].keyNumber
        guard from == 0 || isNewest else { return false }
        if let old = keys.position(ofNumber: from) { keys[old].use.leave(streams[slot].use) }
        streams[slot].move(toKey: keys[key].id.number, returning: keys[key].use.returning)
        if from != 0 { events.append(.keySwitched(streams[slot].ssrc, to: keys[key].id)) }
        return true
    }

    /// What counting a packet brings about.
    @inline(never)
    private mutating func follow(
        _ step: KeyUse.Step, _ slot: Int, _ key: Int, packets: UInt64, of limit: UInt64, notice: UInt64
    ) {
        report(step, key)
        // A late packet of an older key is not of the count that the stream has.
        if streams[slot].keyNumber == keys[key].id.number {
            if packets >= limit {
                report(keys[key].use.exhaust(), key)
            } else if packets >= notice {
                report(keys[key].use.notice(), key)
            }
        }
        passGrace(1, under: key)
    }

    private mutating func report(_ step: KeyUse.Step, _ key: Int) {
        switch step {
        case .none: break
        case .nearsItsEnd: events.append(.keyNearsItsEnd(keys[key].id))
        case .exhausted: events.append(.keyExhausted(keys[key].id))
        }
    }

    /// Everything known of streams and keys, as a value.
    var snapshot: SRTPStateSnapshot {
        let numbers = keys.numbers
        return SRTPStateSnapshot(
            streams: streams.snapshot, former: streams.formerSnapshot, keys: keys.snapshot, pastKeys: keys.pastSnapshot,
            activeKey: numbers.active, nextKeyNumber: numbers.next)
    }
}
