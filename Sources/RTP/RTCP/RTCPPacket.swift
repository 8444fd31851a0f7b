// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// One RTCP packet as a value, without its padding.
///
/// What was read is written again octet by octet.
@nonexhaustive
public enum RTCPPacket: Hashable, Sendable {
    /// SR, type 200.
    case senderReport(SenderReport)
    /// RR, type 201.
    case receiverReport(ReceiverReport)
    /// SDES, type 202.
    case sourceDescription(SourceDescription)
    /// BYE, type 203.
    case goodbye(Goodbye)
    /// APP, type 204.
    case applicationDefined(ApplicationDefined)
    /// Any other type, as octets.
    case raw(RawRTCPPacket)

    /// The packet's type.
    public var packetType: RTCPPacketType { body.packetType }

    /// The octets on the wire, header included, padding not.
    public var encodedByteCount: Int { RTCPHeader.byteCount + body.bodyByteCount }

    var body: any RTCPBody {
        switch self {
        case .senderReport(let packet): packet
        case .receiverReport(let packet): packet
        case .sourceDescription(let packet): packet
        case .goodbye(let packet): packet
        case .applicationDefined(let packet): packet
        case .raw(let packet): packet
        }
    }
}

/// An RTCP packet whose type has no structure here: framed, and kept as octets.
public struct RawRTCPPacket: Hashable, Sendable {
    /// The packet's type.
    public var packetType: RTCPPacketType
    /// The five bits after the P bit, 0 to 31.
    public var count: UInt8
    /// What follows the header, padding excluded: a multiple of four octets.
    public var body: [UInt8]

    /// A packet of these octets.
    public init(packetType: RTCPPacketType, count: UInt8, body: [UInt8]) {
        self.packetType = packetType
        self.count = count
        self.body = body
    }
}

extension RawRTCPPacket: RTCPBody {
    var element: RTPError.Element { .rtcpBody }
    var headerCount: Int { Int(count) }
    var bodyByteCount: Int { body.count }
    func writeBody(to writer: inout ByteWriter) { writer.write(bytes: body) }
}

/// What the types of RTCP packets have in common when they are written.
protocol RTCPBody {
    /// The packet's name in errors.
    var element: RTPError.Element { get }
    var packetType: RTCPPacketType { get }
    /// The five bits after the P bit, checked when written.
    var headerCount: Int { get }
    /// The octets that ``writeBody(to:)`` appends, checked when written.
    var bodyByteCount: Int { get }
    func writeBody(to writer: inout ByteWriter)
}

extension RTCPBody {
    /// Appends header, body and padding.
    func write(to writer: inout ByteWriter, padding: [UInt8]) throws(RTPError) {
        guard (0...31).contains(headerCount) else {
            throw .valueOutOfRange(element, value: headerCount, allowed: 0...31)
        }
        let byteCount = bodyByteCount + padding.count
        guard byteCount % 4 == 0, let words = UInt16(exactly: byteCount / 4) else {
            throw .invalidLength(element, bytes: byteCount)
        }
        writer.write(UInt8(0x80 | (padding.isEmpty ? 0 : 0x20) | headerCount))
        writer.write(packetType.rawValue)
        writer.write(words)
        writeBody(to: &writer)
        writer.write(bytes: padding)
    }
}
