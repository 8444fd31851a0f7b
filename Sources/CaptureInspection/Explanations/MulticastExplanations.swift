// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

// What groups are told: RSI, TOKEN and IDMS.

extension Explanation {
    /// RSI (RFC 5760 section 7.1.1).
    static func fields(of summary: ReceiverSummary) -> [ExplainedField] {
        [
            ExplainedField("ssrc", summary.ssrc),
            ExplainedField("summarized_ssrc", summary.summarizedSource),
        ] + .time("ntp", summary.ntpTimestamp) + [
            ExplainedField("sub_report_blocks", each: summary.blocks.map(fields))
        ]
    }

    /// A sub-report block (RFC 5760 sections 7.1.2 to 7.1.12).
    private static func fields(of block: ReceiverSummary.Block) -> [ExplainedField] {
        let head = [
            ExplainedField("srbt", block.blockType),
            ExplainedField("srbt_name", name(of: block)),
            ExplainedField("length", (2 + block.contentByteCount) / 4),
        ]
        switch block {
        case .feedbackTarget(let target): return head + fields(of: target)
        case .loss(let contents), .jitter(let contents), .roundTripTime(let contents), .cumulativeLoss(let contents):
            return head + fields(of: contents)
        case .collisions(let collisions):
            return head + [
                ExplainedField("reserved", collisions.reserved),
                ExplainedField("collision_ssrcs", collisions.sources),
            ]
        case .statistics(let statistics):
            return head + [
                ExplainedField("reserved", statistics.reserved),
                ExplainedField("median_fraction_lost", statistics.medianFractionLost ?? .max),
                ExplainedField("highest_cumulative_lost", statistics.highestCumulativeLost ?? 0xFF_FFFF),
                ExplainedField("median_interarrival_jitter", statistics.medianJitter ?? .max),
            ]
        case .bandwidth(let bandwidth):
            return head + [
                ExplainedField("sender", bandwidth.appliesToSenders),
                ExplainedField("receivers", bandwidth.appliesToReceivers),
                ExplainedField("reserved", bandwidth.reserved),
                ExplainedField("rtcp_bandwidth", bandwidth.kilobitsPerSecondTimes65536),
                ExplainedField(
                    "rtcp_bandwidth_kilobits_per_second",
                    .number(Double(bandwidth.kilobitsPerSecondTimes65536) / 65536)),
            ]
        case .groupSize(let count, let byteCount):
            return head + [
                ExplainedField("average_packet_size", byteCount),
                ExplainedField("receiver_group_size", count),
            ]
        case .other(_, let contents): return head + [ExplainedField("contents", contents)]
        @unknown default: return head
        }
    }

    private static func name(of block: ReceiverSummary.Block) -> String {
        switch block {
        case .feedbackTarget(let target):
            switch target.kind {
            case .ipv4: "IPv4 Address"
            case .ipv6: "IPv6 Address"
            case .dnsName: "DNS Name"
            }
        case .loss: "Loss"
        case .jitter: "Jitter"
        case .roundTripTime: "Round-Trip Time"
        case .cumulativeLoss: "Cumulative Loss"
        case .collisions: "Collisions"
        case .statistics: "General Statistics"
        case .bandwidth: "RTCP Bandwidth"
        case .groupSize: "RTCP Group and Average Packet Size"
        default: "\(block.blockType)"
        }
    }

    private static func fields(of target: ReceiverSummary.FeedbackTarget) -> [ExplainedField] {
        let port = ExplainedField("port", target.port)
        guard target.kind == .dnsName else { return [port, ExplainedField("address", target.address)] }
        return [port] + .text("address", target.address) + [ExplainedField("null_octets", target.padding)]
    }

    private static func fields(of distribution: SummaryDistribution) -> [ExplainedField] {
        let fields = [
            ExplainedField("ndb", distribution.bucketCount),
            ExplainedField("mf", distribution.multiplicativeFactor),
            ExplainedField("minimum_distribution_value", distribution.minimum),
            ExplainedField("maximum_distribution_value", distribution.maximum),
            ExplainedField("distribution_buckets", distribution.octets),
        ]
        // Buckets of no bits would be many out of nothing.
        guard distribution.bucketBitCount > 0, let buckets = distribution.buckets else { return fields }
        return fields + [ExplainedField("buckets", .list(buckets.map { .unsigned($0) }))]
    }

    /// TOKEN (RFC 6284 section 4).
    static func fields(of packet: PortMapping) -> [ExplainedField] {
        let sender = ExplainedField("ssrc_of_packet_sender", packet.sender)
        switch packet.message {
        case .request(let nonce): return [sender, ExplainedField("random_nonce", octets(of: nonce))]
        case .response(let response):
            return [
                sender,
                ExplainedField("ssrc_of_requesting_client", response.client),
                ExplainedField("associated_nonce", octets(of: response.nonce)),
            ] + fields(of: response.token) + .time("absolute_expiration", response.absoluteExpiration) + [
                ExplainedField("relative_expiration_time", response.relativeExpirationSeconds),
                ExplainedField("packet_types_length", response.packetTypes.count),
                ExplainedField("packet_types", .list(response.packetTypes.map { .unsigned(UInt64($0.rawValue)) })),
                ExplainedField("packet_types_padding", response.padding),
            ]
        case .verification(let nonce, let token, let expiration):
            return [sender, ExplainedField("associated_nonce", octets(of: nonce))] + fields(of: token)
                + .time("associated_absolute_expiration", expiration)
        case .failure(let failure):
            return [
                sender,
                ExplainedField("ssrc_of_requesting_client", failure.client),
                ExplainedField("failed_pt", failure.packetType.rawValue),
                ExplainedField("fmt", failure.format),
                ExplainedField("reserved", failure.formatBits & 0x7_FFFF),
                ExplainedField("associated_nonce", octets(of: failure.nonce)),
            ]
        case .other(_, let body): return [sender, ExplainedField("octets", body)]
        @unknown default: return [sender]
        }
    }

    private static func fields(of token: PortMapping.Token) -> [ExplainedField] {
        [
            ExplainedField("token_length", token.octets.count),
            ExplainedField("token", token.octets),
            ExplainedField("token_padding", token.padding),
        ]
    }

    /// A nonce is no number to count with, and as one too large for many readers of JSON.
    private static func octets(of nonce: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: nonce >> UInt64(56 - 8 * $0)) }
    }

    /// IDMS settings (RFC 7272 section 7).
    static func fields(of settings: SynchronizationSettings) -> [ExplainedField] {
        [
            ExplainedField("ssrc_of_packet_sender", settings.sender),
            ExplainedField("ssrc_of_media_source", settings.mediaSource),
            ExplainedField("media_stream_correlation_identifier", settings.groupID),
        ] + .time("packet_received_ntp", settings.received) + [
            ExplainedField("packet_received_rtp_timestamp", settings.rtpTimestamp)
        ] + .time("packet_presented_ntp", settings.presented)
    }
}
