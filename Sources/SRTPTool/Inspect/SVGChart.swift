// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A line over time as inline SVG, without scripts.
struct SVGChart {
    private static let width = 640.0
    private static let height = 120.0
    private static let left = 64.0
    private static let bottom = 18.0
    private static let top = 16.0

    let title: String
    let unit: String
    /// One value for each interval.
    let values: [Double]
    /// The length of an interval, in seconds.
    let interval: Double
    /// Whether values stand alone, as losses do, and are drawn as bars.
    let hasBars: Bool

    var text: String {
        let lowest = min(0, values.min() ?? 0)
        let highest = max(values.max() ?? 0, lowest + (values.isEmpty || values.allSatisfy { $0 == 0 } ? 1 : 1e-9))
        let (plotWidth, plotHeight) = (Self.width - Self.left, Self.height - Self.bottom - Self.top)
        let step = plotWidth / Double(max(values.count, 1))
        func y(_ value: Double) -> Double { Self.top + plotHeight * (highest - value) / (highest - lowest) }
        func x(_ position: Double) -> Double { Self.left + step * position }
        var shapes = ""
        if hasBars {
            for (position, value) in values.enumerated() where value != 0 {
                let (first, second) = (min(y(value), y(0)), max(y(value), y(0)))
                shapes += #"<rect class="b" x="\#(number(x(Double(position))))" y="\#(number(first))" "#
                shapes += #"width="\#(number(max(step, 1)))" height="\#(number(second - first))"/>"#
            }
        } else {
            let points = values.enumerated().map { "\(number(x(Double($0) + 0.5))),\(number(y($1)))" }
            shapes = #"<polyline class="l" points="\#(points.joined(separator: " "))"/>"#
        }
        let seconds = interval * Double(values.count)
        let name = PlainText.escapedForHTML("\(title), \(unit)")
        return """
            <svg viewBox="0 0 \(number(Self.width)) \(number(Self.height))" role="img" aria-label="\(name)">\
            <title>\(name)</title><text x="\(number(Self.left))" y="11">\(name)</text>\
            <path class="a" d="M\(number(Self.left)) \(number(Self.top))V\(number(y(lowest)))H\(number(Self.width))"/>\
            <text class="e" x="\(number(Self.left - 4))" y="\(number(Self.top + 8))">\(label(highest))</text>\
            <text class="e" x="\(number(Self.left - 4))" y="\(number(y(lowest)))">\(label(lowest))</text>\
            <text x="\(number(Self.left))" y="\(number(Self.height - 4))">0</text>\
            <text class="e" x="\(number(Self.width))" y="\(number(Self.height - 4))">\(Figures.duration(seconds))</text>\
            \(shapes)</svg>
            """
    }

    private func number(_ value: Double) -> String { Figures.decimal(value, 1) }

    private func label(_ value: Double) -> String { Figures.decimal(value, abs(value) < 10 && value != 0 ? 2 : 0) }
}
