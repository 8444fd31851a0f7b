// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How one master key is used: what finds it, and when its time is over.
public struct SRTPKeyOptions: Hashable, Sendable {
    /// The master key identifier that packets under this key carry, 0 to 255 octets (RFC 3711 section 3.1). Without one, the
    /// default, packets carry none. All keys of a context have identifiers of one length.
    public var mki: [UInt8] = []
    /// How many packets share session keys: 0, the default, for all of them, or a power of two up to 2^24 (RFC 3711 section
    /// 4.3.1). For each new quotient of packet index and rate, a sender and a receiver derive new ones.
    public var derivationRate: UInt32 = 0
    /// The 48-bit SRTP indices that the key is for, 2^16 * ROC + SEQ (`<From, To>`, RFC 3711 section 8.1.1); `nil`, the
    /// default, for all of them. Where it is given, a sender changes keys by it, and a receiver finds the key by it. SRTCP goes
    /// by the newest SRTP index of the same SSRC.
    public var validIndices: ClosedRange<UInt64>?
    /// How many packets the key may take, counted over all streams.
    public var lifetime = SRTPKeyLifetime()

    /// The defaults: no identifier, one derivation, no end before that of the protocol.
    public init() {}

    func validate() throws(SRTPError) {
        guard mki.count <= 255 else { throw .invalidMKI(byteCount: mki.count, expectedByteCount: nil) }
        guard derivationRate & (derivationRate &- 1) == 0 || derivationRate == 0, derivationRate <= 1 << 24 else {
            throw .invalidDerivationRate(derivationRate)
        }
        if let last = validIndices?.upperBound, last >= PacketIndex.modulus { throw .invalidKeyRange(last) }
        try lifetime.validate()
    }
}

/// How many packets a master key may take over all its streams, as key management agreed on.
///
/// The protocol's own limits hold besides: 2^48 SRTP and 2^31 SRTCP packets of each stream (RFC 3711 section 9.2). Reaching any
/// of them ends the key for SRTP and SRTCP, for ever.
public struct SRTPKeyLifetime: Hashable, Sendable {
    /// SRTP packets, 1 to 2^48.
    public var rtpPackets: UInt64
    /// SRTCP packets, 1 to 2^48.
    public var rtcpPackets: UInt64
    /// How many packets before the end ``SRTPEvent/keyNearsItsEnd(_:)`` comes, once.
    public var notice: UInt64

    /// A lifetime of `rtpPackets` and `rtcpPackets`, announced `notice` packets before its end; by default a sixteenth of
    /// the smaller number, and at least 1. A lifetime of one packet ends without announcement.
    public init(rtpPackets: UInt64 = 1 << 48, rtcpPackets: UInt64 = 1 << 48, notice: UInt64? = nil) {
        self.rtpPackets = rtpPackets
        self.rtcpPackets = rtcpPackets
        self.notice = notice ?? max(1, min(rtpPackets, rtcpPackets) / 16)
    }

    func validate() throws(SRTPError) {
        for packets in [rtpPackets, rtcpPackets] where !(1...1 << 48).contains(packets) {
            throw .invalidLifetime(packets)
        }
    }
}
