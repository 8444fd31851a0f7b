// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

@Suite("Primitives against published values")
struct PrimitiveTests {
    struct KeystreamRow: Decodable, Sendable, CustomTestStringConvertible {
        struct Block: Decodable, Sendable {
            let blockIndex: Int
            let keystream: String
        }
        let id, sessionKey, offset: String
        let blocks: [Block]
        var testDescription: String { id }
    }

    @Test(
        "AES-CM keystream, RFC 3711 B.2, by block calls and by CTR mode",
        arguments: try TestVectors.rows("rfc3711.json", as: KeystreamRow.self))
    func keystream(_ row: KeystreamRow) throws {
        let cipher = try CounterMode(key: secret(octets(row.sessionKey)))
        let iv = block(octets(row.offset))
        var last = 0
        for crossover in [0, Int.max] {
            cipher.setCrossover(byteCount: crossover)
            for expected in row.blocks {
                var output = [UInt8](repeating: 0, count: (expected.blockIndex + 1) * 16)
                var span = output.mutableSpan
                var bytes = span.mutableBytes
                try cipher.apply(iv: iv, to: &bytes)
                #expect(hex(output.suffix(16)) == expected.keystream)
                last = max(last, expected.blockIndex)
            }
        }
        #expect(last > 60_000, "the published blocks reach the far end of the segment")
    }

    struct HMACRow: Decodable, Sendable, CustomTestStringConvertible {
        let id: Int
        let key, data, hmacSha1: String
        var testDescription: String { "case \(id)" }
    }

    @Test(
        "HMAC-SHA1, RFC 2202, from saved states and through EVP",
        arguments: try TestVectors.rows("rfc2202.json", as: HMACRow.self))
    func hmac(_ row: HMACRow) throws {
        for route in [HMACSHA1.Route.savedStates, .evp] {
            let mac = try HMACSHA1(key: secret(octets(row.key)), route: route)
            let code = try mac.compute(octets(row.data).span.bytes)
            #expect(hex((0..<20).map { code[$0] }) == row.hmacSha1)
            let taken = mac.route
            #expect(taken == route)
        }
    }

    @Test("SRTP-46 a whole MAC of 20 octets is compared without writing past it")
    func wholeMAC() throws {
        let mac = try HMACSHA1(key: secret([UInt8](repeating: 0x0B, count: 20)))
        let code = try mac.compute(Array("Hi There".utf8).span.bytes)
        let octets20 = (0..<20).map { code[$0] }
        #expect(hex(octets20) == "b617318655057264e28bc0b6fb378c8ef146be00")
        #expect(areEqual(octets20, octets20))
    }

    @Test("a keystream is the same wherever CTR mode takes over, at every length")
    func crossovers() throws {
        let key = [UInt8](0..<32)
        for keyBytes in [16, 24, 32] {
            let cipher = try CounterMode(key: secret(Array(key.prefix(keyBytes))))
            let short = try CounterMode(key: secret(Array(key.prefix(keyBytes))), longRuns: false)
            // The low half of the counter wraps within these runs.
            let iv = CounterBlock(high: 0x0102_0304_0506_0708, low: .max - 3)
            for count in Array(0...80) + [255, 256, 257, 511, 512, 513, 1500, 4096] {
                let runs = try [0, Int.max].map { crossover in
                    cipher.setCrossover(byteCount: crossover)
                    var output = [UInt8](repeating: 0xA5, count: count)
                    var span = output.mutableSpan
                    var bytes = span.mutableBytes
                    try cipher.apply(iv: iv, to: &bytes)
                    return output
                }
                #expect(runs[0] == runs[1])
                var output = [UInt8](repeating: 0xA5, count: count)
                try output.withBytes { (bytes: inout MutableRawSpan) throws(CryptoError) in
                    try short.apply(iv: iv, to: &bytes)
                }
                #expect(output == runs[0], "without a context for long runs")
            }
        }
    }

    @Test("SHA-256 of three octets, as FIPS 180-4 prints it")
    func sha256() throws {
        let digest = try SHA256.digest(Array("abc".utf8).span.bytes)
        #expect(hex(digest) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test("keys of other lengths are refused", arguments: [0, 15, 17, 31, 33])
    func keyLengths(count: Int) {
        #expect(throws: CryptoError.unsupportedKeyLength(count)) {
            _ = try CounterMode(key: secret([UInt8](repeating: 0, count: count)))
        }
    }

    @Test("SRTP-19 comparison tells every differing octet, the last one too, and lengths apart")
    func comparison() {
        let left = [UInt8](0..<20)
        #expect(areEqual(left, left))
        for position in left.indices {
            var right = left
            right[position] ^= 1
            #expect(!areEqual(left, right))
        }
        #expect(!areEqual(left, Array(left.prefix(19))))
        #expect(areEqual([], []))
    }

    @Test("random octets differ from call to call")
    func random() throws {
        let draws = try (0..<4).map { _ in
            var output = [UInt8](repeating: 0, count: 32)
            var span = output.mutableSpan
            var bytes = span.mutableBytes
            try SecureRandom.fill(&bytes)
            return output
        }
        #expect(Set(draws).count == draws.count)
    }
}

/// Whether the comparison in constant time finds two arrays equal.
func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool { ConstantTime.areEqual(left.span.bytes, right.span.bytes) }

/// Secret bytes with these octets.
func secret(_ octets: [UInt8]) -> SecretBytes { SecretBytes(copying: octets.span.bytes) }

/// The counter block with these 16 octets.
func block(_ octets: [UInt8]) -> CounterBlock { CounterBlock(bigEndian: secret(octets)) }
