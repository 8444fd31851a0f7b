// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A whole RTP packet, read where it lies: nothing is copied, and the view cannot outlive the caller's octets.
///
/// ```swift
/// let packet = try RTPPacketView(datagram.span.bytes)
/// play(packet.payload, at: packet.header.timestamp)
/// ```
public struct RTPPacketView: ~Escapable {
    /// The packet, header to padding.
    public let bytes: RawSpan
    /// The fields before the payload.
    public let header: RTPHeader
    /// The octets of padding at the end, their count octet included; 0 without the P bit.
    public let paddingByteCount: Int

    /// Reads the packet that fills `bytes` (RFC 3550 section 5.1).
    ///
    /// - Throws: ``RTPError`` where the header does not fit, the version is not 2, or the padding count is 0 or larger
    ///   than what follows the header.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) throws(RTPError) {
        let header = try RTPHeader(parsing: bytes)
        var padding = 0
        if header.hasPadding {
            let available = bytes.byteCount - header.byteCount
            padding = available > 0 ? Int(bytes.octet(at: bytes.byteCount - 1) ?? 0) : 0
            guard padding > 0, padding <= available else {
                throw .invalidPadding(count: padding, availableBytes: available)
            }
        }
        self.bytes = bytes
        self.header = header
        self.paddingByteCount = padding
    }

    /// Where the payload lies in the packet, padding excluded.
    public var payloadRange: Range<Int> { header.byteCount..<bytes.byteCount - paddingByteCount }

    /// The payload, padding excluded.
    public var payload: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(payloadRange) }
    }

    /// The data of the header extension, without its profile and length; empty without an extension.
    public var extensionData: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(header.extensionRange) }
    }

    /// The contributing source at `position`, counted from 0.
    ///
    /// - Precondition: `position` is below ``RTPHeader/csrcCount``.
    public func csrc(at position: Int) -> SSRC {
        precondition(position >= 0 && position < header.csrcCount, "CSRC position out of range")
        return SSRC(rawValue: bytes.bigEndianUInt32(at: RTPHeader.minimumByteCount + 4 * position) ?? 0)
    }

    /// The contributing sources in wire order.
    public var csrcs: [SSRC] { (0..<header.csrcCount).map { csrc(at: $0) } }
}
