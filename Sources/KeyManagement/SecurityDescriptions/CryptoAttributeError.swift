// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why an `a=crypto` attribute is invalid. No case carries any text of the attribute: it may be a key.
@nonexhaustive
public enum CryptoAttributeError: Error, Hashable, Sendable {
    /// A part is not what RFC 4568 asks for; `expected` says what that is, with the section.
    case invalid(CryptoAttributePart, expected: String)
    /// Strict reading met something that lenient reading reports.
    case refused(CryptoDeviation)
    /// libcrypto has no random octets for a key.
    case engineFailed
}

/// The parts of an `a=crypto` attribute. Keys and parameters are counted from 1.
@nonexhaustive
public enum CryptoAttributePart: Hashable, Sendable {
    case attribute
    case tag
    case suite
    case key(Int)
    case lifetime(ofKey: Int)
    case mki(ofKey: Int)
    case sessionParameter(Int)
}

extension CryptoAttributePart: CustomStringConvertible {
    public var description: String {
        switch self {
        case .attribute: "attribute"
        case .tag: "tag"
        case .suite: "suite"
        case .key(let number): "key \(number)"
        case .lifetime(let number): "lifetime of key \(number)"
        case .mki(let number): "MKI of key \(number)"
        case .sessionParameter(let number): "session parameter \(number)"
        }
    }
}

extension CryptoAttributeError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalid(let part, let expected): "\(part): expected \(expected)"
        case .refused(let deviation): deviation.description
        case .engineFailed: "libcrypto has no random octets"
        }
    }
}

/// What real peers write in `a=crypto` against RFC 4568, and lenient reading takes.
@nonexhaustive
public enum CryptoDeviation: String, CaseIterable, Hashable, Sendable {
    /// Spaces before the tag or at the end of the line.
    case surplusSpaces = "surplus spaces at the start or end (RFC 4568 section 9.1)"
    /// A space behind the semicolon between two keys, as in the folded example of RFC 4568 section 7.1.5.
    case spaceBetweenKeys = "a space behind the semicolon between keys (RFC 4568 section 9.1)"
    /// The name of a suite, method or parameter in another case than the registered one.
    case otherCase = "a name in another case than the registered one (RFC 4568 section 9.2)"
    /// `AES_CM_256_HMAC_SHA1_80` and its like: the names before RFC 6188 put the key length second.
    case oldSuiteName = "the name that a suite had before RFC 6188"
    /// Base64 without the `=` at its end.
    case missingPadding = "base64 without its padding (RFC 3548 section 3)"
    /// Base64 whose last character has bits that belong to no octet.
    case surplusBits = "base64 with bits behind the last octet (RFC 3548 section 3)"
    /// Leading zeros of a tag, a lifetime, an MKI or a number.
    case leadingZeros = "leading zeros (RFC 4568 sections 4.1 and 6)"
    /// Two bars with nothing in between, in place of a lifetime.
    case emptyLifetime = "two bars without a lifetime in between (RFC 4568 section 9.2)"
}

extension CryptoDeviation: CustomStringConvertible {
    public var description: String { rawValue }
}
