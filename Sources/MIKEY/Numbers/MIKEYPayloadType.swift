// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The kind of a payload, as a next payload octet names it (RFC 3830 table 6.1.b and what later RFCs register).
public struct MIKEYPayloadType: RawRepresentable, Hashable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt8

    /// The kind with this number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Last payload: nothing follows.
    public static let last = MIKEYPayloadType(rawValue: 0)
    /// Key data transport (RFC 3830 section 6.2).
    public static let kemac = MIKEYPayloadType(rawValue: 1)
    /// Envelope data (RFC 3830 section 6.3).
    public static let pke = MIKEYPayloadType(rawValue: 2)
    /// DH data (RFC 3830 section 6.4).
    public static let dh = MIKEYPayloadType(rawValue: 3)
    /// Signature (RFC 3830 section 6.5).
    public static let sign = MIKEYPayloadType(rawValue: 4)
    /// Timestamp (RFC 3830 section 6.6).
    public static let t = MIKEYPayloadType(rawValue: 5)
    /// ID (RFC 3830 section 6.7).
    public static let id = MIKEYPayloadType(rawValue: 6)
    /// Certificate (RFC 3830 section 6.7).
    public static let cert = MIKEYPayloadType(rawValue: 7)
    /// Cert hash (RFC 3830 section 6.8).
    public static let chash = MIKEYPayloadType(rawValue: 8)
    /// Ver msg (RFC 3830 section 6.9).
    public static let v = MIKEYPayloadType(rawValue: 9)
    /// Security policy (RFC 3830 section 6.10).
    public static let sp = MIKEYPayloadType(rawValue: 10)
    /// RAND (RFC 3830 section 6.11).
    public static let rand = MIKEYPayloadType(rawValue: 11)
    /// Error (RFC 3830 section 6.12).
    public static let err = MIKEYPayloadType(rawValue: 12)
    /// Timestamp with role indicator (RFC 6043 section 6.4).
    public static let tr = MIKEYPayloadType(rawValue: 13)
    /// ID with role indicator (RFC 6043 section 6.6).
    public static let idr = MIKEYPayloadType(rawValue: 14)
    /// RAND with role indicator (RFC 6043 section 6.8).
    public static let randr = MIKEYPayloadType(rawValue: 15)
    /// Ticket policy (RFC 6043 section 6.10).
    public static let tp = MIKEYPayloadType(rawValue: 16)
    /// Ticket (RFC 6043 section 6.10).
    public static let ticket = MIKEYPayloadType(rawValue: 17)
    /// Key data, inside of KEMAC only (RFC 3830 section 6.13).
    public static let keyData = MIKEYPayloadType(rawValue: 20)
    /// General extension (RFC 3830 section 6.15).
    public static let generalExtension = MIKEYPayloadType(rawValue: 21)
    /// IBAKE (RFC 6267 section 6.1.1).
    public static let ibake = MIKEYPayloadType(rawValue: 22)
    /// Encrypted secret key (RFC 6267 section 6.1.2).
    public static let esk = MIKEYPayloadType(rawValue: 23)
    /// Secret key, inside of ESK only (RFC 6267 section 6.1.5).
    public static let sk = MIKEYPayloadType(rawValue: 24)
    /// EC Diffie-Hellman, inside of IBAKE only (RFC 6267 section 6.1.4).
    public static let eccpt = MIKEYPayloadType(rawValue: 25)
    /// SAKKE (RFC 6509 section 4.2).
    public static let sakke = MIKEYPayloadType(rawValue: 26)
}

extension MIKEYPayloadType: CustomStringConvertible {
    /// The name that the RFCs use, or the number.
    public var description: String { Self.names[rawValue] ?? "payload \(rawValue)" }

    private static let names: [UInt8: String] = [
        0: "Last payload", 1: "KEMAC", 2: "PKE", 3: "DH", 4: "SIGN", 5: "T", 6: "ID", 7: "CERT", 8: "CHASH", 9: "V",
        10: "SP", 11: "RAND", 12: "ERR", 13: "TR", 14: "IDR", 15: "RANDR", 16: "TP", 17: "TICKET", 20: "Key data",
        21: "General Ext.", 22: "IBAKE", 23: "ESK", 24: "SK", 25: "ECCPT", 26: "SAKKE",
    ]
}
