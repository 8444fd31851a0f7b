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
    /// IJ, type 195.
    case interarrivalJitter(InterarrivalJitterReport)
    /// RTPFB, type 205, in all formats but FMT 11.
    case transportFeedback(TransportFeedback)
    /// CCFB, type 205 with FMT 11.
    case congestionControlFeedback(CongestionControlFeedback)
    /// PSFB, type 206.
    case payloadFeedback(PayloadFeedback)
    /// XR, type 207.
    case extendedReport(ExtendedReport)
    /// RSI, type 209.
    case receiverSummary(ReceiverSummary)
    /// TOKEN, type 210.
    case portMapping(PortMapping)
    /// IDMS, type 211.
    case synchronizationSettings(SynchronizationSettings)
    /// Any other type, as octets.
    case raw(RawRTCPPacket)

    /// The packet's type.
    public var packetType: RTCPPacketType { body.packetType }

    /// The octets on the wire, header included, padding not.
    public var encodedByteCount: Int { RTCPHeader.byteCount + body.bodyByteCount }

    /// The five bits after the P bit, 0 to 31 in a packet that was read.
    package var headerCount: Int { body.headerCount }

    var body: any RTCPBody {
        switch self {
        case .senderReport(let packet): packet
        case .receiverReport(let packet): packet
        case .sourceDescription(let packet): packet
        case .goodbye(let packet): packet
        case .applicationDefined(let packet): packet
        case .interarrivalJitter(let packet): packet
        case .transportFeedback(let packet): packet
        case .congestionControlFeedback(let packet): packet
        case .payloadFeedback(let packet): packet
        case .extendedReport(let packet): packet
        case .receiverSummary(let packet): packet
        case .portMapping(let packet): packet
        case .synchronizationSettings(let packet): packet
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
    /// Whether zeros follow the body where it does not end on a word.
    var isFilledToWord: Bool { get }
    /// Throws where a field has a value that must not be sent.
    func checkFields() throws(RTPError)
    func writeBody(to writer: inout ByteWriter)
}

extension RTCPBody {
    var isFilledToWord: Bool { false }
    func checkFields() throws(RTPError) {}

    /// The zeros between the body and `padding` octets of padding.
    private func fillByteCount(withPadding padding: Int) -> Int {
        isFilledToWord ? -(bodyByteCount + padding) & 3 : 0
    }

    /// The octets on the wire.
    func byteCount(withPadding padding: Int) -> Int {
        RTCPHeader.byteCount + bodyByteCount + fillByteCount(withPadding: padding) + padding
    }

    /// Appends header, body and padding.
    func write(to writer: inout ByteWriter, padding: [UInt8]) throws(RTPError) {
        guard (0...31).contains(headerCount) else {
            throw .valueOutOfRange(element, value: headerCount, allowed: 0...31)
        }
        try checkFields()
        let byteCount = byteCount(withPadding: padding.count) - RTCPHeader.byteCount
        guard byteCount % 4 == 0, let words = UInt16(exactly: byteCount / 4) else {
            throw .invalidLength(element, bytes: byteCount)
        }
        writer.write(UInt8(0x80 | (padding.isEmpty ? 0 : 0x20) | headerCount))
        writer.write(packetType.rawValue)
        writer.write(words)
        writeBody(to: &writer)
        writer.writeZeros(fillByteCount(withPadding: padding.count))
        writer.write(bytes: padding)
    }
}
