// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Two runs of octets that should be equal, put into words that fit a line.
struct OctetDifference {
    let expected: String
    let got: String

    /// Runs up to this length are shown whole.
    private static let wholeCount = 48
    /// Of longer ones, this much from shortly before the first difference.
    private static let windowCount = 16

    /// `nil` where the runs are equal.
    init?(expected: [UInt8], got: [UInt8]) {
        guard expected != got else { return nil }
        guard max(expected.count, got.count) > Self.wholeCount else {
            self.expected = Self.whole(expected)
            self.got = Self.whole(got)
            return
        }
        let common = zip(expected, got).prefix { $0 == $1 }.count
        self.expected = Self.window(of: expected, around: common)
        self.got = Self.window(of: got, around: common)
    }

    private static func whole(_ octets: [UInt8]) -> String { octets.isEmpty ? "no octets" : Hex.text(octets) }

    private static func window(of octets: [UInt8], around position: Int) -> String {
        let start = min(octets.count, max(0, position - 4))
        let end = min(octets.count, start + windowCount)
        let text = (start > 0 ? "…" : "") + Hex.text(octets[start..<end]) + (end < octets.count ? "…" : "")
        return "\(text) (octet \(position) of \(octets.count))"
    }
}
