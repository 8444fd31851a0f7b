// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import MIKEY

/// 10,000 runs where `SRTP_LONG_TESTS` is set, 150 otherwise.
private let runCount: UInt64 = ProcessInfo.processInfo.environment["SRTP_LONG_TESTS"] == nil ? 150 : 10_000

@Suite("Two parties over a bad carrier")
struct ExchangeSimulationTests {
    @Test(
        "no two parties have different keys, and both have the same ones soon after losses end",
        arguments: 0..<UInt64(10))
    func runs(_ part: UInt64) throws {
        var established = 0
        var most = 0
        for seed in stride(from: part, to: runCount, by: 10) {
            var simulation = try ExchangeSimulation(seed: seed)
            do {
                try simulation.run(events: 80)
                most = max(most, try simulation.converge())
            } catch {
                Issue.record("seed \(seed): \(error)")
            }
            established += simulation.establishedCount
        }
        #expect(most <= ExchangeSimulation.messagesToConverge)
        #expect(established > runCount / 2)
    }

    @Test(
        "a party with another RAND or rollover counter is noticed",
        arguments: [ExchangeSimulation.Mistake.random, .rolloverCounter])
    func mistakes(_ mistake: ExchangeSimulation.Mistake) throws {
        for seed: UInt64 in 0..<5 {
            var simulation = try ExchangeSimulation(seed: seed, mistake: mistake)
            #expect(throws: ExchangeSimulation.Finding.self) {
                try simulation.run(events: 80)
                _ = try simulation.converge()
            }
        }
    }
}
