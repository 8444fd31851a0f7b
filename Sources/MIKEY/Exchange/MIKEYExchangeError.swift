// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// Why a message was refused, or an offer not made. Holds no key octets.
@nonexhaustive
public enum MIKEYExchangeError: Error, Hashable, Sendable {
    /// The message is not one of the peer's, whatever is wrong with it.
    case notAuthentic
    /// The version, the kind of message or the function is not known here, so that nothing can be verified.
    case notSupported
    /// The message is authentic, but not of this time.
    case timestamp(MIKEYReplayError)
    /// The very message was taken before. Its answer, if there was one, is sent again, and nothing else happens.
    case repeated
    /// The message is authentic, but not as the RFCs say; or an offer would not be.
    case message(MIKEYError)
    /// NULL encryption or a NULL MAC, and nobody has said that the channel is protected.
    case nullNotPermitted
    /// A NULL algorithm in an update of a bundle that began without, or another function.
    case downgraded
    /// A first message for a bundle that there is, or that this party began itself.
    case bundleExists
    /// An identity is not the one that is expected.
    case identity
    /// More than is taken.
    case limitExceeded(Limit, count: Int, limit: Int)
    /// There are no keys.
    case noKeys
    /// A TEK has no salt, and its crypto session needs one.
    case saltMissing
    /// A key or salt has another length than its crypto session needs, in octets.
    case keyLength(byteCount: Int, expected: Int)
    /// The policy of a crypto session is not known, or none of SRTP.
    case policy(UInt8)
    /// Two crypto sessions would use one TEK with one SSRC, and so the same keystream (RFC 3830 section 6.1.1).
    case sharedKeystream(SSRC)
    /// The policy of this party says no.
    case declined
    /// No such message is awaited.
    case unexpected
    /// The answer is authentic, but its crypto sessions are not those that were offered.
    case answerDiffers

    /// An offer is still without its answer.
    case awaitingAnswer
    /// The first offer was refused or given up: a new bundle is needed.
    case ended
    /// It is not known which crypto sessions the peer has: an update must list some.
    case sessionsUnknown
    /// No such function or algorithm.
    case unsupported(MIKEYErrorNumber)
    /// AES key wrap takes key data of 16 octets or more, and multiples of 8; RFC 3830 has no padding for others.
    case notWrappable(byteCount: Int)
    /// No counter is left.
    case counterExhausted
    /// libcrypto failed.
    case engineFailed

    /// What a responder limits.
    public enum Limit: String, Hashable, Sendable {
        /// Octets of a message.
        case messageOctets = "octets of a message"
        /// Bundles at a time.
        case bundles
        /// Bundles of one peer at a time.
        case bundlesOfPeer = "bundles of one peer"
        /// Crypto sessions of a bundle.
        case sessions = "crypto sessions"
        /// Keys of a message.
        case keys
        /// Octets of all keys of a message.
        case keyOctets = "octets of keys"
        /// Policies of a bundle.
        case policies
    }
}

extension MIKEYExchangeError {
    init(_ error: DerivationError) {
        switch error {
        case .unsupportedPRF: self = .unsupported(.invalidPRF)
        case .unsupportedEncryption: self = .unsupported(.invalidEA)
        case .nullNotPermitted: self = .nullNotPermitted
        case .notWrappable(let byteCount): self = .notWrappable(byteCount: byteCount)
        case .authenticationFailed: self = .notAuthentic
        case .emptyKey, .notForTraffic: self = .noKeys
        case .unexpectedLength(let byteCount, let expected):
            self = .keyLength(byteCount: byteCount, expected: expected)
        case .saltMissing: self = .saltMissing
        case .engineFailed: self = .engineFailed
        }
    }

    /// What an error message says about it (RFC 3830 section 6.12).
    public var errorNumber: MIKEYErrorNumber {
        switch self {
        case .notAuthentic, .nullNotPermitted: .authFailure
        case .timestamp(let error): error.errorNumber
        case .repeated: .invalidTS
        case .message(let error): error.errorNumber
        case .unsupported(let number): number
        case .identity: .invalidID
        case .policy: .invalidSP
        case .saltMissing, .keyLength: .invalidSPpar
        default: .unspecified
        }
    }
}

extension MIKEYReplayError {
    fileprivate var errorNumber: MIKEYErrorNumber {
        switch self {
        case .tooOld, .tooNew, .beforeMemory, .replayed, .counterNotIncreasing, .counterNeedsDurableStore: .invalidTS
        default: .unspecified
        }
    }
}

extension MIKEYExchangeError: CustomStringConvertible {
    /// One line for a log.
    public var description: String {
        switch self {
        case .notAuthentic: "not authentic"
        case .notSupported: "a version, kind of message or function that is not known"
        case .timestamp(let error): "\(error)"
        case .repeated: "the same message came again"
        case .message(let error): "\(error)"
        case .nullNotPermitted: "NULL encryption or a NULL MAC (RFC 3830 section 4.2.4): the channel must be protected"
        case .downgraded: "an update with weaker algorithms than its bundle"
        case .bundleExists: "a first message for a bundle that exists"
        case .identity: "an identity that is not expected"
        case .limitExceeded(let what, let count, let limit): "\(count) \(what.rawValue), expected at most \(limit)"
        case .noKeys: "no keys for traffic"
        case .saltMissing: "a TEK without the salt that its policy needs"
        case .keyLength(let byteCount, let expected): "\(byteCount) octets of key or salt, expected \(expected)"
        case .policy(let number): "policy \(number) is not there, or none of SRTP"
        case .sharedKeystream(let ssrc): "one TEK for two streams with SSRC \(ssrc)"
        case .declined: "declined"
        case .unexpected: "no such message is awaited"
        case .answerDiffers: "the answer has other crypto sessions than the offer"
        case .awaitingAnswer: "an offer awaits its answer"
        case .ended: "the bundle has ended"
        case .sessionsUnknown: "it is not known which crypto sessions the peer has: list some, or begin a new bundle"
        case .unsupported(let number): "\(number)"
        case .notWrappable(let byteCount):
            "AES key wrap takes multiples of 8 octets, 16 or more, got \(byteCount) (RFC 3830 section 4.2.3)"
        case .counterExhausted: "no counter is left"
        case .engineFailed: "libcrypto failed"
        }
    }
}
