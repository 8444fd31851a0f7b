// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

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

    /// Session key octets for a label at a quotient of index and key derivation rate; the halves of a double suite joined, inner
    /// one first (RFC 8723 section 3.1). For those who check vectors.
    package borrowing func sessionKey(label: UInt8, quotient: UInt64, count: Int) throws(SRTPError) -> [UInt8] {
        do throws(CryptoError) {
            guard let label = KeyLabel(rawValue: label) else { throw CryptoError.engineFailed }
            let derivation = try derivation()
            guard derivation.isDouble else {
                return try derivation.derive(label, at: quotient, count: count).withBytes { [UInt8](copying: $0) }
            }
            let inner = try derivation.deriveInner(label, at: quotient, count: count / 2)
            let outer = try derivation.derive(label, at: quotient, count: count - count / 2)
            return inner.withBytes { [UInt8](copying: $0) } + outer.withBytes { [UInt8](copying: $0) }
        } catch {
            throw .engineFailed
        }
    }

    /// The key derivation function that this key drives.
    borrowing func derivation() throws(CryptoError) -> KeyDerivation {
        try keyAndSalt.withBytes { (bytes: RawSpan) throws(CryptoError) in
            try KeyDerivation(suite: suite, keyAndSalt: bytes)
        }
    }
}
