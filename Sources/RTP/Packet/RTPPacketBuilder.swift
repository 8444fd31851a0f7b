// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The fields of an RTP packet to be written: everything but the payload (RFC 3550 section 5.1).
///
/// ```swift
/// var packet = RTPPacketBuilder(payloadType: 0, sequenceNumber: 1, timestamp: 160, ssrc: 0x1234_5678)
/// packet.marker = true
/// let length = try packet.write(payload: audio.span.bytes, into: &buffer)
/// ```
///
/// A value made from an ``RTPPacketView`` writes that packet again, with padding octets of zero before their count.
public struct RTPPacketBuilder: Hashable, Sendable {
    /// The octets of padding to append, the count octet included; 0 for none, and for a clear P bit.
    public var paddingByteCount: UInt8 = 0
    /// The marker bit, with the meaning that the profile gives it.
    public var marker = false
    /// The payload type, 0 to 127; with RTCP on the same port not 64 to 95 (RFC 5761 section 4).
    public var payloadType: UInt8
    /// Counts packets of the stream, modulo 2^16.
    public var sequenceNumber: UInt16
    /// The sampling instant of the payload's first octet, in units of the media clock, modulo 2^32.
    public var timestamp: UInt32
    /// Who sends the packet.
    public var ssrc: SSRC
    /// The contributing sources in wire order, at most 15.
    public var csrcs: [SSRC] = []
    /// The header extension; `nil` for a clear X bit.
    public var headerExtension: HeaderExtension?

    /// A packet with neither marker, padding, CSRCs nor header extension.
    public init(payloadType: UInt8, sequenceNumber: UInt16, timestamp: UInt32, ssrc: SSRC) {
        self.payloadType = payloadType
        self.sequenceNumber = sequenceNumber
        self.timestamp = timestamp
        self.ssrc = ssrc
    }

    /// The fields of a packet that was read.
    public init(_ packet: borrowing RTPPacketView) {
        let header = packet.header
        paddingByteCount = UInt8(truncatingIfNeeded: packet.paddingByteCount)
        marker = header.marker
        payloadType = header.payloadType
        sequenceNumber = header.sequenceNumber
        timestamp = header.timestamp
        ssrc = header.ssrc
        csrcs = packet.csrcs
        if header.hasExtension {
            headerExtension = HeaderExtension(
                profile: header.extensionProfile, data: Array(copying: packet.extensionData))
        }
    }

    /// The octets before the payload.
    public var headerByteCount: Int {
        RTPHeader.minimumByteCount + 4 * csrcs.count + (headerExtension?.encodedByteCount ?? 0)
    }

    /// The octets of the packet with a payload of `payloadByteCount` octets.
    public func encodedByteCount(payloadByteCount: Int) -> Int {
        headerByteCount + payloadByteCount + Int(paddingByteCount)
    }

    /// Writes the packet at the start of `output`, without allocating.
    ///
    /// - Returns: The octets written, ``encodedByteCount(payloadByteCount:)`` of them.
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a payload type or a number of CSRCs,
    ///   ``RTPError/invalidLength(_:bytes:)`` for extension data, that does not fit its field;
    ///   ``RTPError/bufferTooSmall(neededBytes:availableBytes:)``. `output` is then as it was.
    @_lifetime(output: copy output)
    public func write(payload: RawSpan, into output: inout MutableRawSpan) throws(RTPError) -> Int {
        try checkFields()
        let byteCount = encodedByteCount(payloadByteCount: payload.byteCount)
        guard byteCount <= output.byteCount else {
            throw .bufferTooSmall(neededBytes: byteCount, availableBytes: output.byteCount)
        }
        output.storeBigEndian(flags, at: 0)
        output.storeBigEndian(sequenceNumber, at: 2)
        output.storeBigEndian(timestamp, at: 4)
        output.storeBigEndian(ssrc.rawValue, at: 8)
        var end = RTPHeader.minimumByteCount
        for csrc in csrcs {
            output.storeBigEndian(csrc.rawValue, at: end)
            end += 4
        }
        if let headerExtension {
            output.storeBigEndian(headerExtension.profile, at: end)
            output.storeBigEndian(UInt16(truncatingIfNeeded: headerExtension.data.count / 4), at: end + 2)
            unsafe output.store(headerExtension.data.span.bytes, at: end + 4)
            end += headerExtension.encodedByteCount
        }
        output.store(payload, at: end)
        end += payload.byteCount
        if paddingByteCount > 0 {
            for offset in end..<byteCount - 1 { output.storeBytes(of: 0, toByteOffset: offset, as: UInt8.self) }
            output.storeBytes(of: paddingByteCount, toByteOffset: byteCount - 1, as: UInt8.self)
        }
        return byteCount
    }

    /// The packet as an array of its own.
    ///
    /// - Throws: As ``write(payload:into:)`` does, but never for want of room.
    public func encoded(payload: RawSpan) throws(RTPError) -> [UInt8] {
        var packet = [UInt8](repeating: 0, count: encodedByteCount(payloadByteCount: payload.byteCount))
        var span = packet.mutableSpan
        var bytes = unsafe span.mutableBytes
        _ = try write(payload: payload, into: &bytes)
        return packet
    }

    /// The first two octets.
    private var flags: UInt16 {
        0x8000 | (paddingByteCount > 0 ? 0x2000 : 0) | (headerExtension != nil ? 0x1000 : 0)
            | UInt16(truncatingIfNeeded: csrcs.count) << 8 | (marker ? 0x80 : 0) | UInt16(payloadType)
    }

    private func checkFields() throws(RTPError) {
        guard payloadType <= 127 else {
            throw .valueOutOfRange(.rtpHeader, value: Int(payloadType), allowed: 0...127)
        }
        guard csrcs.count <= 15 else {
            throw .valueOutOfRange(.csrcList, value: csrcs.count, allowed: 0...15)
        }
        try headerExtension?.checkLength()
    }
}

extension MutableRawSpan {
    /// Writes `bytes` at `offset`.
    ///
    /// - Precondition: They fit.
    @_lifetime(self: copy self)
    fileprivate mutating func store(_ bytes: RawSpan, at offset: Int) {
        precondition(offset >= 0 && bytes.byteCount <= byteCount - offset, "store outside the span")
        unsafe withUnsafeMutableBytes { target in
            let target = unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset...])
            unsafe bytes.withUnsafeBytes { unsafe target.copyMemory(from: $0) }
        }
    }
}
