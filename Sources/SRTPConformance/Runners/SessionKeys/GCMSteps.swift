// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// The steps of AES-GCM that a published row prints (RFC 7714 sections 16 and 17): each is found again with what the engine offers.
struct GCMSteps {
    let key: [UInt8]
    /// 12 octets.
    let vector: [UInt8]
    let associated: [UInt8]
    let plain: [UInt8]
    let cipher: [UInt8]
    /// 16 octets.
    let tag: [UInt8]

    /// Throws where a field of the row is another.
    func check(_ fields: RowFields) throws(RowFault) {
        let known = [
            ("aad", associated), ("plaintext", plain), ("ciphertext", cipher), ("tag", tag),
        ]
        for (field, octets) in known where fields.has(field) {
            try RowFault.compare(field, expected: fields.octets(field), got: octets)
        }
        if fields.has("iv") { try RowFault.compareSecret("iv", expected: fields.octets("iv"), got: vector) }
        // Block 1 hides the tag; the text is under those from 2 on.
        let blockCount = (plain.count + 15) / 16
        let keystream = try Keystream.make(
            key: key, from: CounterBlock(counterBlock(1)), count: 16 * (blockCount + 1))
        let mask = Array(keystream.prefix(16))
        let hashKey = try Keystream.make(key: key, from: CounterBlock(high: 0, low: 0), count: 16)
        for (field, octets) in [("gcm_hash_key_h", hashKey), ("gcm_k0", mask)] where fields.has(field) {
            try RowFault.compareSecret(field, expected: fields.octets(field), got: octets)
        }
        if fields.has("gcm_ghash") {
            try RowFault.compare("gcm_ghash", expected: fields.octets("gcm_ghash"), got: tag ^ mask)
        }
        if fields.has("ctr_blocks") {
            try checkBlocks(fields.objects("ctr_blocks"), count: blockCount, Array(keystream.dropFirst(16)))
        }
        if fields.has("ghash_steps") { try checkHash(fields.objects("ghash_steps"), result: tag ^ mask) }
    }

    /// The counter block with a number (NIST SP 800-38D section 7.1).
    private func counterBlock(_ number: Int) -> [UInt8] { vector + UInt32(number).octets }

    private func checkBlocks(_ blocks: [RowFields], count: Int, _ keystream: [UInt8]) throws(RowFault) {
        guard blocks.count == count else {
            throw RowFault("ctr_blocks", expected: "\(count) of them", got: "\(blocks.count)")
        }
        for (number, block) in blocks.enumerated() {
            try block.check(required: ["n", "counter_block", "key_block", "plain", "cipher"], optional: [])
            _ = try block.integer("n", in: Int64(number)...Int64(number))
            let range = 16 * number..<min(16 * number + 16, plain.count)
            try RowFault.compareSecret(
                "ctr_blocks[\(number)].counter_block", expected: block.octets("counter_block"),
                got: counterBlock(number + 2))
            let parts = [
                ("key_block", keystream[16 * number..<16 * number + 16]), ("plain", plain[range]),
                ("cipher", cipher[range]),
            ]
            for (field, octets) in parts {
                try RowFault.compare(
                    "ctr_blocks[\(number)].\(field)", expected: block.octets(field), got: Array(octets))
            }
        }
    }

    // MARK: The hash

    /// What GHASH takes in (NIST SP 800-38D section 7.1).
    private var hashInput: [(kind: String, octets: [UInt8])] {
        return Self.blocks(of: associated).map { ("aad", $0) } + Self.blocks(of: cipher).map { ("cipher", $0) }
            + [("length", (8 * associated.count).octets + (8 * cipher.count).octets)]
    }

    private static func blocks(of octets: [UInt8]) -> [[UInt8]] {
        stride(from: 0, to: octets.count, by: 16).map { start in
            let block = Array(octets[start..<min(start + 16, octets.count)])
            return block + [UInt8](repeating: 0, count: 16 - block.count)
        }
    }

    private func checkHash(_ steps: [RowFields], result: [UInt8]) throws(RowFault) {
        let input = hashInput
        guard steps.count == input.count else {
            throw RowFault("ghash_steps", expected: "\(input.count) of them", got: "\(steps.count)")
        }
        var cipher = try Self.engine(key, [UInt8](repeating: 0, count: 12))
        var state = [UInt8](repeating: 0, count: 16)
        for (position, step) in steps.enumerated() {
            let name = "ghash_steps[\(position)]"
            try step.check(required: ["kind", "input", "state"], optional: [])
            _ = try step.text("kind", oneOf: [input[position].kind])
            try RowFault.compare("\(name).input", expected: step.octets("input"), got: input[position].octets)
            // The next state is (state XOR input) * H. The engine has no such product, but those with powers of H.
            let next = try step.octets("state", count: 16...16)
            guard
                try Self.product(next, power: 2, &cipher)
                    == Self.product(state ^ input[position].octets, power: 3, &cipher)
            else {
                throw RowFault("\(name).state", expected: "the state before XOR input, times H", got: "another one")
            }
            state = next
        }
        try RowFault.compare("ghash_steps[\(steps.count - 1)].state", expected: state, got: result)
    }

    /// `block` times a power of the hash key, 2 or more: the tag over it and zeros differs by that from the tag over zeros.
    private static func product(
        _ block: [UInt8], power: Int, _ cipher: inout PacketCipher
    ) throws(RowFault) -> [UInt8] {
        let zeros = [UInt8](repeating: 0, count: 16 * (power - 1))
        return try tag(over: block + zeros.dropLast(16), &cipher) ^ tag(over: zeros, &cipher)
    }

    private static func tag(over associated: [UInt8], _ cipher: inout PacketCipher) throws(RowFault) -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: PacketCipher.aeadTagByteCount)
        var span = tag.mutableSpan
        var bytes = unsafe span.mutableBytes
        let done = unsafe cipher.sealAEAD(
            counter: CounterBlock(high: 0, low: 0), associatedData: associated.span.bytes, in: &bytes)
        guard done else { throw RowFault("ghash_steps", expected: "a tag", got: "a failure of the engine") }
        return tag
    }

    /// AES-GCM of the engine.
    static func engine(_ key: [UInt8], _ salt: [UInt8]) throws(RowFault) -> PacketCipher {
        do throws(CryptoError) {
            return try unsafe PacketCipher(
                kind: .aesGCM, encryptionKey: SecretBytes(copying: key.span.bytes),
                salt: SecretBytes(copying: salt.span.bytes), authenticationKey: nil)
        } catch {
            throw RowFault("session_key", expected: "a cipher", got: "\(error)")
        }
    }
}
