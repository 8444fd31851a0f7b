// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// AES key wrap (RFC 3394 sections 2.2.1 to 2.2.3).
package enum AESKeyWrap {
    /// How many octets a wrapped key is longer.
    package static let overhead = Int(CSRTP_KEY_WRAP_IV_COUNT)
    /// The initial value where nothing else is agreed on (section 2.2.3.1).
    package static let defaultInitialValue: UInt64 = 0xA6A6_A6A6_A6A6_A6A6

    /// `key`, of 16 octets or more and a multiple of 8, wrapped under `kek` of 16, 24 or 32 octets.
    ///
    /// - Parameter initialValue: The eight octets of the initial value as a big-endian number.
    /// - Throws: ``CryptoError/unsupportedKeyLength(_:)`` where either has another length.
    package static func wrap(
        _ key: borrowing SecretBytes, with kek: borrowing SecretBytes, initialValue: UInt64 = defaultInitialValue
    ) throws(CryptoError) -> [UInt8] {
        try check(keyByteCount: key.count, kekByteCount: kek.count)
        var wrapped = [UInt8](repeating: 0, count: key.count + overhead)
        let iv = octets(of: initialValue)
        let done = unsafe wrapped.withUnsafeMutableBufferPointer { wrapped in
            unsafe kek.withUnsafeOctets { kek in
                unsafe key.withUnsafeOctets { key in
                    unsafe csrtp_aes_key_wrap(
                        kek.baseAddress, kek.count, iv, key.baseAddress, key.count, wrapped.baseAddress)
                }
            }
        }
        guard done == 1 else { throw .engineFailed }
        return wrapped
    }

    /// The key in `wrapped`.
    ///
    /// - Throws: ``CryptoError/unsupportedKeyLength(_:)`` for lengths that no wrapped key or `kek` has, and
    ///   ``CryptoError/authenticationFailed`` unless `wrapped` is what wrapping under `kek`
    ///   with this initial value makes.
    package static func unwrap(
        _ wrapped: RawSpan, with kek: borrowing SecretBytes, initialValue: UInt64 = defaultInitialValue
    ) throws(CryptoError) -> SecretBytes {
        try check(keyByteCount: wrapped.byteCount - overhead, kekByteCount: kek.count)
        let iv = octets(of: initialValue)
        return try SecretBytes.make(count: wrapped.byteCount - overhead) {
            (key: inout MutableRawSpan) throws(CryptoError) in
            let result = unsafe key.withUnsafeMutableBytes { key in
                unsafe kek.withUnsafeOctets { kek in
                    unsafe wrapped.withUnsafeBytes { wrapped in
                        unsafe csrtp_aes_key_unwrap(
                            kek.baseAddress, kek.count, iv, wrapped.baseAddress, wrapped.count, key.baseAddress)
                    }
                }
            }
            guard result != CSRTP_TAG_DIFFERS else { throw .authenticationFailed }
            guard result == 1 else { throw .engineFailed }
        }
    }

    private static func octets(of number: UInt64) -> [UInt8] {
        stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: number >> UInt64($0)) }
    }

    private static func check(keyByteCount: Int, kekByteCount: Int) throws(CryptoError) {
        guard [16, 24, 32].contains(kekByteCount) else { throw .unsupportedKeyLength(kekByteCount) }
        guard keyByteCount >= 16, keyByteCount.isMultiple(of: 8) else { throw .unsupportedKeyLength(keyByteCount) }
    }
}
