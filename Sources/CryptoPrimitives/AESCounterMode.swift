// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// AES in counter mode under one key (RFC 3711 section 4.1.1), with 128, 192 or 256 key bits.
@safe  // Safety: the context is owned, never shared, and freed once.
package struct AESCounterMode: ~Copyable, @unchecked Sendable {
    /// The longest run under one IV: 2^16 blocks.
    package static let maximumByteCount = PacketJob.maximumCipherByteCount

    private let context: OpaquePointer

    /// A cipher under `key` of 16, 24 or 32 octets. Its schedule is made here, once.
    package init(key: borrowing SecretBytes) throws(CryptoError) {
        guard [16, 24, 32].contains(key.count) else { throw .unsupportedKeyLength(key.count) }
        let made = unsafe key.withBytes { key in
            unsafe key.withUnsafeBytes { unsafe csrtp_aes_ctr_new($0.baseAddress, $0.count) }
        }
        guard let made = unsafe made else { throw .engineFailed }
        unsafe context = made
    }

    deinit { unsafe csrtp_aes_ctr_free(context) }

    /// From how many octets on the keystream comes from libcrypto's CTR mode instead of its block calls.
    package func setCrossover(byteCount: Int) { unsafe csrtp_aes_ctr_set_crossover(context, byteCount) }

    /// Exclusive-ors keystream into `count` octets: from `input` to `output`, the same place or not overlapping.
    ///
    /// `count` is at most ``maximumByteCount``; the octets at both places are the caller's to guarantee.
    @unsafe
    package func apply(
        iv: CounterBlock, from input: UnsafeRawPointer, to output: UnsafeMutableRawPointer, count: Int
    ) -> Bool {
        unsafe csrtp_aes_ctr_apply(context, iv.high, iv.low, input, output, count) == 1
    }

    /// Exclusive-ors keystream into `bytes`.
    package func apply(iv: CounterBlock, to bytes: inout MutableRawSpan) throws(CryptoError) {
        let done = unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return true }
            return unsafe apply(iv: iv, from: UnsafeRawPointer(base), to: base, count: buffer.count)
        }
        guard done else { throw .engineFailed }
    }
}
