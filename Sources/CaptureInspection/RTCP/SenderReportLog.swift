// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// When the sender reports of a capture passed, for the round-trip times of the reports that answer them.
struct SenderReportLog {
    /// Sources that are remembered at most.
    private static let sourceLimit = 4096
    /// The newest reports of a source that are remembered: more are not on their way at a time.
    private static let reportLimit = 8

    private struct Report {
        let middle32Bits: UInt32
        let time: Int64
    }

    private var reports: [SSRC: [Report]] = [:]

    mutating func add(_ report: SenderReport, at time: Int64) {
        guard reports.count < Self.sourceLimit || reports[report.ssrc] != nil else { return }
        var known = reports[report.ssrc] ?? []
        if known.count == Self.reportLimit { known.removeFirst() }
        known.append(Report(middle32Bits: report.ntpTimestamp.middle32Bits, time: time))
        reports[report.ssrc] = known
    }

    /// The time from the point of capture to the reporter and back, in seconds (RFC 3550 section 6.4.1).
    ///
    /// A - LSR - DLSR, where both times are those of the capture's clock: when the sender report passed, and when the block
    /// that names it did. So no clocks of hosts are compared, and what lies on the source's side is not in it. `nil` where
    /// the block names no report of the capture; 0 where DLSR is longer than the time.
    func roundTripTime(of block: ReportBlock, at time: Int64) -> Double? {
        guard block.lastSenderReport != 0,
            let report = reports[block.source]?.last(where: { $0.middle32Bits == block.lastSenderReport })
        else { return nil }
        let elapsed = CaptureTime.seconds(CaptureTime.elapsed(from: report.time, to: time))
        return max(0, elapsed - Double(block.delaySinceLastSenderReport) / 65536)
    }
}

/// Round-trip times, in seconds.
struct RoundTrips: Sendable {
    private(set) var count = 0
    private(set) var minimum = Double.infinity
    private(set) var maximum = 0.0
    private(set) var last = 0.0
    private var sum = 0.0

    var mean: Double { count > 0 ? sum / Double(count) : 0 }

    mutating func add(_ time: Double) {
        count += 1
        minimum = min(minimum, time)
        maximum = max(maximum, time)
        sum += time
        last = time
    }
}
