// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import RTP
internal import WireBytes

/// What packets say, field by field, in the order and with the names of the RFC that defines them.
///
/// Numbers are those on the wire, reserved bits and fill octets included. Readable companions stand behind what they
/// are made of: `ntp_time` behind the two words of the timestamp.
package enum Explanation {
    /// A packet's name in a list: `SR`, `RTPFB Generic NACK`, `PSFB REMB`; `RTCP 212` for a type without a name.
    package static func title(of packet: RTCPPacket) -> String {
        switch packet {
        case .transportFeedback(let feedback): "RTPFB \(feedback.message.format)"
        case .congestionControlFeedback: "RTPFB \(TransportFeedback.Format.congestionControl)"
        case .payloadFeedback(let feedback):
            if case .receiverEstimatedMaximumBitRate = feedback.message {
                "PSFB REMB"
            } else {
                "PSFB \(feedback.message.format)"
            }
        default: title(of: packet.packetType)
        }
    }

    /// The name of a packet whose body may not be what its type asks for.
    package static func title(of packet: RTCPPacketView) -> String {
        (try? packet.decoded()).map(title) ?? title(of: packet.header.packetType)
    }

    private static func title(of type: RTCPPacketType) -> String {
        let name = type.description
        return name == "\(type.rawValue)" ? "RTCP \(name)" : name
    }

    /// A packet as it lies in a datagram: header, body and padding.
    ///
    /// A body that is not what its type asks for is given as octets, behind the reason.
    package static func fields(of packet: RTCPPacketView) -> [ExplainedField] {
        let header = packet.header
        var fields: [ExplainedField] = [
            ExplainedField("version", 2),
            ExplainedField("padding", header.hasPadding),
            count(header.count, of: header.packetType),
            ExplainedField("packet_type", header.packetType.rawValue),
            ExplainedField("length", header.lengthInWords),
        ]
        do throws(RTPError) {
            fields += body(of: try packet.decoded())
        } catch {
            fields += [
                ExplainedField("error", error.description), ExplainedField("body", [UInt8](copying: packet.body)),
            ]
        }
        if header.hasPadding {
            fields += [
                ExplainedField("padding_data", [UInt8](copying: packet.padding).dropLast()),
                ExplainedField("padding_count", packet.paddingByteCount),
            ]
        }
        return fields
    }

    /// A packet by itself: of its header the five bits that are its type's own and the type, then the body.
    package static func fields(of packet: RTCPPacket) -> [ExplainedField] {
        [
            count(UInt8(truncatingIfNeeded: packet.headerCount), of: packet.packetType),
            ExplainedField("packet_type", packet.packetType.rawValue),
        ] + body(of: packet)
    }

    /// The five bits after the P bit, by the name that the type gives them.
    private static func count(_ count: UInt8, of type: RTCPPacketType) -> ExplainedField {
        let name =
            switch type {
            case .senderReport, .receiverReport, .interarrivalJitter: "reception_report_count"
            case .sourceDescription, .goodbye: "source_count"
            case .applicationDefined: "subtype"
            case .transportFeedback, .payloadFeedback: "feedback_message_type"
            case .portMapping: "sub_message_type"
            case .extendedReport, .receiverSummary, .mediaSynchronization: "reserved"
            default: "count"
            }
        return ExplainedField(name, count)
    }

    private static func body(of packet: RTCPPacket) -> [ExplainedField] {
        switch packet {
        case .senderReport(let packet): fields(of: packet)
        case .receiverReport(let packet): fields(of: packet)
        case .sourceDescription(let packet): fields(of: packet)
        case .goodbye(let packet): fields(of: packet)
        case .applicationDefined(let packet): fields(of: packet)
        case .interarrivalJitter(let packet): fields(of: packet)
        case .transportFeedback(let packet): fields(of: packet)
        case .congestionControlFeedback(let packet): fields(of: packet)
        case .payloadFeedback(let packet): fields(of: packet)
        case .extendedReport(let packet): fields(of: packet)
        case .receiverSummary(let packet): fields(of: packet)
        case .portMapping(let packet): fields(of: packet)
        case .synchronizationSettings(let packet): fields(of: packet)
        case .raw(let packet): fields(of: packet)
        @unknown default: []
        }
    }
}
