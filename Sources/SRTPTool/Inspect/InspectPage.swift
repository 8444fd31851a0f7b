// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection

/// A report as one HTML page that needs nothing else: style and charts are inside, and there is no script.
struct InspectPage {
    /// Streams with charts.
    private static let chartLimit = 64
    /// Rows of a table.
    private static let rowLimit = 1000

    let file: String
    let report: InspectionReport
    /// Why the capture ends before its end.
    let problem: String?

    var text: String {
        let title = PlainText.escapedForHTML(file)
        let time =
            if let first = report.firstTime, let last = report.lastTime { " in \(Figures.duration(last - first))" } else
            {
                ""
            }
        let problem = problem.map { "<p class=\"w\">\(PlainText.escapedForHTML($0))</p>\n" } ?? ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title)</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <h1>\(title)</h1>
            <p>\(Figures.count(report.frames, "frame"))\(time); \(report.linkLayers.map(PlainText.escapedForHTML).joined(separator: ", "))</p>
            \(problem)<h2>Streams</h2>
            \(streamTable)
            <h2>RTCP</h2>
            \(senderTable)
            <h2>Datagrams</h2>
            \(datagramTable)
            \(charts)
            </body>
            </html>

            """
    }

    private static let style = """
        :root{color-scheme:light dark}body{font:14px system-ui,sans-serif;margin:1.5em;max-width:80em}\
        table{border-collapse:collapse;display:block;overflow-x:auto}\
        td,th{padding:.2em .7em;text-align:right;border-bottom:1px solid #8884;white-space:nowrap}\
        td.t,th.t{text-align:left}svg{width:100%;max-width:60em;display:block;margin:.5em 0}\
        td.t{white-space:pre}svg text{font:10px system-ui,sans-serif;fill:currentColor}svg .e{text-anchor:end}\
        .a{fill:none;stroke:#8888}.l{fill:none;stroke:#2a7de1;stroke-width:1.2}.b{fill:#d33c3c}.w{color:#d33c3c}
        """

    /// A table; columns whose heading ends in `<` hold text.
    private static func table(_ headings: [String], _ rows: [[String]], of noun: String) -> String {
        guard !rows.isEmpty else { return "<p>none</p>" }
        func row(_ cells: [String], _ tag: String) -> String {
            let cells = zip(cells, headings).map { cell, heading in
                "<\(tag)\(heading.hasSuffix("<") ? " class=\"t\"" : "")>\(PlainText.escapedForHTML(cell))</\(tag)>"
            }
            return "<tr>\(cells.joined())</tr>"
        }
        let names = headings.map { $0.hasSuffix("<") ? String($0.dropLast()) : $0 }
        let more = rows.count > rowLimit ? "<p>and \(rows.count - rowLimit) more \(noun)</p>" : ""
        let lines = [row(names, "th")] + rows.prefix(rowLimit).map { row($0, "td") }
        return "<table>\n\(lines.joined(separator: "\n"))\n</table>\(more)"
    }

    private var streamTable: String {
        let headings = [
            "#", "SSRC<", "from<", "to<", "payload<", "packets", "expected", "lost", "lost %", "duplicates",
            "reordered", "restarts", "jitter ms", "mean", "max", "kbit/s", "peak", "longest pause", "markers",
            "first at s", "seconds",
            "protection<",
        ]
        let rows = report.streams.enumerated().map { number, stream in
            [
                "\(number + 1)", stream.ssrc, stream.source, stream.destination, Figures.payload(stream),
                "\(stream.packets)", "\(stream.expected)", "\(stream.lost)", Figures.decimal(stream.lostPercent, 2),
                "\(stream.duplicates)", "\(stream.reordered)", "\(stream.restarts)",
                stream.jitter.map { Figures.decimal($0.milliseconds, 2) } ?? "-",
                stream.jitter.map { Figures.decimal($0.meanMilliseconds, 2) } ?? "-",
                stream.jitter.map { Figures.decimal($0.maximumMilliseconds, 2) } ?? "-",
                Figures.kilobits(stream.bitRate), Figures.kilobits(stream.peakBitRate),
                stream.longestGap.map { Figures.duration($0.milliseconds / 1000) } ?? "-", "\(stream.markers)",
                since(stream.firstTime), stream.durationSeconds.map { Figures.decimal($0, 2) } ?? "-",
                "\(StreamText.protection(stream.protection)): \(stream.protection.reason)",
            ]
        }
        return Self.table(headings, rows, of: "streams")
    }

    /// A time as seconds since the first frame.
    private func since(_ time: Double?) -> String {
        guard let time, let first = report.firstTime else { return "-" }
        return Figures.decimal(time - first, 2)
    }

    private var senderTable: String {
        let rows = report.senders.flatMap { sender in
            SenderText.lines(of: sender).enumerated().map { position, line in
                position == 0 ? [line, sender.source, sender.destination] : [line, "", ""]
            }
        }
        return Self.table(["sender<", "from<", "to<"], rows, of: "lines")
    }

    private var datagramTable: String {
        let datagrams = report.datagrams.found.map { ["\($0.count)", "\($0.kind.rawValue) datagrams"] }
        let refused = report.refused.map { ["\($0.frames)", "frames not looked at: \($0.reason)"] }
        return Self.table(["count", "what<"], datagrams + refused, of: "kinds")
    }

    private var charts: String {
        let drawn = report.streams.enumerated().filter { $0.element.series != nil }.prefix(Self.chartLimit)
        let sections = drawn.map { number, stream in
            guard let series = stream.series else { return "" }
            let interval = Figures.duration(series.interval)
            let charts = [
                SVGChart(
                    title: "bit rate", unit: "kbit/s, each \(interval)", values: series.bitRates.map { $0 / 1000 },
                    interval: series.interval, hasBars: false),
                SVGChart(
                    title: "lost", unit: "packets, each \(interval)", values: series.lost, interval: series.interval,
                    hasBars: true),
                SVGChart(
                    title: "jitter", unit: "ms, the largest in each \(interval)", values: series.jitters,
                    interval: series.interval, hasBars: false),
            ]
            let name = "Stream \(number + 1): \(stream.ssrc), \(stream.source) > \(stream.destination)"
            return "<h2>\(PlainText.escapedForHTML(name))</h2>\n\(charts.map(\.text).joined(separator: "\n"))"
        }
        let rest = report.streams.count - drawn.count
        let more = rest > 0 ? ["<p>and \(Figures.count(rest, "more stream")) without charts</p>"] : []
        return (sections + more).joined(separator: "\n")
    }
}
