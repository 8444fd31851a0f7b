// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

// What the reports of RFC 3550 have no room for: XR and its blocks.

extension Explanation {
    /// XR (RFC 3611 section 2).
    static func fields(of report: ExtendedReport) -> [ExplainedField] {
        [
            ExplainedField("ssrc", report.ssrc),
            ExplainedField("report_blocks", each: report.blocks.map(fields)),
        ]
    }

    private static func fields(of block: ExtendedReport.Block) -> [ExplainedField] {
        let head = [
            ExplainedField("block_type", block.blockType),
            ExplainedField("block_name", name(of: block)),
            ExplainedField("type_specific", block.typeSpecific),
            ExplainedField("block_length", block.lengthInWords),
        ]
        switch block {
        case .lossRunLengths(let contents), .duplicateRunLengths(let contents): return head + fields(of: contents)
        case .packetReceiptTimes(let contents): return head + fields(of: contents)
        case .receiverReferenceTime(let contents): return head + .time("ntp", contents.ntpTimestamp)
        case .delaySinceLastReceiverReport(let contents):
            return head + [ExplainedField("sub_blocks", each: contents.subBlocks.map(fields))]
        case .statisticsSummary(let contents): return head + fields(of: contents)
        case .voipMetrics(let contents): return head + fields(of: contents)
        case .other(let contents): return head + [ExplainedField("contents", contents.contents)]
        @unknown default: return head
        }
    }

    private static func name(of block: ExtendedReport.Block) -> String {
        switch block {
        case .lossRunLengths: "Loss RLE"
        case .duplicateRunLengths: "Duplicate RLE"
        case .packetReceiptTimes: "Packet Receipt Times"
        case .receiverReferenceTime: "Receiver Reference Time"
        case .delaySinceLastReceiverReport: "DLRR"
        case .statisticsSummary: "Statistics Summary"
        case .voipMetrics: "VoIP Metrics"
        case .other(let block) where block.blockType == 6: "Statistics Summary, to be ignored"
        default: "\(block.blockType)"
        }
    }

    private static func head(source: SSRC, range: SequenceRange) -> [ExplainedField] {
        [
            ExplainedField("ssrc_of_source", source),
            ExplainedField("begin_seq", range.begin),
            ExplainedField("end_seq", range.end),
        ]
    }

    /// Loss RLE and Duplicate RLE (RFC 3611 sections 4.1 and 4.2).
    ///
    /// Chunks as they are, not one mark a packet: four octets can tell of 32,766 packets.
    private static func fields(of report: RunLengthReport) -> [ExplainedField] {
        let isOdd = report.chunks.count % 2 == 1
        return [ExplainedField("thinning", report.thinning)] + head(source: report.source, range: report.range) + [
            ExplainedField("chunks", each: (report.chunks + (isOdd ? [.null] : [])).map(fields))
        ]
    }

    private static func fields(of chunk: RunLengthChunk) -> [ExplainedField] {
        let bits = ExplainedField("bits", chunk.rawValue)
        switch chunk {
        case .null: return [bits, ExplainedField("null", true)]
        case _ where chunk.rawValue & 0x8000 != 0: return [bits, ExplainedField("bit_vector", chunk.rawValue & 0x7FFF)]
        default:
            return [
                bits,
                ExplainedField("run_type", chunk.rawValue >> 14),
                ExplainedField("run_length", chunk.markCount),
            ]
        }
    }

    /// Packet Receipt Times (RFC 3611 section 4.3).
    private static func fields(of report: PacketReceiptTimes) -> [ExplainedField] {
        [ExplainedField("thinning", report.thinning)] + head(source: report.source, range: report.range) + [
            ExplainedField("receipt_times", .list(report.times.map { .unsigned(UInt64($0)) }))
        ]
    }

    /// DLRR (RFC 3611 section 4.5).
    private static func fields(of answer: DelaySinceLastReceiverReport.SubBlock) -> [ExplainedField] {
        [
            ExplainedField("ssrc", answer.ssrc),
            ExplainedField("last_rr", answer.lastReceiverReport),
        ] + .delay("delay_since_last_rr", answer.delaySinceLastReceiverReport)
    }

    /// Statistics Summary (RFC 3611 section 4.6). What its flag does not report is 0.
    private static func fields(of summary: StatisticsSummary) -> [ExplainedField] {
        let flags = summary.typeSpecific
        let hops: StatisticsSummary.Spread<UInt8>? =
            switch summary.timeToLive {
            case .ipv4(let hops), .ipv6(let hops): hops
            case nil: nil
            }
        return [
            ExplainedField("loss_report_flag", flags & 0x80 != 0),
            ExplainedField("duplicate_report_flag", flags & 0x40 != 0),
            ExplainedField("jitter_flag", flags & 0x20 != 0),
            ExplainedField("ttl_or_hop_limit_flag", flags >> 3 & 3),
            ExplainedField("rsvd", flags & 7),
        ] + head(source: summary.source, range: summary.range) + [
            ExplainedField("lost_packets", summary.lostPackets ?? 0),
            ExplainedField("dup_packets", summary.duplicatePackets ?? 0),
        ] + spread("jitter", summary.jitter) + spread("ttl_or_hl", hops)
    }

    private static func spread<Value>(
        _ name: String, _ spread: StatisticsSummary.Spread<Value>?
    ) -> [ExplainedField] {
        [
            ExplainedField("min_\(name)", spread?.minimum ?? 0),
            ExplainedField("max_\(name)", spread?.maximum ?? 0),
            ExplainedField("mean_\(name)", spread?.mean ?? 0),
            ExplainedField("dev_\(name)", spread?.deviation ?? 0),
        ]
    }

    /// VoIP Metrics (RFC 3611 section 4.7).
    private static func fields(of metrics: VoIPMetrics) -> [ExplainedField] {
        let configuration = metrics.receiverConfiguration
        return [
            ExplainedField("ssrc_of_source", metrics.source),
            ExplainedField("loss_rate", metrics.lossRate),
            ExplainedField("discard_rate", metrics.discardRate),
            ExplainedField("burst_density", metrics.burstDensity),
            ExplainedField("gap_density", metrics.gapDensity),
            ExplainedField("burst_duration", metrics.burstDurationMilliseconds),
            ExplainedField("gap_duration", metrics.gapDurationMilliseconds),
            ExplainedField("round_trip_delay", metrics.roundTripDelayMilliseconds),
            ExplainedField("end_system_delay", metrics.endSystemDelayMilliseconds),
            ExplainedField("signal_level", metrics.signalLevel),
            ExplainedField("noise_level", metrics.noiseLevel),
            ExplainedField("rerl", metrics.residualEchoReturnLoss),
            ExplainedField("gmin", metrics.gapThreshold),
            ExplainedField("r_factor", metrics.rFactor),
            ExplainedField("ext_r_factor", metrics.externalRFactor),
            ExplainedField("mos_lq", metrics.listeningQuality),
            ExplainedField("mos_cq", metrics.conversationalQuality),
            ExplainedField("rx_config", configuration),
            ExplainedField("packet_loss_concealment", configuration >> 6),
            ExplainedField("jitter_buffer_adaptive", configuration >> 4 & 3),
            ExplainedField("jitter_buffer_rate", configuration & 0x0F),
            ExplainedField("reserved", metrics.reserved),
            ExplainedField("jb_nominal", metrics.jitterBufferNominalMilliseconds),
            ExplainedField("jb_maximum", metrics.jitterBufferMaximumMilliseconds),
            ExplainedField("jb_abs_max", metrics.jitterBufferAbsoluteMaximumMilliseconds),
        ]
    }
}
