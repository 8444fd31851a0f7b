// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

@testable import MIKEY

@Suite("Keys of crypto sessions")
struct TrafficKeysTests {
    private let context = TrafficKeyContext.bundle(csbID: 7, rand: Array(0..<16))
    private let lengths = TrafficKeys.Lengths(key: 16, salt: 14)
    private let tgk = "000102030405060708090a0b0c0d0e0f10111213"

    private func keys(_ data: MIKEYPayload.KeyData, csID: UInt8 = 1, joined: Bool = false) throws -> TrafficKeys {
        try TrafficKeys(
            csID: csID, from: data, prf: .mikey1, context: context, lengths: lengths, acceptsJoinedSalt: joined)
    }

    @Test("MIKEY-D3 each session's key and salt are those of the model", arguments: ModelRows.accepted)
    func model(_ row: ExchangeRow) throws {
        // The keys, and the policies, are those of the last messages that had some.
        let steps = row.steps ?? []
        guard steps.last?.errors == nil else {
            #expect(row.teks == [])
            return
        }
        let keys = steps.last { !$0.keys.isEmpty }?.keys ?? []
        let policies = steps.flatMap(\.sp)
        let bundle = TrafficKeyContext.bundle(csbID: row.bundle, rand: octets(row.rand ?? ""))
        var found: [ExchangeRow.TrafficKey] = []
        for (position, session) in (steps.last?.cs ?? []).enumerated() {
            let parameters = policies.last { $0.policy == session.policy }?.params ?? []
            let keyCount = parameters.first { $0.type == 1 }.flatMap { Int($0.value, radix: 16) } ?? 16
            let isGCM = parameters.contains { $0.type == 0 && $0.value == "06" }
            for key in keys {
                let data = try MIKEYPayload.KeyData(
                    key.kind.hasPrefix("TGK") ? .tgk : .tek, key: material(key.key),
                    salt: key.salt.map { material($0) })
                let derived = try TrafficKeys(
                    csID: UInt8(position + 1), from: data, prf: row.prf == "MIKEY-1" ? .mikey1 : .hmacSHA256,
                    context: bundle, lengths: .init(key: keyCount, salt: isGCM ? 12 : 14))
                #expect(!derived.isSaltJoined)
                found.append(.init(cs: position + 1, key: hex(derived.key), salt: hex(derived.salt), mki: key.spi))
            }
        }
        #expect(!found.isEmpty && found == row.teks)
    }

    @Test("MIKEY-38 a TGK is never the key itself, and a TEK is never derived from")
    func kinds() throws {
        let sixteen = "000102030405060708090a0b0c0d0e0f"
        let salt = "a0a1a2a3a4a5a6a7a8a9aaabacad"
        for kind in [MIKEYPayload.KeyData.Kind.tgk, .gtgk] {
            let derived = try keys(.init(kind, key: material(sixteen), salt: material(salt)))
            #expect(hex(derived.key) != sixteen && derived.key.count == 16)
            #expect(try hex(keys(.init(kind, key: material(sixteen)), csID: 2).key) != hex(derived.key))
        }
        for csID: UInt8 in [1, 2, 255] {
            let given = try keys(.init(.tek, key: material(sixteen), salt: material(salt)), csID: csID)
            #expect(hex(given.key) == sixteen && hex(given.salt) == salt)
        }
        #expect(throws: DerivationError.saltMissing) { _ = try keys(.init(.tek, key: material(sixteen))) }
        #expect(throws: DerivationError.unexpectedLength(byteCount: 20, expected: 16)) {
            _ = try keys(.init(.tek, key: material(tgk), salt: material(salt)))
        }
        for kind in [MIKEYPayload.KeyData.Kind.mpk, .privateKey] {
            #expect(throws: DerivationError.notForTraffic(kind)) { _ = try keys(.init(kind, key: material(sixteen))) }
        }
    }

    @Test("MIKEY-39 a salt in the key data takes the place of the derived one, and must have its length")
    func salt() throws {
        let salt = "a0a1a2a3a4a5a6a7a8a9aaabacad"
        let derived = try keys(.init(.tgk, key: material(tgk)))
        let carried = try keys(.init(.tgk, key: material(tgk), salt: material(salt)))
        #expect(hex(carried.salt) == salt && hex(derived.salt) != salt && derived.salt.count == 14)
        #expect(hex(carried.key) == hex(derived.key))
        for count in [0, 1, 13, 15] {
            #expect(throws: DerivationError.unexpectedLength(byteCount: count, expected: 14)) {
                _ = try keys(
                    .init(.tgk, key: material(tgk), salt: material([UInt8](repeating: 1, count: count))))
            }
        }
    }

    @Test("a salt behind the key inside of a TEK is taken only where that is allowed, and said")
    func joined() throws {
        let octets30 = (0..<30).map { UInt8($0) }
        #expect(throws: DerivationError.saltMissing) { _ = try keys(.init(.tek, key: material(octets30))) }
        let split = try keys(.init(.tek, key: material(octets30)), joined: true)
        #expect(split.isSaltJoined)
        #expect(hex(split.key) == hex(octets30[..<16]) && hex(split.salt) == hex(octets30[16...]))
        for count in [16, 29, 31] {
            #expect(throws: DerivationError.saltMissing) {
                _ = try keys(.init(.tek, key: material([UInt8](repeating: 1, count: count))), joined: true)
            }
        }
    }
}
