// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

@testable import MIKEY

@Suite("Randomness and secrecy of keys")
struct RandomTests {
    @Test("MIKEY-46 keys, RANDs and numbers from the system are others each time")
    func system() throws {
        var keys: Set<String> = []
        var numbers: Set<UInt32> = []
        for _ in 0..<16 {
            keys.insert(try hex(MIKEYRandom.system.keyMaterial(16)))
            keys.insert(hex(try MIKEYRandom.system.octets(16)))
            numbers.insert(try MIKEYRandom.system.number())
        }
        #expect(keys.count == 32 && numbers.count > 14)
    }

    @Test("another source is asked for each octet, and its failure passed on")
    func injected() throws {
        let counting = MIKEYRandom { (bytes: inout MutableRawSpan) throws(DerivationError) in
            for offset in 0..<bytes.byteCount {
                bytes.storeBytes(of: UInt8(offset + 1), toByteOffset: offset, as: UInt8.self)
            }
        }
        #expect(try hex(counting.keyMaterial(5)) == "0102030405")
        #expect(try counting.octets(3) == [1, 2, 3])
        #expect(try counting.number() == 0x0102_0304)
        let failing = MIKEYRandom { (_: inout MutableRawSpan) throws(DerivationError) in throw .engineFailed }
        #expect(throws: DerivationError.engineFailed) { _ = try failing.keyMaterial(16) }
    }

    @Test("MIKEY-46 neither what is derived nor what protects messages shows a key")
    func descriptions() throws {
        let key = "c0ffee00c0ffee11c0ffee22c0ffee33"
        let salt = "5a175a175a175a175a175a175a17"
        let protection = MessageProtection(key: material(key), prf: .mikey1, context: .bundle(csbID: 7, rand: [1]))
        let data = try MIKEYPayload.KeyData(.tek, key: material(key), salt: material(salt))
        let keys = try TrafficKeys(
            csID: 1, from: data, prf: .mikey1, context: .bundle(csbID: 7, rand: [1]), lengths: .init(key: 16, salt: 14))
        var text = "\(protection) \(keys) \(String(reflecting: protection)) \(String(reflecting: keys)) "
        dump(protection, to: &text)
        dump(keys, to: &text)
        for part in [key, salt] {
            let shown = octets(part)
            #expect(!text.lowercased().contains(part.prefix(8)))
            #expect(!text.contains(shown.prefix(4).map(String.init).joined(separator: ", ")))
        }
        #expect(text.contains("not shown"))
    }
}
