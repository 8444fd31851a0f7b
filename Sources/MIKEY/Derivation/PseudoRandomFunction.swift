// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import CryptoPrimitives

extension MIKEYPRF {
    /// The key is split into blocks of 256 bits (RFC 3830 section 4.1.2).
    private static let blockByteCount = 32

    /// What the function hashes with; `nil` for one that is not known.
    private var digest: HMAC.Digest? {
        switch self {
        case .mikey1: .sha1
        case .hmacSHA256: .sha256
        default: nil
        }
    }

    /// `byteCount` octets from `inkey` and `label` (RFC 3830 section 4.1.2, RFC 6043 section 6.1).
    ///
    /// - Throws: ``DerivationError/unsupportedPRF(_:)``, and ``DerivationError/emptyKey`` where `inkey` has no octets.
    package func derive(
        from inkey: MIKEYKeyMaterial, label: [UInt8], byteCount: Int
    ) throws(DerivationError) -> SecretBytes {
        guard let digest else { throw .unsupportedPRF(self) }
        guard inkey.count > 0 else { throw .emptyKey }
        do throws(CryptoError) {
            return try SecretBytes.make(count: byteCount) { (outkey: inout MutableRawSpan) throws(CryptoError) in
                try inkey.withBytes { (inkey: RawSpan) throws(CryptoError) in
                    for start in stride(from: 0, to: inkey.byteCount, by: Self.blockByteCount) {
                        let end = min(start + Self.blockByteCount, inkey.byteCount)
                        try Self.addBlock(digest, key: inkey.extracting(start..<end), label: label, to: &outkey)
                    }
                }
            }
        } catch {
            throw DerivationError(error)
        }
    }

    /// Exclusive-ors P(s, label, m) into `outkey`, whose length says m:
    ///
    ///     P (s, label, m) = HMAC (s, A_1 || label) || HMAC (s, A_2 || label) || ... || HMAC (s, A_m || label)
    ///     A_0 = label, A_i = HMAC (s, A_(i-1))
    private static func addBlock(
        _ digest: HMAC.Digest, key: RawSpan, label: [UInt8], to outkey: inout MutableRawSpan
    ) throws(CryptoError) {
        var hmac = try HMAC(digest, key: key)
        let label = unsafe label.span.bytes
        var chain = SecretBytes(copying: label)
        for start in stride(from: 0, to: outkey.byteCount, by: digest.byteCount) {
            try chain.withBytes { (chain: RawSpan) throws(CryptoError) in try hmac.update(chain) }
            chain = try hmac.finish()
            try chain.withBytes { (chain: RawSpan) throws(CryptoError) in try hmac.update(chain) }
            try hmac.update(label)
            try hmac.finish().exclusiveOr(into: &outkey, at: start)
        }
    }
}
