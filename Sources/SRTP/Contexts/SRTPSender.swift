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
    private var context: SRTPContext
    /// Where the configuration allows repeats: what was sent under each index of the window.
    private var fingerprints: FingerprintSlab?

    /// A sender that protects under `masterKey`.
    ///
    /// - Throws: ``SRTPError/suiteNotBuilt(_:)``, or an error that names the setting which is out of range.
    public init(
        masterKey: consuming SRTPMasterKey, configuration: SRTPConfiguration = SRTPConfiguration()
    ) throws(SRTPError) {
        try self.init(borrowing: masterKey, configuration: configuration, registry: nil)
    }

    init(
        borrowing masterKey: borrowing SRTPMasterKey, configuration: SRTPConfiguration, registry: DirectionRegistry?
    ) throws(SRTPError) {
        context = try SRTPContext(
            masterKey: masterKey, configuration: configuration, direction: .sent, registry: registry)
        fingerprints =
            configuration.repeatedPackets == .allowedWhenIdentical
            ? FingerprintSlab(width: configuration.replayWindow) : nil
    }

    // MARK: Packets

    /// Protects the RTP packet in the first `length` octets of `packet`, in place (RFC 3711 section 3.3). Needs room for
    /// the tag behind it, ``rtpOverhead`` octets.
    ///
    /// - Returns: The SRTP packet's length.
    /// - Throws: ``SRTPError``; the octets of `packet` are then as before and the packet's index is still free, except for
    ///   ``SRTPError/engineFailed``.
    @_lifetime(packet: copy packet)
    public mutating func protectRTP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            let layout = try RTPLayout(
                plain: BufferChecks.packet(in: packet, length: length), tagByteCount: context.suite.rtpTagByteCount)
            let ticket = try takeIndex(layout, room: packet.byteCount)
            let job = layout.job(at: ticket.index)
            if fingerprints != nil {
                try sealOnce(job, ticket, in: &packet)
            } else {
                guard context.keys.rtp.seal(job, in: &packet) else { throw .engineFailed }
            }
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
    /// - Throws: ``SRTPError``; the packet's index is still free then, except for ``SRTPError/engineFailed``.
    @_lifetime(output: copy output)
    public mutating func protectRTP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            try BufferChecks.checkDisjoint(packet, output)
            let layout = try RTPLayout(plain: packet, tagByteCount: context.suite.rtpTagByteCount)
            let ticket = try takeIndex(layout, room: output.byteCount)
            let job = layout.job(at: ticket.index)
            output.copy(packet, upTo: job.cipherStart)
            if fingerprints != nil {
                try sealOnce(job, ticket, from: packet, to: &output)
            } else {
                guard context.keys.rtp.seal(job, from: packet, to: &output) else { throw .engineFailed }
            }
            context.statistics.rtpPackets &+= 1
            return layout.protectedByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// Protects the RTCP packet in the first `length` octets of `packet`, compound or reduced-size, in place (RFC 3711
    /// section 3.4). Needs room for index and tag behind it, ``rtcpOverhead`` octets.
    ///
    /// - Returns: The SRTCP packet's length.
    /// - Throws: ``SRTPError``; the octets of `packet` are then as before and no index was used, except for
    ///   ``SRTPError/engineFailed``.
    @_lifetime(packet: copy packet)
    public mutating func protectRTCP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            let layout = try RTCPLayout(
                plain: BufferChecks.packet(in: packet, length: length), tagByteCount: context.rtcpTagByteCount)
            let index = try takeRTCPIndex(layout, room: packet.byteCount)
            try protect(layout, at: index, in: &packet)
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
            let layout = try RTCPLayout(plain: packet, tagByteCount: context.rtcpTagByteCount)
            let index = try takeRTCPIndex(layout, room: output.byteCount)
            output.copy(packet, upTo: packet.byteCount)
            try protect(layout, at: index, in: &output)
            return layout.protectedByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    // MARK: Streams

    /// The octets that an RTP packet grows by.
    public var rtpOverhead: Int { context.suite.rtpTagByteCount }

    /// The octets that an RTCP packet grows by.
    public var rtcpOverhead: Int { RTCPLayout.indexByteCount + context.rtcpTagByteCount }

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
        if context.streams.slot(of: ssrc) == nil { _ = try admit(ssrc) }
        try context.setRolloverCounter(counter, of: ssrc)
    }

    /// The SRTCP index that the next RTCP packet of `ssrc` gets, 0 at first; 2^31 when there is none left.
    public mutating func nextRTCPIndex(of ssrc: SSRC) -> UInt32 {
        context.streams.slot(of: ssrc).map { context.streams[$0].nextRTCPIndex } ?? 0
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
        context.streams[slot].nextRTCPIndex = index
    }

    /// The SSRCs that packets were sent from, or whose counters were set.
    public var knownSSRCs: [SSRC] { context.streams.ssrcs }

    /// What became of the packets so far.
    public var statistics: SRTPStatistics { context.statistics }

    /// The suite in use.
    public var suite: SRTPSuite { context.suite }

    /// Everything known of the streams.
    package var snapshot: SRTPStateSnapshot { context.snapshot }

    // MARK: Steps

    /// The right to use an index.
    private struct Ticket {
        let ssrc: SSRC
        let slot: Int
        let index: PacketIndex
        let isRepeat: Bool
    }

    /// Takes the index of an RTP packet, so that no other packet gets it. Everything that can be wrong with the packet or
    /// the buffer is found before.
    @inline(__always)
    private mutating func takeIndex(_ layout: RTPLayout, room: Int) throws(SRTPError) -> Ticket {
        try BufferChecks.checkRoom(layout.protectedByteCount, in: room)
        try context.checkKey(for: layout.ssrc)
        let known = context.streams.slot(of: layout.ssrc)
        let index = context.streams.rtpIndex(of: layout.sequenceNumber, at: known)
        var isRepeat = false
        if let known {
            switch context.streams.rtpVerdict(on: index, at: known) {
            case .fresh: break
            case .seen where fingerprints != nil: isRepeat = true
            case .seen: throw .indexReused(layout.ssrc, index: index.wire)
            case .tooOld: throw .indexTooOld(layout.ssrc, index: index.wire)
            }
            guard !context.streams[known].exhaustsIndices(index) else { throw .indexExhausted(layout.ssrc) }
        }
        let slot = if let known { known } else { try admit(layout.ssrc) }
        if !isRepeat { context.markRTP(index, at: slot) }
        return Ticket(ssrc: layout.ssrc, slot: slot, index: index, isRepeat: isRepeat)
    }

    private mutating func admit(_ ssrc: SSRC) throws(SRTPError) -> Int {
        let slot = try context.admit(ssrc)
        fingerprints?.append()
        return slot
    }

    /// Encrypts and tags where repeats are allowed; refuses a repeat that is not identical.
    @_lifetime(packet: copy packet)
    private mutating func sealOnce(
        _ job: PacketJob, _ ticket: Ticket, in packet: inout MutableRawSpan
    ) throws(SRTPError) {
        guard let mac = context.keys.rtp.sealUntagged(job, in: &packet) else { throw .engineFailed }
        guard admits(mac, ticket) else {
            // Exclusive-or a second time: the caller gets its packet back.
            guard context.keys.rtp.applyKeystream(of: job, to: &packet) else { throw .engineFailed }
            throw .indexReused(ticket.ssrc, index: ticket.index.wire)
        }
        unsafe packet.store(mac.span.bytes, count: job.tagCount, at: job.tagStart)
    }

    /// The same out of place.
    @_lifetime(output: copy output)
    private mutating func sealOnce(
        _ job: PacketJob, _ ticket: Ticket, from packet: RawSpan, to output: inout MutableRawSpan
    ) throws(SRTPError) {
        guard let mac = context.keys.rtp.sealUntagged(job, from: packet, to: &output) else { throw .engineFailed }
        guard admits(mac, ticket) else {
            // What was written under a keystream that is in use already must not be seen.
            output.clear(upTo: job.authenticatedEnd)
            throw .indexReused(ticket.ssrc, index: ticket.index.wire)
        }
        unsafe output.store(mac.span.bytes, count: job.tagCount, at: job.tagStart)
    }

    /// Whether an encrypted packet with this MAC may be sent: not where it repeats an index and is not identical.
    private mutating func admits(_ mac: HMACSHA1.MAC, _ ticket: Ticket) -> Bool {
        fingerprints?.admits(mac, ticket.index.unwrapped, at: ticket.slot, isRepeat: ticket.isRepeat) == true
    }

    /// Takes the next SRTCP index of a stream. Everything that can be wrong with the packet or the buffer is found before.
    private mutating func takeRTCPIndex(_ layout: RTCPLayout, room: Int) throws(SRTPError) -> UInt32 {
        try BufferChecks.checkRoom(layout.protectedByteCount, in: room)
        try context.checkKey(for: layout.ssrc)
        let slot = if let known = context.streams.slot(of: layout.ssrc) { known } else { try admit(layout.ssrc) }
        let index = context.streams[slot].nextRTCPIndex
        guard index <= RTCPLayout.maximumIndex else { throw .indexExhausted(layout.ssrc) }
        context.streams[slot].nextRTCPIndex = index + 1
        context.markRTCP(index, at: slot)
        return index
    }

    /// Encrypts the RTCP packet that lies in `packet` and writes index and tag behind it.
    @_lifetime(packet: copy packet)
    private mutating func protect(
        _ layout: RTCPLayout, at index: UInt32, in packet: inout MutableRawSpan
    ) throws(SRTPError) {
        let job = layout.job(at: index, isEncrypted: context.encryptsRTCP)
        packet.storeBigEndian(
            context.encryptsRTCP ? index | RTCPLayout.encryptedBit : index, at: layout.plainByteCount)
        guard context.keys.rtcp.seal(job, in: &packet) else { throw .engineFailed }
        context.statistics.rtcpPackets &+= 1
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
