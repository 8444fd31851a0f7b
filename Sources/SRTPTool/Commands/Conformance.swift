// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SRTPConformance

struct Conformance: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs test vectors, published ones and your own.",
        discussion: """
            A folder is walked for *.json and *.jsonl; a file that is named is read whatever its name. TestVectors/README.md \
            says how rows are written.

            Exit code 0 when no row failed (skips do not count), 1 when one did, 65 when there was no row, 66 when a path \
            could not be read.

            Example:
              srtp conformance TestVectors my-vectors.jsonl
            """)

    @Argument(help: ArgumentHelp("Files and folders.", valueName: "path"))
    var paths: [String]

    @Flag(name: .customLong("no-skips"), help: "A row that needs something not built fails.")
    var noSkips = false

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        var options = ConformanceRunner.Options()
        options.failsOnSkips = noSkips
        var progress = Progress("running vectors")
        let report = ConformanceRunner(options: options).run(paths) { rows in
            if rows.isMultiple(of: 64) { progress.update("\(rows) rows") }
        }
        progress.finish()
        if json {
            print(report.json, terminator: "")
        } else {
            print(report.text, terminator: "")
        }
        for problem in report.problems { writeToStandardError("srtp: \(problem.path): \(problem.reason)\n") }
        if report.exitCode == ToolError.Code.badData.rawValue {
            throw ToolError(.badData, "\(paths.joined(separator: ", ")): no row of test vectors found")
        }
        if report.exitCode != 0 { throw ExitCode(report.exitCode) }
    }
}
