// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import MIKEY
internal import WireBytes

/// `mikey-kdf`: keys from the pseudo-random functions of MIKEY (RFC 3830 section 4.1.2, RFC 6043 section 6.1).
enum MIKEYKeyDerivationRow {
    /// The functions by the names that rows use.
    static let functions: [String: MIKEYPRF] = ["MIKEY-1": .mikey1, "HMAC-SHA-256": .hmacSHA256]

    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let function = functions[try fields.text("prf", oneOf: functions.keys.sorted())] ?? .mikey1
        let inkey = try fields.octets("inkey", count: 1...0xFFFF)
        let label = try fields.octets("label")
        let bits = Int(try fields.integer("bits", in: 1...1 << 24))
        let byteCount = (bits + 7) / 8
        let expected = try fields.octets("outkey", count: byteCount...byteCount, why: "bits")
        var derived: [UInt8]
        do throws(DerivationError) {
            derived = try function.derive(
                from: MIKEYKeyMaterial(copying: inkey.span), label: label, byteCount: byteCount
            )
            .withBytes { Array(copying: $0) }
        } catch {
            throw fields.fault("outkey", expected: "derived octets", got: "\(error)")
        }
        // The most significant bits of the last octet, where it is not whole.
        derived[byteCount - 1] &= 0xFF << UInt8(8 * byteCount - bits)
        try RowFault.compareSecret("outkey", expected: expected, got: derived)
        return nil
    }
}
