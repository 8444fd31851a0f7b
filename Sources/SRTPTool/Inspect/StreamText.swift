// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection

/// A stream in two lines or three.
enum StreamText {
    static let heading = row("SSRC", "payload", "packets", "lost", "lost%", "dup", "late", "jitter ms", "kbit/s")

    static func lines(of stream: StreamReport) -> [String] {
        let figures = row(
            stream.ssrc, Figures.payload(stream), "\(stream.packets)", "\(stream.lost)",
            Figures.decimal(stream.lostPercent, 1), "\(stream.duplicates)", "\(stream.reordered)",
            stream.jitter.map { Figures.decimal($0.milliseconds, 2) } ?? "-", Figures.kilobits(stream.bitRate))
        let way = "  \(stream.source) > \(stream.destination)"
        let details = details(of: stream).joined(separator: ", ")
        let isShort = way.count + 2 + details.count <= InspectText.columns
        return [figures] + (isShort ? ["\(way)  \(details)"] : [way, "  \(details)"])
    }

    /// What is said only where there is something to say.
    private static func details(of stream: StreamReport) -> [String] {
        var details: [String] = []
        if let duration = stream.durationSeconds { details.append(Figures.duration(duration)) }
        if let gap = stream.longestGap { details.append("pause \(Figures.duration(gap.milliseconds / 1000))") }
        if stream.peakBitRate != nil { details.append("peak \(Figures.kilobits(stream.peakBitRate)) kbit/s") }
        if stream.restarts > 0 { details.append(Figures.count(stream.restarts, "restart")) }
        if stream.farOff > 0 { details.append("\(stream.farOff) far off") }
        if stream.inTurnChannel { details.append("in TURN") }
        details.append(protection(stream.protection))
        return details
    }

    static func protection(_ protection: Protection) -> String {
        switch protection.verdict {
        case .unknown: return "SRTP?"
        case .plain: return "not SRTP"
        case .srtp:
            let tag = protection.tagOctets.map { " tag \($0)" } ?? ""
            return "SRTP\(tag)\(protection.confidence == .high ? "" : " likely")"
        }
    }

    /// Nine columns in 80.
    private static func row(_ cells: String...) -> String {
        let widths = [10, 20, -8, -7, -6, -5, -5, -10, -9]
        let padded = zip(cells, widths).map { cell, width in
            let space = String(repeating: " ", count: max(0, abs(width) - cell.count))
            return width < 0 ? space + cell : cell + space
        }
        return padded.joined()
    }
}
