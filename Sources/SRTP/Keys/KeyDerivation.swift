// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// A master key and salt, ready to derive session keys from.
///
/// The double suites have two of everything, the inner and the outer half, each with its half of the salt (RFC 8723
/// section 3.1); the others have the outer one only.
struct KeyDerivation: ~Copyable, Sendable {
    private let outer: CounterModeKeyDerivation
    private let inner: CounterModeKeyDerivation?

    /// Takes key and salt of `suite`, joined.
    init(suite: SRTPSuite, keyAndSalt: RawSpan) throws(CryptoError) {
        let keyCount = suite.masterKeyByteCount
        let key = keyAndSalt.extracting(first: keyCount)
        let salt = keyAndSalt.extracting(droppingFirst: keyCount)
        let cipher: BlockCipher = suite.cipher.isARIA ? .aria : .aes
        if suite.cipher == .doubleAESGCM {
            let half = (key: keyCount / 2, salt: suite.masterSaltByteCount / 2)
            let inner = try Self.make(cipher, key.extracting(first: half.key), salt.extracting(first: half.salt))
            let outer = try Self.make(
                cipher, key.extracting(droppingFirst: half.key), salt.extracting(droppingFirst: half.salt))
            self.inner = consume inner
            self.outer = outer
        } else {
            outer = try Self.make(cipher, key, salt)
            inner = nil
        }
    }

    private static func make(
        _ cipher: BlockCipher, _ key: RawSpan, _ salt: RawSpan
    ) throws(CryptoError) -> CounterModeKeyDerivation {
        try CounterModeKeyDerivation(
            cipher: cipher, masterKey: SecretBytes(copying: key), masterSalt: SecretBytes(copying: salt))
    }

    /// Whether there is an inner half.
    var isDouble: Bool { inner != nil }

    /// `count` octets of the outer half.
    func derive(_ label: KeyLabel, at quotient: UInt64, count: Int) throws(CryptoError) -> SecretBytes {
        try outer.derive(label: label.rawValue, indexDivKDR: quotient, count: count)
    }

    /// `count` octets of the inner half.
    ///
    /// - Precondition: there is one.
    func deriveInner(_ label: KeyLabel, at quotient: UInt64, count: Int) throws(CryptoError) -> SecretBytes {
        guard let derived = try inner?.derive(label: label.rawValue, indexDivKDR: quotient, count: count) else {
            preconditionFailure("only double suites have an inner key")
        }
        return derived
    }

    /// Octets that tell this key from others and nothing about it.
    func fingerprint() throws(CryptoError) -> [UInt8] {
        try derive(.fingerprint, at: 0, count: 16).withBytes { [UInt8](copying: $0) }
    }
}
