// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
public import RTP
internal import WireBytes

/// The receiving side of SRTP: checks and decrypts RTP and RTCP packets of any number of streams under one master key.
///
/// ```swift
/// var receiver = try SRTPReceiver(masterKey: key)
/// let plain = try receiver.unprotectRTP(datagram)
/// ```
///
/// A receiver has one owner and no lock. It cannot be copied: two copies would each accept a packet once.
///
/// A packet that has not authenticated changes nothing but a count: no stream is made for it, no window moves, and the
/// octets stay as they are. The order is the one of RFC 3711 section 3.3: the packet is taken apart, its index estimated,
/// the replay window asked, the tag checked, and only then is anything decrypted or noted.
public struct SRTPReceiver: ~Copyable, Sendable {
    var context: SRTPContext
    /// Where a packet is put in order that cannot be checked as it lies.
    var scratch: [UInt8] = []

    /// A receiver of packets protected under `masterKey`.
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
            masterKey: masterKey, options: options, configuration: configuration, direction: .received,
            registry: registry, restoring: saved)
    }

    // MARK: Packets

    /// Unprotects the SRTP packet in the first `length` octets of `packet`, in place (RFC 3711 section 3.3).
    ///
    /// Under the double suites, payload type, sequence number and header extension are those of the last hop, and the rest is
    /// what the far end sent (RFC 8723 section 5.3).
    ///
    /// - Returns: The RTP packet's length. What lies behind it is what is left of the tag.
    /// - Throws: ``SRTPError``; the octets of `packet` are then as before, except for ``SRTPError/engineFailed``.
    @_lifetime(packet: copy packet)
    public mutating func unprotectRTP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        guard length <= packet.byteCount, let ordinary = ordinary(packet.bytes, length: length) else {
            return try unprotectRTPStepByStep(&packet, length: length)
        }
        let opened = context.keys[0].rtp[0].packet.open(ordinary.job, in: &packet)
        guard case .opened = opened else { throw refusal(opened, of: ordinary.ssrc) }
        context.mark(ordinary)
        context.statistics.rtpPackets &+= 1
        return ordinary.job.cipherEnd
    }

    @inline(never)
    @_lifetime(packet: copy packet)
    private mutating func unprotectRTPStepByStep(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            guard context.isRTPPlain else { return try unprotectRTPTheLongWay(&packet, length: length) }
            let candidate = try examineRTP(BufferChecks.packet(in: packet, length: length))
            try Self.check(context.keys[0].rtp[0].packet.open(candidate.job, in: &packet), of: candidate.ssrc)
            guard let slot = slot(of: candidate.ssrc, known: candidate.slot) else {
                // Exclusive-or a second time: the packet is as it came.
                guard context.keys[0].rtp[0].packet.applyKeystream(of: candidate.job, to: &packet) else {
                    throw .engineFailed
                }
                throw .directionConflict(candidate.ssrc)
            }
            acceptRTP(candidate.index, at: slot, key: 0)
            return candidate.plainByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// Unprotects an SRTP packet out of place; `packet` is only read.
    ///
    /// - Returns: The octets of the RTP packet at the start of `output`, which needs room for no more than those; under the
    ///   double suites, for 17 more, and up to 20 where a media distributor changed the header.
    /// - Throws: ``SRTPError``; `output` holds nothing of the packet then, except after ``SRTPError/engineFailed``.
    @_lifetime(output: copy output)
    public mutating func unprotectRTP(
        _ packet: RawSpan, into output: inout MutableRawSpan
    ) throws(SRTPError) -> Int {
        guard BufferChecks.areDisjoint(packet, output), let ordinary = ordinary(packet, length: packet.byteCount),
            ordinary.job.cipherEnd <= output.byteCount
        else {
            return try unprotectRTPStepByStep(packet, into: &output)
        }
        let opened = context.keys[0].rtp[0].packet.open(ordinary.job, from: packet, to: &output)
        guard case .opened = opened else { throw refusal(opened, of: ordinary.ssrc) }
        output.copy(packet, upTo: ordinary.job.cipherStart)
        context.mark(ordinary)
        context.statistics.rtpPackets &+= 1
        return ordinary.job.cipherEnd
    }

    @inline(never)
    @_lifetime(output: copy output)
    private mutating func unprotectRTPStepByStep(
        _ packet: RawSpan, into output: inout MutableRawSpan
    ) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            try BufferChecks.checkDisjoint(packet, output)
            guard context.isRTPPlain else { return try unprotectRTPTheLongWay(packet, into: &output) }
            let candidate = try examineRTP(packet)
            try BufferChecks.checkRoom(candidate.plainByteCount, in: output.byteCount)
            try Self.check(
                context.keys[0].rtp[0].packet.open(candidate.job, from: packet, to: &output), of: candidate.ssrc)
            guard let slot = slot(of: candidate.ssrc, known: candidate.slot) else {
                output.clear(upTo: candidate.plainByteCount)
                throw .directionConflict(candidate.ssrc)
            }
            output.copy(packet, upTo: candidate.job.cipherStart)
            acceptRTP(candidate.index, at: slot, key: 0)
            return candidate.plainByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// Unprotects the SRTCP packet in the first `length` octets of `packet`, in place (RFC 3711 section 3.4).
    ///
    /// - Returns: The RTCP packet's length.
    /// - Throws: ``SRTPError``; the octets of `packet` are then as before, except for ``SRTPError/engineFailed``.
    @_lifetime(packet: copy packet)
    public mutating func unprotectRTCP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            let candidate = try examineRTCP(BufferChecks.packet(in: packet, length: length))
            try Self.check(
                context.keys[candidate.key].rtcp[candidate.session].packet.open(candidate.job, in: &packet),
                of: candidate.ssrc)
            do throws(SRTPError) {
                try acceptRTCP(candidate)
            } catch {
                // Where the packet was encrypted, exclusive-or a second time.
                guard
                    context.keys[candidate.key].rtcp[candidate.session].packet
                        .applyKeystream(of: candidate.job, to: &packet)
                else { throw .engineFailed }
                throw error
            }
            return candidate.plainByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// Unprotects an SRTCP packet out of place; `packet` is only read.
    ///
    /// - Returns: The octets of the RTCP packet at the start of `output`, which needs room for no more than those.
    /// - Throws: ``SRTPError``; `output` holds nothing of the packet then, except after ``SRTPError/engineFailed``.
    @_lifetime(output: copy output)
    public mutating func unprotectRTCP(
        _ packet: RawSpan, into output: inout MutableRawSpan
    ) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            try BufferChecks.checkDisjoint(packet, output)
            let candidate = try examineRTCP(packet)
            try BufferChecks.checkRoom(candidate.plainByteCount, in: output.byteCount)
            try Self.check(
                context.keys[candidate.key].rtcp[candidate.session].packet
                    .open(candidate.job, from: packet, to: &output), of: candidate.ssrc)
            do throws(SRTPError) {
                try acceptRTCP(candidate)
            } catch {
                if candidate.isEncrypted { output.clear(upTo: candidate.plainByteCount) }
                throw error
            }
            output.copy(packet, upTo: candidate.job.cipherStart)
            return candidate.plainByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    // MARK: Streams

    /// The rollover counter by which the next packet of `ssrc` is judged; `nil` for a stream that has none yet.
    public mutating func rolloverCounter(of ssrc: SSRC) -> UInt32? { context.rolloverCounter(of: ssrc) }

    /// Sets the rollover counter that the next packet of `ssrc` has, as a receiver that joins late must be told
    /// (RFC 3711 section 3.3.1).
    ///
    /// The next packet that authenticates takes the counter together with its own sequence number as its index, without
    /// an estimate; until then, packets with another counter are refused. The replay window stays, so that nothing accepted
    /// before is accepted again. Set to the counter that the stream has, it lets the stream go on after an outage of 2^15 packets
    /// or more inside that counter.
    ///
    /// - Throws: ``SRTPError/rolloverCounterMovesBack(_:from:to:)`` for less than what packets have shown, and
    ///   ``SRTPError/tooManyStreams(_:limit:)`` where `ssrc` is new and not admitted.
    public mutating func setRolloverCounter(_ counter: UInt32, of ssrc: SSRC) throws(SRTPError) {
        try context.setRolloverCounter(counter, of: ssrc)
    }

    /// The SSRCs that packets were accepted from, or whose rollover counter was set.
    public var knownSSRCs: [SSRC] { context.streams.ssrcs }

    /// What became of the packets so far.
    public var statistics: SRTPStatistics { context.statistics }

    /// The suite in use.
    public var suite: SRTPSuite { context.profile.rtpSuite }

    /// Lets the next packet of `ssrc` that authenticates set the rollover counter: after an outage in which 2^15 packets or more
    /// were lost, so that no estimate holds.
    ///
    /// Counters from the stream's own up to ``SRTPConfiguration/rolloverCounterSearch`` above it are tried. The replay window
    /// moves with the packet found and never back, so that nothing accepted before is accepted again.
    ///
    /// - Throws: ``SRTPError/unknownStream(_:)``.
    public mutating func resynchronize(_ ssrc: SSRC) throws(SRTPError) {
        guard let slot = context.streams.slot(of: ssrc) else { throw .unknownStream(ssrc) }
        context.streams[slot].isSearched = true
    }

    /// Removes a stream, to make room.
    ///
    /// How far it had come is remembered until its keys are gone, so that what was accepted before stays refused.
    ///
    /// - Throws: ``SRTPError/unknownStream(_:)``, and ``SRTPError/tooManyStreams(_:limit:)`` where too many are remembered,
    ///   sixteen for each that is admitted.
    public mutating func removeStream(_ ssrc: SSRC) throws(SRTPError) { _ = try context.removeStream(ssrc) }

    /// The master key under which the packet was protected that was accepted last, of any stream; `nil` before there is one, and
    /// not for packets that carry no tag.
    public var latestKey: SRTPKeyID? { context.latestKey }

    /// The master key that the newest packet of `ssrc` was protected under.
    public mutating func key(of ssrc: SSRC) -> SRTPKeyID? {
        guard let slot = context.streams.slot(of: ssrc), context.streams[slot].keyNumber > 0 else { return nil }
        return SRTPKeyID(number: context.streams[slot].keyNumber)
    }

    /// What happened since the last call, one event a call, oldest first; `nil` when there is no more. The latest 64 are kept.
    public mutating func nextEvent() -> SRTPEvent? { context.events.next() }

    /// The events that were not fetched in time, and are gone.
    public var lostEvents: UInt64 { context.events.lost }

    /// Everything known of the streams and keys.
    package var snapshot: SRTPStateSnapshot { context.snapshot }

    // MARK: Steps

    /// The SRTP packet in the first `length` octets, at most all of them, as an ordinary one; `nil` where it is not. Changes nothing.
    @inline(__always)
    mutating func ordinary(_ packet: RawSpan, length: Int) -> SRTPContext.Ordinary? {
        let tagByteCount = context.profile.rtp.tagByteCount
        guard context.isRTPPlain,
            let layout = RTPLayout(
                wellFormed: packet, plainByteCount: length &- tagByteCount, tagByteCount: tagByteCount)
        else { return nil }
        return context.ordinary(layout)
    }

    /// Why a packet was not opened; counted.
    @inline(never)
    mutating func refusal(_ opened: PacketCipher.Opened, of ssrc: SSRC) -> SRTPError {
        do throws(SRTPError) { try Self.check(opened, of: ssrc) } catch {
            context.statistics.count(error)
            return error
        }
        return .engineFailed
    }

    /// An SRTP packet that may be accepted if it authenticates, and where it will be noted.
    private struct Candidate {
        let ssrc: SSRC
        let slot: Int?
        let index: PacketIndex
        let job: PacketJob
        let plainByteCount: Int
    }

    /// Takes a plain SRTP packet apart and asks the window. Changes nothing.
    @inline(__always)
    private mutating func examineRTP(_ packet: RawSpan) throws(SRTPError) -> Candidate {
        let form = context.profile.rtp
        let layout = try RTPLayout(protected: packet, form)
        guard !context.keys[0].use.isExhausted else { throw .keyExhausted(layout.ssrc) }
        let slot = context.streams.slot(of: layout.ssrc)
        if slot == nil { try context.checkAdmission(of: layout.ssrc) }
        let index = context.streams.rtpIndex(of: layout.sequenceNumber, layout.ssrc, at: slot)
        guard context.streams.rtpVerdict(on: index, layout.ssrc, at: slot) == .fresh else {
            throw .replayed(layout.ssrc, index: index.wire)
        }
        guard !context.exhaustsIndices(index, layout.ssrc, at: slot, key: 0) else {
            throw .indexExhausted(layout.ssrc)
        }
        return Candidate(
            ssrc: layout.ssrc, slot: slot, index: index, job: layout.job(at: index, isAEAD: form.isAEAD),
            plainByteCount: layout.plainByteCount)
    }

    /// Throws where a packet was not opened.
    @inline(__always)
    static func check(_ opened: PacketCipher.Opened, of ssrc: SSRC) throws(SRTPError) {
        switch opened {
        case .opened: break
        case .tagDiffers: throw .authenticationFailed(ssrc)
        case .failed: throw .engineFailed
        }
    }

    /// The slot of a packet that has authenticated; `nil` where the other direction of a shared key, on another thread, has
    /// taken a new SSRC since it was found free.
    @inline(__always)
    mutating func slot(of ssrc: SSRC, known: Int?) -> Int? { known ?? (try? context.admit(ssrc)) }

    /// Notes a packet that has authenticated.
    @inline(__always)
    mutating func acceptRTP(_ index: PacketIndex, at slot: Int, key: Int) {
        context.markRTP(index, at: slot, key: key)
        context.statistics.rtpPackets &+= 1
    }

    /// An SRTCP packet that may be accepted if it authenticates, and where it will be noted.
    struct RTCPCandidate {
        let ssrc: SSRC
        let slot: Int?
        let index: RTCPIndex
        let isEncrypted: Bool
        let key: Int
        let session: Int
        let job: PacketJob
        let plainByteCount: Int
    }

    /// Takes an SRTCP packet apart, asks the window, and finds the key. Changes nothing.
    ///
    /// Without an MKI and with several keys, the first one under which the packet authenticates, newest first.
    mutating func examineRTCP(_ packet: RawSpan) throws(SRTPError) -> RTCPCandidate {
        let layout = try RTCPLayout(protected: packet, context.profile.rtcp)
        let slot = context.streams.slot(of: layout.ssrc)
        let onlyKey = try onlyKey(in: packet, layout.mki, of: layout.ssrc)
        if slot == nil { try context.checkAdmission(of: layout.ssrc) }
        if let key = onlyKey {
            return try candidate(layout, packet, slot, key: key)
        }
        var refusal = context.keys.refusal(of: layout.ssrc)
        var last = UInt32.max
        while let key = context.keys.receivingPosition(below: last) {
            last = context.keys[key].id.number
            do throws(SRTPError) {
                let candidate = try candidate(layout, packet, slot, key: key)
                switch context.keys[key].rtcp[candidate.session].packet.verify(candidate.job, in: packet) {
                case .tagMatches: return candidate
                case .tagDiffers: refusal = .authenticationFailed(layout.ssrc)
                case .failed: throw .engineFailed
                }
            } catch .replayed(let ssrc, let index) {
                refusal = .replayed(ssrc, index: index)
            }
        }
        throw refusal
    }

    mutating func candidate(
        _ layout: RTCPLayout, _ packet: RawSpan, _ slot: Int?, key: Int
    ) throws(SRTPError) -> RTCPCandidate {
        let word = packet.bigEndianUInt32(at: layout.indexStart) ?? 0
        let wire = word & RTCPLayout.maximumIndex
        let index = context.streams.rtcpIndex(wire, layout.ssrc, at: slot, under: context.keys[key])
        guard context.streams.rtcpVerdict(on: index, layout.ssrc, at: slot) == .fresh else {
            throw .replayed(layout.ssrc, index: UInt64(wire))
        }
        let session = try context.keys[key].rtcpSession(at: index, context.profile)
        return RTCPCandidate(
            ssrc: layout.ssrc, slot: slot, index: index, isEncrypted: word & RTCPLayout.encryptedBit != 0, key: key,
            session: session, job: layout.job(indexWord: word, in: packet), plainByteCount: layout.plainByteCount)
    }

    /// The one key that a packet can be protected under: that of its MKI, or the only one there is. `nil` where there are several.
    /// Throws where it has come to its end.
    mutating func onlyKey(in packet: RawSpan, _ mki: Range<Int>, of ssrc: SSRC) throws(SRTPError) -> Int? {
        if !mki.isEmpty {
            guard let key = context.keys.position(ofMKI: packet.extracting(mki)) else { throw .unknownMKI(ssrc) }
            guard !context.keys[key].use.isExhausted else { throw .keyExhausted(ssrc) }
            return key
        }
        guard context.keys.count > 0 else { throw .noKey(ssrc) }
        guard context.keys.count == 1 else { return nil }
        guard !context.keys[0].use.isExhausted else { throw .keyExhausted(ssrc) }
        return 0
    }

    /// Notes an SRTCP packet that has authenticated. Throws where it had to be encrypted and is not.
    private mutating func acceptRTCP(_ candidate: RTCPCandidate) throws(SRTPError) {
        guard candidate.isEncrypted || !context.profile.encryptsRTCP else { throw .encryptionRequired(candidate.ssrc) }
        guard let slot = slot(of: candidate.ssrc, known: candidate.slot) else {
            throw .directionConflict(candidate.ssrc)
        }
        if context.keys[candidate.key].rateShift != nil {
            context.keys[candidate.key].rtcp.noteUse(of: candidate.session)
        }
        context.markRTCP(candidate.index, at: slot, key: candidate.key)
        context.statistics.rtcpPackets &+= 1
    }
}

extension SRTPReceiver: PacketTransform {
    /// 0: unprotecting only shrinks packets.
    public var maximumOverhead: Int { 0 }

    /// Unprotects; see ``unprotectRTP(_:length:)``.
    @_lifetime(packet: copy packet)
    public mutating func transformRTP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        try unprotectRTP(&packet, length: length)
    }

    /// Unprotects; see ``unprotectRTCP(_:length:)``.
    @_lifetime(packet: copy packet)
    public mutating func transformRTCP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        try unprotectRTCP(&packet, length: length)
    }

    /// Unprotects; see ``unprotectRTP(_:into:)``.
    @_lifetime(output: copy output)
    public mutating func transformRTP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(SRTPError) -> Int {
        try unprotectRTP(packet, into: &output)
    }

    /// Unprotects; see ``unprotectRTCP(_:into:)``.
    @_lifetime(output: copy output)
    public mutating func transformRTCP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(SRTPError) -> Int {
        try unprotectRTCP(packet, into: &output)
    }
}
