// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What a master key was used for so far, and what is left of it. Plain numbers.
struct KeyUse: Hashable, Sendable {
    /// The packets sent or accepted under the key, over all streams.
    private(set) var rtpPackets: UInt64 = 0
    private(set) var rtcpPackets: UInt64 = 0
    /// Whether the key has come to its end. It stays so.
    private(set) var isExhausted = false
    /// The packets of one stream that left for another key, and its oldest indices under this one: what a stream starts with
    /// that comes back. The largest counts and smallest indices of all such streams, to be on the safe side.
    private(set) var returning = StreamUse()
    /// For a key that another one has replaced: how many packets may still be accepted under newer keys before it goes.
    var grace: UInt64?
    private var hasNoticed = false
    private var rtpNotice: UInt64
    private var rtcpNotice: UInt64
    /// Up to how many packets a further one brings nothing about: one less than for the notice, 0 for a key at its end.
    private var quietRTPPackets: UInt64
    private let lifetime: SRTPKeyLifetime

    init(_ lifetime: SRTPKeyLifetime) {
        self.lifetime = lifetime
        rtpNotice = lifetime.rtpPackets - min(lifetime.notice, lifetime.rtpPackets - 1)
        quietRTPPackets = rtpNotice - 1
        rtcpNotice = lifetime.rtcpPackets - min(lifetime.notice, lifetime.rtcpPackets - 1)
    }

    /// What counting a packet, or a stream's limit, brings about.
    enum Step {
        case none
        case nearsItsEnd
        case exhausted
    }

    /// Counts an SRTP packet.
    @inline(__always)
    mutating func countRTP() -> Step {
        rtpPackets += 1
        return rtpPackets < rtpNotice ? .none : reached(rtpPackets, of: lifetime.rtpPackets)
    }

    /// Whether a further SRTP packet brings nothing about.
    @inline(__always)
    var isFarFromRTPEnd: Bool { rtpPackets < quietRTPPackets }

    /// How many further SRTP packets bring nothing about.
    var quietRTPPacketsLeft: UInt64 { quietRTPPackets - min(rtpPackets, quietRTPPackets) }

    /// Counts SRTP packets that bring nothing about.
    @inline(__always)
    mutating func countQuietRTP(_ count: UInt64 = 1) { rtpPackets &+= count }

    /// Counts an SRTCP packet.
    @inline(__always)
    mutating func countRTCP() -> Step {
        rtcpPackets += 1
        return rtcpPackets < rtcpNotice ? .none : reached(rtcpPackets, of: lifetime.rtcpPackets)
    }

    @inline(never)
    private mutating func reached(_ packets: UInt64, of limit: UInt64) -> Step {
        if packets >= limit { return exhaust() }
        guard !hasNoticed else { return .none }
        hasNoticed = true
        return .nearsItsEnd
    }

    /// Ends the key.
    mutating func exhaust() -> Step {
        guard !isExhausted else { return .none }
        isExhausted = true
        quietRTPPackets = 0
        return .exhausted
    }

    /// Says once that the end is near, for a limit that is not of this count.
    mutating func notice() -> Step {
        guard !hasNoticed, !isExhausted else { return .none }
        hasNoticed = true
        return .nearsItsEnd
    }

    /// Notes what a stream has used that goes on under another key.
    mutating func leave(_ use: StreamUse) { returning = returning.worse(use) }

    /// Notes an RTP packet of a stream that is at another key.
    mutating func noteLate(rtp index: UInt64) {
        returning.rtpPackets += 1
        returning.oldestRTP = min(returning.oldestRTP, index)
    }

    /// The same for an SRTCP packet.
    mutating func noteLate(rtcp index: UInt64) {
        returning.rtcpPackets += 1
        returning.oldestRTCP = min(returning.oldestRTCP, index)
    }

    /// What was saved of a key, whose lifetime is not known yet.
    init(rtpPackets: UInt64, rtcpPackets: UInt64, isExhausted: Bool, returning: StreamUse, grace: UInt64?) {
        self.init(SRTPKeyLifetime())
        self.rtpPackets = rtpPackets
        self.rtcpPackets = rtcpPackets
        self.isExhausted = isExhausted
        if isExhausted { quietRTPPackets = 0 }
        self.returning = returning
        self.grace = grace
    }

    /// Counts packets of an earlier process.
    mutating func countEarlier(_ use: LeaseRequest.Use, _ kind: PacketKind) {
        // Far above every lifetime, and far below an overflow.
        let packets = min(use.packets, 1 << 60)
        switch kind {
        case .rtp: rtpPackets = min(rtpPackets + packets, 1 << 60)
        case .rtcp: rtcpPackets = min(rtcpPackets + packets, 1 << 60)
        }
        if rtpPackets >= lifetime.rtpPackets || rtcpPackets >= lifetime.rtcpPackets { _ = exhaust() }
        // For streams that come to this key from another one.
        leave(
            kind == .rtp
                ? StreamUse(rtpPackets: packets, oldestRTP: use.oldest)
                : StreamUse(rtcpPackets: packets, oldestRTCP: use.oldest))
    }

    /// Takes over what was saved, and ends the key where that is more than its lifetime.
    mutating func restore(_ saved: KeyUse) {
        rtpPackets = saved.rtpPackets
        rtcpPackets = saved.rtcpPackets
        returning = saved.returning
        grace = saved.grace
        if saved.isExhausted || rtpPackets >= lifetime.rtpPackets || rtcpPackets >= lifetime.rtcpPackets {
            _ = exhaust()
        }
    }
}

/// What one stream has used of one master key.
struct StreamUse: Hashable, Sendable {
    var rtpPackets: UInt64 = 0
    var rtcpPackets: UInt64 = 0
    /// The lowest indices under the key.
    var oldestRTP = UInt64.max
    var oldestRTCP = UInt64.max

    /// The larger counts and the lower indices of both.
    func worse(_ other: StreamUse) -> StreamUse {
        StreamUse(
            rtpPackets: max(rtpPackets, other.rtpPackets), rtcpPackets: max(rtcpPackets, other.rtcpPackets),
            oldestRTP: min(oldestRTP, other.oldestRTP), oldestRTCP: min(oldestRTCP, other.oldestRTCP))
    }
}
