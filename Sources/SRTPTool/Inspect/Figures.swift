// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import Foundation

/// Numbers of a report as people read them.
enum Figures {
    /// With this many digits behind the point.
    static func decimal(_ number: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", number) }

    /// Kilobits a second.
    static func kilobits(_ bitsPerSecond: Double?) -> String { bitsPerSecond.map { decimal($0 / 1000, 1) } ?? "-" }

    /// A length of time in the unit that suits it.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<1: "\(decimal(seconds * 1000, 1)) ms"
        case ..<120: "\(decimal(seconds, 2)) s"
        case ..<7200: "\(decimal(seconds / 60, 1)) min"
        default: "\(decimal(seconds / 3600, 1)) h"
        }
    }

    /// `1 packet`, `2 packets`.
    static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// What a stream carries: `PCMU 8000 Hz`, and a guess is marked as one: `96 90000 Hz?`.
    static func payload(_ stream: StreamReport) -> String {
        let names = stream.payloadTypes.prefix(3).map { $0.encoding ?? "PT \($0.payloadType)" }
        let more = stream.payloadTypes.count > 3 ? "+" : ""
        let rate = stream.clockRate.map { "/\($0)" } ?? "/?"
        return names.joined(separator: "+") + more + rate + (stream.clockRateFrom == .guessed ? "?" : "")
    }
}
