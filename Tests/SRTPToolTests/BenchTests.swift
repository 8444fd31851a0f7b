// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

struct BenchTests {
    private struct Results: Decodable {
        struct Row: Decodable {
            struct Spread: Decodable { let median: Double }
            let id: String
            let sides, ratios: [String: Spread]
        }
        let rows: [Row]
    }

    private static let arguments = [
        "bench", "--only", "singles", "--quick", "--suite", "AES_CM_128_HMAC_SHA1_80", "--payload", "20", "--packets",
        "rtp",
        "--direction", "protect", "--no-libsrtp",
    ]

    @Test func aRunPrintsItsRows() async throws {
        let result = try await Tool.run(Self.arguments + ["--json"])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        let results: Results = try result.json()
        #expect(results.rows.map(\.id) == ["singles/AES_CM_128_HMAC_SHA1_80/rtp/protect/20 octets"])
        let row = try #require(results.rows.first)
        #expect(row.sides.keys.sorted() == ["floor", "swift-srtp"] && row.sides.values.allSatisfy { $0.median > 0 })
        #expect(row.ratios.keys.sorted() == ["floor"])
    }

    @Test func aRatioAboveTheLimitIsExitCode1() async throws {
        let result = try await Tool.run(Self.arguments + ["--limit", "20=0.01"])
        #expect(result.exitCode == 1 && result.isOneErrorLine)
        #expect(result.error.contains("times floor, more than 0.01") && result.output.contains("protect 20 octets"))
    }

    @Test func fewerThanNineRoundsAreRefused() async throws {
        let result = try await Tool.run(["bench", "--rounds", "8"])
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.output.isEmpty)
    }
}
