// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// A master key and master salt for one suite (RFC 3711 section 3.2.1).
///
/// It cannot be copied: a context takes it over, so that one master key lives in one sender. Its octets are wiped when it
/// goes away.
public struct SRTPMasterKey: ~Copyable, Sendable {
    /// The suite that the key is for.
    public let suite: SRTPSuite
    /// Key and salt, joined.
    private let keyAndSalt: SecretBytes

    /// A key and salt that were agreed on.
    ///
    /// - Throws: ``SRTPError/invalidKeyLength(keyBytes:saltBytes:expectedKeyBytes:expectedSaltBytes:)`` unless both have
    ///   the lengths that `suite` takes.
    public init(suite: SRTPSuite, key: Span<UInt8>, salt: Span<UInt8>) throws(SRTPError) {
        guard key.count == suite.masterKeyByteCount, salt.count == suite.masterSaltByteCount else {
            throw .invalidKeyLength(
                keyBytes: key.count, saltBytes: salt.count, expectedKeyBytes: suite.masterKeyByteCount,
                expectedSaltBytes: suite.masterSaltByteCount)
        }
        self.suite = suite
        keyAndSalt = SecretBytes(joining: key, salt)
    }

    /// A key with its salt behind it, as SDES and key files write them.
    ///
    /// - Throws: ``SRTPError/invalidKeyLength(keyBytes:saltBytes:expectedKeyBytes:expectedSaltBytes:)`` unless the joined
    ///   length is the one that `suite` takes.
    public init(suite: SRTPSuite, keyAndSalt joined: Span<UInt8>) throws(SRTPError) {
        let keyBytes = min(suite.masterKeyByteCount, joined.count)
        try self.init(
            suite: suite, key: joined.extracting(first: keyBytes), salt: joined.extracting(droppingFirst: keyBytes))
    }

    /// A fresh random key and salt.
    ///
    /// - Throws: ``SRTPError/engineFailed`` if libcrypto has no random octets.
    public static func random(for suite: SRTPSuite) throws(SRTPError) -> SRTPMasterKey {
        try SRTPMasterKey(suite: suite)
    }

    private init(suite: SRTPSuite) throws(SRTPError) {
        let count = suite.masterKeyByteCount + suite.masterSaltByteCount
        do throws(CryptoError) {
            let made = try SecretBytes.make(count: count) { (bytes: inout MutableRawSpan) throws(CryptoError) in
                try SecureRandom.fill(&bytes)
            }
            self.suite = suite
            self.keyAndSalt = made
        } catch {
            throw .engineFailed
        }
    }

    /// Lends the key with its salt behind it, to be written where it is to be kept.
    public borrowing func withKeyAndSalt<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try keyAndSalt.withBytes(body)
    }

    /// The key derivation function that this key drives.
    borrowing func derivation() throws(CryptoError) -> AESCMKeyDerivation {
        let split = suite.masterKeyByteCount
        return try keyAndSalt.withBytes { (bytes: RawSpan) throws(CryptoError) in
            try AESCMKeyDerivation(
                masterKey: SecretBytes(copying: bytes.extracting(first: split)),
                masterSalt: SecretBytes(copying: bytes.extracting(droppingFirst: split)))
        }
    }
}
