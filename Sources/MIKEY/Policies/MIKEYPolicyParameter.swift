// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// One type, length and value of a security policy (RFC 3830 section 6.10).
public struct MIKEYPolicyParameter: Hashable, Sendable {
    /// A parameter of SRTP (RFC 3830 table 6.10.1.a, RFC 4771 section 4, RFC 7714 section 14.3).
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: UInt8

        /// The parameter with this number.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Encryption algorithm.
        public static let encryptionAlgorithm = Kind(rawValue: 0)
        /// Session encryption key length, and the master key's, in octets.
        public static let encryptionKeyLength = Kind(rawValue: 1)
        /// Authentication algorithm.
        public static let authenticationAlgorithm = Kind(rawValue: 2)
        /// Session authentication key length in octets.
        public static let authenticationKeyLength = Kind(rawValue: 3)
        /// Session salt key length in octets.
        public static let saltLength = Kind(rawValue: 4)
        /// SRTP pseudo-random function.
        public static let pseudoRandomFunction = Kind(rawValue: 5)
        /// Key derivation rate in packets.
        public static let keyDerivationRate = Kind(rawValue: 6)
        /// SRTP encryption: 0 off, 1 on.
        public static let srtpEncryption = Kind(rawValue: 7)
        /// SRTCP encryption: 0 off, 1 on.
        public static let srtcpEncryption = Kind(rawValue: 8)
        /// Sender's FEC order.
        public static let fecOrder = Kind(rawValue: 9)
        /// SRTP authentication: 0 off, 1 on.
        public static let srtpAuthentication = Kind(rawValue: 10)
        /// Authentication tag length in octets.
        public static let tagLength = Kind(rawValue: 11)
        /// SRTP prefix length in octets.
        public static let prefixLength = Kind(rawValue: 12)
        /// ROC transmission rate in packets, 16 bits (RFC 4771).
        public static let rocTransmissionRate = Kind(rawValue: 13)
        /// SRTP authentication algorithm (RFC 4771).
        public static let srtpAuthenticationAlgorithm = Kind(rawValue: 14)
        /// SRTCP authentication algorithm (RFC 4771).
        public static let srtcpAuthenticationAlgorithm = Kind(rawValue: 15)
        /// SRTP session authentication key length in octets (RFC 4771).
        public static let srtpAuthenticationKeyLength = Kind(rawValue: 16)
        /// SRTCP session authentication key length in octets (RFC 4771).
        public static let srtcpAuthenticationKeyLength = Kind(rawValue: 17)
        /// SRTP authentication tag length in octets, that of the ROC included (RFC 4771).
        public static let srtpTagLength = Kind(rawValue: 18)
        /// SRTCP authentication tag length in octets (RFC 4771).
        public static let srtcpTagLength = Kind(rawValue: 19)
        /// AEAD authentication tag length in octets (RFC 7714).
        public static let aeadTagLength = Kind(rawValue: 20)
    }

    /// What the parameter is.
    public let kind: Kind
    /// The value as a big-endian number; `nil` for a value of more than eight octets, which no known parameter has.
    public var number: UInt64? { long.isEmpty ? short : nil }
    /// The length of the value in octets.
    public let byteCount: Int
    /// A value of up to eight octets, which needs no allocation.
    private let short: UInt64
    /// A longer one.
    private let long: [UInt8]

    /// A parameter of SRTP, as short as it can be: 2 octets for 13, one or more for 6, and one for all others.
    ///
    /// - Throws: ``MIKEYError`` where the value does not fit.
    public init(_ kind: Kind, _ number: UInt64) throws(MIKEYError) {
        let significant = max(1, (64 - number.leadingZeroBitCount + 7) / 8)
        self.kind = kind
        byteCount = kind == .rocTransmissionRate ? 2 : significant
        short = number
        long = []
        guard significant <= byteCount, brokenRule == nil else {
            throw MIKEYError(.malformed(expected: brokenRule ?? Self.rateRule), in: .sp)
        }
    }

    /// A parameter of another protocol.
    ///
    /// - Throws: ``MIKEYError`` unless the value has 1 to 255 octets.
    public init(_ kind: Kind, octets: [UInt8]) throws(MIKEYError) {
        guard (1...255).contains(octets.count) else {
            throw MIKEYError(.malformed(expected: "a value of 1 to 255 octets (RFC 3830 section 6.10)"), in: .sp)
        }
        self.kind = kind
        byteCount = octets.count
        short = octets.count > 8 ? 0 : octets.reduce(0) { $0 << 8 | UInt64($1) }
        long = octets.count > 8 ? octets : []
    }

    /// The octets of the value.
    public var octets: [UInt8] {
        guard long.isEmpty else { return long }
        return (0..<byteCount).map { UInt8(truncatingIfNeeded: short >> UInt64(8 * (byteCount - 1 - $0))) }
    }
}

extension MIKEYPolicyParameter {
    init(parsing reader: inout FieldReader) throws(MIKEYError) {
        kind = Kind(rawValue: try reader.uint8())
        byteCount = Int(try reader.uint8())
        guard byteCount > 0 else {
            throw reader.error(.malformed(expected: "a value of 1 octet or more (RFC 3830 section 6.10)"), back: 1)
        }
        if byteCount > 8 {
            short = 0
            long = try reader.octets(byteCount)
        } else {
            var number: UInt64 = 0
            for _ in 0..<byteCount { number = number << 8 | UInt64(try reader.uint8()) }
            short = number
            long = []
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.write(kind.rawValue)
        writer.write(UInt8(truncatingIfNeeded: byteCount))
        if long.isEmpty {
            for position in (0..<byteCount).reversed() {
                writer.write(UInt8(truncatingIfNeeded: short >> UInt64(8 * position)))
            }
        } else {
            writer.write(bytes: long)
        }
    }

    /// Whether SRTP has such a parameter.
    var isKnown: Bool { kind.rawValue <= Kind.aeadTagLength.rawValue }

    /// What a known parameter of SRTP breaks, if anything.
    var brokenRule: String? {
        switch kind {
        case .keyDerivationRate: (number ?? .max) <= 1 << 24 ? nil : "a rate of at most 2^24 (RFC 3711 section 4.3.1)"
        case .rocTransmissionRate: byteCount == 2 && number != 0 ? nil : Self.rateRule
        case .srtpEncryption, .srtcpEncryption, .srtpAuthentication:
            byteCount == 1 && short <= 1 ? nil : "0 or 1 in one octet (RFC 3830 table 6.10.1.a)"
        default: !isKnown || byteCount == 1 ? nil : "a value of one octet (RFC 3830 section 6.10.1)"
        }
    }

    private static let rateRule = "a rate above 0 in two octets (RFC 4771 section 4)"
}
