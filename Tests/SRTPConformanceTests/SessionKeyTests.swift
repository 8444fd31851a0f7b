// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTPConformance
import Testing

/// Rows that begin at session keys, and the primitives below: every value of theirs counts.
@Suite("Changed rows of session keys and primitives")
struct SessionKeyTests {
    @Test(
        "AES-GCM packets with every step (RFC 7714)",
        arguments: [
            "16.1.1", "16.1.2", "16.1.3", "16.1.4", "16.2.1", "16.2.2", "16.2.3", "16.2.4", "17.1", "17.2", "17.3",
            "17.4",
        ])
    func galois(id: String) throws {
        let row = try TestVectors.vector("rfc7714.json", id)
        try expectEveryOctetCounts(
            in: row, except: ["id"],
            blamed: [
                "iv": "iv", "aad": "aad", "tag": "tag", "ciphertext": "ciphertext", "gcm_ghash": "gcm_ghash",
                "gcm_k0": "gcm_k0", "gcm_hash_key_h": "gcm_hash_key_h", "ghash_steps[0].state": "ghash_steps[0].state",
                "ctr_blocks[1].key_block": "ctr_blocks[1].key_block",
            ])
        let steps = try #require(row["ghash_steps"] as? [[String: Any]])
        try expect(
            row, failsWith: ["ghash_steps": Array(steps.dropLast()), "suite": "AES_CM_128_HMAC_SHA1_80"], blaming: "")
        let isEncrypted = id.hasSuffix(".1") || id.hasSuffix(".2")
        try expect(row, failsWith: ["operation": isEncrypted ? "tag" : "encrypt", "protocol": "rtp"], blaming: "")
    }

    @Test("a row is defective only where its RTCP length is wrong")
    func defective() throws {
        var row = try TestVectors.vector("rfc7714.json", "17.1")
        let packet = try #require(row["plain_packet"] as? String)
        try expect(
            row, failsWith: ["plain_packet": packet.replacing("81c8000d", with: "81c8000c")], blaming: "defective")
        row["defective"] = nil
        #expect(Counts(try report(on: row)) == Counts(passed: 1), "the length is none of SRTCP's business")
        let media = try TestVectors.vector("rfc7714.json", "16.1.1")
        try expect(media, failsWith: ["defective": "no"])
    }

    @Test("ARIA packets (RFC 8269)", arguments: ["A.1.1", "A.1.2", "A.2.1", "A.2.2"])
    func aria(id: String) throws {
        let row = try TestVectors.vector("rfc8269.json", id)
        try expectEveryOctetCounts(
            in: row, except: ["id"], blamed: ["iv": "iv", "tag": "tag", "auth_tag": "auth_tag", "aad": "aad"])
        try expect(row, failsWith: ["rtp_payload": String(repeating: "00", count: 1 << 18)])
        // With the other half of the suites, keys and tags have other lengths.
        let other = id.hasPrefix("A.1") ? "SRTP_AEAD_ARIA_128_GCM" : "SRTP_ARIA_128_CTR_HMAC_SHA1_80"
        try expect(row, failsWith: ["suite": other], blaming: "")
    }

    @Test(
        "ARIA key derivation (RFC 8269)",
        arguments: ["A.3.1 ARIA_128_CTR_PRF cipher salt", "A.3.2 ARIA_256_CTR_PRF auth key"])
    func ariaKeys(id: String) throws {
        let row = try TestVectors.vector("rfc8269.json", id)
        try expectEveryOctetCounts(in: row, except: ["id"], blamed: ["output": "output"])
        try expect(row, failsWith: ["prf": id.contains("128") ? "AES-CM" : "AES_256_CM_PRF"], blaming: "output")
    }

    @Test("AES-f8 with every step (RFC 3711 B.1)")
    func f8() throws {
        let row = try TestVectors.vector("rfc3711.json", "B.1")
        try expectEveryOctetCounts(
            in: row, except: ["id"],
            blamed: [
                "iv": "iv", "iv_prime": "iv_prime", "key_mask_m": "key_mask_m", "key_xor_mask": "key_xor_mask",
                "blocks[1].keystream": "blocks[1].keystream", "ciphertext": "ciphertext", "roc": "iv",
            ])
        // The packet itself decides, not only the steps.
        let bare = row.filter {
            ["kind", "session_key", "session_salt", "roc", "rtp_header", "rtp_payload", "ciphertext"].contains($0.key)
        }
        try expectEveryOctetCounts(in: bare, blamed: ["session_salt": "ciphertext", "roc": "ciphertext"])
    }

    @Test("an encrypted header extension with every step (RFC 6904 A.2)")
    func headerExtension() throws {
        let row = try TestVectors.vector("rfc6904.json", "A.2")
        try expectEveryOctetCounts(
            in: row, except: ["id"],
            blamed: [
                "initial_counter": "initial_counter", "keystream": "keystream", "mask": "mask",
                "masked_keystream": "masked_keystream", "extension_encrypted": "extension_encrypted",
            ])
        // The RFC's own sentence, which its numbers belie.
        try expect(row, failsWith: ["encrypted_ids": [1, 2, 4]], blaming: "mask")
        let bare = row.filter { !["initial_counter", "keystream", "mask", "masked_keystream"].contains($0.key) }
        try expectEveryOctetCounts(in: bare, except: ["id"])
        try expect(bare, failsWith: ["encrypted_ids": [1, 2, 4]], blaming: "extension_encrypted")
    }

    @Test("HMAC-SHA256 (RFC 4231), also cut", arguments: ["1", "5", "7"])
    func hmac(id: String) throws {
        try expectEveryOctetCounts(
            in: TestVectors.vector("rfc4231.json", id), except: ["id"], blamed: ["hmac_sha256": "hmac_sha256"])
    }

    @Test("AES key wrap (RFC 3394)", arguments: ["4.1", "4.6"])
    func keyWrap(id: String) throws {
        try expectEveryOctetCounts(
            in: TestVectors.vector("rfc3394.json", id), except: ["id"], blamed: ["wrapped": "wrapped"])
    }

    @Test("rows of RFC 5669 are for its suites")
    func seed() throws {
        let row = try TestVectors.vector("rfc5669.json", "A.1")
        #expect(try report(on: row).skipReasons == ["left out on purpose": 1])
        try expect(row, failsWith: ["suite": "AES_CM_128_HMAC_SHA1_80"])
    }
}
