// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
public import RTP
internal import WireBytes

/// The sending side of SRTP: encrypts and tags RTP and RTCP packets of any number of streams under one master key.
///
/// ```swift
/// var sender = try SRTPSender(masterKey: key)
/// let wire = try sender.protectRTP(packet)
/// ```
///
/// A sender has one owner and no lock. It cannot be copied: two copies would use the same keystream twice. For the same
/// reason it never uses an index again, whatever it is asked to do: a packet that was sent before, or that is so old that
/// nobody knows, is refused.
public struct SRTPSender: ~Copyable, Sendable {
    var context: SRTPContext
    /// Where the configuration allows repeats: what was sent under each index of the window.
    var fingerprints: FingerprintSlab?
    /// Where the configuration demands leases: those there are.
    var leases: LeaseBook?

    /// A sender that protects under `masterKey`.
    ///
    /// - Parameter options: How the key is used: its MKI, key derivation rate, range of indices, lifetime.
    /// - Throws: ``SRTPError/suiteNotBuilt(_:)``, or an error that names the setting which is out of range.
    public init(
        masterKey: consuming SRTPMasterKey, options: SRTPKeyOptions = SRTPKeyOptions(),
        configuration: SRTPConfiguration = SRTPConfiguration()
    ) throws(SRTPError) {
        try self.init(borrowing: masterKey, options: options, configuration: configuration, registry: nil)
    }

    init(
        borrowing masterKey: borrowing SRTPMasterKey, options: SRTPKeyOptions, configuration: SRTPConfiguration,
        registry: DirectionRegistry?, restoring saved: SRTPStateSnapshot? = nil
    ) throws(SRTPError) {
        context = try SRTPContext(
            masterKey: masterKey, options: options, configuration: configuration, direction: .sent, registry: registry,
            restoring: saved)
        fingerprints =
            configuration.repeatedPackets == .allowedWhenIdentical
            ? FingerprintSlab(width: configuration.replayWindow, limit: configuration.streamLimit) : nil
        leases = LeaseBook(configuration.indexLeasing)
        for slot in context.streams.slots {
            fingerprints?.prepare(slot)
            startLeases(slot)
        }
    }

    // MARK: Packets

