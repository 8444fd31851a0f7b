// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection

/// A sender of RTCP in a line, and a line for each source that it reported.
enum SenderText {
    static func lines(of sender: RTCPReport) -> [String] {
        var parts = [sender.packets.map { "\($0.packets) \($0.type)" }.joined(separator: " ")]
        if let sent = sender.sent { parts.append("sent \(sent.packetCount) packets, \(sent.octetCount) octets") }
        if let protected = sender.protected {
            parts.append("SRTCP tag \(protected.tagOctets)\(protected.encrypted ? "" : ", not encrypted")")
        }
        if sender.malformedPackets > 0 { parts.append("\(sender.malformedPackets) malformed") }
        if let reason = sender.goodbye {
            parts.append(reason.isEmpty ? "BYE" : "BYE \"\(PlainText.printable(reason))\"")
        }
        let name = sender.cname.map { " \(PlainText.printable($0))" } ?? ""
        return ["RTCP \(sender.ssrc)\(name): \(parts.joined(separator: "; "))"] + sender.reception.map(line)
    }

    private static func line(_ reception: RTCPReport.Reception) -> String {
        let jitter = reception.jitterMilliseconds.map { " (\(Figures.decimal($0, 2)) ms)" } ?? ""
        var line =
            "  on \(reception.source): lost \(reception.cumulativeLost), fraction \(reception.fractionLost)/256, "
            + "jitter \(reception.jitter)\(jitter)"
        if let trip = reception.roundTrip {
            line += ", round trip \(Figures.decimal(trip.meanMilliseconds, 2)) ms"
        }
        if let path = reception.pathRoundTripMilliseconds { line += ", whole path \(Figures.decimal(path, 2)) ms" }
        return line
    }
}
