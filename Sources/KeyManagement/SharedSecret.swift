// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// Octets that are wiped when the last owner goes away.
final class SharedSecret: Sendable {
    let octets: SecretBytes

    init(_ octets: consuming SecretBytes) { self.octets = octets }
}

extension SharedSecret: Equatable {
    /// Whether the octets are the same, in a time that depends on their number alone.
    static func == (left: SharedSecret, right: SharedSecret) -> Bool {
        left.octets.withBytes { left in right.octets.withBytes { ConstantTime.areEqual(left, $0) } }
    }
}
