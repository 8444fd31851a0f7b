// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// `kdf`: session keys derived from a master key (RFC 3711 section 4.3).
enum KDFRow {
    /// A key that a row may name.
    struct Output {
        let field: String
        /// RFC 3711 section 4.3.2, RFC 6904 section 3.1.
        let label: UInt8
        /// The row's index that it depends on.
        let index: String

        init(_ field: String, _ label: UInt8, _ index: String) {
            self.field = field
            self.label = label
            self.index = index
        }
    }

    /// The keys in the order of their labels.
    static let outputs = [
        Output("srtp_key", 0, "srtp_index"), Output("srtp_auth", 1, "srtp_index"),
        Output("srtp_salt", 2, "srtp_index"), Output("srtcp_key", 3, "srtcp_index"),
        Output("srtcp_auth", 4, "srtcp_index"), Output("srtcp_salt", 5, "srtcp_index"),
        Output("header_key", 6, "srtp_index"), Output("header_salt", 7, "srtp_index"),
    ]

    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let function = try Function(fields)
        let rate = try RowOptions.keyDerivationRate(fields)
        let indices = [
            "srtp_index": UInt64(try fields.integer("srtp_index", in: 0...(1 << 48) - 1)),
            "srtcp_index": UInt64(try fields.integer("srtcp_index", in: 0...(1 << 31) - 1)),
        ]
        var wanted: [(output: Output, octets: [UInt8])] = []
        for output in outputs where fields.has(output.field) {
            wanted.append(
                (output, try fields.octets(output.field, count: 1...CounterMode.maximumByteCount, why: "a key")))
        }
        guard !wanted.isEmpty else {
            throw RowFault("srtp_key", expected: "at least one derived key", got: "none in the row")
        }
        if let reason = function.skipReason { return reason }
        for (output, expected) in wanted {
            let index = indices[output.index] ?? 0
            let derived = try function.derive(
                label: output.label, indexDivKDR: rate == 0 ? 0 : index / rate, count: expected.count,
                field: output.field)
            try RowFault.compareSecret(output.field, expected: expected, got: derived)
        }
        return nil
    }

    /// The pseudo-random function, named by a cipher or by a suite.
    private struct Function {
        private let masterKey: [UInt8]
        private let masterSalt: [UInt8]
        private let cipher: BlockCipher
        private let setup: PacketSetup?

        init(_ fields: RowFields) throws(RowFault) {
            guard fields.has("cipher") != fields.has("suite") else {
                throw RowFault(
                    "cipher", expected: "either cipher or suite", got: fields.has("cipher") ? "both" : "neither")
            }
            setup = fields.has("suite") ? try PacketSetup(fields) : nil
            // f8 has the key derivation of counter mode (RFC 3711 section 4.3.3).
            let name = setup == nil ? try fields.text("cipher", oneOf: ["AES_CM", "AES_F8", "ARIA_CTR"]) : ""
            cipher = name == "ARIA_CTR" ? .aria : .aes
            masterKey = if let setup { setup.masterKey } else { try MasterKey.key(fields) }
            masterSalt = if let setup { setup.masterSalt } else { try MasterKey.salt(fields) }
        }

        var skipReason: SkipReason? { setup?.skipReason }

        func derive(label: UInt8, indexDivKDR: UInt64, count: Int, field: String) throws(RowFault) -> [UInt8] {
            if let setup {
                return try setup.sessionKey(label: label, quotient: indexDivKDR, count: count, field: field)
            }
            return try MasterKey.derive(
                masterKey, masterSalt, cipher, label: label, indexDivKDR: indexDivKDR, count: count, field: field)
        }
    }
}

/// Master keys outside of a suite.
enum MasterKey {
    /// A key of one of the lengths that AES takes.
    static func key(_ fields: RowFields) throws(RowFault) -> [UInt8] {
        let key = try fields.octets("master_key")
        guard [16, 24, 32].contains(key.count) else {
            throw fields.fault("master_key", expected: "16, 24 or 32 octets", got: "\(key.count)")
        }
        return key
    }

    /// A salt of 14 octets, or of 12 as the GCM suites have it.
    static func salt(_ fields: RowFields) throws(RowFault) -> [UInt8] {
        let salt = try fields.octets("master_salt")
        guard [12, 14].contains(salt.count) else {
            throw fields.fault("master_salt", expected: "14 octets, or 12", got: "\(salt.count)")
        }
        return salt
    }

    /// Octets from a key derivation in counter mode.
    static func derive(
        _ key: [UInt8], _ salt: [UInt8], _ cipher: BlockCipher = .aes, label: UInt8, indexDivKDR: UInt64, count: Int,
        field: String
    ) throws(RowFault) -> [UInt8] {
        do throws(CryptoError) {
            let derivation = try unsafe CounterModeKeyDerivation(
                cipher: cipher, masterKey: SecretBytes(copying: key.span.bytes),
                masterSalt: SecretBytes(copying: salt.span.bytes))
            return try derivation.derive(label: label, indexDivKDR: indexDivKDR, count: count)
                .withBytes { Array(copying: $0) }
        } catch {
            throw RowFault(field, expected: "derived octets", got: "\(error)")
        }
    }
}
