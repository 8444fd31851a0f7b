// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The function that keys are derived with (RFC 3830 table 6.1.c, RFC 6043 section 6.1).
public struct MIKEYPRF: RawRepresentable, Hashable, Sendable {
    /// The number on the wire, 0 to 127.
    public let rawValue: UInt8

    /// The function with this number; its low seven bits count.
    public init(rawValue: UInt8) { self.rawValue = rawValue & 0x7F }

    /// MIKEY-1, on HMAC-SHA-1.
    public static let mikey1 = MIKEYPRF(rawValue: 0)
    /// PRF-HMAC-SHA-256.
    public static let hmacSHA256 = MIKEYPRF(rawValue: 1)
}

/// How key data are encrypted (RFC 3830 table 6.2.a, RFC 6043 section 6.2).
public struct MIKEYEncryptionAlgorithm: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt8

    /// The algorithm with this number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// No encryption: only where what carries the message is protected (RFC 3830 section 4.2.3).
    public static let null = MIKEYEncryptionAlgorithm(rawValue: 0)
    /// AES in counter mode, 128-bit key.
    public static let aesCM128 = MIKEYEncryptionAlgorithm(rawValue: 1)
    /// AES key wrap, 128-bit key.
    public static let aesKW128 = MIKEYEncryptionAlgorithm(rawValue: 2)
    /// AES in counter mode, 256-bit key (RFC 6043).
    public static let aesCM256 = MIKEYEncryptionAlgorithm(rawValue: 3)
}

/// How a message is authenticated (RFC 3830 table 6.2.b, RFC 6043 section 6.2).
///
/// The algorithm tells the length of the MAC, so that one with another number cannot be read.
@nonexhaustive
public enum MIKEYMACAlgorithm: UInt8, CaseIterable, Hashable, Sendable {
    /// No MAC: only where what carries the message is protected (RFC 3830 section 4.2.4), and where V or SIGN covers it.
    case null = 0
    /// HMAC-SHA-1-160.
    case hmacSHA1 = 1
    /// HMAC-SHA-256-256 (RFC 6043).
    case hmacSHA256 = 2

    /// The length of a MAC in octets.
    public var byteCount: Int {
        switch self {
        case .null: 0
        case .hmacSHA1: 20
        case .hmacSHA256: 32
        }
    }

    /// The algorithm whose MAC has this length.
    init?(byteCount: Int) {
        guard let algorithm = Self.allCases.first(where: { $0.byteCount == byteCount }) else { return nil }
        self = algorithm
    }
}

/// The hash of a certificate (RFC 3830 table 6.8, RFC 6043 section 6.7).
@nonexhaustive
public enum MIKEYHashFunction: UInt8, CaseIterable, Hashable, Sendable {
    /// SHA-1.
    case sha1 = 0
    /// MD5.
    case md5 = 1
    /// SHA-256 (RFC 6043).
    case sha256 = 2

    /// The length of a hash in octets.
    public var byteCount: Int {
        switch self {
        case .sha1: 20
        case .md5: 16
        case .sha256: 32
        }
    }
}

/// A Diffie-Hellman group (RFC 3830 table 6.4).
@nonexhaustive
public enum MIKEYDHGroup: UInt8, CaseIterable, Hashable, Sendable {
    /// OAKLEY 5, 1536 bits.
    case oakley5 = 0
    /// OAKLEY 1, 768 bits.
    case oakley1 = 1
    /// OAKLEY 2, 1024 bits.
    case oakley2 = 2

    /// The length of a value in octets.
    public var byteCount: Int {
        switch self {
        case .oakley5: 192
        case .oakley1: 96
        case .oakley2: 128
        }
    }
}

/// How a message is signed (RFC 3830 table 6.5, RFC 6509 section 4.3).
public struct MIKEYSignatureType: RawRepresentable, Hashable, Sendable {
    /// The number on the wire, 0 to 15.
    public let rawValue: UInt8

    /// The type with this number; its low four bits count.
    public init(rawValue: UInt8) { self.rawValue = rawValue & 0x0F }

    /// RSA, PKCS #1 version 1.5.
    public static let rsaPKCS1 = MIKEYSignatureType(rawValue: 0)
    /// RSASSA-PSS.
    public static let rsaPSS = MIKEYSignatureType(rawValue: 1)
    /// ECCSI (RFC 6507).
    public static let eccsi = MIKEYSignatureType(rawValue: 2)
}

/// The protocol that a policy is for (RFC 3830 table 6.10).
public struct MIKEYSecurityProtocol: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt8

    /// The protocol with this number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// SRTP.
    public static let srtp = MIKEYSecurityProtocol(rawValue: 0)
}
