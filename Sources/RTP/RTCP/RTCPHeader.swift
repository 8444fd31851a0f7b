// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The four octets that every RTCP packet starts with (RFC 3550 section 6.4.1).
///
/// ```
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|  count  |      type     |   length in words, minus one  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct RTCPHeader: Hashable, Sendable {
    /// The octets of the header.
    public static let byteCount = 4

    /// The P bit: the packet ends in padding.
    public let hasPadding: Bool
    /// Five bits of the type's own: a number of reports or sources, an APP subtype, a feedback message type (FMT).
    public let count: UInt8
    /// The packet's type.
    public let packetType: RTCPPacketType
    /// The packet's length in 32-bit words, minus one.
    public let lengthInWords: UInt16

    /// Reads the header at the start of `packet`.
    ///
    /// - Throws: ``RTPError/truncated(_:neededBytes:availableBytes:)`` for fewer than four octets, and
    ///   ``RTPError/unsupportedVersion(_:)`` for another version than 2. Whether the packet is as long as the header
    ///   says is not looked at.
    public init(parsing packet: RawSpan) throws(RTPError) {
        guard let word = packet.bigEndianUInt32(at: 0) else {
            throw .truncated(.rtcpHeader, neededBytes: Self.byteCount, availableBytes: packet.byteCount)
        }
        guard word >> 30 == 2 else { throw .unsupportedVersion(UInt8(truncatingIfNeeded: word >> 30)) }
        hasPadding = word & 0x2000_0000 != 0
        count = UInt8(truncatingIfNeeded: word >> 24 & 0x1F)
        packetType = RTCPPacketType(rawValue: UInt8(truncatingIfNeeded: word >> 16))
        lengthInWords = UInt16(truncatingIfNeeded: word)
    }

    /// The packet's length in octets, header and padding included.
    public var packetByteCount: Int { 4 * (Int(lengthInWords) + 1) }

    /// What the packet's padding is a multiple of: words (RFC 3550 section 6.4.1).
    ///
    /// But octets in transport-wide feedback, which libwebrtc, and so Chrome, fills to the word in this way.
    var paddingUnit: Int {
        packetType == .transportFeedback && count == TransportFeedback.Format.transportWide.rawValue ? 1 : 4
    }
}
