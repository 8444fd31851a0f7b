// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Times of capture, in nanoseconds since 1970, as a file may claim them: any 64 bits.
enum CaptureTime {
    static let second: Int64 = 1_000_000_000

    /// The nanoseconds from one time to another; the nearest `Int64` where there is none.
    static func elapsed(from start: Int64, to end: Int64) -> Int64 {
        let (difference, overflow) = end.subtractingReportingOverflow(start)
        return overflow ? (end > start ? .max : .min) : difference
    }

    static func seconds(_ nanoseconds: Int64) -> Double { Double(nanoseconds) / Double(second) }
}
