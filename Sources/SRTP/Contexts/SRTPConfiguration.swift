// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

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
            case .sameAsRTP: suite.rtpPacketTagByteCount
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

    /// What a receiver does with a packet from a new SSRC when there are as many streams as it admits.
    public enum FullTable: Hashable, Sendable {
        /// Refuses it.
        case refuse
        /// Once the packet has authenticated, the stream from which nothing came for longest, roughly, makes room. How far it had
        /// come is remembered, so that what it sent before stays refused; of such traces there are at most sixteen for each
        /// stream that is admitted, and then new SSRCs are refused. Senders never evict a stream.
        case evictIdle
    }

    /// Who does the cryptography of a batch (``PacketTransform/transformBatch(_:slots:)``). Octets, results and state are the same
    /// whoever does it.
    public enum BatchEngine: Hashable, Sendable, CaseIterable {
        /// The faster one for each batch: the multi-buffer library where it is built in (package trait `MultiBuffer`) and the
        /// processor has what it needs, libcrypto elsewhere.
        case automatic
        /// libcrypto, one packet after the other.
        case libcrypto
        /// The multi-buffer library for every packet that it can do at all, libcrypto for the others, and for all of them where
        /// the library is not built in.
        case multiBuffer

        var primitive: CryptoPrimitives.BatchEngine {
            switch self {
            case .automatic: .automatic
            case .libcrypto: .libcrypto
            case .multiBuffer: .multiBuffer
            }
        }
    }

    /// The packets behind the newest one that can still be accepted, 64 to 32,768. A packet that lags by exactly the width
    /// is refused. A sender uses the same width to know what it has sent.
    public var replayWindow = 128
    /// The same for SRTCP.
    public var rtcpReplayWindow = 128
    /// Streams (SSRCs) that a context admits at most, 1 to 2^24. Beyond it, packets of further SSRCs are refused.
    ///
    /// Memory is taken for the streams that there are: with windows of up to 128 packets, 128 octets and some 15 to be found by. What
    /// is left of a stream that was removed or evicted takes about 90.
    public var streamLimit = 1024
    /// Whether SRTCP packets are encrypted.
    public var rtcpEncryption = RTCPEncryption.automatic
    /// How long the tags on SRTCP packets are, on those sent and those received.
    public var rtcpTag = RTCPTag.registered
    /// What a sender does with an RTP packet whose index it has sent before.
    public var repeatedPackets = RepeatedPackets.refused
    /// What a receiver does when it has as many streams as it admits.
    public var fullTable = FullTable.refuse
    /// Whether a sender uses leased indices only, so that it can be started again after a crash under the same master keys.
    public var indexLeasing = IndexLeasing.off
    /// How the rollover counter is carried in packets (RFC 4771); `nil`, the default: it is not.
    public var carriedRolloverCounter: CarriedRolloverCounter?
    /// Whether CSRC lists and header extensions are encrypted (RFC 9335).
    public var cryptex = Cryptex.off
    /// Which elements of header extensions are encrypted (RFC 6904); `nil`, the default: none. Where ``cryptex`` is on as well, a
    /// sender uses that for the packets it fits, and a receiver sees from each packet which of the two it is.
    public var headerEncryption: HeaderExtensionEncryption?
    /// The suite for SRTCP, where it is another one than for SRTP, with keys of the same length. `nil`, the default: the same.
    public var rtcpSuite: SRTPSuite?
    /// Rollover counters that a receiver tries above the expected one for the first packet of a stream, and for the first one
    /// after ``SRTPReceiver/resynchronize(_:)``: 0, the default, to 65,535. A receiver that joins late finds the counter by
    /// itself then, at the price of as many MACs for each forged packet of a new SSRC.
    public var rolloverCounterSearch = 0
    /// Whether SRTP payloads are encrypted: `false` for the SDES parameter `UNENCRYPTED_SRTP`. Only for suites with a MAC of
    /// their own.
    public var encryptsRTP = true
    /// Whether SRTP packets go without a tag: `true` for the SDES parameter `UNAUTHENTICATED_SRTP` (RFC 3711 section 9.5). Anyone
    /// can alter and inject packets then. A receiver takes packets only of streams that it was told of, by
    /// ``SRTPReceiver/setRolloverCounter(_:of:)``, and only ones that are less than 2^15 ahead. SRTCP packets have their tags.
    public var leavesRTPUnauthenticated = false
    /// How many packets are accepted under a new master key before the one it replaced is wiped: 4,096 by default. See
    /// ``SRTPReceiver/replaceKey(with:options:)``.
    public var keyGrace: UInt64 = 4096
    /// Who does the cryptography of batches.
    public var batchEngine = BatchEngine.automatic
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
        guard (0...65_535).contains(rolloverCounterSearch) else { throw .invalidCounterSearch(rolloverCounterSearch) }
    }

    /// Throws where options do not go together, or not with the suite.
    func validate(for suite: SRTPSuite) throws(SRTPError) {
        try validate()
        let isAEAD = suite.cipher.isAuthenticated
        try carriedRolloverCounter?.validate(isAEAD: isAEAD)
        if isAEAD {
            guard encryptsRTP else { throw .incompatibleOptions("an authenticated cipher and unencrypted SRTP") }
            guard !leavesRTPUnauthenticated else {
                throw .incompatibleOptions("an authenticated cipher and unauthenticated SRTP")
            }
        }
        if leavesRTPUnauthenticated, carriedRolloverCounter != nil {
            throw .incompatibleOptions("unauthenticated SRTP and a carried rollover counter, whose mode says it")
        }
        if suite.cipher == .doubleAESGCM {
            guard cryptex == .off else { throw .incompatibleOptions("Cryptex and a double suite") }
            guard repeatedPackets == .refused else {
                throw .incompatibleOptions("repeated packets and a double suite")
            }
        }
    }
}

/// The packets that one stream may take under one master key (RFC 3711 section 9.2). Lower only in tests, which cannot
/// wait for 2^31 packets.
package struct KeyLimits: Hashable, Sendable {
    package var rtpPackets: UInt64 = 1 << 48
    package var rtcpPackets: UInt64 = 1 << 31

    /// From when on the end is announced.
    var rtpNotice: UInt64 { rtpPackets - rtpPackets / 16 }
    var rtcpNotice: UInt64 { rtcpPackets - rtcpPackets / 16 }
}
