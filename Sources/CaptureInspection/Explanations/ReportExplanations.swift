// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

// Who has sent and received what: SR, RR and IJ.

extension Explanation {
    /// SR (RFC 3550 section 6.4.1).
    static func fields(of report: SenderReport) -> [ExplainedField] {
        [ExplainedField("ssrc_of_sender", report.ssrc)] + .time("ntp", report.ntpTimestamp) + [
            ExplainedField("rtp_timestamp", report.rtpTimestamp),
            ExplainedField("sender_packet_count", report.packetCount),
            ExplainedField("sender_octet_count", report.octetCount),
            ExplainedField("report_blocks", each: report.reports.map(fields)),
            ExplainedField("profile_specific_extensions", report.profileExtension),
        ]
    }

    /// RR (RFC 3550 section 6.4.2).
    static func fields(of report: ReceiverReport) -> [ExplainedField] {
        [
            ExplainedField("ssrc_of_packet_sender", report.ssrc),
            ExplainedField("report_blocks", each: report.reports.map(fields)),
            ExplainedField("profile_specific_extensions", report.profileExtension),
        ]
    }

    private static func fields(of block: ReportBlock) -> [ExplainedField] {
        let highest = block.extendedHighestSequenceNumber
        return [
            ExplainedField("ssrc", block.source),
            ExplainedField("fraction_lost", block.fractionLost),
            ExplainedField("cumulative_lost", block.cumulativeLost),
            ExplainedField("extended_highest_sequence_number", highest),
            ExplainedField("sequence_number_cycles", highest >> 16),
            ExplainedField("highest_sequence_number", highest & 0xFFFF),
            ExplainedField("interarrival_jitter", block.jitter),
            ExplainedField("last_sr", block.lastSenderReport),
        ] + .delay("delay_since_last_sr", block.delaySinceLastSenderReport)
    }

    /// IJ (RFC 5450 section 4).
    static func fields(of report: InterarrivalJitterReport) -> [ExplainedField] {
        [ExplainedField("interarrival_jitters", .list(report.jitters.map { .unsigned(UInt64($0)) }))]
    }
}
