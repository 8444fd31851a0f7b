// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// How a responder goes about.
public struct MIKEYResponderConfiguration: Sendable {
    /// Who shares what with this party: by IDi and IDr, as the message claims them. `nil` for whoever is not known.
    public var credential: @Sendable (_ initiator: MIKEYIdentity?, _ responder: MIKEYIdentity?) -> MIKEYCredential?
    /// Who this party is: messages to others, and such as come from it itself, are refused.
    public var identity: MIKEYIdentity?
    /// Whether ``identity`` is sent as IDr in answers.
    public var sendsIdentity = false
    /// Who the peer is: a message from another identity is refused. Without one, whoever has the key may begin.
    public var peer: MIKEYIdentity?
    /// What keeps messages from being taken twice.
    public var replay: MIKEYReplayProtection
    /// What is lived with.
    public var mode = MIKEYParsingMode.strict
    /// The policy of this party, asked with what would be agreed on when the message is authentic and all keys are there.
    public var decide: @Sendable (MIKEYAgreement) -> MIKEYDecision = { _ in .accept() }
    /// How much is taken.
    public var limits = MIKEYResponderLimits()
    /// Whether messages that are not authentic are answered with an error message, which is not authentic either (RFC 3830
    /// section 5.3).
    public var reportsAuthenticationFailures = true

    /// A responder that takes what one peer offers.
    public init(credential: MIKEYCredential, replay: MIKEYReplayProtection) {
        self.init(credentials: { _, _ in credential }, replay: replay)
    }

    /// A responder for many peers.
    public init(
        credentials: @escaping @Sendable (_ initiator: MIKEYIdentity?, _ responder: MIKEYIdentity?) -> MIKEYCredential?,
        replay: MIKEYReplayProtection
    ) {
        credential = credentials
        self.replay = replay
    }
}

/// What keeps messages from being taken twice.
public enum MIKEYReplayProtection: Sendable {
    /// A memory of what was taken.
    case guarded(MIKEYReplayGuard)
    /// The channel, which is protected. T must be within the window all the same, unless
    /// ``MIKEYDeviation/implausibleTimestamp`` is lived with.
    case channel(MIKEYNullAlgorithmPermission, window: MIKEYTimestampWindow = MIKEYTimestampWindow())
}

/// What a responder says to an offer.
public enum MIKEYDecision: Sendable {
    /// Yes, with the SSRCs of sessions that left theirs open, by CS ID.
    case accept(ssrcs: [UInt8: SSRC] = [:])
    /// No, for this reason, and what would be taken instead (RFC 3830 section 5.1.1).
    case refuse(MIKEYErrorNumber, supported: [MIKEYPayload.SecurityPolicy] = [])
}

/// How much a responder takes.
public struct MIKEYResponderLimits: Hashable, Sendable {
    /// Octets of a message.
    public var messageOctets = 8192
    /// Bundles at a time; more are refused until one is ended.
    public var bundles = 1024
    /// Bundles of one peer, so that none takes the places of the others. A peer is who its messages say; those that name nobody have no
    /// limit but that of all.
    public var bundlesOfPeer = 256
    /// Crypto sessions of a bundle, which are derived keys for.
    public var sessions = 255
    /// Keys of a message.
    public var keys = 16
    /// Octets of all keys of a message. What it takes to derive is this number times that of the sessions.
    public var keyOctets = 1024
    /// Policies of a bundle.
    public var policies = 32
    /// Answers that are kept for messages that come again.
    public var answers = 1024

    /// The limits above.
    public init() {}
}

extension MIKEYResponderLimits {
    /// Throws where there is more of `what` than `limit`.
    func check(
        _ what: MIKEYExchangeError.Limit, _ count: Int, _ limit: Int
    ) throws(MIKEYExchangeError) {
        guard count <= limit else { throw .limitExceeded(what, count: count, limit: limit) }
    }
}
