// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

// Who sources are, that they leave, and what applications and types without a structure add: SDES, BYE, APP and the rest.

extension Explanation {
    /// SDES (RFC 3550 section 6.5).
    static func fields(of description: SourceDescription) -> [ExplainedField] {
        let last = description.chunks.count - 1
        let chunks = description.chunks.enumerated().map { position, chunk in
            let byteCount = chunk.items.reduce(4) { $0 + 2 + $1.octets.count }
            let nullCount = 4 - byteCount % 4 + (position == last ? description.surplusNullCount : 0)
            return [
                ExplainedField("ssrc", chunk.source),
                ExplainedField("items", each: chunk.items.map(fields)),
                ExplainedField("null_octets", nullCount),
            ]
        }
        let list = [ExplainedField("chunks", each: chunks)]
        guard last < 0, description.surplusNullCount > 0 else { return list }
        return list + [ExplainedField("null_octets", description.surplusNullCount)]
    }

    private static func fields(of item: SourceDescription.Item) -> [ExplainedField] {
        let head = [
            ExplainedField("type", item.kind.rawValue),
            ExplainedField("type_name", name(of: item.kind)),
            ExplainedField("length", item.octets.count),
        ]
        guard let (prefix, value) = item.privateExtension else { return head + .text("text", item.octets) }
        return head + [ExplainedField("prefix_length", prefix.count)] + .text("prefix", prefix) + .text("value", value)
    }

    private static func name(of kind: SourceDescription.Item.Kind) -> String {
        switch kind {
        case .cname: "CNAME"
        case .name: "NAME"
        case .email: "EMAIL"
        case .phone: "PHONE"
        case .loc: "LOC"
        case .tool: "TOOL"
        case .note: "NOTE"
        case .priv: "PRIV"
        default: "\(kind.rawValue)"
        }
    }

    /// BYE (RFC 3550 section 6.6).
    static func fields(of goodbye: Goodbye) -> [ExplainedField] {
        let sources = [ExplainedField("sources", goodbye.sources)]
        guard let reason = goodbye.reasonOctets else { return sources }
        let nullCount = -(1 + reason.count) & 3 + goodbye.surplusNullCount
        return sources + [ExplainedField("reason_length", reason.count)] + .text("reason_for_leaving", reason) + [
            ExplainedField("null_octets", nullCount)
        ]
    }

    /// APP (RFC 3550 section 6.7).
    static func fields(of packet: ApplicationDefined) -> [ExplainedField] {
        let name = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: packet.name.rawValue >> $0) }
        return [ExplainedField("ssrc", packet.ssrc)] + .text("name", name) + [
            ExplainedField("application_dependent_data", packet.data)
        ]
    }

    /// A type without a structure of its own: octets, and of RFC 2032's two packets the fields (sections 5.2.1, 5.2.2).
    static func fields(of packet: RawRTCPPacket) -> [ExplainedField] {
        let words = stride(from: 0, to: packet.body.count, by: 4).map { start in
            packet.body[start..<min(start + 4, packet.body.count)].reduce(0 as UInt32) { $0 << 8 | UInt32($1) }
        }
        switch (packet.packetType, words.count) {
        case (.fullIntraRequest, 1): return [ExplainedField("ssrc", SSRC(words[0]))]
        case (.negativeAcknowledgement, 2):
            return [
                ExplainedField("ssrc", SSRC(words[0])),
                ExplainedField("first_sequence_number", words[1] >> 16),
                ExplainedField("bitmask_of_following_lost_packets", words[1] & 0xFFFF),
            ]
        default: return [ExplainedField("octets", packet.body)]
        }
    }
}
