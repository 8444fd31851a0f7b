// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import WireBytes

/// The header of an RTP packet, read from the wire (RFC 3550 section 5.1).
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                           timestamp                           |
/// |                             SSRC                              |
/// |                     CSRC, 0 to 15 of them                     |
/// |    X: profile of the extension |   its length in 32-bit words |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// Only the header is looked at: padding lies behind the payload, which may be encrypted.
@frozen
public struct RTPHeader: Hashable, Sendable {
    /// The octets of a header with neither CSRCs nor an extension.
    @inlinable public static var minimumByteCount: Int { 12 }

    /// The first two octets, with the flags, the CSRC count, the marker and the payload type.
    @usableFromInline let flags: UInt16
    /// Counts packets of the stream, modulo 2^16.
    public let sequenceNumber: UInt16
    /// The sampling instant of the payload's first octet, in units of the media clock, modulo 2^32.
    public let timestamp: UInt32
    /// Who sent the packet.
    public let ssrc: SSRC
    /// The octets before the payload: fixed header, CSRC list and header extension.
    public let byteCount: Int
    /// The number defined by the profile, in the first half of the extension's first word; 0 without an extension.
    public let extensionProfile: UInt16
    /// The octets of extension data, a multiple of four; 0 without an extension.
    public let extensionByteCount: Int

    /// Reads the header at the start of `packet`.
    ///
    /// - Throws: ``RTPError/truncated(_:neededBytes:availableBytes:)`` where the packet ends first, and
    ///   ``RTPError/unsupportedVersion(_:)`` for another version than 2.
    @inlinable
    @inline(__always)
    public init(parsing packet: RawSpan) throws(RTPError) {
        guard let header = RTPHeader(wellFormed: packet) else { throw Self.fault(in: packet) }
        self = header
    }

    /// Reads the header; `nil` where there is a fault in it.
    @inlinable
    @inline(__always)
    init?(wellFormed packet: RawSpan) {
        guard packet.byteCount >= Self.minimumByteCount,
            let flags = packet.bigEndianUInt16(at: 0), flags >> 14 == 2,
            let sequenceNumber = packet.bigEndianUInt16(at: 2),
            let timestamp = packet.bigEndianUInt32(at: 4),
            let ssrc = packet.bigEndianUInt32(at: 8)
        else { return nil }
        var end = Self.fixedByteCount(flags)
        var profile: UInt16 = 0
        var extensionByteCount = 0
        if flags & 0x1000 != 0 {
            guard let found = packet.bigEndianUInt16(at: end), let words = packet.bigEndianUInt16(at: end + 2) else {
                return nil
            }
            profile = found
            extensionByteCount = 4 * Int(words)
            end += 4 + extensionByteCount
        }
        guard end <= packet.byteCount else { return nil }
        self.flags = flags
        self.sequenceNumber = sequenceNumber
        self.timestamp = timestamp
        self.ssrc = SSRC(rawValue: ssrc)
        self.byteCount = end
        self.extensionProfile = profile
        self.extensionByteCount = extensionByteCount
    }

    /// What is wrong with the header. Apart from the reading, and never inlined, since nearly every header is right.
    @usableFromInline
    @inline(never)
    static func fault(in packet: RawSpan) -> RTPError {
        let available = packet.byteCount
        guard available >= minimumByteCount, let flags = packet.bigEndianUInt16(at: 0) else {
            return .truncated(.rtpHeader, neededBytes: minimumByteCount, availableBytes: available)
        }
        guard flags >> 14 == 2 else { return .unsupportedVersion(UInt8(truncatingIfNeeded: flags >> 14)) }
        let end = fixedByteCount(flags)
        guard end <= available else { return .truncated(.csrcList, neededBytes: end, availableBytes: available) }
        let words = Int(packet.bigEndianUInt16(at: end + 2) ?? 0)
        return .truncated(.headerExtension, neededBytes: end + 4 + 4 * words, availableBytes: available)
    }

    /// The octets of fixed header and CSRC list.
    @inlinable
    @inline(__always)
    static func fixedByteCount(_ flags: UInt16) -> Int { minimumByteCount + 4 * Int(flags >> 8 & 0x0F) }

    /// The P bit: the packet ends in padding.
    @inlinable public var hasPadding: Bool { flags & 0x2000 != 0 }
    /// The X bit: a header extension follows the CSRC list.
    @inlinable public var hasExtension: Bool { flags & 0x1000 != 0 }
    /// The number of contributing sources, 0 to 15.
    @inlinable public var csrcCount: Int { Int(flags >> 8 & 0x0F) }
    /// The marker bit, with the meaning that the profile gives it.
    @inlinable public var marker: Bool { flags & 0x80 != 0 }
    /// The payload type, 0 to 127.
    @inlinable public var payloadType: UInt8 { UInt8(truncatingIfNeeded: flags & 0x7F) }
    /// Where the extension's data lies in the packet; empty without an extension.
    @inlinable public var extensionRange: Range<Int> { byteCount - extensionByteCount..<byteCount }
}
