// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why the engine did not do what it was asked. Never holds key octets.
package enum CryptoError: Error, Hashable, Sendable {
    /// The cipher does not take keys of this many octets.
    case unsupportedKeyLength(Int)
    /// The cipher does not take salts of this many octets.
    case unsupportedSaltLength(Int)
    /// What was sealed or wrapped is not as it was, or under another key.
    case authenticationFailed
    /// libcrypto refused a call that should not fail: no memory, or an algorithm that its configuration forbids.
    case engineFailed
}
