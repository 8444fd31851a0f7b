// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// A block cipher with blocks of 128 bits and keys of 128, 192 or 256.
package enum BlockCipher: Sendable {
    case aes
    case aria

    var cValue: csrtp_block_cipher {
        switch self {
        case .aes: CSRTP_AES
        case .aria: CSRTP_ARIA
        }
    }
}

/// A block cipher in counter mode under one key (RFC 3711 section 4.1.1, RFC 6188 section 2, RFC 8269 section 2.1).
@safe  // Safety: the context is owned, never shared, and freed once.
package struct CounterMode: ~Copyable, @unchecked Sendable {
    /// The longest run under one IV: 2^16 blocks.
    package static let maximumByteCount = PacketJob.maximumCipherByteCount

    private let context: OpaquePointer

    /// A cipher under `key` of 16, 24 or 32 octets. Its schedule is made here, once; a second one where there are
    /// `longRuns`, which are only slower without it.
    package init(
        _ cipher: BlockCipher = .aes, key: borrowing SecretBytes, longRuns: Bool = true
    ) throws(CryptoError) {
        guard [16, 24, 32].contains(key.count) else { throw .unsupportedKeyLength(key.count) }
        let made = unsafe key.withUnsafeOctets {
            unsafe csrtp_counter_mode_new(cipher.cValue, $0.baseAddress, $0.count, longRuns ? 1 : 0)
        }
        guard let made = unsafe made else { throw .engineFailed }
        unsafe context = made
    }

    deinit { unsafe csrtp_counter_mode_free(context) }

    /// From how many octets on the keystream comes from libcrypto's CTR mode instead of its block calls.
    package func setCrossover(byteCount: Int) { unsafe csrtp_counter_mode_set_crossover(context, byteCount) }

    /// Exclusive-ors keystream into `bytes`.
    ///
    /// - Throws: ``CryptoError/engineFailed`` also for more than ``maximumByteCount`` octets.
    package func apply(iv: CounterBlock, to bytes: inout MutableRawSpan) throws(CryptoError) {
        let done = unsafe bytes.withUnsafeMutableBytes { buffer in
            guard let base = buffer.baseAddress else { return true }
            guard buffer.count <= Self.maximumByteCount else { return false }
            return unsafe csrtp_counter_mode_apply(context, iv.high, iv.low, base, base, buffer.count) == 1
        }
        guard done else { throw .engineFailed }
    }
}
