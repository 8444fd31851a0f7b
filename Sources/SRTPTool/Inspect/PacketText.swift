// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection

/// A packet of a list as text.
enum PacketText {
    /// A line for the packet, and lines for the fields of RTCP.
    static func lines(of record: PacketRecord) -> String {
        let time = record.time.map(seconds) ?? "-"
        let head = "\(record.frame) \(time) \(record.flow.sourceText) > \(record.flow.destinationText)"
        switch record.content {
        case .rtp(let fields): return head + " RTP " + words(fields) + "\n"
        case .rtpHeader(let fields): return head + " RTP, padding malformed or encrypted " + words(fields) + "\n"
        case .srtcp(let fields): return head + " SRTCP " + words(fields) + "\n"
        case .rtcp(let packets):
            return head + " RTCP\n"
                + packets.map { "  \($0.type)\n" + ExplainedText.lines($0.fields, indentation: 4) }.joined()
        }
    }

    /// The fields on one line.
    private static func words(_ fields: [ExplainedField]) -> String {
        ExplainedText.lines(fields).split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }
            .joined(separator: ", ")
    }

    /// A time in nanoseconds as seconds, all digits.
    static func seconds(_ time: Int64) -> String {
        let (whole, rest) = time.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        let digits = "\(rest)"
        return "\(time < 0 ? "-" : "")\(whole).\(String(repeating: "0", count: 9 - digits.count))\(digits)"
    }
}
