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
    private var context: SRTPContext

    /// A receiver of packets protected under `masterKey`.
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
            masterKey: masterKey, configuration: configuration, direction: .received, registry: registry)
    }

    // MARK: Packets

    /// Unprotects the SRTP packet in the first `length` octets of `packet`, in place (RFC 3711 section 3.3).
    ///
    /// - Returns: The RTP packet's length. What lies behind it is what is left of the tag.
    /// - Throws: ``SRTPError``; the octets of `packet` are then as before, except for ``SRTPError/engineFailed``.
    @_lifetime(packet: copy packet)
    public mutating func unprotectRTP(_ packet: inout MutableRawSpan, length: Int) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            let candidate = try examineRTP(BufferChecks.packet(in: packet, length: length))
            try Self.check(context.keys.rtp.open(candidate.job, in: &packet), of: candidate.ssrc)
            guard let slot = slot(of: candidate) else {
                // Exclusive-or a second time: the packet is as it came.
                guard context.keys.rtp.applyKeystream(of: candidate.job, to: &packet) else { throw .engineFailed }
                throw .directionConflict(candidate.ssrc)
            }
            acceptRTP(candidate, at: slot)
            return candidate.plainByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// Unprotects an SRTP packet out of place; `packet` is only read.
    ///
    /// - Returns: The octets of the RTP packet at the start of `output`, which needs room for no more than those.
    /// - Throws: ``SRTPError``; nothing was written to `output` then, except after ``SRTPError/engineFailed``, and zeros
    ///   where the other direction of a shared key took the SSRC in the same moment.
    @_lifetime(output: copy output)
    public mutating func unprotectRTP(
        _ packet: RawSpan, into output: inout MutableRawSpan
    ) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            try BufferChecks.checkDisjoint(packet, output)
            let candidate = try examineRTP(packet)
            try BufferChecks.checkRoom(candidate.plainByteCount, in: output.byteCount)
            try Self.check(context.keys.rtp.open(candidate.job, from: packet, to: &output), of: candidate.ssrc)
            guard let slot = slot(of: candidate) else {
                output.clear(upTo: candidate.plainByteCount)
                throw .directionConflict(candidate.ssrc)
            }
            output.copy(packet, upTo: candidate.job.cipherStart)
            acceptRTP(candidate, at: slot)
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
            try Self.check(context.keys.rtcp.open(candidate.job, in: &packet), of: candidate.ssrc)
            try checkEncryption(candidate)
            guard let slot = slot(of: candidate) else {
                guard context.keys.rtcp.applyKeystream(of: candidate.job, to: &packet) else { throw .engineFailed }
                throw .directionConflict(candidate.ssrc)
            }
            acceptRTCP(candidate, at: slot)
            return candidate.plainByteCount
        } catch {
            context.statistics.count(error)
            throw error
        }
    }

    /// Unprotects an SRTCP packet out of place; `packet` is only read.
    ///
    /// - Returns: The octets of the RTCP packet at the start of `output`, which needs room for no more than those.
    /// - Throws: ``SRTPError``; nothing was written to `output` then, except after ``SRTPError/engineFailed``, and zeros
    ///   where the other direction of a shared key took the SSRC in the same moment.
    @_lifetime(output: copy output)
    public mutating func unprotectRTCP(
        _ packet: RawSpan, into output: inout MutableRawSpan
    ) throws(SRTPError) -> Int {
        do throws(SRTPError) {
            try BufferChecks.checkDisjoint(packet, output)
            let candidate = try examineRTCP(packet)
            try BufferChecks.checkRoom(candidate.plainByteCount, in: output.byteCount)
            try Self.check(context.keys.rtcp.open(candidate.job, from: packet, to: &output), of: candidate.ssrc)
            try checkEncryption(candidate)
            guard let slot = slot(of: candidate) else {
                output.clear(upTo: candidate.plainByteCount)
                throw .directionConflict(candidate.ssrc)
            }
            output.copy(packet, upTo: candidate.job.cipherStart)
            acceptRTCP(candidate, at: slot)
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
    /// before is accepted again.
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
    public var suite: SRTPSuite { context.suite }

    /// Everything known of the streams.
    package var snapshot: SRTPStateSnapshot { context.snapshot }

    // MARK: Steps

    /// What the word behind an SRTCP packet says.
    private struct RTCPIndex {
        let number: UInt32
        let isEncrypted: Bool
    }

    /// A packet that may be accepted if it authenticates, and where it will be noted.
    private struct Candidate<Index> {
        let ssrc: SSRC
        let slot: Int?
        let index: Index
        let job: PacketJob
        let plainByteCount: Int
    }

    /// Takes an SRTP packet apart and asks the window. Changes nothing.
    @inline(__always)
    private mutating func examineRTP(_ packet: RawSpan) throws(SRTPError) -> Candidate<PacketIndex> {
        let layout = try RTPLayout(protected: packet, tagByteCount: context.suite.rtpTagByteCount)
        try context.checkKey(for: layout.ssrc)
        let slot = context.streams.slot(of: layout.ssrc)
        let index = context.streams.rtpIndex(of: layout.sequenceNumber, at: slot)
        if let slot {
            guard context.streams.rtpVerdict(on: index, at: slot) == .fresh else {
                throw .replayed(layout.ssrc, index: index.wire)
            }
            guard !context.streams[slot].exhaustsIndices(index) else { throw .indexExhausted(layout.ssrc) }
        } else {
            try context.checkAdmission(of: layout.ssrc)
        }
        return Candidate(
            ssrc: layout.ssrc, slot: slot, index: index, job: layout.job(at: index),
            plainByteCount: layout.plainByteCount)
    }

    /// Throws where a packet was not opened.
    @inline(__always)
    private static func check(_ opened: PacketCipher.Opened, of ssrc: SSRC) throws(SRTPError) {
        switch opened {
        case .opened: break
        case .tagDiffers: throw .authenticationFailed(ssrc)
        case .failed: throw .engineFailed
        }
    }

    /// The slot of a packet that has authenticated; `nil` where the other direction of a shared key, on another thread, has
    /// taken a new SSRC since it was found free.
    @inline(__always)
    private mutating func slot<Index>(of candidate: Candidate<Index>) -> Int? {
        candidate.slot ?? (try? context.admit(candidate.ssrc))
    }

    /// Notes a packet that has authenticated.
    @inline(__always)
    private mutating func acceptRTP(_ candidate: Candidate<PacketIndex>, at slot: Int) {
        context.markRTP(candidate.index, at: slot)
        context.statistics.rtpPackets &+= 1
    }

    /// Takes an SRTCP packet apart and asks the window. Changes nothing.
    @inline(__always)
    private mutating func examineRTCP(_ packet: RawSpan) throws(SRTPError) -> Candidate<RTCPIndex> {
        let layout = try RTCPLayout(protected: packet, tagByteCount: context.rtcpTagByteCount)
        try context.checkKey(for: layout.ssrc)
        let word = packet.bigEndianUInt32(at: layout.plainByteCount) ?? 0
        let index = word & RTCPLayout.maximumIndex
        let isEncrypted = word & RTCPLayout.encryptedBit != 0
        let slot = context.streams.slot(of: layout.ssrc)
        if let slot {
            guard context.streams.rtcpVerdict(on: index, at: slot) == .fresh else {
                throw .replayed(layout.ssrc, index: UInt64(index))
            }
        } else {
            try context.checkAdmission(of: layout.ssrc)
        }
        return Candidate(
            ssrc: layout.ssrc, slot: slot, index: RTCPIndex(number: index, isEncrypted: isEncrypted),
            job: layout.job(at: index, isEncrypted: isEncrypted), plainByteCount: layout.plainByteCount)
    }

    /// Throws where an authentic SRTCP packet had to be encrypted and is not. Opening it has changed no octet then.
    private func checkEncryption(_ candidate: Candidate<RTCPIndex>) throws(SRTPError) {
        guard candidate.index.isEncrypted || !context.encryptsRTCP else { throw .encryptionRequired(candidate.ssrc) }
    }

    /// Notes a packet that has authenticated.
    private mutating func acceptRTCP(_ candidate: Candidate<RTCPIndex>, at slot: Int) {
        context.markRTCP(candidate.index.number, at: slot)
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
