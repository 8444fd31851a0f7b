// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SRTPTool

struct ImpairmentTests {
    /// What comes out when datagrams 0 to 999 go in, and what is said to have happened to them.
    private func pass(_ rates: Impairment.Rates, seed: UInt64 = 1) -> (
        out: [Int], drained: [Int], fates: [Impairment.Fate]
    ) {
        var network = Impairment(rates: rates, seed: seed)
        var (out, fates): ([[UInt8]], [Impairment.Fate]) = ([], [])
        for number in 0..<1000 {
            let result = network.pass([UInt8(number >> 8), UInt8(number & 0xFF)])
            out += result.out
            fates.append(result.fate)
        }
        let drained = network.drain()
        #expect(network.drain().isEmpty)
        let number = { (octets: [UInt8]) in Int(octets[0]) << 8 | Int(octets[1]) }
        return (out.map(number), drained.map(number), fates)
    }

    @Test func aGoodNetworkChangesNothing() {
        let result = pass(.none)
        #expect(result.out == Array(0..<1000) && result.drained.isEmpty)
        #expect(result.fates.allSatisfy { $0 == .passed })
    }

    @Test func everythingIsLost() {
        let result = pass(.init(loss: 100, duplication: 0, reordering: 0))
        #expect(result.out.isEmpty && result.drained.isEmpty && result.fates.allSatisfy { $0 == .lost })
    }

    @Test func everythingComesTwice() {
        let result = pass(.init(loss: 0, duplication: 100, reordering: 0))
        #expect(result.out == (0..<1000).flatMap { [$0, $0] } && result.fates.allSatisfy { $0 == .duplicated })
    }

    @Test func whatNothingOvertakesComesWithTheDrain() {
        let result = pass(.init(loss: 0, duplication: 0, reordering: 100))
        #expect(result.out.isEmpty && result.drained == Array(0..<1000))
    }

    @Test("Each datagram comes out as often as its fate says", arguments: 0..<20 as Range<UInt64>)
    func conservation(seed: UInt64) {
        let result = pass(.init(loss: 10, duplication: 10, reordering: 10), seed: seed)
        var times = [Int](repeating: 0, count: 1000)
        for number in result.out + result.drained { times[number] += 1 }
        for (number, fate) in result.fates.enumerated() {
            #expect(times[number] == (fate == .lost ? 0 : fate == .duplicated ? 2 : 1))
        }
        let overtaken = result.fates.indices.filter { result.fates[$0] == .overtaken }
        for number in overtaken where !result.drained.contains(number) {
            let place = result.out.firstIndex(of: number) ?? 0
            let later = result.out[..<place].count { $0 > number }
            #expect((2...20).contains(later), "overtaken by \(later)")
        }
        for fate in [Impairment.Fate.lost, .duplicated, .overtaken] {
            #expect((50...150).contains(result.fates.count { $0 == fate }))
        }
    }

    @Test func theSeedDecides() {
        let (first, second) = (pass(.init(), seed: 3), pass(.init(), seed: 3))
        #expect(first.out == second.out && first.drained == second.drained && first.fates == second.fates)
        #expect(pass(.init(), seed: 3).fates != pass(.init(), seed: 4).fates)
    }
}
