// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

@testable import MIKEY

@Suite("The pseudo-random functions")
struct PseudoRandomFunctionTests {
    private func derive(_ row: KeyDerivationRow) throws -> String {
        try hex(
            row.function.derive(
                from: material(row.inkey), label: octets(row.label), byteCount: row.outkey.count / 2))
    }

    @Test("MIKEY-D1 MIKEY-1 gives the keys of the model")
    func mikey1() throws {
        let rows = ModelRows.keyDerivations.filter { $0.prf == "MIKEY-1" }
        #expect(rows.count >= 248)
        for row in rows { #expect(try derive(row) == row.outkey, "\(row.id)") }
    }

    @Test("MIKEY-D2 PRF-HMAC-SHA-256 gives the keys of the model")
    func hmacSHA256() throws {
        let rows = ModelRows.keyDerivations.filter { $0.prf == "HMAC-SHA-256" }
        #expect(rows.count >= 248)
        for row in rows { #expect(try derive(row) == row.outkey, "\(row.id)") }
    }

    @Test("MIKEY-36 each block of 256 bits counts by itself, the last one as short as it is", arguments: MIKEYPRF.known)
    func blocks(_ function: MIKEYPRF) throws {
        let lengths = Set(ModelRows.keyDerivations.filter { $0.function == function }.map { $0.inkey.count / 2 })
        #expect(lengths == [1, 16, 31, 32, 33, 64, 192])
        let outputs = Set(ModelRows.keyDerivations.filter { $0.function == function }.map { $0.outkey.count / 2 })
        #expect(outputs == Set(1...100))

        let key = (0..<192).map { UInt8($0) }
        let label = octets("2ad01c6401aabbccdd000102030405060708090a0b0c0d0e0f")
        for count in [33, 48, 63, 64, 65, 96, 191, 192] {
            let whole = try derive(function, Array(key[..<count]), label, 50)
            var sum = [UInt8](repeating: 0, count: 50)
            for start in stride(from: 0, to: count, by: 32) {
                let part = try derive(function, Array(key[start..<min(start + 32, count)]), label, 50)
                sum = zip(sum, part).map { $0 ^ $1 }
            }
            #expect(whole == sum, "a key of \(count) octets")
        }
        // A last block of one octet 0 is a block as well.
        #expect(
            try derive(function, Array(key[..<32]) + [0], label, 50) != derive(function, Array(key[..<32]), label, 50))
    }

    @Test("MIKEY-36 a shorter output is the beginning of a longer one", arguments: MIKEYPRF.known)
    func prefixes(_ function: MIKEYPRF) throws {
        let longest = try derive(function, [1, 2, 3], [4], 100)
        for count in 0...100 { #expect(try derive(function, [1, 2, 3], [4], count) == Array(longest[..<count])) }
        #expect(Set(longest).count > 50)
    }

    private func derive(_ function: MIKEYPRF, _ key: [UInt8], _ label: [UInt8], _ count: Int) throws -> [UInt8] {
        octets(hex(try function.derive(from: material(key), label: label, byteCount: count)))
    }

    @Test("functions that nobody knows, and keys without octets, are refused")
    func refused() {
        for number: UInt8 in [2, 3, 64, 127] {
            let function = MIKEYPRF(rawValue: number)
            #expect(throws: DerivationError.unsupportedPRF(function)) {
                _ = try derive(function, [1], [1], 16)
            }
        }
        #expect(throws: DerivationError.emptyKey) { _ = try derive(.mikey1, [], [1], 16) }
        #expect(DerivationError.unsupportedPRF(.mikey1).errorNumber == .invalidPRF)
    }
}

extension MIKEYPRF {
    /// Those that are built.
    static let known: [MIKEYPRF] = [.mikey1, .hmacSHA256]
}
