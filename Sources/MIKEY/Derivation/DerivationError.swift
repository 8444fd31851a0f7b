// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// Why keys were not derived, or a message neither protected nor opened. Holds no key octets.
package enum DerivationError: Error, Hashable, Sendable {
    /// There is no such function.
    case unsupportedPRF(MIKEYPRF)
    /// There is no such algorithm.
    case unsupportedEncryption(MIKEYEncryptionAlgorithm)
    /// NULL encryption or a NULL MAC, and nobody has said that the channel is protected.
    case nullNotPermitted
    /// AES key wrap takes 16 octets or more, and multiples of 8; RFC 3830 has no padding for others.
    case notWrappable(byteCount: Int)
    /// The MAC is another, or the wrapped key is not one.
    case authenticationFailed
    /// Nothing is derived from a key without octets.
    case emptyKey
    /// A TEK or a salt has another length than its crypto session needs.
    case unexpectedLength(byteCount: Int, expected: Int)
    /// A TEK came without the salt that its crypto session needs.
    case saltMissing
    /// A key of this kind is not for traffic.
    case notForTraffic(MIKEYPayload.KeyData.Kind)
    /// libcrypto failed.
    case engineFailed

    init(_ error: CryptoError) { self = error == .authenticationFailed ? .authenticationFailed : .engineFailed }
}

extension DerivationError {
    /// What a responder answers with (RFC 3830 section 6.12).
    package var errorNumber: MIKEYErrorNumber {
        switch self {
        case .unsupportedPRF: .invalidPRF
        case .unsupportedEncryption: .invalidEA
        case .authenticationFailed: .authFailure
        default: .unspecified
        }
    }
}
