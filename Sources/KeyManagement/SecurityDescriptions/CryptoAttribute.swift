// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SDP
public import SRTP

/// An SDP security description for SRTP, `a=crypto` (RFC 4568).
///
/// ```
/// a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:<key and salt>|2^20|1:4 KDR=4
/// ```
///
/// A value is valid by section 6: keys have the length that the suite takes, MKIs tell them apart, every parameter that is
/// not optional is known. A suite that is unknown can be read, so that an offer with one can be answered; its keys' lengths
/// are then not checked. No description shows a key.
public struct CryptoAttribute: Equatable, Sendable {
    /// Keys in one attribute that are read at most.
    static let keyLimit = 64

    /// What an answer chooses the attribute by, 0 to 999,999,999.
    public let tag: UInt32
    /// The registered name of the suite, or what was read where it is not registered.
    public let suiteName: String
    /// The suite, where it is registered.
    public let suite: SRTPSuite?
    /// The keys of what is sent by who wrote the attribute: at least one.
    public let keys: [InlineKey]
    /// The session parameters, in their order.
    public let sessionParameters: [CryptoSessionParameter]
    /// What reading found against RFC 4568 and lived with.
    public let deviations: Set<CryptoDeviation>

    /// A description to be written.
    ///
    /// - Throws: ``CryptoAttributeError/invalid(_:expected:)`` where section 6 does not allow it.
    public init(
        tag: UInt32, suite: SRTPSuite, keys: [InlineKey], sessionParameters: [CryptoSessionParameter] = []
    ) throws(CryptoAttributeError) {
        guard tag <= 999_999_999 else {
            throw .invalid(.tag, expected: "at most nine digits (RFC 4568 section 9.1)")
        }
        self.tag = tag
        self.suite = suite
        suiteName = suite.name
        self.keys = keys
        self.sessionParameters = sessionParameters
        deviations = []
        try validate()
    }

    /// Reads what stands behind `a=crypto:`.
    ///
    /// - Parameters:
    ///   - value: The attribute's value.
    ///   - isLenient: Whether what ``CryptoDeviation`` names is noted; else it is refused.
    public init(parsing value: String, isLenient: Bool = false) throws(CryptoAttributeError) {
        let octets = Array(value.utf8)
        var found: Set<CryptoDeviation> = []
        let isSpace: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        if octets.first.map(isSpace) ?? false || octets.last.map(isSpace) ?? false { found.insert(.surplusSpaces) }
        var words = octets.split(whereSeparator: isSpace)[...]
        guard let tag = words.popFirst(), tag.count <= 9, let number = Digits.number(tag, noting: &found) else {
            throw .invalid(.tag, expected: "one to nine digits (RFC 4568 section 9.1)")
        }
        self.tag = UInt32(truncatingIfNeeded: number)
        guard let name = words.popFirst(), name.allSatisfy(Self.isNameCharacter) else {
            throw .invalid(.suite, expected: "a name of letters, digits and _ (RFC 4568 section 9.1)")
        }
        (suiteName, suite) = Self.suite(named: String(decoding: name, as: UTF8.self), noting: &found)
        guard var parameters = words.popFirst().map({ Array($0) }) else {
            throw .invalid(.key(1), expected: "inline: and a key (RFC 4568 section 9.1)")
        }
        while parameters.last == UInt8(ascii: ";"), let more = words.popFirst() {
            found.insert(.spaceBetweenKeys)
            parameters += more
        }
        keys = try Self.keys(in: parameters[...], noting: &found)
        var all: [CryptoSessionParameter] = []
        for (position, word) in words.enumerated() {
            all.append(try CryptoSessionParameter(parsing: word, number: position + 1, noting: &found))
        }
        sessionParameters = all
        deviations = found
        if !isLenient, let first = CryptoDeviation.allCases.first(where: found.contains) { throw .refused(first) }
        try validate()
    }

    // MARK: Reading

