// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// One RTCP packet of a datagram, read where it lies.
public struct RTCPPacketView: ~Escapable {
    /// The packet, header to padding.
    public let bytes: RawSpan
    /// The packet's first four octets.
    public let header: RTCPHeader
    /// The octets of padding at the end, their count octet included; 0 without the P bit, else a multiple of four but
    /// in transport-wide feedback.
    public let paddingByteCount: Int

    /// Frames the packet that starts at `offset` of `datagram`.
    @_lifetime(copy datagram)
    init(at offset: Int, of datagram: RawSpan) throws(RTPError) {
        let rest = datagram.extracting(offset..<datagram.byteCount)
        let header = try RTCPHeader(parsing: rest)
        guard header.packetByteCount <= rest.byteCount else {
            throw .truncated(.rtcpBody, neededBytes: header.packetByteCount, availableBytes: rest.byteCount)
        }
        let bytes = rest.extracting(0..<header.packetByteCount)
        var padding = 0
        if header.hasPadding {
            let available = bytes.byteCount - RTCPHeader.byteCount
            padding = Int(bytes.octet(at: bytes.byteCount - 1) ?? 0)
            guard padding > 0, padding % header.paddingUnit == 0, padding <= available else {
                throw .invalidPadding(count: padding, availableBytes: available)
            }
        }
        self.bytes = bytes
        self.header = header
        self.paddingByteCount = padding
    }

    /// What lies between header and padding.
    public var body: RawSpan {
        @_lifetime(copy self) get {
            bytes.extracting(RTCPHeader.byteCount..<bytes.byteCount - paddingByteCount)
        }
    }

    /// The octets of padding, their count octet last.
    package var padding: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(bytes.byteCount - paddingByteCount..<bytes.byteCount) }
    }

    /// The packet as a value of its type; of types without one here, the octets.
    ///
    /// - Throws: ``RTPError`` where the body is not what its type asks for. The packets beside it may well be good.
    public func decoded() throws(RTPError) -> RTCPPacket {
        let count = Int(header.count)
        return switch header.packetType {
        case .senderReport: .senderReport(try SenderReport(parsing: body, count: count))
        case .receiverReport: .receiverReport(try ReceiverReport(parsing: body, count: count))
        case .sourceDescription: .sourceDescription(try SourceDescription(parsing: body, count: count))
        case .goodbye: .goodbye(try Goodbye(parsing: body, count: count))
        case .applicationDefined: .applicationDefined(try ApplicationDefined(parsing: body, count: count))
        case .interarrivalJitter: .interarrivalJitter(try InterarrivalJitterReport(parsing: body, count: count))
        case .transportFeedback where header.count == TransportFeedback.Format.congestionControl.rawValue:
            .congestionControlFeedback(try CongestionControlFeedback(parsing: body, count: count))
        case .transportFeedback: .transportFeedback(try TransportFeedback(parsing: body, count: count))
        case .payloadFeedback: .payloadFeedback(try PayloadFeedback(parsing: body, count: count))
        case .extendedReport: .extendedReport(try ExtendedReport(parsing: body, count: count))
        case .receiverSummary: .receiverSummary(try ReceiverSummary(parsing: body, count: count))
        case .portMapping: .portMapping(try PortMapping(parsing: body, count: count))
        case .mediaSynchronization:
            .synchronizationSettings(try SynchronizationSettings(parsing: body, count: count))
        default: .raw(RawRTCPPacket(packetType: header.packetType, count: header.count, body: Array(copying: body)))
        }
    }
}
