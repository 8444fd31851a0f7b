// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
public import MIKEY

/// The data of a key management protocol, with the identifier of that: what SDP and RTSP carry (RFC 4567 section 3).
///
/// In MIKEY messages with NULL encryption these are keys. Copies share the octets, which are wiped when the last one goes away. No
/// description shows them.
public struct KeyMgmtData: Sendable {
    /// MIKEY's identifier (RFC 4567 section 7).
    public static let mikey = "mikey"
    /// The longest data, in octets: 2^20, as of a MIKEY message.
    public static let octetLimit = MIKEYMessage.octetLimit

    /// The protocol: letters and digits.
    public let protocolID: String
    private let octets: SharedSecret

    private init(protocolID: String, _ octets: SharedSecret) {
        self.protocolID = protocolID
        self.octets = octets
    }

    /// The data of any protocol.
    ///
    /// - Throws: ``KeyMgmtError/invalid(_:expected:)`` unless the identifier is of letters and digits, and there are 1 to 2^20
    ///   octets.
    public init(protocolID: String, octets: Span<UInt8>) throws(KeyMgmtError) {
        guard Self.isProtocolID(protocolID.utf8) else { throw Self.protocolFault }
        guard (1...Self.octetLimit).contains(octets.count) else { throw Self.lengthFault }
        self.init(protocolID: protocolID, SharedSecret(unsafe SecretBytes(copying: octets.bytes)))
    }

    /// A MIKEY message.
    public init(_ message: MIKEYMessage) {
        var encoded = message.encoded
        self.init(protocolID: Self.mikey, SharedSecret(.wiping(&encoded)))
    }

    /// Whether it is of MIKEY.
    public var isMIKEY: Bool { protocolID == Self.mikey }

    /// The number of octets.
    public var byteCount: Int { octets.octets.count }

    /// The message that it is.
    ///
    /// - Throws: ``MIKEYError`` where it is none, or breaks a rule that `mode` does not allow to be broken.
    public func message(mode: MIKEYParsingMode = .strict) throws(MIKEYError) -> MIKEYMessage {
        try octets.octets.withBytes { (bytes: RawSpan) throws(MIKEYError) in
            try MIKEYMessage(parsing: bytes, mode: mode)
        }
    }

    /// Lends the octets.
    public func withBytes<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try octets.octets.withBytes(body)
    }

    /// The octets in base64.
    func base64() -> String { octets.octets.withBytes { Base64.encode($0) } }
}

extension KeyMgmtData {
    /// Reads an identifier and base64, noting what is against RFC 4567.
    init(
        protocolID: some Collection<UInt8>, base64: some BidirectionalCollection<UInt8>,
        noting deviations: inout Set<KeyMgmtDeviation>
    ) throws(KeyMgmtError) {
        guard Self.isProtocolID(protocolID) else { throw Self.protocolFault }
        let written = String(decoding: protocolID, as: UTF8.self)
        let isMIKEY = written.lowercased() == Self.mikey
        if isMIKEY, written != Self.mikey { deviations.insert(.otherCase) }
        guard base64.count <= (Self.octetLimit + 2) / 3 * 4 else { throw Self.lengthFault }
        var flaws: Set<CryptoDeviation> = []
        guard let octets = Base64.decode(base64, noting: &flaws) else {
            throw .invalid(.data, expected: "base64 (RFC 4567 section 3)")
        }
        if flaws.contains(.missingPadding) { deviations.insert(.missingPadding) }
        if flaws.contains(.surplusBits) { deviations.insert(.surplusBits) }
        self.init(protocolID: isMIKEY ? Self.mikey : written, SharedSecret(octets))
    }

    /// `KMPID`
    static func isProtocolID(_ octets: some Collection<UInt8>) -> Bool {
        !octets.isEmpty
            && octets.allSatisfy { octet in
                switch octet {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: false
                }
            }
    }

    private static let protocolFault = KeyMgmtError.invalid(
        .protocolID, expected: "letters and digits (RFC 4567 section 3)")
    private static let lengthFault = KeyMgmtError.invalid(.data, expected: "1 to \(octetLimit) octets")
}

extension Set<KeyMgmtDeviation> {
    /// Throws the first one in the order of their table, unless they are lived with.
    func check(isLenient: Bool) throws(KeyMgmtError) {
        if !isLenient, let first = KeyMgmtDeviation.allCases.first(where: contains) { throw .refused(first) }
    }
}

extension KeyMgmtData: Equatable {
    /// Whether protocol and octets are the same.
    public static func == (left: KeyMgmtData, right: KeyMgmtData) -> Bool {
        left.protocolID == right.protocolID && left.octets == right.octets
    }
}

extension KeyMgmtData: CustomStringConvertible, CustomReflectable {
    /// The protocol and the number of octets, never the octets.
    public var description: String { "\(protocolID) <\(byteCount) octets, hidden>" }

    public var customMirror: Mirror { Mirror(self, children: ["data": description]) }
}
