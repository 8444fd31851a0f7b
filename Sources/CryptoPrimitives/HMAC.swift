// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// HMAC (RFC 2104) under one key, of messages that come in pieces.
///
/// Each message costs an allocation or two in libcrypto: for MACs of packets there is ``HMACSHA1``.
@safe  // Safety: the context is owned, never shared, and freed once.
package struct HMAC: ~Copyable, @unchecked Sendable {
    /// What the MAC hashes with.
    package enum Digest: Sendable {
        case sha1
        case sha256

        /// The octets of a digest, and of a MAC made with it.
        package var byteCount: Int {
            switch self {
            case .sha1: 20
            case .sha256: 32
            }
        }
    }

    /// What this value hashes with.
    package let digest: Digest
    private let context: OpaquePointer

    /// MACs under `key`, of any length.
    package init(_ digest: Digest, key: RawSpan) throws(CryptoError) {
        let made = unsafe key.withUnsafeBytes {
            unsafe csrtp_hmac_new(digest == .sha1 ? CSRTP_SHA1 : CSRTP_SHA256, $0.baseAddress, $0.count)
        }
        guard let made = unsafe made else { throw .engineFailed }
        self.digest = digest
        unsafe context = made
    }

    deinit { unsafe csrtp_hmac_free(context) }

    /// Takes the next octets of the message.
    package mutating func update(_ octets: RawSpan) throws(CryptoError) {
        guard !octets.isEmpty else { return }
        let done = unsafe octets.withUnsafeBytes { unsafe csrtp_hmac_update(context, $0.baseAddress, $0.count) }
        guard done == 1 else { throw .engineFailed }
    }

    /// The MAC of the message, which is as long as the digest. The next message starts.
    package mutating func finish() throws(CryptoError) -> SecretBytes {
        try SecretBytes.make(count: digest.byteCount) { (mac: inout MutableRawSpan) throws(CryptoError) in
            let done = unsafe mac.withUnsafeMutableBytes { unsafe csrtp_hmac_finish(context, $0.baseAddress, $0.count) }
            guard done == 1 else { throw .engineFailed }
        }
    }
}