    /// Protects the RTP packet in the first `length` octets of `packet`, in place (RFC 3711 section 3.3). Needs room behind
    /// it for what it grows by, at most ``rtpOverhead`` octets.
    ///
    /// - Returns: The SRTP packet's length.
    /// - Throws: ``SRTPError``; the octets of `packet` are then as before and the packet's index is still free, except for
    ///   ``SRTPError/engineFailed``.
    @_lifetime(packet: copy packet)
    public mutating func protectRTP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        guard let job = takeOrdinary(packet.bytes, length: length, room: packet.byteCount)?.job else {
            return try protectRTPStepByStep(&packet, length: length)
        }
        guard context.keys[0].rtp[0].packet.seal(job, in: &packet) else { throw context.engineFailure() }
        context.statistics.rtpPackets &+= 1
        return job.tagStart + job.tagCount
    }

    @inline(never)
    @_lifetime(packet: copy packet)
    private mutating func protectRTPStepByStep(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            guard isRTPPlain else {
                return try protectRTPTheLongWay(&packet, length: length)
            }
            let form = context.profile.rtp
            let layout = try RTPLayout(
                plain: BufferChecks.packet(in: packet, length: length), tagByteCount: form.tagByteCount)
            let ticket = try takeIndex(
                layout.ssrc, layout.sequenceNumber, byteCount: layout.protectedByteCount, room: packet.byteCount)
            let job = layout.job(at: ticket.index, isAEAD: form.isAEAD)
            guard context.keys[ticket.key].rtp[0].packet.seal(job, in: &packet) else { throw .engineFailed }
            context.statistics.rtpPackets &+= 1
            return layout.protectedByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// Protects an RTP packet out of place; `packet` is only read.
    ///
    /// - Returns: The octets of the SRTP packet at the start of `output`.
    /// - Throws: ``SRTPError``; the packet's index is still free then, except for ``SRTPError/engineFailed``, and `output`
    ///   holds nothing that was encrypted.
    @_lifetime(output: copy output)
    public mutating func protectRTP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(SRTPError) -> Int {
        guard BufferChecks.areDisjoint(packet, output),
            let job = takeOrdinary(packet, length: packet.byteCount, room: output.byteCount)?.job
        else {
            return try protectRTPStepByStep(packet, into: &output)
        }
        output.copy(packet, upTo: job.cipherStart)
        guard context.keys[0].rtp[0].packet.seal(job, from: packet, to: &output) else {
            throw context.engineFailure()
        }
        context.statistics.rtpPackets &+= 1
        return job.tagStart + job.tagCount
    }

    @inline(never)
    @_lifetime(output: copy output)
    private mutating func protectRTPStepByStep(
        _ packet: RawSpan, into output: inout MutableRawSpan
    ) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            try BufferChecks.checkDisjoint(packet, output)
            guard isRTPPlain else {
                return try protectRTPTheLongWay(packet, into: &output)
            }
            let form = context.profile.rtp
            let layout = try RTPLayout(plain: packet, tagByteCount: form.tagByteCount)
            let ticket = try takeIndex(
                layout.ssrc, layout.sequenceNumber, byteCount: layout.protectedByteCount, room: output.byteCount)
            let job = layout.job(at: ticket.index, isAEAD: form.isAEAD)
            output.copy(packet, upTo: job.cipherStart)
            guard context.keys[ticket.key].rtp[0].packet.seal(job, from: packet, to: &output) else {
                throw .engineFailed
            }
            context.statistics.rtpPackets &+= 1
            return layout.protectedByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// Protects the RTCP packet in the first `length` octets of `packet`, compound or reduced-size, in place (RFC 3711
    /// section 3.4). Needs room behind it for index, MKI and tag, ``rtcpOverhead`` octets.
    ///
    /// - Returns: The SRTCP packet's length.
    /// - Throws: ``SRTPError``; the octets of `packet` are then as before and no index was used, except for
    ///   ``SRTPError/engineFailed``.
    @_lifetime(packet: copy packet)
    public mutating func protectRTCP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            let layout = try RTCPLayout(
                plain: BufferChecks.packet(in: packet, length: length), context.profile.rtcp)
            let ticket = try takeRTCPIndex(layout, room: packet.byteCount)
            try protect(layout, ticket, in: &packet)
            return layout.protectedByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// Protects an RTCP packet out of place; `packet` is only read.
    ///
    /// - Returns: The octets of the SRTCP packet at the start of `output`.
    /// - Throws: ``SRTPError``; nothing was written and no index was used then, except for ``SRTPError/engineFailed``.
    @_lifetime(output: copy output)
    public mutating func protectRTCP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            try BufferChecks.checkDisjoint(packet, output)
            let layout = try RTCPLayout(plain: packet, context.profile.rtcp)
            let ticket = try takeRTCPIndex(layout, room: output.byteCount)
            output.copy(packet, upTo: packet.byteCount)
            try protect(layout, ticket, in: &output)
            return layout.protectedByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    // MARK: Streams

    /// The octets that an RTP packet grows by, at most.
    public var rtpOverhead: Int { context.profile.rtpOverhead }

    /// The octets that an RTCP packet grows by.
    public var rtcpOverhead: Int { context.profile.rtcpOverhead }

    /// The rollover counter by which the next packet of `ssrc` gets its index; `nil` for a stream that has none yet.
    public mutating func rolloverCounter(of ssrc: SSRC) -> UInt32? { context.rolloverCounter(of: ssrc) }

    /// Sets the rollover counter that the next packet of `ssrc` gets, together with its own sequence number.
    ///
    /// A sender starts at 0 and counts by itself; this is for one that goes on with a stream, or that skips 2^15 sequence
    /// numbers or more on purpose.
    ///
    /// - Throws: ``SRTPError/rolloverCounterMovesBack(_:from:to:)`` for less than the stream has reached, and
    ///   ``SRTPError/tooManyStreams(_:limit:)`` where `ssrc` is new and not admitted.
    public mutating func setRolloverCounter(_ counter: UInt32, of ssrc: SSRC) throws(SRTPError) {
        if context.streams.slot(of: ssrc) == nil {
            try context.checkNewcomer(ssrc, takes: counter)
            _ = try admit(ssrc)
        }
        try context.setRolloverCounter(counter, of: ssrc)
    }

    /// The SRTCP index that the next RTCP packet of `ssrc` gets, 0 at first; 2^31 when there is none left under this key.
    public mutating func nextRTCPIndex(of ssrc: SSRC) -> UInt32 {
        let stream = context.streams.slot(of: ssrc).map { context.streams[$0] } ?? context.streams.newcomer(ssrc)
        let isSpent = context.keys.sendingPosition(at: stream.newestRTP)
            .map { stream.hasNoRTCPIndex(under: context.keys[$0]) }
        return isSpent == true ? RTCPLayout.maximumIndex + 1 : stream.nextRTCP.wire
    }

    /// Moves the SRTCP index of `ssrc` ahead, for a sender that goes on with a stream.
    ///
    /// - Throws: ``SRTPError/invalidRTCPIndex(_:_:)`` for an index below the next one or above 2^31 - 1, and
    ///   ``SRTPError/tooManyStreams(_:limit:)`` where `ssrc` is new and not admitted.
    public mutating func setNextRTCPIndex(_ index: UInt32, of ssrc: SSRC) throws(SRTPError) {
        guard index <= RTCPLayout.maximumIndex, index >= nextRTCPIndex(of: ssrc) else {
            throw .invalidRTCPIndex(ssrc, index)
        }
        let slot = if let known = context.streams.slot(of: ssrc) { known } else { try admit(ssrc) }
        let ahead = UInt64(index - context.streams[slot].nextRTCP.wire)
        context.streams[slot].nextRTCP = RTCPIndex(unwrapped: context.streams[slot].nextRTCP.unwrapped + ahead)
    }

    /// Removes a stream that sends no more, to make room.
    ///
    /// How far it had come is remembered until its keys are gone: should the SSRC be used again, it goes on behind the last index,
    /// and nothing is sent under an index twice.
    ///
    /// - Throws: ``SRTPError/unknownStream(_:)``, and ``SRTPError/tooManyStreams(_:limit:)`` where too many are remembered,
    ///   sixteen for each that is admitted.
    public mutating func removeStream(_ ssrc: SSRC) throws(SRTPError) {
        _ = try context.removeStream(ssrc)
    }

    /// The SSRCs that packets were sent from, or whose counters were set.
    public var knownSSRCs: [SSRC] { context.streams.ssrcs }

    /// What became of the packets so far.
    public var statistics: SRTPStatistics { context.statistics }

    /// The suite in use.
    public var suite: SRTPSuite { context.profile.rtpSuite }

    /// What happened since the last call, one event a call, oldest first; `nil` when there is no more. The latest 64 are kept.
    public mutating func nextEvent() -> SRTPEvent? { context.events.next() }

    /// The events that were not fetched in time, and are gone.
    public var lostEvents: UInt64 { context.events.lost }

    /// Everything known of the streams and keys.
    package var snapshot: SRTPStateSnapshot { context.snapshot }

    // MARK: Steps

    /// Whether SRTP packets may take the short way.
    @inline(__always)
    var isRTPPlain: Bool {
        guard context.isRTPPlain, fingerprints == nil else { return false }
        return leases?.rewrites != true
    }

    /// Takes the index of an ordinary packet (``SRTPContext/Ordinary``) that fits into the buffer, and says what the engine
    /// does with it; `nil` for all others, whose index is not taken.
    @inline(__always)
    mutating func takeOrdinary(_ packet: RawSpan, length: Int, room: Int) -> SRTPContext.Ordinary? {
        guard isRTPPlain,
            let layout = RTPLayout(
                wellFormed: packet, plainByteCount: length, tagByteCount: context.profile.rtp.tagByteCount),
            layout.protectedByteCount <= room, let ordinary = context.ordinary(layout)
        else { return nil }
        context.mark(ordinary)
        return ordinary
    }

    /// The right to use an index.
    struct Ticket {
        let ssrc: SSRC
        let slot: Int
        let index: PacketIndex
        /// Where master key and session keys are.
        let key: Int
        let session: Int
        let isRepeat: Bool
    }

    /// Takes the index of an RTP packet, so that no other packet gets it. Everything that can be wrong with the packet or
    /// the buffer is found before.
    @inline(__always)
    mutating func takeIndex(
        _ ssrc: SSRC, _ sequenceNumber: UInt16, byteCount: Int, room: Int
    ) throws(SRTPError) -> Ticket {
        try BufferChecks.checkRoom(byteCount, in: room)
        var known = context.streams.slot(of: ssrc)
        // What an earlier process has sent is needed for the estimate.
        if known == nil, leases != nil { known = try admit(ssrc) }
        let index = context.streams.rtpIndex(of: sequenceNumber, ssrc, at: known)
        let key = try key(for: ssrc, at: index.wire)
        var isRepeat = false
        switch context.streams.rtpVerdict(on: index, ssrc, at: known) {
        case .fresh: break
        case .seen where fingerprints != nil && known != nil && !isBelowLease(index, ssrc): isRepeat = true
        case let verdict: throw refusal(of: index, verdict, ssrc)
        }
        if let known, index.unwrapped >= context.streams.rtpLeaseNotice(at: known) {
            try checkLease(index.unwrapped, .rtp, known, key: key)
        }
        guard !context.exhaustsIndices(index, ssrc, at: known, key: key) else {
            throw .indexExhausted(ssrc)
        }
        let session = context.keys.isSimple ? 0 : try context.keys[key].rtpSession(at: index, context.profile)
        let slot = if let known { known } else { try admit(ssrc) }
        if !isRepeat { context.markRTP(index, at: slot, key: key) }
        return Ticket(ssrc: ssrc, slot: slot, index: index, key: key, session: session, isRepeat: isRepeat)
    }

    /// The master key for a packet with this SRTP index, or of a stream that has none yet.
    @inline(__always)
    private mutating func key(for ssrc: SSRC, at index: UInt64?) throws(SRTPError) -> Int {
        guard let key = context.keys.sendingPosition(at: index) else { throw .noKey(ssrc) }
        guard !context.keys[key].use.isExhausted else { throw .keyExhausted(ssrc) }
        return key
    }

    mutating func admit(_ ssrc: SSRC) throws(SRTPError) -> Int {
        let slot = try context.admit(ssrc)
        fingerprints?.prepare(slot)
        startLeases(slot)
        return slot
    }

    /// The right to use an SRTCP index.
    struct RTCPTicket {
        let slot: Int
        let index: RTCPIndex
        let key: Int
        let session: Int
    }

    /// Takes the next SRTCP index of a stream. Everything that can be wrong with the packet or the buffer is found before.
    mutating func takeRTCPIndex(_ layout: RTCPLayout, room: Int) throws(SRTPError) -> RTCPTicket {
        try BufferChecks.checkRoom(layout.protectedByteCount, in: room)
        var known = context.streams.slot(of: layout.ssrc)
        if known == nil, leases != nil { known = try admit(layout.ssrc) }
        let stream = known.map { context.streams[$0] } ?? context.streams.newcomer(layout.ssrc)
        // SRTCP goes by the newest SRTP index where keys are chosen by index (RFC 3711 section 8.1.1).
        let key = try key(for: layout.ssrc, at: stream.newestRTP)
        let index = stream.nextRTCP
        guard !stream.hasNoRTCPIndex(under: context.keys[key]) else { throw .indexExhausted(layout.ssrc) }
        if let known, index.unwrapped >= stream.rtcpLeaseNotice {
            try checkLease(index.unwrapped, .rtcp, known, key: key)
        }
        let session = try context.keys[key].rtcpSession(at: index, context.profile)
        let slot = if let known { known } else { try admit(layout.ssrc) }
        context.streams[slot].nextRTCP = RTCPIndex(unwrapped: index.unwrapped + 1)
        context.markRTCP(index, at: slot, key: key)
        return RTCPTicket(slot: slot, index: index, key: key, session: session)
    }

    /// Encrypts the RTCP packet that lies in `packet` and writes index, MKI and tag behind it.
    @_lifetime(packet: copy packet)
    private mutating func protect(
        _ layout: RTCPLayout, _ ticket: RTCPTicket, in packet: inout MutableRawSpan
    ) throws(SRTPError) {
        let job = prepare(layout, ticket, in: &packet)
        guard context.keys[ticket.key].rtcp[ticket.session].packet.seal(job, in: &packet) else {
            throw .engineFailed
        }
        if ticket.session > 0 || context.keys[ticket.key].rateShift != nil {
            context.keys[ticket.key].rtcp.noteUse(of: ticket.session)
        }
        context.statistics.rtcpPackets &+= 1
    }

    /// Writes index and MKI behind the RTCP packet that lies in `packet`, and says what is left to do.
    @_lifetime(packet: copy packet)
    mutating func prepare(
        _ layout: RTCPLayout, _ ticket: RTCPTicket, in packet: inout MutableRawSpan
    ) -> PacketJob {
        let word = context.profile.encryptsRTCP ? ticket.index.wire | RTCPLayout.encryptedBit : ticket.index.wire
        packet.storeBigEndian(word, at: layout.indexStart)
        packet.store(context.keys[ticket.key].mki, at: layout.mki)
        return layout.job(indexWord: word, in: packet.bytes)
    }
}

extension SRTPSender: PacketTransform {
    /// The larger one of ``rtpOverhead`` and ``rtcpOverhead``.
    public var maximumOverhead: Int { max(rtpOverhead, rtcpOverhead) }

    /// Protects; see ``protectRTP(_:length:)``.
    @_lifetime(packet: copy packet)
    public mutating func transformRTP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        try protectRTP(&packet, length: length)
    }

    /// Protects; see ``protectRTCP(_:length:)``.
    @_lifetime(packet: copy packet)
    public mutating func transformRTCP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        try protectRTCP(&packet, length: length)
    }

    /// Protects; see ``protectRTP(_:into:)``.
    @_lifetime(output: copy output)
    public mutating func transformRTP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(SRTPError) -> Int {
        try protectRTP(packet, into: &output)
    }

    /// Protects; see ``protectRTCP(_:into:)``.
    @_lifetime(output: copy output)
    public mutating func transformRTCP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(SRTPError) -> Int {
        try protectRTCP(packet, into: &output)
    }
}
