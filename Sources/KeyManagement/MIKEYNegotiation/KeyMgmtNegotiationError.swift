// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY
public import SRTP

/// Why a negotiation with `a=key-mgmt` or `KeyMgmt` failed. Nothing falls back to weaker protection: each is an error. No case
/// carries a key.
@nonexhaustive
public enum KeyMgmtNegotiationError: Error, Hashable, Sendable {
    /// Media-level keys for a transport that is not `RTP/SAVP` or `RTP/SAVPF`.
    case wrongTransport(media: Int)
    /// A media is offered with SRTP, and there are no keys for it.
    case noKeyMgmt(media: Int)
    /// There is no media that MIKEY has keys for.
    case noSecureMedia
    /// There are no crypto sessions of this number.
    case noStream(number: Int)
    /// MIKEY is not among the protocols that are offered.
    case noMIKEY
    /// A line or header is invalid.
    case invalid(KeyMgmtError)
    /// The data are not a MIKEY message.
    case message(MIKEYError)
    /// The message was refused.
    case refused(MIKEYErrorNumber, MIKEYExchangeError)
    /// The peer reports errors. Unless they are authenticated, they may be someone else's.
    case reported([MIKEYErrorNumber], isAuthenticated: Bool)
    /// The list of protocols in the message is not that of the description: lines may have been taken away on their way (RFC
    /// 4567 section 4.1.4).
    case protocolListDiffers
    /// A policy has no suite here.
    case policy(MIKEYPolicyError)
    /// A policy is not taken here.
    case notAcceptable(SRTPPolicy)
    /// A preset cannot say a policy: its peers do not know the suite.
    case presetLacks(MIKEYPreset, SRTPPolicy)
    /// The crypto sessions are neither one nor two for each media.
    case sessionCount(Int, media: Int)
    /// The message lists no crypto sessions, and it was not told elsewhere which each of the media has, with CS IDs of their own and
    /// as many as the message counts (RFC 4563 section 5).
    case unlistedSessions
    /// Several keys, and nothing that tells which one a crypto session has.
    case ambiguousKeys(csID: UInt8)
    /// A key's interval is not one of 48-bit indices.
    case keyInterval(csID: UInt8)
    /// An answer has no verification message, although one was asked for.
    case noVerification
    /// A media has keys of MIKEY and of `a=crypto`, of neither, or is to have others than those that a line with it is answered by
    /// (RFC 4568 section 7.5).
    case notOneMethod(media: Int)
    /// The answer rejects a media that keys were offered for.
    case rejected(media: Int)
    /// NULL mode, and the channel is not protected.
    case unprotectedChannel
    /// Both directions have one key: they need a pair of contexts, which know each other's SSRCs.
    case sharedKey
    /// An update leaves a stream its keys, or gives them back: the context that has them must go on, since a new one would use indices
    /// again (RFC 3711 section 9.1).
    case keysInUse(csID: UInt8)
    /// The keys are of another bundle than those that they are to replace (RFC 3830 section 4.5).
    case otherBundle
    /// A context does not take the keys.
    case srtp(SRTPError)
}

extension KeyMgmtNegotiationError {
    /// What an error message of MIKEY says about it (RFC 3830 section 6.12).
    public var errorNumber: MIKEYErrorNumber {
        switch self {
        case .message(let error): error.errorNumber
        case .refused(let number, _): number
        case .policy(let error): error.errorNumber
        case .notAcceptable: .invalidSPpar
        default: .unspecified
        }
    }
}

extension KeyMgmtNegotiationError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .wrongTransport(let media):
            "media \(media + 1): expected transport RTP/SAVP or RTP/SAVPF where there are keys (RFC 4567 section 5.2)"
        case .noKeyMgmt(let media): "media \(media + 1): expected a=key-mgmt for a transport of SRTP, there is none"
        case .noSecureMedia: "expected a media with transport RTP/SAVP or RTP/SAVPF"
        case .noStream(let number): "there is no stream \(number)"
        case .noMIKEY: "expected mikey among the protocols (RFC 4567 section 4.1.2)"
        case .invalid(let error): "key-mgmt: \(error)"
        case .message(let error): "MIKEY: \(error)"
        case .refused(let number, let error): "MIKEY: \(error) (\(number))"
        case .reported(let numbers, let isAuthenticated):
            "the peer reports \(numbers.map(\.description).joined(separator: ", "))"
                + (isAuthenticated ? "" : ", which is not authenticated")
        case .protocolListDiffers:
            "expected the protocols of the description in the message, in their order (RFC 4567 section 4.1.4)"
        case .policy(let error): "\(error)"
        case .notAcceptable(let policy): "\(policy.suite) as it is offered is not accepted here"
        case .presetLacks(let preset, let policy):
            "\(preset.rawValue) has no way to say \(policy.suite) with these options"
        case .sessionCount(let count, let media):
            "expected one crypto session or two for each of \(media) media, got \(count) (RFC 4567 section 7.1)"
        case .unlistedSessions:
            "the message lists no crypto sessions, and those of each media were not told elsewhere (RFC 4563 section 5)"
        case .ambiguousKeys(let id): "crypto session \(id): expected one key, or an SPI or interval with each"
        case .keyInterval(let id):
            "crypto session \(id): expected an interval of 48-bit indices (RFC 3830 section 6.14)"
        case .noVerification: "expected a verification message in the answer (RFC 3830 section 3.1)"
        case .notOneMethod(let media):
            "media \(media + 1): expected either a=key-mgmt or a=crypto in an answer (RFC 4568 section 7.5)"
        case .rejected(let media): "media \(media + 1): the answer rejects it"
        case .unprotectedChannel: "expected a protected channel for MIKEY without encryption (RFC 3830 section 4.2.3)"
        case .sharedKey: "both directions have one key: make a pair"
        case .keysInUse(let id):
            "crypto session \(id): expected new keys, or the context that has those of before (RFC 3711 section 9.1)"
        case .otherBundle: "expected keys of the same bundle (RFC 3830 section 4.5)"
        case .srtp(let error): "\(error)"
        }
    }
}

/// A refusal of an offer, with what to say to the peer.
public struct KeyMgmtRejection: Error, Equatable, Sendable {
    /// Why.
    public let reason: KeyMgmtNegotiationError
    /// MIKEY's error message, where there is one to be sent.
    public let message: MIKEYMessage?

    init(_ reason: KeyMgmtNegotiationError, _ message: MIKEYMessage? = nil) {
        self.reason = reason
        self.message = message
    }

    /// The line for an answer, or for the body of a 488 response of SIP (RFC 4567 section 4.1.2).
    public var attribute: KeyMgmtAttribute? { message.map { KeyMgmtAttribute($0) } }

    /// The response of an RTSP server.
    public var rtsp: RTSPKeyManagementFailure {
        switch reason {
        case .noKeyMgmt: .messageExpected
        default: .keyManagementFailed(message)
        }
    }
}
