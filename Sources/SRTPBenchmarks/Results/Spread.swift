// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What was measured several times.
public struct Spread: Codable, Sendable, Hashable {
    public let minimum: Double
    public let median: Double
    public let maximum: Double

    /// The spread of `values`, to four significant digits after the point.
    public init(_ values: [Double]) {
        let sorted = values.sorted()
        minimum = Self.rounded(sorted.first ?? 0)
        median = Self.rounded(sorted.isEmpty ? 0 : sorted[sorted.count / 2])
        maximum = Self.rounded(sorted.last ?? 0)
    }

    /// The spread of the quotients, round by round, so that a change of the clock between rounds does not enter.
    init(_ values: [Double], dividedBy others: [Double]) { self.init(zip(values, others).map { $0 / $1 }) }

    private static func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }
}
