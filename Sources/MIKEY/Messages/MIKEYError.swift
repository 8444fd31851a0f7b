// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why octets are not a MIKEY message, or values cannot be made into one.
///
/// No case carries octets of a message: they may be keys.
public struct MIKEYError: Error, Hashable, Sendable {
    /// What was wrong.
    @nonexhaustive
    public enum Problem: Hashable, Sendable {
        /// A field ends behind its payload, or behind the message.
        case truncated(neededOctets: Int, availableOctets: Int)
        /// More octets than are read at all.
        case tooLarge(octets: Int, limit: Int)
        /// More payloads than are read at all.
        case tooManyPayloads(limit: Int)
        /// The version octet is not 1.
        case unsupportedVersion(UInt8)
        /// No RFC that is known here has this data type.
        case unknownDataType(UInt8)
        /// A payload of which nothing is known, its length neither.
        case unknownPayload(UInt8)
        /// A number that would tell the length of what follows, or its meaning, and is in no table.
        case unknown(Registry, UInt8)
        /// A field does not hold what it must.
        case malformed(expected: String)
        /// A payload that the message must have is not there.
        case missing(MIKEYPayloadType)
        /// A payload that this kind of message, or this place, does not have.
        case unexpected(MIKEYPayloadType)
        /// A payload that must be there once is there again.
        case repeated(MIKEYPayloadType)
        /// A payload that must be the last one is not.
        case notLast(MIKEYPayloadType)
        /// Octets behind the last payload of a message that is authenticated.
        case trailingOctets(Int)
        /// Something that ``MIKEYParsingMode`` can allow and did not.
        case refused(MIKEYDeviation)
    }

    /// A table of numbers.
    @nonexhaustive
    public enum Registry: String, Hashable, Sendable {
        /// RFC 3830 table 6.1.d, RFC 4563 section 5, RFC 6043 section 6.1.1.
        case mapType = "CS ID map type"
        /// RFC 3830 table 6.6, RFC 6043 section 6.3.
        case timestampType = "TS type"
        /// RFC 3830 table 6.2.b, RFC 4650 section 4.2, RFC 6043 section 6.2.
        case macAlgorithm = "MAC algorithm"
        /// RFC 3830 table 6.2.a, RFC 4650 section 4.2, RFC 6043 section 6.2.
        case encryptionAlgorithm = "encryption algorithm"
        /// RFC 3830 table 6.8, RFC 6043 section 6.7.
        case hashFunction = "hash function"
        /// RFC 3830 table 6.4.
        case dhGroup = "DH group"
        /// RFC 6267 table 5.
        case curve = "ECC curve"
        /// RFC 3830 table 6.13.a, RFC 6043 section 6.2.1, RFC 6267 sections 6.1.3 and 6.1.5.
        case keyType = "key type"
        /// RFC 3830 table 6.13.b.
        case keyValidity = "KV type"
    }

    /// What was wrong.
    public let problem: Problem
    /// The payload in which it was; `nil` for the header and for what is wrong with the message as a whole.
    public let payload: MIKEYPayloadType?
    /// The octet of the message at which it was found, counted from 0; `nil` where there is none, as for what is missing.
    public let offset: Int?
    /// The kind of message, once it is known.
    public private(set) var dataType: MIKEYDataType?

    init(
        _ problem: Problem, in payload: MIKEYPayloadType? = nil, at offset: Int? = nil,
        dataType: MIKEYDataType? = nil
    ) {
        self.problem = problem
        self.payload = payload
        self.offset = offset
        self.dataType = dataType
    }

    func of(_ dataType: MIKEYDataType) -> MIKEYError {
        var error = self
        error.dataType = dataType
        return error
    }
}

extension MIKEYError {
    /// What a responder answers with (RFC 3830 section 6.12).
    ///
    /// Where the table has nothing that fits, that is 12, and 13 in the modes of RFC 4738 and RFC 6509.
    public var errorNumber: MIKEYErrorNumber {
        let number = tableNumber
        return number == .unspecified && dataType?.hasUnsupportedTypeError == true ? .unsupportedMessageType : number
    }

    private var tableNumber: MIKEYErrorNumber {
        switch problem {
        case .unknownDataType: .invalidDT
        case .unknown(let registry, _): registry.errorNumber
        case .refused(let deviation): deviation.errorNumber
        case .malformed where payload == .sp: .invalidSPpar
        case .malformed where payload == .tp || payload == .ticket: .invalidTPpar
        case .malformed where payload == .t || payload == .tr: .invalidTS
        default: .unspecified
        }
    }
}

extension MIKEYError.Registry {
    fileprivate var errorNumber: MIKEYErrorNumber {
        switch self {
        case .timestampType: .invalidTS
        case .macAlgorithm: .invalidMAC
        case .encryptionAlgorithm: .invalidEA
        case .hashFunction: .invalidHA
        case .dhGroup, .curve: .invalidDH
        case .mapType, .keyType, .keyValidity: .unspecified
        }
    }
}

extension MIKEYError: CustomStringConvertible {
    /// The place and what was wrong there.
    public var description: String {
        let place = [payload.map { "\($0)" }, offset.map { "octet \($0)" }].compactMap { $0 }.joined(separator: ", ")
        return place.isEmpty ? "\(problem)" : "\(place): \(problem)"
    }
}

extension MIKEYError.Problem: CustomStringConvertible {
    /// What was expected, or is too much.
    public var description: String {
        switch self {
        case .truncated(let needed, let available): "needs \(needed) octets, \(available) are left"
        case .tooLarge(let octets, let limit): "\(octets) octets, expected at most \(limit)"
        case .tooManyPayloads(let limit): "more than \(limit) payloads"
        case .unsupportedVersion(let version): "version \(version), expected 1 (RFC 3830 section 6.1)"
        case .unknownDataType(let number): "data type \(number) is not known (RFC 3830 table 6.1.a)"
        case .unknownPayload(let number): "payload \(number) is not known, nor how long it is (RFC 3830 table 6.1.b)"
        case .unknown(let registry, let number): "\(registry.rawValue) \(number) is not known"
        case .malformed(let expected): "expected \(expected)"
        case .missing(let type): "expected \(type)"
        case .unexpected(let type): "\(type) does not belong here"
        case .repeated(let type): "\(type) is there already"
        case .notLast(let type): "expected \(type) to be the last payload"
        case .trailingOctets(let count): "\(count) octets behind the last payload of an authenticated message"
        case .refused(let deviation): "\(deviation)"
        }
    }
}
