// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How a sender or receiver behaves, beyond its key. The defaults are the safe ones.
public struct SRTPConfiguration: Hashable, Sendable {
    /// Whether SRTCP packets are encrypted. They are authenticated always.
    public enum RTCPEncryption: Hashable, Sendable {
        /// Encrypted, except under a suite with the NULL cipher. A receiver refuses unencrypted packets, except there.
        case automatic
        /// Sent with the E bit, and required on what arrives, under every suite.
        case required
        /// Sent unencrypted (SDES `UNENCRYPTED_SRTCP`). A receiver takes packets with and without the E bit.
        case off

        /// Whether packets are sent with the E bit, and required to have it.
        func isOn(for suite: SRTPSuite) -> Bool {
            switch self {
            case .automatic: suite.cipher != .null
            case .required: true
            case .off: false
            }
        }
    }

    /// How long the tags on SRTCP packets are.
    public enum RTCPTag: Hashable, Sendable {
        /// As the suite is registered: 10 octets for every HMAC-SHA1 suite, also for those with 4 on SRTP packets (RFC 4568
        /// section 6.2, RFC 5764 section 4.1.2).
        case registered
        /// As long as on SRTP packets, for a peer that takes `AES_CM_128_HMAC_SHA1_32` to mean 4 octets on SRTCP as well:
        /// FFmpeg, and GStreamer's `srtpenc` with `rtcp-auth=hmac-sha1-32`. One forgery in 2^32 then succeeds on SRTCP too,
        /// and packets with registered tags are refused. Suites with equal tags stay as they are.
        case sameAsRTP

        /// The octets of the tag on an SRTCP packet.
        func byteCount(for suite: SRTPSuite) -> Int {
            switch self {
            case .registered: suite.rtcpTagByteCount
            case .sameAsRTP: suite.rtpTagByteCount
            }
        }
    }

    /// What a sender does with an RTP packet whose index it has sent before.
    public enum RepeatedPackets: Hashable, Sendable {
        /// Refuses it.
        case refused
        /// Sends it again if it is the identical packet, for retransmission on the same stream. Costs 16 octets of memory
        /// for each packet in the window of each stream.
        case allowedWhenIdentical
    }

    /// The packets behind the newest one that can still be accepted, 64 to 32,768. A packet that lags by exactly the width
    /// is refused. A sender uses the same width to know what it has sent.
    public var replayWindow = 128
    /// The same for SRTCP.
    public var rtcpReplayWindow = 128
    /// Streams (SSRCs) that a context admits at most, 1 to 2^24. Beyond it, packets of further SSRCs are refused.
    public var streamLimit = 1024
    /// Whether SRTCP packets are encrypted.
    public var rtcpEncryption = RTCPEncryption.automatic
    /// How long the tags on SRTCP packets are, on those sent and those received.
    public var rtcpTag = RTCPTag.registered
    /// What a sender does with an RTP packet whose index it has sent before.
    public var repeatedPackets = RepeatedPackets.refused
    /// How many packets a stream may take under one master key.
    package var limits = KeyLimits()

    /// The defaults.
    public init() {}

    /// Throws where a number lies outside its range.
    func validate() throws(SRTPError) {
        for width in [replayWindow, rtcpReplayWindow] where !(64...32_768).contains(width) {
            throw .invalidReplayWindow(width)
        }
        guard (1...1 << 24).contains(streamLimit) else { throw .invalidStreamLimit(streamLimit) }
    }
}

/// The packets that one stream may take under one master key (RFC 3711 section 9.2). Lower only in tests, which cannot
/// wait for 2^31 packets.
package struct KeyLimits: Hashable, Sendable {
    package var rtpPackets: UInt64 = 1 << 48
    package var rtcpPackets: UInt64 = 1 << 31
}
