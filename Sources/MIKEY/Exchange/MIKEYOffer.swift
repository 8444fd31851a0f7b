// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What an initiator offers: a new bundle, or an update of its bundle.
public struct MIKEYOffer: Sendable {
    /// Where the keys come from.
    public enum Keys: Sendable {
        /// New ones are drawn.
        case fresh([MIKEYKeyRequest])
        /// These; as where a TEK is that of a stream that others receive already.
        case given([MIKEYPayload.KeyData])
        /// Those of before: in an update only. They are sent again where it is not known that the peer has them.
        case unchanged
    }

    /// The crypto sessions.
    ///
    /// In an update, all of them, those of before with their CS IDs; or an SRTP-ID map without any, which leaves them as they
    /// were. An SSRC of 0 in an SRTP-ID map is for the responder to choose.
    public var cryptoSessions: MIKEYCryptoSessions
    /// The security policies; in an update, those that are new. Without any, sessions have SRTP's defaults.
    public var policies: [MIKEYPayload.SecurityPolicy]
    /// The keys.
    public var keys: Keys
    /// What else the message carries, such as the SDP IDs of RFC 4567.
    public var generalExtensions: [MIKEYPayload.GeneralExtension]

    /// An offer.
    public init(
        cryptoSessions: MIKEYCryptoSessions, policies: [MIKEYPayload.SecurityPolicy] = [], keys: Keys,
        generalExtensions: [MIKEYPayload.GeneralExtension] = []
    ) {
        self.cryptoSessions = cryptoSessions
        self.policies = policies
        self.keys = keys
        self.generalExtensions = generalExtensions
    }
}
