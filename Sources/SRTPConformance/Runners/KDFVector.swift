// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// `kdf` of published files: one key, with the steps that lead to it (RFC 3711 B.3, RFC 6188 section 7, RFC 6904 A.1, RFC
/// 8269 A.3).
enum KDFVector {
    /// The functions of published files: a cipher with a key of so many octets.
    private static let functions: [String: (cipher: BlockCipher, keyByteCount: Int)] = [
        "AES-CM": (.aes, 16), "AES_192_CM_PRF": (.aes, 24), "AES_256_CM_PRF": (.aes, 32),
        "ARIA_128_CTR_PRF": (.aria, 16), "ARIA_256_CTR_PRF": (.aria, 32),
    ]

    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let name = try fields.text("prf", oneOf: functions.keys.sorted())
        let function = functions[name] ?? (.aes, 16)
        let key = try fields.octets("master_key", count: function.keyByteCount...function.keyByteCount, why: name)
        let salt = try fields.octets("master_salt", count: 14...14)
        let label = UInt8(try fields.integer("label", in: 0...255))
        let index = try fields.counter("index_div_kdr", byteCount: 6)
        let output = try fields.octets("output", count: 1...CounterMode.maximumByteCount)
        if fields.has("output_length") {
            _ = try fields.integer("output_length", in: Int64(output.count)...Int64(output.count))
        }
        // x = (label || r) XOR master_salt, right-aligned in 112 bits, and the first counter block is x * 2^16.
        let keyID = UInt64(label) << 48 | index
        let x = salt.indices.map { position in
            position < 7
                ? salt[position] : salt[position] ^ UInt8(truncatingIfNeeded: keyID >> UInt64(8 * (13 - position)))
        }
        if fields.has("x") { try RowFault.compareSecret("x", expected: fields.octets("x"), got: x) }
        if fields.has("first_input_block") {
            try RowFault.compareSecret(
                "first_input_block", expected: fields.octets("first_input_block"), got: x + [0, 0])
        }
        for field in ["output", "full_block_output", "output_gcm_profile"] where fields.has(field) {
            let expected = try fields.octets(field, count: 1...CounterMode.maximumByteCount)
            let derived = try MasterKey.derive(
                key, salt, function.cipher, label: label, indexDivKDR: index, count: expected.count, field: field)
            try RowFault.compareSecret(field, expected: expected, got: derived)
        }
        return nil
    }
}
