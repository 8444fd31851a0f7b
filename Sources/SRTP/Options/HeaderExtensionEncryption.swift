// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which elements of RFC 8285 header extensions are encrypted (RFC 6904).
public struct HeaderExtensionEncryption: Hashable, Sendable {
    /// Which octets of the keystream an element gets.
    public enum Style: Hashable, Sendable {
        /// The keystream runs along with the whole extension, over element headers and padding as well (RFC 6904 section 3).
        case rfc6904
        /// As libsrtp ships it: octets of padding between elements use no keystream, and with an authenticated cipher
        /// the header salt is 12 octets and two zeros. For peers built on libsrtp up to 2.7, where extensions are padded in
        /// the middle or AEAD suites are used.
        case libsrtp
    }

    /// The elements' identifiers, 1 to 14 in the one-octet form and 1 to 255 in the two-octet one.
    public var identifiers: Set<UInt8>
    /// Which octets of the keystream an element gets.
    public var style: Style

    /// The elements with these identifiers.
    public init(_ identifiers: Set<UInt8>, style: Style = .rfc6904) {
        self.identifiers = identifiers
        self.style = style
    }
}
