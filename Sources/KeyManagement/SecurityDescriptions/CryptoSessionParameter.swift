// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A session parameter of `a=crypto` (RFC 4568 section 6.3).
@nonexhaustive
public enum CryptoSessionParameter: Equatable, Sendable {
    /// Session keys are derived anew every 2^n packets, n from 1 to 24. Declarative.
    case keyDerivationRate(exponent: Int)
    /// SRTP payloads are not encrypted. Negotiated.
    case unencryptedSRTP
    /// SRTCP payloads are not encrypted. Negotiated.
    case unencryptedSRTCP
    /// SRTP packets have no tag. Negotiated; not recommended.
    case unauthenticatedSRTP
    /// Whether forward error correction comes before SRTP or behind it, at the sender. Declarative.
    case fecOrder(FECOrder)
    /// The keys of a separate stream for forward error correction. Declarative.
    case fecKey([InlineKey])
    /// How wide the receiver's replay window should be: at least 64 packets. Declarative, a hint.
    case windowSizeHint(UInt64)
    /// A parameter that starts with `-` and is unknown, so that it may be passed over.
    case unknownOptional(String)

    /// The order of forward error correction and SRTP at the sender.
    public enum FECOrder: String, Hashable, Sendable {
        /// FEC first, the default.
        case fecThenSRTP = "FEC_SRTP"
        /// SRTP first.
        case srtpThenFEC = "SRTP_FEC"
    }

    /// Whether it applies to both directions, so that the answer repeats it. The others are declarative: each side writes
    /// those of what it sends.
    public var isNegotiated: Bool {
        switch self {
        case .unencryptedSRTP, .unencryptedSRTCP, .unauthenticatedSRTP: true
        case .keyDerivationRate, .fecOrder, .fecKey, .windowSizeHint, .unknownOptional: false
        }
    }

    /// The registered name.
    public var name: String {
        switch self {
        case .keyDerivationRate: "KDR"
        case .unencryptedSRTP: "UNENCRYPTED_SRTP"
        case .unencryptedSRTCP: "UNENCRYPTED_SRTCP"
        case .unauthenticatedSRTP: "UNAUTHENTICATED_SRTP"
        case .fecOrder: "FEC_ORDER"
        case .fecKey: "FEC_KEY"
        case .windowSizeHint: "WSH"
        case .unknownOptional: "-"
        }
    }

    init(
        parsing text: ArraySlice<UInt8>, number: Int, noting deviations: inout Set<CryptoDeviation>
    ) throws(CryptoAttributeError) {
        let part = CryptoAttributePart.sessionParameter(number)
        guard text.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .invalid(part, expected: "visible characters (RFC 4568 section 9.1)")
        }
        if text.first == UInt8(ascii: "-") {
            guard text.count > 1, text.dropFirst().first != UInt8(ascii: "-") else {
                throw .invalid(part, expected: "a name behind the dash (RFC 4568 section 9.2)")
            }
            self = .unknownOptional(String(decoding: text, as: UTF8.self))
            return
        }
        let equals = text.firstIndex(of: UInt8(ascii: "="))
        let written = String(decoding: text[..<(equals ?? text.endIndex)], as: UTF8.self)
        let value = equals.map { text[$0...].dropFirst() }
        if written != written.uppercased() { deviations.insert(.otherCase) }
        switch (written.uppercased(), value) {
        case ("UNENCRYPTED_SRTP", nil): self = .unencryptedSRTP
        case ("UNENCRYPTED_SRTCP", nil): self = .unencryptedSRTCP
        case ("UNAUTHENTICATED_SRTP", nil): self = .unauthenticatedSRTP
        case ("KDR", let value?):
            guard let exponent = Digits.number(value, noting: &deviations), (1...24).contains(exponent) else {
                throw .invalid(part, expected: "KDR= and a number from 1 to 24 (RFC 4568 section 6.3.1)")
            }
            self = .keyDerivationRate(exponent: Int(exponent))
        case ("FEC_ORDER", let value?):
            guard let order = FECOrder(rawValue: String(decoding: value, as: UTF8.self)) else {
                throw .invalid(part, expected: "FEC_ORDER= and FEC_SRTP or SRTP_FEC (RFC 4568 section 6.3.4)")
            }
            self = .fecOrder(order)
        case ("FEC_KEY", let value?): self = .fecKey(try CryptoAttribute.keys(in: value, noting: &deviations))
        case ("WSH", let value?):
            guard let width = Digits.number(value, noting: &deviations), width >= 64 else {
                throw .invalid(part, expected: "WSH= and a number from 64 (RFC 4568 sections 6.3.6 and 9.2)")
            }
            self = .windowSizeHint(width)
        default:
            throw .invalid(part, expected: "a known parameter, or a dash before it (RFC 4568 section 6.3.7)")
        }
    }

    /// The parameter as `a=crypto` has it, keys included.
    func secretText() -> String {
        switch self {
        case .fecKey(let keys): "FEC_KEY=" + keys.map { $0.secretText() }.joined(separator: ";")
        case .unknownOptional(let text): text
        default: description
        }
    }
}

extension CryptoSessionParameter: CustomStringConvertible {
    /// The parameter, with its keys hidden.
    public var description: String {
        switch self {
        case .keyDerivationRate(let exponent): "KDR=\(exponent)"
        case .unencryptedSRTP, .unencryptedSRTCP, .unauthenticatedSRTP: name
        case .fecOrder(let order): "FEC_ORDER=\(order.rawValue)"
        case .fecKey(let keys): "FEC_KEY=" + keys.map(\.description).joined(separator: ";")
        case .windowSizeHint(let width): "WSH=\(width)"
        case .unknownOptional(let text):
            // Nobody knows what stands behind the name: it may be a key.
            text.prefix { $0 != "=" } + (text.contains("=") ? "=<hidden>" : "")
        }
    }
}
