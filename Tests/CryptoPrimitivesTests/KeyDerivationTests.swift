// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing
import WireBytes

@Suite("Key derivation, RFC 3711 section 4.3")
struct KeyDerivationTests {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        let id, prf, masterKey, masterSalt, indexDivKdr, output: String
        let label: UInt8
        let outputLength: Int
        var testDescription: String { id }
    }

    static let rows = try?
        (["rfc3711.json", "rfc6188.json", "rfc8269.json"].flatMap { try TestVectors.rows($0, as: Row.self) })

    @Test("SRTP-53 the published keys of RFC 3711 B.3, RFC 6188 and RFC 8269 A.3", arguments: rows ?? [])
    func published(_ row: Row) throws {
        let derivation = try CounterModeKeyDerivation(
            cipher: row.prf.hasPrefix("ARIA") ? .aria : .aes, masterKey: secret(octets(row.masterKey)),
            masterSalt: secret(octets(row.masterSalt)))
        let index = try #require(UInt64(row.indexDivKdr, radix: 16))
        let derived = try derivation.derive(label: row.label, indexDivKDR: index, count: row.outputLength)
        #expect(derived.withBytes { hex(Array(copying: $0)) } == row.output)
    }

    @Test("SRTP-53 the vectors are there")
    func rowsAreThere() { #expect((Self.rows ?? []).count >= 15) }

    @Test("SRTP-53 the quotient fills the six octets behind the label, for SRTP and SRTCP")
    func quotient() throws {
        // x = key_id XOR salt: with a zero salt, the first input block is key_id itself, shifted by 16 bits.
        let key = [UInt8](0..<16)
        let derivation = try CounterModeKeyDerivation(
            masterKey: secret(key), masterSalt: secret([UInt8](repeating: 0, count: 14)))
        for (label, quotient) in [(0, 0x1234_5678_9ABC), (3, 0x7FFF_FFFF), (5, 1)] as [(UInt8, UInt64)] {
            let cipher = try CounterMode(key: secret(key))
            var expected = [UInt8](repeating: 0, count: 30)
            var span = expected.mutableSpan
            var bytes = span.mutableBytes
            try cipher.apply(iv: CounterBlock(high: UInt64(label), low: quotient << 16), to: &bytes)
            let derived = try derivation.derive(label: label, indexDivKDR: quotient, count: 30)
            #expect(derived.withBytes { Array(copying: $0) } == expected)
        }
    }

    @Test("SRTP-53 a salt of 12 octets is padded with zeros on the right")
    func shortSalt() throws {
        let key = [UInt8](0..<16)
        let salt = [UInt8](100..<112)
        let short = try CounterModeKeyDerivation(masterKey: secret(key), masterSalt: secret(salt))
        let long = try CounterModeKeyDerivation(masterKey: secret(key), masterSalt: secret(salt + [0, 0]))
        let first = try short.derive(label: 2, count: 14)
        let second = try long.derive(label: 2, count: 14)
        #expect(first.withBytes { Array(copying: $0) } == second.withBytes { Array(copying: $0) })
        #expect(throws: CryptoError.unsupportedSaltLength(15)) {
            _ = try CounterModeKeyDerivation(masterKey: secret(key), masterSalt: secret(salt + [0, 0, 0]))
        }
    }
}
