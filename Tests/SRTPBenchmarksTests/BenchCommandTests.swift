// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SRTP
import Testing

@testable import SRTPBenchmarks

struct BenchCommandTests {
    private static func options(_ arguments: String...) throws -> BenchmarkOptions {
        try BenchCommand.parse(arguments).options
    }

    @Test func withoutArgumentsEverythingIsMeasured() throws {
        let options = try Self.options()
        #expect(options.groups == Set(BenchmarkGroup.allCases) && options.suites.isEmpty)
        #expect(options.payloads == [20, 160, 500, 1200] && options.rounds >= 9)
        #expect(options.streamCounts == [1, 100, 10_000, 1_000_000] && options.batchCounts == [1, 8, 32, 128])
        #expect(options.usesLibsrtp)
    }

    @Test func argumentsChoose() throws {
        let options = try Self.options(
            "--only", "singles", "--only", "batches", "--suite", "AEAD_AES_256_GCM", "--payload", "160", "--payload",
            "48", "--rounds", "21", "--direction", "unprotect", "--packets", "rtcp", "--streams", "7", "--no-libsrtp")
        #expect(options.groups == [.singles, .batches])
        #expect(options.suites.map(\.name) == ["AEAD_AES_256_GCM"])
        #expect(options.payloads == [160, 48] && options.rounds == 21 && options.streamCounts == [7])
        #expect(options.directions == [.unprotect] && options.packets == [.rtcp] && !options.usesLibsrtp)
    }

    @Test func quickIsLessOfEverything() throws {
        let quick = try Self.options("--quick")
        let whole = try Self.options()
        #expect(quick.groups == whole.groups && quick.packetsPerRound < whole.packetsPerRound)
        #expect(quick.suites.count == 2 && quick.rounds == 9)
    }

    @Test(arguments: [
        ["--rounds", "8"], ["--payload", "0"], ["--payload", "99999"], ["--streams", "0"], ["--only", "everything"],
        ["--suite", "SEED_128_CCM_80"], ["--suite", "ROT13"], ["--limit", "160"], ["--limit", "160=0"],
        ["--limit", "a:b:160=1"], ["--limit", "x=1"],
    ])
    func whatMakesNoSenseIsRefused(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try BenchCommand.parse(arguments) }
    }

    @Test func limitsNameTheRowsAboveThem() throws {
        let machine = BenchmarkResults.Machine.current
        var results = BenchmarkResults(machine: machine, options: .init(rounds: 9, packetsPerRound: 1))
        for (id, ratio) in [("a", 1.05), ("b", 1.2)] {
            results.rows.append(
                .init(
                    id: id, group: .singles, payload: 160, sides: [:],
                    ratios: ["floor": Spread([ratio]), "libsrtp": Spread([ratio / 2])]))
        }
        #expect(try BenchLimit(argument: "160=1.08").exceeded(by: results) == ["b: 1.2 times floor, more than 1.08"])
        #expect(try BenchLimit(argument: "libsrtp:160=0.7").exceeded(by: results).isEmpty)
        #expect(try BenchLimit(argument: "1200=1.08").exceeded(by: results).count == 1)
    }
}
