// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// How packets of one kind, SRTP or SRTCP, are protected and laid out under a configuration.
///
/// ```
/// with a MAC:          | packet | MKI | tag |              SRTCP: | packet |E| index | MKI | tag |
/// authenticated cipher: | packet | tag | MKI | carried ROC  SRTCP: | packet | tag |E| index | MKI |
/// ```
/// (RFC 3711 sections 3.1 and 3.4, RFC 7714 sections 8.2 and 9.2)
struct PacketForm: Hashable, Sendable {
    let kind: PacketCipher.Kind
    /// The octets of the tag; 0 where packets are not authenticated.
    let tagByteCount: Int
    let mkiByteCount: Int
    /// Whether the cipher authenticates as well. Kept, since a comparison of kinds is a call into another module.
    let isAEAD: Bool

    init(kind: PacketCipher.Kind, tagByteCount: Int, mkiByteCount: Int) {
        self.kind = kind
        self.tagByteCount = tagByteCount
        self.mkiByteCount = mkiByteCount
        isAEAD = kind.isAEAD
    }

    /// Where the MKI lies in a protected SRTP packet without a carried rollover counter.
    func mkiStart(from protectedByteCount: Int) -> Int {
        protectedByteCount - mkiByteCount - (isAEAD ? 0 : tagByteCount)
    }

    /// The octets of a session salt for counter mode, and for an authenticated cipher.
    static let counterSaltByteCount = 14
    static let aeadSaltByteCount = 12
}

/// What a context does with packets, worked out once from suite, configuration and keys.
struct PacketProfile: Sendable {
    let rtpSuite: SRTPSuite
    let rtcpSuite: SRTPSuite
    let rtp: PacketForm
    let rtcp: PacketForm
    let encryptsRTCP: Bool
    let carriedCounter: CarriedRolloverCounter?
    let cryptex: Cryptex
    let headerEncryption: HeaderExtensionEncryption?

    /// Whether an SRTP packet is nothing but header, encrypted payload and tag, so that the short way is open to it.
    let isPlainRTP: Bool
    /// Whether an SRTP packet has nothing more than those parts and an MKI, so that it can wait with others for the engine.
    let isBatchableRTP: Bool
    /// Whether an SRTCP packet has no MKI.
    let isPlainRTCP: Bool

    init(suite: SRTPSuite, configuration: SRTPConfiguration, mkiByteCount: Int) throws(SRTPError) {
        let rtcpSuite = configuration.rtcpSuite ?? suite
        for suite in [suite, rtcpSuite] where !suite.isUsable { throw .suiteNotBuilt(suite.name) }
        guard rtcpSuite.masterKeyByteCount == suite.masterKeyByteCount, rtcpSuite.cipher.isARIA == suite.cipher.isARIA,
            (rtcpSuite.cipher == .doubleAESGCM) == (suite.cipher == .doubleAESGCM)
        else { throw .incompatibleSuites(rtp: suite.name, rtcp: rtcpSuite.name) }
        rtpSuite = suite
        self.rtcpSuite = rtcpSuite
        carriedCounter = configuration.carriedRolloverCounter
        cryptex = configuration.cryptex
        headerEncryption = configuration.headerEncryption
        encryptsRTCP = configuration.rtcpEncryption.isOn(for: rtcpSuite)
        let kind = configuration.encryptsRTP ? suite.cipher.kind : .null
        rtp = PacketForm(
            kind: kind, tagByteCount: configuration.leavesRTPUnauthenticated ? 0 : suite.rtpPacketTagByteCount,
            mkiByteCount: mkiByteCount)
        rtcp = PacketForm(
            kind: rtcpSuite.cipher.kind, tagByteCount: configuration.rtcpTag.byteCount(for: rtcpSuite),
            mkiByteCount: mkiByteCount)
        try configuration.validate(for: suite)
        isBatchableRTP =
            carriedCounter == nil && cryptex == .off && headerEncryption == nil && kind != .aesF8
            && suite.cipher != .doubleAESGCM && !configuration.leavesRTPUnauthenticated
        isPlainRTP = isBatchableRTP && mkiByteCount == 0
        isPlainRTCP = mkiByteCount == 0 && rtcp.kind != .aesF8
    }

    /// By how many octets an SRTP packet grows, at most.
    var rtpOverhead: Int {
        var octets = rtp.tagByteCount + rtp.mkiByteCount
        if rtpSuite.cipher == .doubleAESGCM { octets += DoubleEncryption.overhead }
        if let carriedCounter {
            octets =
                rtp.isAEAD
                ? octets + CarriedRolloverCounter.counterByteCount
                : rtp.mkiByteCount + carriedCounter.tagByteCount
        }
        return cryptex == .off ? octets : octets + Cryptex.blockHeaderByteCount
    }

    /// By how many octets an SRTCP packet grows.
    var rtcpOverhead: Int { RTCPLayout.indexByteCount + rtcp.tagByteCount + rtcp.mkiByteCount }
}
