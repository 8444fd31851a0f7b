// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

/// Packets that are sealed, forged and opened in a batch and one by one.
struct BatchRun {
    private struct Packet {
        var cipher: BatchCipher
        var job: PacketJob
        /// Where it lies among the others, and how long it is with its tag.
        var start: Int
        var byteCount: Int
    }

    private var packets: [Packet] = []
    /// All packets, with some octets between them.
    private var octets: [UInt8] = []

    /// Adds a random packet whose encrypted portion has `length` octets. Some are laid out as RTP, with something behind the
    /// authenticated octets as an MKI is, and some as RTCP, with a word that is authenticated only.
    mutating func add(_ cipher: BatchCipher, _ length: Int, _ generator: inout SeededGenerator) {
        let form = cipher.form
        let isRTCP = Int.random(in: 0..<4, using: &generator) == 0
        let header = isRTCP ? 8 : 12 + 4 * Int.random(in: 0...3, using: &generator)
        let isClear = Int.random(in: 0..<16, using: &generator) == 0
        let end = header + length
        let authenticatedEnd = isRTCP && !form.kind.isAEAD ? end + 4 : end
        let gap = isRTCP ? 0 : Int.random(in: 0..<3, using: &generator) * 2
        let job = PacketJob(
            cipherStart: isClear ? end : header, cipherEnd: end, authenticatedEnd: authenticatedEnd,
            hiddenTrailer: isRTCP == form.kind.isAEAD ? UInt32.random(in: 0...UInt32.max, using: &generator) : nil,
            tagStart: authenticatedEnd + gap, tagCount: form.tagByteCount,
            counter: CounterBlock(
                high: UInt64.random(in: 0...UInt64.max, using: &generator),
                low: UInt64.random(in: 0...UInt64.max, using: &generator) << 16))
        octets += generator.octets(Int.random(in: 0...17, using: &generator))
        let byteCount = job.tagStart + job.tagCount
        packets.append(Packet(cipher: cipher, job: job, start: octets.count, byteCount: byteCount))
        octets += (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8 &+ packets.count) }
    }

    /// Seals all packets, forges some and opens them all, in a batch and one by one.
    mutating func compare(_ batch: inout PacketBatch, _ generator: inout SeededGenerator) throws {
        octets += generator.octets(17)
        var expected = octets
        let sealed = oneByOne(&expected) { $0.cipher.seal($0.job, in: &$1) }
        let sealedTogether = together(&batch) { batch in
            batch.seal()
            return (0..<batch.count).map { batch.sealed($0) }
        }
        try #require(sealedTogether == sealed)
        try #require(firstDifference(from: expected) == nil)
        #expect(sealed.allSatisfy { $0 })

        for packet in packets where packet.byteCount > 0 && Int.random(in: 0..<3, using: &generator) == 0 {
            octets[packet.start + Int.random(in: 0..<packet.byteCount, using: &generator)] ^=
                1 << UInt8.random(in: 0...7, using: &generator)
        }
        expected = octets
        let opened = oneByOne(&expected) { $0.cipher.open($0.job, in: &$1) }
        let openedTogether = together(&batch) { batch in
            batch.open()
            return (0..<batch.count).map { batch.opened($0) }
        }
        try #require(openedTogether == opened)
        try #require(firstDifference(from: expected) == nil)
    }

    /// Where the octets are not as expected; the difference of two arrays would be as long as they are.
    private func firstDifference(from expected: [UInt8]) -> Int? {
        octets.indices.first { octets[$0] != expected[$0] }
    }

    private func oneByOne<R>(_ octets: inout [UInt8], _ body: (Packet, inout [UInt8]) -> R) -> [R] {
        packets.map { packet in
            let range = packet.start..<packet.start + packet.byteCount
            var copy = Array(octets[range])
            let result = body(packet, &copy)
            octets.replaceSubrange(range, with: copy)
            return result
        }
    }

    private mutating func together<R>(_ batch: inout PacketBatch, _ body: (inout PacketBatch) -> [R]) -> [R] {
        octets.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return [] }
            for packet in packets {
                unsafe batch.append(
                    packet.job, packet.cipher.cipher, packet: base + packet.start, byteCount: packet.byteCount)
            }
            defer { batch.removeAll() }
            return body(&batch)
        }
    }
}