    private static func isNameCharacter(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// The keys between semicolons.
    static func keys(
        in text: ArraySlice<UInt8>, noting deviations: inout Set<CryptoDeviation>
    ) throws(CryptoAttributeError) -> [InlineKey] {
        let parts = text.split(separator: UInt8(ascii: ";"), maxSplits: keyLimit, omittingEmptySubsequences: false)
        guard parts.count <= keyLimit else {
            throw .invalid(.key(keyLimit + 1), expected: "no more than \(keyLimit) keys")
        }
        var keys: [InlineKey] = []
        for part in parts { keys.append(try InlineKey(parsing: part, number: keys.count + 1, noting: &deviations)) }
        return keys
    }

    private static func suite(
        named name: String, noting deviations: inout Set<CryptoDeviation>
    ) -> (String, SRTPSuite?) {
        if let suite = registered(name) { return (suite.name, suite) }
        let upper = name.uppercased()
        if let suite = registered(upper) {
            deviations.insert(.otherCase)
            return (suite.name, suite)
        }
        guard let suite = oldNames[upper].flatMap(registered) else { return (name, nil) }
        deviations.insert(.oldSuiteName)
        if name != upper { deviations.insert(.otherCase) }
        return (suite.name, suite)
    }

    /// The suite of this name, without the spellings of other registries.
    private static func registered(_ name: String) -> SRTPSuite? {
        SRTPSuite.named(name).flatMap { $0.name == name ? $0 : nil }
    }

    private static let oldNames = [
        "AES_CM_192_HMAC_SHA1_80": "AES_192_CM_HMAC_SHA1_80", "AES_CM_192_HMAC_SHA1_32": "AES_192_CM_HMAC_SHA1_32",
        "AES_CM_256_HMAC_SHA1_80": "AES_256_CM_HMAC_SHA1_80", "AES_CM_256_HMAC_SHA1_32": "AES_256_CM_HMAC_SHA1_32",
    ]

    // MARK: Rules

    /// The rules of section 6 on keys and parameters together.
    private func validate() throws(CryptoAttributeError) {
        try validate(keys)
        var names: Set<String> = []
        for (position, parameter) in sessionParameters.enumerated() {
            let part = CryptoAttributePart.sessionParameter(position + 1)
            try parameter.validate(as: part)
            if case .unknownOptional = parameter { continue }
            guard names.insert(parameter.name).inserted else { throw .invalid(part, expected: "each parameter once") }
            guard case .fecKey(let fecKeys) = parameter else { continue }
            try validate(fecKeys)
            let isShared = fecKeys.contains { key in keys.contains { $0.hasSameKey(as: key) } }
            guard !isShared else {
                throw .invalid(part, expected: "another key than the media's (RFC 4568 section 6.3.5)")
            }
        }
    }

    private func validate(_ keys: [InlineKey]) throws(CryptoAttributeError) {
        guard (1...Self.keyLimit).contains(keys.count) else {
            throw .invalid(.key(1), expected: "1 to \(Self.keyLimit) keys (RFC 4568 section 4.3)")
        }
        for (position, key) in keys.enumerated() {
            let number = position + 1
            if let suite {
                let expected = suite.masterKeyByteCount + suite.masterSaltByteCount
                guard key.byteCount == expected else {
                    throw .invalid(
                        .key(number),
                        expected: "\(expected) octets of key and salt, not \(key.byteCount) (RFC 4568 section 6.1)")
                }
            }
            guard keys.count == 1 || key.mki != nil else {
                throw .invalid(
                    .mki(ofKey: number), expected: "an MKI, as there are several keys (RFC 4568 section 6.1)")
            }
            guard key.mki?.octets.count == keys[0].mki?.octets.count else {
                throw .invalid(.mki(ofKey: number), expected: "MKIs of one length (RFC 4568 section 6.1)")
            }
            guard !keys[..<position].contains(where: { $0.mki == key.mki }) else {
                throw .invalid(
                    .mki(ofKey: number), expected: "another MKI than an earlier key's (RFC 4568 section 4.3)")
            }
            guard !keys[..<position].contains(where: { $0.hasSameKey(as: key) }) else {
                throw .invalid(.key(number), expected: "another key than an earlier one (RFC 4568 section 6.1)")
            }
        }
    }

    // MARK: Writing

    /// What stands behind `a=crypto:`, keys included.
    public func secretText() -> String {
        text(keys: keys.map { $0.secretText() }, parameters: sessionParameters.map { $0.secretText() })
    }

    /// The attribute, keys included.
    public func attribute() -> SDPAttribute { SDPAttribute("crypto", secretText()) }

    private func text(keys: [String], parameters: [String]) -> String {
        (["\(tag) \(suiteName) " + keys.joined(separator: ";")] + parameters).joined(separator: " ")
    }
}

extension CryptoAttribute: CustomStringConvertible, CustomReflectable {
    /// What stands behind `a=crypto:`, with its keys hidden.
    public var description: String {
        text(keys: keys.map(\.description), parameters: sessionParameters.map(\.description))
    }

    public var customMirror: Mirror { Mirror(self, children: ["crypto": description]) }
}

extension CryptoSessionParameter {
    /// Throws for a value that cannot be written.
    fileprivate func validate(as part: CryptoAttributePart) throws(CryptoAttributeError) {
        switch self {
        case .keyDerivationRate(let exponent):
            guard (1...24).contains(exponent) else {
                throw .invalid(part, expected: "1 to 24 (RFC 4568 section 6.3.1)")
            }
        case .windowSizeHint(let width):
            guard width >= 64 else { throw .invalid(part, expected: "at least 64 (RFC 4568 section 9.2)") }
        case .unknownOptional(let text):
            let octets = Array(text.utf8)
            guard octets.count > 1, octets[0] == UInt8(ascii: "-"), octets[1] != UInt8(ascii: "-"),
                octets.allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw .invalid(part, expected: "a dash and visible characters (RFC 4568 section 9.2)") }
        case .unencryptedSRTP, .unencryptedSRTCP, .unauthenticatedSRTP, .fecOrder, .fecKey: break
        }
    }
}
