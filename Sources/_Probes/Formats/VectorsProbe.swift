// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import SRTPConformance

/// Runs a vector file, and asks for both reports.
enum VectorsProbe {
    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        guard let file = MemoryFile(octets) else { return }
        var rowCount = 0
        let report = ConformanceRunner().run([file.path]) { rowCount = $0 }
        try require(report.problems.isEmpty, "a file that can be read is not: \(report.problems)")
        try require(
            report.failures.count == report.failed, "\(report.failures.count) failures, \(report.failed) counted")
        try require(
            report.passed + report.failed + report.skipped == rowCount, "\(rowCount) rows, others are counted")
        try require(report.failures.allSatisfy { !$0.reason.contains("\n") }, "a reason of more than one line")
        try require(report.text.hasSuffix("skipped\n") && report.json.hasSuffix("}\n"), "a report that is cut off")
    }
}
