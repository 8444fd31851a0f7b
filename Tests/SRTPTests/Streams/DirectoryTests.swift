// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Finding streams")
struct DirectoryTests {
    @Test(
        "streams that come and go at random are found like in a dictionary, also while places are added",
        arguments: 0..<6)
    func model(_ seed: UInt64) {
        var generator = SeededGenerator(seed: 900 + seed)
        var directory = StreamDirectory(SSRCHash(seed: generator.next(), generator.next()))
        var model: [UInt32: Int] = [:]
        var known: [UInt32] = []
        var wrong = 0
        // Growing and shrinking by turns, so that streams go at every state of a growth.
        for step in 0..<30_000 {
            let goes = !known.isEmpty && Int.random(in: 0..<10, using: &generator) < (step / 3000 % 2 == 0 ? 2 : 7)
            if goes {
                let position = Int.random(in: 0..<known.count, using: &generator)
                known.swapAt(position, known.count - 1)
                let ssrc = known.removeLast()
                model[ssrc] = nil
                directory.remove(SSRC(ssrc))
            } else {
                // Close ones among them: SSRCs need not be random.
                let ssrc = UInt32.random(in: 0..<(step % 2 == 0 ? 20_000 : .max), using: &generator)
                guard model[ssrc] == nil else { continue }
                model[ssrc] = step
                known.append(ssrc)
                directory.insert(SSRC(ssrc), slot: step)
            }
            for _ in 0..<3 {
                let ssrc = known.randomElement(using: &generator) ?? 0
                if directory.slot(of: SSRC(ssrc)) != model[ssrc] { wrong += 1 }
                let other = UInt32.random(in: 0..<20_000, using: &generator)
                if directory.find(SSRC(other)) != model[other] { wrong += 1 }
            }
            if step % 1000 == 0 { #expect(Self.contents(directory) == model) }
        }
        #expect(wrong == 0)
        #expect(known.count > 2000)
        #expect(directory.count == known.count)
        #expect(Self.contents(directory) == model)
    }

    @Test("SSRCs chosen to collide are found, in one run over the end of the places; another seed scatters them")
    func collisions() {
        let hash = SSRCHash(seed: 0x9E37_79B9_7F4A_7C15, 0xC2B2_AE3D_27D4_EB4F)
        let other = SSRCHash(seed: 0x1656_67B1_9E37_79F9, 0x27D4_EB2F_1656_67C5)
        let chosen = (0..<200_000).map { SSRC($0) }.filter { hash($0) >> 54 == 0x3FF }
        #expect(chosen.count > 100)
        #expect(Set(chosen.map { other($0) >> 54 }).count > chosen.count * 8 / 10)
        var directory = StreamDirectory(hash)
        for (slot, ssrc) in chosen.enumerated() { directory.insert(ssrc, slot: slot) }
        for position in stride(from: 0, to: chosen.count, by: 2) { directory.remove(chosen[position]) }
        var wrong = 0
        for (slot, ssrc) in chosen.enumerated() where directory.find(ssrc) != (slot % 2 == 0 ? nil : slot) {
            wrong += 1
        }
        #expect(wrong == 0)
        #expect(directory.count == chosen.count / 2)
    }

    @Test("a removed stream is not found by the memory of the last hit")
    func lastHit() {
        var directory = StreamDirectory(SSRCHash(seed: 1, 2))
        directory.insert(0, slot: 0)
        directory.insert(7, slot: 1)
        let found = [directory.slot(of: 0), directory.slot(of: 7), directory.slot(of: 8)]
        #expect(found == [0, 1, nil])
        directory.remove(7)
        let after = [directory.slot(of: 7), directory.slot(of: 0)]
        #expect(after == [nil, 0])
    }

    private static func contents(_ directory: borrowing StreamDirectory) -> [UInt32: Int] {
        var all: [UInt32: Int] = [:]
        directory.forEach { ssrc, slot in
            #expect(all.updateValue(slot, forKey: ssrc.rawValue) == nil)
        }
        return all
    }
}
