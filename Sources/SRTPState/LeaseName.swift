// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// The name of a master key in a store: HMAC-SHA256, under the store's own key, over a fixed label and the key's fingerprint, which
/// is itself derived from the key one-way.
enum LeaseName {
    static let byteCount = HMACSHA256.byteCount
    private static let label = Array("swift-srtp index lease".utf8)

    static func name(of fingerprint: [UInt8], nameKey: [UInt8]) throws(IndexLeaseError) -> [UInt8] {
        let message = label + fingerprint
        do throws(CryptoError) {
            let mac = try unsafe HMACSHA256.compute(message.span.bytes, key: SecretBytes(copying: nameKey.span.bytes))
            return unsafe [UInt8](copying: mac.span.bytes)
        } catch {
            throw .engineFailed
        }
    }
}
