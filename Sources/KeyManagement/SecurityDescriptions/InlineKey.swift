// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
public import SRTP

/// A key parameter of `a=crypto`: master key and salt, and perhaps a lifetime and an MKI (RFC 4568 section 6.1).
///
/// Copies share the octets, which are wiped when the last one goes away. No description shows them; ``secretText()`` does.
public struct InlineKey: Sendable {
    /// How long the key may be used; `nil` for the default of its suite.
    public let lifetime: KeyLifetime?
    /// What names the key in packets.
    public let mki: MasterKeyIdentifier?
    private let keyAndSalt: SharedSecret

    private init(_ keyAndSalt: SharedSecret, lifetime: KeyLifetime?, mki: MasterKeyIdentifier?) {
        self.keyAndSalt = keyAndSalt
        self.lifetime = lifetime
        self.mki = mki
    }

    /// A key and its salt.
    public init(_ key: borrowing SRTPMasterKey, lifetime: KeyLifetime? = nil, mki: MasterKeyIdentifier? = nil) {
        self.init(
            key.withKeyAndSalt { SharedSecret(SecretBytes(copying: $0)) }, lifetime: lifetime, mki: mki)
    }

    /// A fresh random key and salt.
    ///
    /// - Throws: ``CryptoAttributeError/engineFailed`` if libcrypto has no random octets.
    public static func random(
        for suite: SRTPSuite, lifetime: KeyLifetime? = nil, mki: MasterKeyIdentifier? = nil
    ) throws(CryptoAttributeError) -> InlineKey {
        do throws(SRTPError) {
            return InlineKey(try .random(for: suite), lifetime: lifetime, mki: mki)
        } catch {
            throw .engineFailed
        }
    }

    /// Reads `inline:...`.
    init(
        parsing text: ArraySlice<UInt8>, number: Int, noting deviations: inout Set<CryptoDeviation>
    ) throws(CryptoAttributeError) {
        let method = text.prefix { $0 != UInt8(ascii: ":") }
        let name = String(decoding: method, as: UTF8.self)
        guard name.lowercased() == "inline", method.count < text.count else {
            throw .invalid(.key(number), expected: "inline: and a key (RFC 4568 section 6.1)")
        }
        if name != "inline" { deviations.insert(.otherCase) }
        var parts = text.dropFirst(method.count + 1)
            .split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false)[...]
        guard let encoded = parts.popFirst(), let secret = Base64.decode(encoded, noting: &deviations) else {
            throw .invalid(.key(number), expected: "base64 behind inline: (RFC 4568 section 6.1)")
        }
        keyAndSalt = SharedSecret(secret)
        var lifetime: KeyLifetime?
        if let part = parts.first, !part.contains(UInt8(ascii: ":")) {
            parts = parts.dropFirst()
            if part.isEmpty, !parts.isEmpty {
                deviations.insert(.emptyLifetime)
            } else {
                lifetime = KeyLifetime(parsing: part, noting: &deviations)
                guard lifetime != nil else {
                    throw .invalid(
                        .lifetime(ofKey: number),
                        expected: "1 to 2^48 packets, in digits or as 2^ and digits (RFC 4568 section 6.1)")
                }
            }
        }
        self.lifetime = lifetime
        mki = try parts.popFirst().map { part throws(CryptoAttributeError) in
            try Self.identifier(part, number: number, noting: &deviations)
        }
        guard parts.isEmpty else {
            throw .invalid(.key(number), expected: "nothing behind the MKI (RFC 4568 section 9.2)")
        }
    }

    private static func identifier(
        _ text: ArraySlice<UInt8>, number: Int, noting deviations: inout Set<CryptoDeviation>
    ) throws(CryptoAttributeError) -> MasterKeyIdentifier {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, let byteCount = Digits.number(parts[1], noting: &deviations),
            (1...128).contains(byteCount), let digits = Digits.significant(parts[0], noting: &deviations),
            let identifier = MasterKeyIdentifier(digits: digits, byteCount: Int(byteCount))
        else {
            throw .invalid(
                .mki(ofKey: number),
                expected: "a number above 0, a colon, and the 1 to 128 octets that it fits into (RFC 4568 section 6.1)")
        }
        return identifier
    }

    /// The octets of key and salt together.
    public var byteCount: Int { keyAndSalt.octets.count }

    /// The key and salt, to make a context of.
    ///
    /// - Throws: ``SRTPError/invalidKeyLength(keyBytes:saltBytes:expectedKeyBytes:expectedSaltBytes:)`` where the suite takes
    ///   other lengths.
    public func masterKey(for suite: SRTPSuite) throws(SRTPError) -> SRTPMasterKey {
        try keyAndSalt.octets.withBytes { (bytes: RawSpan) throws(SRTPError) in
            try unsafe bytes.withUnsafeBytes { (buffer: UnsafeRawBufferPointer) throws(SRTPError) in
                try unsafe SRTPMasterKey(suite: suite, keyAndSalt: Span(_unsafeBytes: buffer))
            }
        }
    }

    /// Whether key and salt are the same octets, in constant time.
    public func hasSameKey(as other: InlineKey) -> Bool { keyAndSalt == other.keyAndSalt }

    /// What stands in `a=crypto`, key included.
    public func secretText() -> String { "inline:" + keyAndSalt.octets.withBytes { Base64.encode($0) } + suffix }

    private var suffix: String { (lifetime.map { "|\($0.text)" } ?? "") + (mki.map { "|\($0.text)" } ?? "") }
}

extension InlineKey: Equatable {
    public static func == (left: InlineKey, right: InlineKey) -> Bool {
        left.lifetime == right.lifetime && left.mki == right.mki && left.hasSameKey(as: right)
    }
}

extension InlineKey: CustomStringConvertible, CustomReflectable {
    /// The parameter, with its key hidden.
    public var description: String { "inline:<hidden>" + suffix }

    public var customMirror: Mirror { Mirror(self, children: ["key": description]) }
}
