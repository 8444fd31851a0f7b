// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an error payload reports (RFC 3830 table 6.12, RFC 4738 section 3.9.2, RFC 6043 section 6.9).
public struct MIKEYErrorNumber: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt8

    /// The error with this number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Authentication failure.
    public static let authFailure = MIKEYErrorNumber(rawValue: 0)
    /// Invalid timestamp.
    public static let invalidTS = MIKEYErrorNumber(rawValue: 1)
    /// PRF function not supported.
    public static let invalidPRF = MIKEYErrorNumber(rawValue: 2)
    /// MAC algorithm not supported.
    public static let invalidMAC = MIKEYErrorNumber(rawValue: 3)
    /// Encryption algorithm not supported.
    public static let invalidEA = MIKEYErrorNumber(rawValue: 4)
    /// Hash function not supported.
    public static let invalidHA = MIKEYErrorNumber(rawValue: 5)
    /// DH group not supported.
    public static let invalidDH = MIKEYErrorNumber(rawValue: 6)
    /// ID not supported.
    public static let invalidID = MIKEYErrorNumber(rawValue: 7)
    /// Certificate not supported.
    public static let invalidCert = MIKEYErrorNumber(rawValue: 8)
    /// SP type not supported.
    public static let invalidSP = MIKEYErrorNumber(rawValue: 9)
    /// SP parameters not supported.
    public static let invalidSPpar = MIKEYErrorNumber(rawValue: 10)
    /// Data type not supported.
    public static let invalidDT = MIKEYErrorNumber(rawValue: 11)
    /// Unspecified error.
    public static let unspecified = MIKEYErrorNumber(rawValue: 12)
    /// Message type not supported (RFC 4738).
    public static let unsupportedMessageType = MIKEYErrorNumber(rawValue: 13)
    /// Ticket type not supported (RFC 6043).
    public static let invalidTicket = MIKEYErrorNumber(rawValue: 14)
    /// TP parameters not supported (RFC 6043).
    public static let invalidTPpar = MIKEYErrorNumber(rawValue: 15)
}

extension MIKEYErrorNumber: CustomStringConvertible {
    /// The name that the RFCs use, or the number.
    public var description: String {
        let names = [
            "Auth failure", "Invalid TS", "Invalid PRF", "Invalid MAC", "Invalid EA", "Invalid HA", "Invalid DH",
            "Invalid ID", "Invalid Cert", "Invalid SP", "Invalid SPpar", "Invalid DT", "Unspecified error",
            "Unsupported message type", "Invalid TICKET", "Invalid TPpar",
        ]
        return Int(rawValue) < names.count ? names[Int(rawValue)] : "error \(rawValue)"
    }
}
