// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// The keys that a security protocol needs for one crypto session; in SRTP the master key and the master salt.
package struct TrafficKeys: Sendable {
    /// How long they must be, in octets.
    package struct Lengths: Hashable, Sendable {
        package var key: Int
        package var salt: Int

        package init(key: Int, salt: Int) {
            self.key = key
            self.salt = salt
        }
    }

    /// The key.
    package let key: MIKEYKeyMaterial
    /// The salt, possibly without octets.
    package let salt: MIKEYKeyMaterial
    /// Whether the salt stood behind the key in a TEK instead of in the place that the payload has for it.
    package let isSaltJoined: Bool
}

extension TrafficKeys {
    /// The keys of the crypto session `csID` that follow from `keyData` (RFC 3830 sections 4.1.3 and 6.13).
    ///
    /// From a TGK the key is derived, and the salt unless the payload carries one. A TEK is the key itself, never derived
    /// from, and its salt must be carried.
    ///
    /// - Parameter acceptsJoinedSalt: Whether a TEK without a salt that is exactly as long as key and salt together is taken for
    ///   both, as most peers over RTSP write it.
    package init(
        csID: UInt8, from keyData: MIKEYPayload.KeyData, prf: MIKEYPRF, context: TrafficKeyContext, lengths: Lengths,
        acceptsJoinedSalt: Bool = false
    ) throws(DerivationError) {
        let derive = { (which: TrafficKey, byteCount: Int) throws(DerivationError) in
            let derived = try prf.derive(
                from: keyData.key, label: context.label(which, csID: csID), byteCount: byteCount)
            return derived.withBytes { MIKEYKeyMaterial($0) }
        }
        switch keyData.kind {
        case .tgk, .gtgk:
            key = try derive(.tek, lengths.key)
            salt = if let carried = keyData.salt { carried } else { try derive(.salt, lengths.salt) }
            isSaltJoined = false
        case .tek:
            if let carried = keyData.salt {
                (key, salt, isSaltJoined) = (keyData.key, carried, false)
            } else if acceptsJoinedSalt, keyData.key.count == lengths.key + lengths.salt {
                key = keyData.key.withBytes { MIKEYKeyMaterial($0.extracting(first: lengths.key)) }
                salt = keyData.key.withBytes { MIKEYKeyMaterial($0.extracting(last: lengths.salt)) }
                isSaltJoined = true
            } else {
                guard lengths.salt == 0 else { throw .saltMissing }
                (key, salt, isSaltJoined) = (keyData.key, MIKEYKeyMaterial(RawSpan()), false)
            }
        default: throw .notForTraffic(keyData.kind)
        }
        try Self.check(key, is: lengths.key)
        try Self.check(salt, is: lengths.salt)
    }

    private static func check(_ material: MIKEYKeyMaterial, is expected: Int) throws(DerivationError) {
        guard material.count == expected else {
            throw .unexpectedLength(byteCount: material.count, expected: expected)
        }
    }
}
