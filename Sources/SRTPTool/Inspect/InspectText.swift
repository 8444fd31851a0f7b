// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection

/// A report as text, cut to a screen of 80 columns and 24 lines unless all is asked for.
struct InspectText {
    /// A screen without the line that the shell prompts on.
    private static let screenLines = 23
    static let columns = 80

    let file: String
    let report: InspectionReport
    /// Whether all is printed, screen or not.
    let isWhole: Bool

    var lines: [String] {
        let room = isWhole ? Int.max : Self.screenLines - head.count - foot.count
        let streams = report.streams.sorted { $0.packets > $1.packets }.map(StreamText.lines)
        let senders = report.senders.map(SenderText.lines)
        // RTCP gives way first, down to a third.
        let senderRoom = max(room / 3, room - streams.reduce(0) { $0 + $1.count })
        let senderLines = Self.fit(senders, into: senderRoom, "senders of RTCP")
        let streamLines = Self.fit(streams, into: isWhole ? room : room - senderLines.count, "streams")
        return head + streamLines + senderLines + foot + gaps
    }

    /// As many blocks as there is room for, and a line that tells of the rest.
    private static func fit(_ blocks: [[String]], into room: Int, _ noun: String) -> [String] {
        var lines: [String] = []
        for (position, block) in blocks.enumerated() {
            let isLast = position + 1 == blocks.count
            guard lines.count + block.count + (isLast ? 0 : 1) <= room else {
                return lines + ["and \(blocks.count - position) more \(noun) (--all shows them)"]
            }
            lines += block
        }
        return lines
    }

    private var head: [String] {
        let time =
            if let first = report.firstTime, let last = report.lastTime { " in \(Figures.duration(last - first))" } else
            {
                ""
            }
        let links = report.linkLayers.isEmpty ? "" : ", " + report.linkLayers.prefix(3).joined(separator: ", ")
        let title = "\(PlainText.printable(file)): \(Figures.count(report.frames, "frame"))\(time)\(links)"
        return [title] + (report.streams.isEmpty ? ["no RTP stream"] : [StreamText.heading])
    }

    /// What else there was, and what could not be looked at.
    private var foot: [String] {
        let kinds = report.datagrams.found.map { "\($0.count) \($0.kind.rawValue)" }
        var lines = ["datagrams: " + (kinds.isEmpty ? "none" : kinds.joined(separator: ", "))]
        if report.unselectedDatagrams > 0 { lines.append("of other ports: \(report.unselectedDatagrams)") }
        if report.datagrams[.unconfirmedRTP] > 0 {
            lines.append("rtp-unconfirmed: fewer than three packets in sequence; --port takes them for RTP")
        }
        if report.datagrams[.untrackedRTP] > 0 || report.untrackedRTCP > 0 {
            lines.append(
                "beyond --stream-limit: \(report.datagrams[.untrackedRTP]) RTP, \(report.untrackedRTCP) RTCP")
        }
        if !report.refused.isEmpty {
            let reasons = report.refused.prefix(4).map { "\($0.frames) \($0.reason)" }
            let more = report.refused.count > 4 ? ", ..." : ""
            lines.append("frames not looked at: " + reasons.joined(separator: ", ") + more)
        }
        return lines
    }

    /// The pauses that were asked for, by stream.
    private var gaps: [String] {
        var lines: [String] = []
        for stream in report.streams {
            guard let gaps = stream.gaps, !gaps.isEmpty else { continue }
            lines.append("pauses of \(stream.ssrc), \(stream.source) > \(stream.destination):")
            lines += gaps.map { gap in
                let since = gap.start - (stream.firstTime ?? gap.start)
                return "  \(Figures.duration(gap.milliseconds / 1000)) after \(Figures.duration(since)), up to frame "
                    + "\(gap.endFrame), \(gap.skipped) numbers passed over"
            }
        }
        if report.unlistedGaps > 0 { lines.append("and \(report.unlistedGaps) more pauses") }
        return lines
    }
}
