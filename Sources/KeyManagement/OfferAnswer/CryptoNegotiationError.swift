// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a negotiation with `a=crypto` failed. No case carries a key.
@nonexhaustive
public enum CryptoNegotiationError: Error, Hashable, Sendable {
    /// What a policy does not accept.
    @nonexhaustive
    public enum Refusal: Hashable, Sendable {
        /// The suite; `nil` for one that is not registered.
        case suite(String?)
        /// A session parameter of this name.
        case sessionParameter(String)
    }

    /// The media's transport is none that `a=crypto` is for: it must be `RTP/SAVP` or `RTP/SAVPF` (RFC 4568 section 6).
    case wrongTransport
    /// The media has port 0: it was rejected or ended (RFC 3264 section 6).
    case rejected
    /// There is no `a=crypto`: the peer does not support it (RFC 4568 section 5.3).
    case noCrypto
    /// An answer has several, and must have one (RFC 4568 section 5.1.2).
    case severalCryptos(Int)
    /// None of the offer's attributes can be accepted; why not, in their order (RFC 4568 section 5.1.2).
    case noneAcceptable([CryptoNegotiationError])
    /// An attribute is invalid.
    case invalid(CryptoAttributeError)
    /// An attribute is valid, and this side's policy does not take it.
    case notAcceptable(Refusal)
    /// The answer's tag is none of the offer's (RFC 4568 section 5.1.3).
    case tagNotOffered(UInt32)
    /// The answer has another suite than the offer has for its tag (RFC 4568 section 5.1.3).
    case suiteChanged(tag: UInt32)
    /// The answer lacks a negotiated session parameter of the offer (RFC 4568 section 5.1.3).
    case parameterMissing(String)
    /// The answer has a negotiated session parameter that was not offered: it would weaken what was agreed on.
    case parameterNotOffered(String)
    /// The answer has a key of the offer (RFC 4568 section 7.1.2).
    case keyReused
}

extension CryptoNegotiationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrongTransport: "expected transport RTP/SAVP or RTP/SAVPF (RFC 4568 section 6)"
        case .rejected: "the media has port 0: it is rejected (RFC 3264 section 6)"
        case .noCrypto: "expected a=crypto, there is none (RFC 4568 section 5.3)"
        case .severalCryptos(let count): "expected one a=crypto in an answer, got \(count) (RFC 4568 section 5.1.2)"
        case .noneAcceptable(let reasons):
            "expected an a=crypto that can be accepted (RFC 4568 section 5.1.2): "
                + reasons.prefix(8).enumerated().map { "line \($0 + 1): \($1)" }.joined(separator: "; ")
                + (reasons.count > 8 ? "; and \(reasons.count - 8) more" : "")
        case .invalid(let error): "\(error)"
        case .notAcceptable(.suite(let name)):
            name.map { "suite \($0) is not accepted here" } ?? "the suite is not a registered one"
        case .notAcceptable(.sessionParameter(let name)): "session parameter \(name) is not accepted here"
        case .tagNotOffered(let tag): "expected a tag of the offer, got \(tag) (RFC 4568 section 5.1.3)"
        case .suiteChanged(let tag): "expected the suite that was offered with tag \(tag) (RFC 4568 section 5.1.3)"
        case .parameterMissing(let name): "expected \(name), which was offered (RFC 4568 section 5.1.3)"
        case .parameterNotOffered(let name): "expected no \(name), which was not offered (RFC 4568 section 5.1.3)"
        case .keyReused: "expected other keys than the offer's (RFC 4568 section 7.1.2)"
        }
    }
}
