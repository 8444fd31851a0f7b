// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// What sender and receiver have in common: keys, streams, counts.
struct SRTPContext: ~Copyable, Sendable {
    let suite: SRTPSuite
    let configuration: SRTPConfiguration
    var keys: SessionKeys
    var streams: StreamTable
    var statistics = SRTPStatistics()
    /// Whether a stream has reached the packets that the master key may take. It ends the key for all of them, RTP and
    /// RTCP (RFC 3711 section 9.2), and stays so.
    private(set) var isKeyExhausted = false
    private let direction: DirectionRegistry.Direction
    private let registry: DirectionRegistry?

    init(
        masterKey: borrowing SRTPMasterKey, configuration: SRTPConfiguration,
        direction: DirectionRegistry.Direction, registry: DirectionRegistry?
    ) throws(SRTPError) {
        try configuration.validate()
        let keys = try SessionKeys(masterKey: masterKey)
        let streams: StreamTable
        do throws(CryptoError) { streams = try StreamTable(configuration) } catch { throw .engineFailed }
        self.keys = keys
        self.streams = streams
        self.suite = masterKey.suite
        self.configuration = configuration
        self.direction = direction
        self.registry = registry
    }

    /// Whether SRTCP packets are sent encrypted, and required to be.
    var encryptsRTCP: Bool { configuration.rtcpEncryption.isOn(for: suite) }

    /// The octets of the tag on an SRTCP packet.
    var rtcpTagByteCount: Int { configuration.rtcpTag.byteCount(for: suite) }

    /// Throws where the master key may not be used any more.
    @inline(__always)
    func checkKey(for ssrc: SSRC) throws(SRTPError) {
        guard !isKeyExhausted else { throw .keyExhausted(ssrc) }
    }

    /// Throws where a stream for `ssrc` would not be made. Changes nothing.
    func checkAdmission(of ssrc: SSRC) throws(SRTPError) {
        try streams.checkRoom(for: ssrc)
        if let registry, !registry.isFree(ssrc, for: direction) { throw .directionConflict(ssrc) }
    }

    /// Makes a stream for `ssrc`, which has none. May allocate.
    mutating func admit(_ ssrc: SSRC) throws(SRTPError) -> Int {
        try streams.checkRoom(for: ssrc)
        if let registry, !registry.claim(ssrc, for: direction) { throw .directionConflict(ssrc) }
        return streams.insert(ssrc)
    }

    /// Notes that an RTP packet was sent or accepted.
    @inline(__always)
    mutating func markRTP(_ index: PacketIndex, at slot: Int) {
        streams.markRTP(index, at: slot)
        if streams[slot].rtp.count >= configuration.limits.rtpPackets { isKeyExhausted = true }
    }

    /// Notes that an SRTCP packet was sent or accepted.
    @inline(__always)
    mutating func markRTCP(_ index: UInt32, at slot: Int) {
        streams.markRTCP(index, at: slot)
        if streams[slot].rtcp.count >= configuration.limits.rtcpPackets { isKeyExhausted = true }
    }

    /// The rollover counter that the stream's next packet is judged by.
    mutating func rolloverCounter(of ssrc: SSRC) -> UInt32? {
        streams.slot(of: ssrc).flatMap { streams[$0].rolloverCounter }
    }

    /// Sets it, making the stream where there is none.
    mutating func setRolloverCounter(_ counter: UInt32, of ssrc: SSRC) throws(SRTPError) {
        let slot = if let known = streams.slot(of: ssrc) { known } else { try admit(ssrc) }
        try streams[slot].setRolloverCounter(counter)
    }

    /// Everything known of the streams, as a value.
    var snapshot: SRTPStateSnapshot { SRTPStateSnapshot(streams: streams.snapshot, isKeyExhausted: isKeyExhausted) }
}

/// The checks of a call's buffers, before anything else is looked at.
enum BufferChecks {
    /// The packet in the first `length` octets of `buffer`.
    @inline(__always)
    @_lifetime(borrow buffer)
    static func packet(in buffer: borrowing MutableRawSpan, length: Int) throws(SRTPError) -> RawSpan {
        guard length >= 0, length <= buffer.byteCount else {
            throw .bufferTooSmall(neededBytes: length, availableBytes: buffer.byteCount)
        }
        return buffer.bytes.extracting(first: length)
    }

    /// Throws where `needed` octets do not fit.
    @inline(__always)
    static func checkRoom(_ needed: Int, in available: Int) throws(SRTPError) {
        guard needed <= available else { throw .bufferTooSmall(neededBytes: needed, availableBytes: available) }
    }

    /// Throws where input and output share octets. Swift's exclusivity rules that out, but spans made from pointers may.
    static func checkDisjoint(_ input: RawSpan, _ output: borrowing MutableRawSpan) throws(SRTPError) {
        let overlap = unsafe input.withUnsafeBytes { input in
            unsafe output.withUnsafeBytes { output in
                guard let from = input.baseAddress, let to = output.baseAddress else { return false }
                return unsafe from < to + output.count && to < from + input.count
            }
        }
        if overlap { throw .overlappingBuffers }
    }
}
