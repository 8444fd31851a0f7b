// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY
internal import SRTP

/// What kind of peer keys are negotiated with: how messages for it are made, and what is lived with in its own.
///
/// All but ``rfc3830`` are for RTSP, where peers have NULL encryption and a NULL MAC, and so need a channel that is protected.
public enum MIKEYPreset: String, CaseIterable, Hashable, Sendable {
    /// As the RFCs say, and strict: a TGK, two crypto sessions for each media, the list of protocols.
    case rfc3830
    /// ONVIF devices, Axis cameras among them: a TEK with an MKI of four octets, and its salt in it only with
    /// `AES_CM_128_HMAC_SHA1_80`.
    case onvif
    /// What GStreamer, live555, gortsplib and ONVIF devices all take: `AES_CM_128_HMAC_SHA1_80`, salt in the TEK, an MKI of four
    /// octets, every policy parameter that live555 asks for.
    case widestAccepted = "widest-accepted"
    /// GStreamer: the tag's length in place of the authentication key's, salt in the TEK, no MKI.
    case gstreamer
    /// The live555 server, proxy and client: as ``widestAccepted``; it may send back a message as an answer to itself.
    case live555
}

extension MIKEYPreset {
    /// How a key is written (RFC 3830 section 6.13).
    public enum KeyForm: Hashable, Sendable {
        /// A TGK, from which each crypto session's keys are derived.
        case tgk
        /// A TEK with its salt beside it.
        case tekWithSalt
        /// A TEK with its salt behind the key, as if it were part of it.
        case tekHoldingSalt
    }

    /// Which crypto sessions there are.
    public enum Layout: Hashable, Sendable {
        /// Two for each media: what the initiator sends, and then what the responder sends (RFC 4567 section 7.1).
        case twoForEachMedia
        /// One for each stream that the initiator sends; what comes back has the same key.
        case oneForBothDirections
    }

    /// Which crypto sessions are offered.
    public var layout: Layout { self == .rfc3830 ? .twoForEachMedia : .oneForBothDirections }

    /// Whether offers have the list of protocols (RFC 4567 section 4.1.4): peers over RTSP do not know it, and old GStreamer hangs.
    public var writesProtocolList: Bool { self == .rfc3830 }

    /// The length of MKIs in octets; 0 for none.
    public var mkiByteCount: Int { self == .gstreamer ? 0 : 4 }

    /// Whether lines and headers are read leniently.
    public var isLenient: Bool { self != .rfc3830 }

    /// What is lived with in the peer's messages.
    public var mode: MIKEYParsingMode {
        let accepted: [MIKEYDeviation] =
            switch self {
            case .rfc3830: []
            case .onvif:
                [.saltInsideTEK, .missingRAND, .implausibleTimestamp, .unknownPolicyParameter, .trailingOctets]
            case .gstreamer: [.saltInsideTEK, .tagLengthAsKeyLength]
            case .live555: [.saltInsideTEK]
            case .widestAccepted:
                [
                    .saltInsideTEK, .missingRAND, .implausibleTimestamp, .unknownPolicyParameter, .trailingOctets,
                    .tagLengthAsKeyLength,
                ]
            }
        return MIKEYParsingMode(accepting: MIKEYDeviationSet(accepted))
    }

    /// How the key of a policy is written.
    public func keyForm(for policy: SRTPPolicy) -> KeyForm {
        switch self {
        case .rfc3830: .tgk
        case .onvif: policy.suite == .aesCM128_HMACSHA1_80 ? .tekHoldingSalt : .tekWithSalt
        case .widestAccepted, .gstreamer, .live555: .tekHoldingSalt
        }
    }

    /// How an initiator goes about with such peers.
    ///
    /// - Parameter credential: ``MIKEYCredential/protectedChannel(_:)``, from ``KeyMgmtChannel/nullCredential()``, for all but
    ///   ``rfc3830``.
    public func initiator(
        _ credential: MIKEYCredential, timestamps: MIKEYTimestampSource = MIKEYTimestampSource()
    ) -> MIKEYInitiatorConfiguration {
        var configuration = MIKEYInitiatorConfiguration(credential: credential, timestamps: timestamps)
        configuration.mode = mode
        configuration.ignoresEcho = self == .live555
        return configuration
    }

    /// The policy as such peers read it.
    ///
    /// - Throws: ``KeyMgmtNegotiationError/presetLacks(_:_:)`` for what they do not know, and
    ///   ``KeyMgmtNegotiationError/policy(_:)`` for what MIKEY has no number for.
    public func policy(_ policy: SRTPPolicy) throws(KeyMgmtNegotiationError) -> MIKEYSRTPPolicy {
        guard canSay(policy) else { throw .presetLacks(self, policy) }
        do throws(MIKEYPolicyError) { return try policy.mikey(in: dialect) } catch { throw .policy(error) }
    }

    private var dialect: SRTPPolicy.Dialect {
        switch self {
        case .rfc3830, .widestAccepted, .live555: .rfc3830
        case .onvif: .onvif
        case .gstreamer: .gstreamer
        }
    }

    private func canSay(_ policy: SRTPPolicy) -> Bool {
        var plain = SRTPPolicy(policy.suite)
        let cipher = policy.suite.cipher
        switch self {
        case .rfc3830: return true
        case .onvif: return policy == plain && (cipher == .aesCM || cipher == .aesGCM)
        case .widestAccepted, .live555: return policy == plain && policy.suite == .aesCM128_HMACSHA1_80
        case .gstreamer:
            // The length of the tag is that of SRTCP as well.
            plain.rtcpTag = .sameAsRTP
            var same = policy
            if policy.suite.rtpTagByteCount == policy.suite.rtcpTagByteCount { same.rtcpTag = .sameAsRTP }
            return same == plain && (cipher == .aesCM || cipher == .aesGCM) && policy.suite.masterKeyByteCount != 24
        }
    }
}
