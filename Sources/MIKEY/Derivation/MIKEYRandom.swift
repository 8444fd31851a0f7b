// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// Where keys, RANDs and CSB IDs come from (RFC 3830 section 4.2.2).
///
/// There is one source, libcrypto's generator for secrets. Tests that must repeat a message put another one in its place, which
/// nothing outside of this package can do.
package struct MIKEYRandom: Sendable {
    private let fill: @Sendable (inout MutableRawSpan) throws(DerivationError) -> Void

    /// A source that writes what `fill` writes.
    package init(_ fill: @escaping @Sendable (inout MutableRawSpan) throws(DerivationError) -> Void) {
        self.fill = fill
    }

    /// libcrypto's generator.
    package static let system = MIKEYRandom { (bytes: inout MutableRawSpan) throws(DerivationError) in
        do throws(CryptoError) { try SecureRandom.fill(&bytes) } catch { throw DerivationError(error) }
    }

    /// A TGK, a TEK or a salt of `byteCount` octets.
    package func keyMaterial(_ byteCount: Int) throws(DerivationError) -> MIKEYKeyMaterial {
        try SecretBytes.make(count: byteCount, filling: fill).withBytes { MIKEYKeyMaterial($0) }
    }

    /// A RAND of `byteCount` octets, or another value that is no secret.
    package func octets(_ byteCount: Int) throws(DerivationError) -> [UInt8] {
        var octets = [UInt8](repeating: 0, count: byteCount)
        var span = octets.mutableSpan
        var bytes = unsafe span.mutableBytes
        try fill(&bytes)
        return octets
    }

    /// A CSB ID, or another number that is to be unguessable.
    package func number() throws(DerivationError) -> UInt32 {
        try octets(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
