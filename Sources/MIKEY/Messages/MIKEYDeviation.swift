// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Something in a message that an RFC forbids, that peers send, and that reading can be told to live with.
@nonexhaustive
public enum MIKEYDeviation: UInt8, CaseIterable, Hashable, Sendable {
    /// SRTP parameter 3, the authentication key's length, holds 4 or 10, which are lengths of tags, and 11 is absent.
    case tagLengthAsKeyLength
    /// The first message of a crypto session bundle has no RAND.
    ///
    /// An update has none either, so that this is for an exchange to see: ``MIKEYMessage/deviations(asInitial:)``.
    case missingRAND
    /// Octets stand behind the last payload. Accepted only where the message is not authenticated.
    case trailingOctets
    /// A TEK has a length that only a master key with its salt behind it has, and is not of type TEK+SALT.
    case saltInsideTEK
    /// An SRTP policy has a parameter above 20.
    case unknownPolicyParameter
    /// The V flag is not what the kind of message must have.
    case wrongVerificationFlag
    /// There is a policy although the CS ID map is the empty one.
    case policyWithEmptyMap
    /// T is not of this time. Accepted only from a protected channel, in a message that is not authenticated; only an exchange
    /// can see it.
    case implausibleTimestamp
}

extension MIKEYDeviation {
    /// A name to be written in options and reports.
    public var name: String {
        switch self {
        case .tagLengthAsKeyLength: "tag-length-as-key-length"
        case .missingRAND: "missing-rand"
        case .trailingOctets: "trailing-octets"
        case .saltInsideTEK: "salt-inside-tek"
        case .unknownPolicyParameter: "unknown-policy-parameter"
        case .wrongVerificationFlag: "wrong-v-flag"
        case .policyWithEmptyMap: "policy-with-empty-map"
        case .implausibleTimestamp: "implausible-timestamp"
        }
    }

    /// What the RFC says instead.
    public var rule: String {
        switch self {
        case .tagLengthAsKeyLength: "parameter 3 is the length of the session authentication key (RFC 3830 6.10.1)"
        case .missingRAND: "RAND is always in the first message of the initiator (RFC 3830 section 3)"
        case .trailingOctets: "nothing stands behind the last payload (RFC 3830 section 6.1)"
        case .saltInsideTEK: "a salt has a field of its own in type TEK+SALT (RFC 3830 section 6.13)"
        case .unknownPolicyParameter: "the parameters of SRTP are 0 to 20 (RFC 3830 6.10.1, RFC 4771, RFC 7714)"
        case .wrongVerificationFlag: "V is 1 in RSA-R (RFC 4738 3.4), 0 in SAKKE (RFC 6509 2.2.1), both in RFC 6267 4.2"
        case .policyWithEmptyMap: "a message with the empty map has no SP payload (RFC 4563 section 5)"
        case .implausibleTimestamp: "T is within the allowable clock skew (RFC 3830 section 5.3)"
        }
    }

    /// What an error message says about it.
    var errorNumber: MIKEYErrorNumber {
        switch self {
        case .tagLengthAsKeyLength, .unknownPolicyParameter: .invalidSPpar
        case .implausibleTimestamp: .invalidTS
        default: .unspecified
        }
    }
}

extension MIKEYDeviation: CustomStringConvertible {
    /// The name and the rule.
    public var description: String { "\(name): \(rule)" }
}

/// A set of deviations.
public struct MIKEYDeviationSet: OptionSet, Hashable, Sendable {
    /// One bit for each deviation.
    public let rawValue: UInt32

    /// The set with these bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The set of these.
    public init(_ deviations: some Sequence<MIKEYDeviation>) {
        self.init(rawValue: deviations.reduce(0) { $0 | 1 << UInt32($1.rawValue) })
    }

    /// Whether `deviation` is in the set.
    public func contains(_ deviation: MIKEYDeviation) -> Bool { rawValue & 1 << UInt32(deviation.rawValue) != 0 }

    /// Adds `deviation`.
    public mutating func insert(_ deviation: MIKEYDeviation) {
        self = MIKEYDeviationSet(rawValue: rawValue | 1 << UInt32(deviation.rawValue))
    }

    /// The deviations in the set.
    public var deviations: [MIKEYDeviation] { MIKEYDeviation.allCases.filter(contains) }
}

/// How strictly a message is read.
public struct MIKEYParsingMode: Hashable, Sendable {
    /// What is lived with, and reported.
    public let accepted: MIKEYDeviationSet

    /// Lives with these deviations and no others.
    public init(accepting accepted: MIKEYDeviationSet) { self.accepted = accepted }

    /// As the RFCs say.
    public static let strict = MIKEYParsingMode(accepting: [])
    /// Lives with everything that a ``MIKEYDeviation`` names.
    public static let lenient = MIKEYParsingMode(accepting: MIKEYDeviationSet(MIKEYDeviation.allCases))
}
