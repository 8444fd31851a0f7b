// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

/// Packets that need not wait for others, against single calls.
@Suite("Packets sealed and opened directly")
struct DirectCipherTests {
    private static let lengths = Array(0...300) + [511, 512, 1199, 1200, 1500, 65_535, 70_000]

    @Test("octets and results are those of single calls", arguments: BatchCipher.Form.all, BatchEngine.allCases)
    func equalsSingleCalls(_ form: BatchCipher.Form, _ engine: BatchEngine) throws {
        var generator = SeededGenerator(seed: UInt64(form.keyByteCount))
        let cipher = try BatchCipher(form, &generator)
        let isThere =
            MultiBufferEngine.isAvailable && engine != .libcrypto && form.kind == .aesGCM && form.route == .savedStates
        guard let direct = DirectCipher(cipher.cipher, engine: engine) else {
            #expect(!isThere)
            return
        }
        #expect(isThere)
        defer { direct.end() }
        for length in Self.lengths {
            let header = 12 + 4 * Int.random(in: 0...70, using: &generator), end = header + length
            let job = PacketJob(
                cipherStart: header, cipherEnd: end, authenticatedEnd: end, hiddenTrailer: nil, tagStart: end,
                tagCount: 16,
                counter: CounterBlock(
                    high: UInt64.random(in: 0...UInt64.max, using: &generator),
                    low: UInt64.random(in: 0...UInt64.max, using: &generator) << 16))
            var packet = generator.octets(end + 16 + 3)
            var expected = packet
            let byteCount = packet.count
            packet.withUnsafeMutableBytes { bytes in
                guard let start = bytes.baseAddress else { return }
                unsafe direct.seal(header..<end, job.counter, packet: start, byteCount: byteCount)
            }
            try #require(cipher.seal(job, in: &expected))
            try #require(packet == expected)
            if Bool.random(using: &generator) {
                packet[Int.random(in: 0..<end + 16, using: &generator)] ^=
                    1 << UInt8.random(in: 0...7, using: &generator)
            }
            expected = packet
            let opened = packet.withUnsafeMutableBytes { bytes -> PacketCipher.Opened? in
                guard let start = bytes.baseAddress else { return nil }
                return unsafe direct.open(header..<end, job.counter, packet: start, byteCount: byteCount)
            }
            try #require(opened == cipher.open(job, in: &expected))
            try #require(packet == expected)
        }
    }
}
