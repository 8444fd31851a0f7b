// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SDP
public import SRTP

/// An offer of keys for one media stream, until its answer (RFC 4568 sections 5.1.1, 5.1.3, 7.1.1, 7.1.3).
public struct CryptoOffer: Sendable {
    /// The attributes, the most preferred first.
    public let attributes: [CryptoAttribute]

    /// An offer of suites with fresh keys, with tags from 1 on.
    ///
    /// - Parameters:
    ///   - suites: The suites, the most preferred first; at least one.
    ///   - sessionParameters: The parameters of each attribute.
    ///   - lifetime: The lifetime of each key; `nil` for that of its suite.
    ///   - mki: What names the key in packets, in each attribute.
    public init(
        suites: [SRTPSuite], sessionParameters: [CryptoSessionParameter] = [], lifetime: KeyLifetime? = nil,
        mki: MasterKeyIdentifier? = nil
    ) throws(CryptoAttributeError) {
        var attributes: [CryptoAttribute] = []
        for suite in suites {
            let key = try InlineKey.random(for: suite, lifetime: lifetime, mki: mki)
            attributes.append(
                try CryptoAttribute(
                    tag: UInt32(clamping: attributes.count + 1), suite: suite, keys: [key],
                    sessionParameters: sessionParameters))
        }
        try self.init(attributes)
    }

    /// An offer of attributes that were made or read before.
    ///
    /// - Throws: ``CryptoAttributeError/invalid(_:expected:)`` unless there are some, each with a tag and keys of its own.
    public init(_ attributes: [CryptoAttribute]) throws(CryptoAttributeError) {
        guard !attributes.isEmpty else {
            throw .invalid(.attribute, expected: "at least one suite (RFC 4568 section 5.1.1)")
        }
        for (position, attribute) in attributes.enumerated() {
            let earlier = attributes[..<position]
            guard !earlier.contains(where: { $0.tag == attribute.tag }) else {
                throw .invalid(.tag, expected: "a tag of its own in the media (RFC 4568 section 4.1)")
            }
            guard !earlier.contains(where: { $0.sharesKey(with: attribute) }) else {
                throw .invalid(.key(1), expected: "a key of its own in the description (RFC 4568 section 6.1)")
            }
        }
        self.attributes = attributes
    }

    /// What the answer agreed to.
    ///
    /// - Parameters:
    ///   - media: The media description of the answer.
    ///   - policy: What this side accepts of the answer's own parameters. Its suites are not asked: they were offered.
    public func accept(
        answer media: MediaDescription, policy: CryptoPolicy = CryptoPolicy()
    ) throws(CryptoNegotiationError) -> NegotiatedCrypto {
        try media.checkTransport(policy)
        let lines = CryptoLines(of: media, isLenient: policy.isLenient)
        guard let first = lines.entries.first else { throw .noCrypto }
        guard lines.entries.count == 1 else { throw .severalCryptos(lines.entries.count) }
        let answer: CryptoAttribute
        do throws(CryptoAttributeError) { answer = try first.result.get() } catch { throw .invalid(error) }
        return try accept(answer, policy: policy)
    }

    /// What the answer's attribute agreed to.
    public func accept(
        _ answer: CryptoAttribute, policy: CryptoPolicy = CryptoPolicy()
    ) throws(CryptoNegotiationError) -> NegotiatedCrypto {
        guard let offered = attributes.first(where: { $0.tag == answer.tag }) else {
            throw .tagNotOffered(answer.tag)
        }
        guard let suite = offered.suite, answer.suite == suite else { throw .suiteChanged(tag: answer.tag) }
        let wanted = Set(offered.negotiatedNames)
        let given = Set(answer.negotiatedNames)
        if let missing = offered.negotiatedNames.first(where: { !given.contains($0) }) {
            throw .parameterMissing(missing)
        }
        if let surplus = answer.negotiatedNames.first(where: { !wanted.contains($0) }) {
            throw .parameterNotOffered(surplus)
        }
        guard !attributes.contains(where: { $0.sharesKey(with: answer) }) else { throw .keyReused }
        var policy = policy
        policy.suites = [suite]
        // What this side offered itself, it takes.
        policy.allowsUnencryptedSRTP = true
        policy.allowsUnencryptedSRTCP = true
        policy.allowsUnauthenticatedSRTP = true
        try policy.check(answer)
        return NegotiatedCrypto(local: offered, remote: answer, suite: suite)
    }
}

extension CryptoAttribute {
    /// The session parameters that an answer repeats.
    var negotiatedNames: [String] { sessionParameters.filter(\.isNegotiated).map(\.name) }

    func sharesKey(with other: CryptoAttribute) -> Bool {
        allKeys.contains { key in other.allKeys.contains { $0.hasSameKey(as: key) } }
    }
}

extension MediaDescription {
    /// Throws unless `a=crypto` is for this media.
    func checkTransport(_ policy: CryptoPolicy) throws(CryptoNegotiationError) {
        guard media.port != 0 else { throw .rejected }
        let isRight = media.transport == .rtpSAVP || media.transport == .rtpSAVPF
        guard isRight || policy.isLenient && media.transport.isRTP && !media.transport.isKeyedByDTLS else {
            throw .wrongTransport
        }
    }
}
