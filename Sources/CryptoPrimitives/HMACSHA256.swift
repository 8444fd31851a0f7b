// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// HMAC-SHA256 (RFC 2104, RFC 4231), one message at a time.
package enum HMACSHA256 {
    /// The octets of a whole MAC.
    package static let byteCount = 32

    /// A MAC's octets.
    package typealias MAC = InlineArray<32, UInt8>

    /// The MAC of `message` under `key`, of any length.
    package static func compute(_ message: RawSpan, key: borrowing SecretBytes) throws(CryptoError) -> MAC {
        var mac = MAC(repeating: 0)
        var octets = mac.mutableSpan
        let done = unsafe octets.withUnsafeMutableBytes { unsafe write(message, key, to: $0) }
        guard done else { throw .engineFailed }
        return mac
    }

    /// The MAC of `message` under `key`, where it is itself a key.
    package static func derive(_ message: RawSpan, key: borrowing SecretBytes) throws(CryptoError) -> SecretBytes {
        try SecretBytes.make(count: byteCount) { (output: inout MutableRawSpan) throws(CryptoError) in
            let done = unsafe output.withUnsafeMutableBytes { unsafe write(message, key, to: $0) }
            guard done else { throw .engineFailed }
        }
    }

    /// Writes 32 octets to `output`.
    @unsafe
    private static func write(
        _ message: RawSpan, _ key: borrowing SecretBytes, to output: UnsafeMutableRawBufferPointer
    ) -> Bool {
        unsafe message.withUnsafeBytes { message in
            unsafe key.withUnsafeOctets { key in
                unsafe csrtp_hmac_sha256(
                    key.baseAddress, key.count, message.baseAddress, message.count, output.baseAddress) == 1
            }
        }
    }
}
