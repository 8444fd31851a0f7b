// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SRTPConformance
import Testing

@Suite("The repository's vector files")
struct TestVectorsTests {
    @Test("nothing fails, and every file that can be run is")
    func all() {
        let report = ConformanceRunner().run([TestVectors.folder])
        #expect(report.failures == [])
        #expect(report.problems == [])
        #expect(report.exitCode == 0)
        #expect(report.otherFileCount > 0, "the README, at least")
        let reasons = report.skipReasons.values.reduce(0, +)
        #expect(reasons == report.skipped, "every skipped row has a reason")
    }

    @Test(
        "rows that are run",
        arguments: [
            ("model/kdf-aes-cm.jsonl", 60), ("model/srtp-reject.jsonl", 557), ("model/srtp-rfc3711.jsonl", 700),
            ("rfc3550.json", 6), ("rfc4567.json", 8), ("mikey-messages.jsonl", 146),
        ])
    func passed(file: String, atLeast: Int) {
        let report = ConformanceRunner().run(["\(TestVectors.folder)/\(file)"])
        #expect(report.passed >= atLeast)
        #expect(report.failed == 0)
    }

    @Test(
        "published values of which every row is run and passes",
        arguments: [
            ("rfc2202.json", 7), ("rfc3394.json", 6), ("rfc3711.json", 5), ("rfc4231.json", 7), ("rfc4568.json", 11),
            ("rfc6188.json", 8), ("rfc6904.json", 3), ("rfc7714.json", 12), ("rfc8269.json", 10), ("rfc8285.json", 2),
            ("rfc9335.json", 12), ("mikey_constants.json", 11),
        ])
    func published(file: String, rows: Int) {
        var options = ConformanceRunner.Options()
        options.failsOnSkips = true
        let report = ConformanceRunner(options: options).run(["\(TestVectors.folder)/\(file)"])
        #expect(Counts(report) == Counts(passed: rows), "\(report.text)")
    }

    @Test("every row of the models is run and passes")
    func model() {
        let report = ConformanceRunner().run(["\(TestVectors.folder)/model"])
        #expect(report.failed == 0 && report.passed > 9_000)
        #expect(report.skipReasons.isEmpty)
    }

    @Test("SEED is left out on purpose, whatever the options")
    func seed() {
        var options = ConformanceRunner.Options()
        options.failsOnSkips = true
        let report = ConformanceRunner(options: options).run(["\(TestVectors.folder)/rfc5669.json"])
        #expect(Counts(report) == Counts(skipped: 3))
        #expect(report.skipReasons == ["left out on purpose": 3])
    }
}
