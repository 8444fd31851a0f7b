// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// HMAC-SHA1 under one key (RFC 2104), computed from the saved states of the padded key.
@safe  // Safety: the context is owned, never shared, and freed once.
package struct HMACSHA1: ~Copyable, @unchecked Sendable {
    /// The octets of a whole MAC.
    package static let byteCount = 20

    /// How a MAC is computed. The octets are the same.
    package enum Route: Sendable {
        /// From saved states, without an allocation; through EVP where libcrypto does not offer the calls.
        case savedStates
        /// Through EVP, which allocates for every MAC.
        case evp
    }

    /// A MAC's octets, as many as fit a register pair and a half.
    package typealias MAC = InlineArray<20, UInt8>

    private let context: OpaquePointer

    /// A MAC under `key`, of any length.
    package init(key: borrowing SecretBytes, route: Route = .savedStates) throws(CryptoError) {
        let throughEVP: Int32 = route == .evp ? 1 : 0
        let made = unsafe key.withBytes { key in
            unsafe key.withUnsafeBytes { unsafe csrtp_hmac_sha1_new($0.baseAddress, $0.count, throughEVP) }
        }
        guard let made = unsafe made else { throw .engineFailed }
        unsafe context = made
    }

    deinit { unsafe csrtp_hmac_sha1_free(context) }

    /// The way that this value takes.
    package var route: Route { unsafe csrtp_hmac_sha1_is_through_evp(context) == 1 ? .evp : .savedStates }

    /// The MAC of `message`, followed by `trailer` as four big-endian octets where there is one.
    package func compute(_ message: UnsafeRawBufferPointer, trailer: UInt32?) -> MAC? {
        var mac = MAC(repeating: 0)
        var word = (trailer ?? 0).bigEndian
        let trailerCount = trailer == nil ? 0 : 4
        var target = mac.mutableSpan
        let done = unsafe target.withUnsafeMutableBufferPointer { mac in
            unsafe csrtp_hmac_sha1_compute(
                context, message.baseAddress, message.count, &word, trailerCount, mac.baseAddress)
        }
        return done == 1 ? mac : nil
    }

    /// The MAC of `message`.
    package func compute(_ message: RawSpan) throws(CryptoError) -> MAC {
        guard let mac = unsafe message.withUnsafeBytes({ unsafe compute($0, trailer: nil) }) else {
            throw .engineFailed
        }
        return mac
    }
}
