// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

// Feedback about what packets carry: PSFB in all its formats.

extension Explanation {
    /// PSFB (RFC 4585 section 6.3).
    static func fields(of feedback: PayloadFeedback) -> [ExplainedField] {
        let head = [
            ExplainedField("ssrc_of_packet_sender", feedback.sender),
            ExplainedField("ssrc_of_media_source", feedback.mediaSource),
        ]
        switch feedback.message {
        case .pictureLoss: return head
        case .sliceLoss(let entries): return head + [ExplainedField("entries", each: entries.map(fields))]
        case .referencePictureSelection(let selection): return head + fields(of: selection)
        case .fullIntraRequest(let entries): return head + [ExplainedField("entries", each: entries.map(fields))]
        case .tradeOffRequest(let entries), .tradeOffNotification(let entries):
            return head + [ExplainedField("entries", each: entries.map(fields))]
        case .videoBackChannel(let entries): return head + [ExplainedField("entries", each: entries.map(fields))]
        case .receiverEstimatedMaximumBitRate(let estimate): return head + fields(of: estimate)
        case .applicationLayer(let octets): return head + [ExplainedField("application_message", octets)]
        case .other(_, let information):
            return head + [ExplainedField("feedback_control_information", information)]
        @unknown default: return head
        }
    }

    /// SLI (RFC 4585 section 6.3.2).
    private static func fields(of loss: SliceLoss) -> [ExplainedField] {
        [
            ExplainedField("first", loss.first),
            ExplainedField("number", loss.number),
            ExplainedField("picture_id", loss.pictureID),
        ]
    }

    /// RPSI (RFC 4585 section 6.3.3).
    private static func fields(of selection: ReferencePictureSelection) -> [ExplainedField] {
        [
            ExplainedField("pb", selection.paddingBitCount),
            ExplainedField("zero_bit", selection.typeOctet >> 7),
            ExplainedField("payload_type", selection.payloadType),
            ExplainedField("native_rpsi_bit_string", selection.octets),
            ExplainedField("native_rpsi_bit_count", selection.bitCount),
        ]
    }

    /// FIR (RFC 5104 section 4.3.1).
    private static func fields(of request: FullIntraRequest) -> [ExplainedField] {
        [
            ExplainedField("ssrc", request.ssrc),
            ExplainedField("seq_nr", request.sequenceNumber),
            ExplainedField("reserved", request.reserved),
        ]
    }

    /// TSTR and TSTN (RFC 5104 sections 4.3.2 and 4.3.3).
    private static func fields(of tradeOff: TemporalSpatialTradeOff) -> [ExplainedField] {
        [
            ExplainedField("ssrc", tradeOff.ssrc),
            ExplainedField("seq_nr", tradeOff.sequenceNumber),
            ExplainedField("reserved", tradeOff.reserved >> 5),
            ExplainedField("index", tradeOff.index),
        ]
    }

    /// VBCM (RFC 5104 section 4.3.4).
    private static func fields(of message: VideoBackChannel) -> [ExplainedField] {
        [
            ExplainedField("ssrc", message.ssrc),
            ExplainedField("seq_nr", message.sequenceNumber),
            ExplainedField("zero_bit", message.typeOctet >> 7),
            ExplainedField("payload_type", message.payloadType),
            ExplainedField("length", message.octets.count),
            ExplainedField("vbcm_octet_string", message.octets),
            ExplainedField("padding", message.padding),
        ]
    }

    /// REMB (draft-alvestrand-rmcat-remb-03 section 2.2).
    private static func fields(of estimate: ReceiverEstimatedMaximumBitRate) -> [ExplainedField] {
        [
            ExplainedField("unique_identifier", "REMB"),
            ExplainedField("num_ssrc", estimate.sources.count),
        ] + .bitRate(("br_exp", "br_mantissa"), estimate.bitRate) + [ExplainedField("ssrc_feedback", estimate.sources)]
    }
}
