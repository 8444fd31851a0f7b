// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SRTP

/// What one side of a negotiation accepts (RFC 4568 section 7.1.2: "its configured policy"). The default takes what is
/// encrypted and authenticated in a suite that can be used.
public struct CryptoPolicy: Hashable, Sendable {
    /// The suites that are accepted.
    public var suites: [SRTPSuite] = SRTPSuite.all.filter { $0.status == .built && $0.isInSDPRegistry }
    /// Whether `UNENCRYPTED_SRTP` is accepted.
    public var allowsUnencryptedSRTP = false
    /// Whether `UNENCRYPTED_SRTCP` is accepted.
    public var allowsUnencryptedSRTCP = false
    /// Whether `UNAUTHENTICATED_SRTP` is accepted, for suites that have a MAC beside the cipher.
    public var allowsUnauthenticatedSRTP = false
    /// Whether a separate stream of forward error correction, or FEC behind SRTP, is accepted.
    public var allowsForwardErrorCorrection = false
    /// Whether ``CryptoDeviation``s are accepted, and `a=crypto` in a transport that is not `RTP/SAVP` or `RTP/SAVPF`, as
    /// some cameras have it.
    public var isLenient = false

    /// The default.
    public init() {}

    /// Throws where an attribute is not acceptable.
    func check(_ attribute: CryptoAttribute) throws(CryptoNegotiationError) {
        guard let suite = attribute.suite, suites.contains(suite) else {
            throw .notAcceptable(.suite(attribute.suite?.name))
        }
        for parameter in attribute.sessionParameters {
            let isAllowed =
                switch parameter {
                case .unencryptedSRTP: allowsUnencryptedSRTP && !suite.cipher.isAuthenticated
                case .unencryptedSRTCP: allowsUnencryptedSRTCP
                case .unauthenticatedSRTP: allowsUnauthenticatedSRTP && !suite.cipher.isAuthenticated
                case .fecOrder(let order): order == .fecThenSRTP || allowsForwardErrorCorrection
                case .fecKey: allowsForwardErrorCorrection
                case .keyDerivationRate, .windowSizeHint, .unknownOptional: true
                }
            guard isAllowed else { throw .notAcceptable(.sessionParameter(parameter.name)) }
        }
    }
}
