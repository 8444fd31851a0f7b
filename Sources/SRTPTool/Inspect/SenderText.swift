// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection

/// A sender of RTCP in a line, and a line for each source that it reported; in two where one is too short.
enum SenderText {
    /// The characters of a CNAME or a reason that are shown.
    private static let nameLength = 40

    static func lines(of sender: RTCPReport) -> [String] {
        let name = sender.cname.map { " \(shown($0))" } ?? ""
        var parts = [
            "RTCP \(sender.ssrc)\(name): " + sender.packets.map { "\($0.packets) \($0.type)" }.joined(separator: " ")
        ]
        if let sent = sender.sent { parts.append("sent \(sent.packetCount) packets with \(sent.octetCount) octets") }
        if let protected = sender.protected {
            parts.append("SRTCP tag \(protected.tagOctets)\(protected.encrypted ? "" : " not encrypted")")
        }
        if sender.malformedPackets > 0 { parts.append("\(sender.malformedPackets) malformed") }
        if let reason = sender.goodbye, !reason.isEmpty { parts.append("BYE \"\(shown(reason))\"") }
        return joined(parts) + sender.reception.flatMap(lines)
    }

    private static func lines(of reception: RTCPReport.Reception) -> [String] {
        let jitter = reception.jitterMilliseconds.map { " (\(Figures.decimal($0, 2)) ms)" } ?? ""
        var parts = [
            "  on \(reception.source): lost \(reception.cumulativeLost)", "fraction \(reception.fractionLost)/256",
            "jitter \(reception.jitter)\(jitter)",
        ]
        if let trip = reception.roundTrip {
            parts.append("round trip \(Figures.decimal(trip.meanMilliseconds, 2)) ms")
        }
        if let path = reception.pathRoundTripMilliseconds {
            parts.append("whole path \(Figures.decimal(path, 2)) ms")
        }
        return joined(parts)
    }

    private static func shown(_ text: String) -> String {
        let printable = PlainText.printable(text)
        return printable.count > nameLength ? printable.prefix(nameLength - 3) + "..." : printable
    }

    /// The parts with commas between them, on as many lines as they need.
    private static func joined(_ parts: [String]) -> [String] {
        parts.dropFirst().reduce(into: [parts[0]]) { lines, part in
            let line = "\(lines[lines.count - 1]), \(part)"
            if line.count <= InspectText.columns {
                lines[lines.count - 1] = line
            } else {
                lines.append("    \(part)")
            }
        }
    }
}
