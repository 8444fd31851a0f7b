// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

// Feedback about packets: RTPFB in all its formats.

extension Explanation {
    /// RTPFB (RFC 4585 section 6.2).
    static func fields(of feedback: TransportFeedback) -> [ExplainedField] {
        let head = [
            ExplainedField("ssrc_of_packet_sender", feedback.sender),
            ExplainedField("ssrc_of_media_source", feedback.mediaSource),
        ]
        switch feedback.message {
        case .genericNACK(let entries): return head + [ExplainedField("entries", each: entries.map(fields))]
        case .bitRateRequest(let entries), .bitRateNotification(let entries):
            return head + [ExplainedField("entries", each: entries.map(fields))]
        case .senderReportRequest: return head
        case .ecn(let report): return head + fields(of: report)
        case .transportWide(let report): return head + fields(of: report)
        case .other(_, let information):
            return head + [ExplainedField("feedback_control_information", information)]
        @unknown default: return head
        }
    }

    /// Generic NACK (RFC 4585 section 6.2.1).
    private static func fields(of entry: GenericNACK) -> [ExplainedField] {
        [
            ExplainedField("pid", entry.packetID),
            ExplainedField("blp", entry.followingLostPackets),
            ExplainedField("lost", .list(entry.sequenceNumbers.map { .unsigned(UInt64($0)) })),
        ]
    }

    /// TMMBR and TMMBN (RFC 5104 sections 4.2.1 and 4.2.2).
    private static func fields(of limit: BitRateLimit) -> [ExplainedField] {
        [ExplainedField("ssrc", limit.ssrc)] + .bitRate(("mxtbr_exp", "mxtbr_mantissa"), limit.maximumBitRate) + [
            ExplainedField("measured_overhead", limit.overheadByteCount)
        ]
    }

    /// ECN feedback (RFC 6679 section 5.1).
    private static func fields(of report: ECNFeedback) -> [ExplainedField] {
        [
            ExplainedField("extended_highest_sequence_number", report.extendedHighestSequenceNumber),
            ExplainedField("ect_0_counter", report.ect0Count),
            ExplainedField("ect_1_counter", report.ect1Count),
            ExplainedField("ecn_ce_counter", report.congestionExperiencedCount),
            ExplainedField("not_ect_counter", report.notECTCount),
            ExplainedField("lost_packets_counter", report.lostPacketCount),
            ExplainedField("duplication_counter", report.duplicateCount),
        ]
    }

    /// Transport-wide congestion control (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
    ///
    /// Chunks and deltas as they are, not one entry a packet: a few octets can tell of 65,535 packets.
    private static func fields(of report: TransportWideFeedback) -> [ExplainedField] {
        [
            ExplainedField("base_sequence_number", report.baseSequenceNumber),
            ExplainedField("packet_status_count", report.packetStatusCount),
            ExplainedField("reference_time", report.referenceTime),
            ExplainedField("feedback_packet_count", report.feedbackPacketCount),
            ExplainedField("packet_chunks", each: report.chunks.map(fields)),
            ExplainedField("receive_deltas", .list(report.deltas.map { .signed(Int64($0)) })),
            ExplainedField("null_octets", report.zeroCount),
        ]
    }

    private static func fields(of chunk: TransportWideChunk) -> [ExplainedField] {
        let bits = ExplainedField("bits", chunk.rawValue)
        guard chunk.rawValue & 0x8000 == 0 else {
            let symbols = (0..<chunk.symbolCount).map { UInt64(chunk.symbol(at: $0).rawValue) }
            return [bits, ExplainedField("symbols", .list(symbols.map { .unsigned($0) }))]
        }
        return [
            bits,
            ExplainedField("symbol", chunk.rawValue >> 13 & 3),
            ExplainedField("run_length", chunk.symbolCount),
        ]
    }

    /// CCFB (RFC 8888 section 3.1).
    static func fields(of feedback: CongestionControlFeedback) -> [ExplainedField] {
        [
            ExplainedField("ssrc_of_packet_sender", feedback.sender),
            ExplainedField("streams", each: feedback.streams.map(fields)),
            ExplainedField("report_timestamp", feedback.reportTimestamp),
        ]
    }

    private static func fields(of stream: CongestionControlFeedback.Stream) -> [ExplainedField] {
        let metrics = stream.metrics.map { metric in
            [
                ExplainedField("received", metric.isReceived),
                ExplainedField("ecn", metric.ecn),
                ExplainedField("arrival_time_offset", metric.arrivalTimeOffset),
            ]
        }
        let fields = [
            ExplainedField("ssrc", stream.ssrc),
            ExplainedField("begin_seq", stream.beginSequenceNumber),
            ExplainedField("num_reports", metrics.count),
            ExplainedField("metrics", each: metrics),
        ]
        return metrics.count % 2 == 0 ? fields : fields + [ExplainedField("zero_padding", stream.reserved)]
    }
}
