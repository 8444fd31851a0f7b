// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SDP

/// An answer to an offer of keys for one media stream (RFC 4568 sections 5.1.2 and 7.1.2).
public struct CryptoAnswer: Sendable {
    /// The attribute to answer with: the tag, suite and negotiated parameters of the one accepted, with keys of our own.
    public let attribute: CryptoAttribute
    /// What was agreed on.
    public let negotiated: NegotiatedCrypto
    /// What the offer's attribute has against RFC 4568, where the policy is lenient.
    public let deviations: Set<CryptoDeviation>

    /// Accepts the first attribute of the offer that is valid and that `policy` takes.
    ///
    /// - Parameters:
    ///   - media: The media description of the offer.
    ///   - sessionParameters: This side's own parameters; only declarative ones.
    ///   - lifetime: The lifetime of this side's key; `nil` for that of the suite.
    ///   - mki: What names this side's key in packets.
    public init(
        to media: MediaDescription, policy: CryptoPolicy = CryptoPolicy(),
        sessionParameters: [CryptoSessionParameter] = [], lifetime: KeyLifetime? = nil, mki: MasterKeyIdentifier? = nil
    ) throws(CryptoNegotiationError) {
        try media.checkTransport(policy)
        let lines = CryptoLines(of: media, isLenient: policy.isLenient)
        guard !lines.isEmpty else { throw .noCrypto }
        var reasons: [CryptoNegotiationError] = []
        for entry in lines.entries {
            let offered: CryptoAttribute
            do throws(CryptoAttributeError) { offered = try entry.result.get() } catch {
                reasons.append(.invalid(error))
                continue
            }
            do throws(CryptoNegotiationError) { try policy.check(offered) } catch {
                reasons.append(error)
                continue
            }
            do throws(CryptoAttributeError) {
                try self.init(accepting: offered, sessionParameters: sessionParameters, lifetime: lifetime, mki: mki)
                return
            } catch {
                throw .invalid(error)
            }
        }
        throw .noneAcceptable(reasons)
    }

    private init(
        accepting offered: CryptoAttribute, sessionParameters: [CryptoSessionParameter], lifetime: KeyLifetime?,
        mki: MasterKeyIdentifier?
    ) throws(CryptoAttributeError) {
        guard let suite = offered.suite else { throw .invalid(.suite, expected: "a registered suite") }
        let key = try InlineKey.random(for: suite, lifetime: lifetime, mki: mki)
        attribute = try CryptoAttribute(
            tag: offered.tag, suite: suite, keys: [key],
            sessionParameters: offered.sessionParameters.filter(\.isNegotiated)
                + sessionParameters.filter { !$0.isNegotiated })
        negotiated = NegotiatedCrypto(local: attribute, remote: offered, suite: suite)
        deviations = offered.deviations
    }
}
