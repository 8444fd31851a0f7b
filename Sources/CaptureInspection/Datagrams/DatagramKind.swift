// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// What a UDP datagram carries, as far as it can be told without signalling.
///
/// `DatagramClass` says where to send a datagram on a port whose protocols are known. In a capture any protocol may be on
/// any port, so here what those protocols have beyond their first octet must be right as well.
package enum DatagramKind: String, CaseIterable, Sendable {
    /// RTP or SRTP of a stream that is reported.
    case rtp
    /// Reads as RTP, but too few packets follow on each other to call it a stream.
    case unconfirmedRTP = "rtp-unconfirmed"
    /// RTP of streams beyond the number that is followed.
    case untrackedRTP = "rtp-untracked"
    /// RTCP, compound or reduced-size.
    case rtcp
    /// RTCP behind SRTP: an index and a tag follow it.
    case srtcp
    /// Begins as RTCP does, and is none.
    case malformedRTCP = "rtcp-malformed"
    case stun
    case dtls
    case zrtp
    /// TURN channel data. RTP and RTCP inside it are counted as such.
    case turnChannel = "turn-channel"
    case quic
    case sip
    /// Of an SSRC that was not asked for.
    case unselected = "not-selected"
    /// Not one of the above.
    case other

    /// What the octets say of themselves: `rtp` and `rtcp` for what is to be looked at more closely.
    init(_ payload: RawSpan) {
        self =
            switch DatagramClass(payload) {
            case .rtp: .rtp
            case .rtcp: .rtcp
            case .stun where Self.isSTUN(payload): .stun
            case .dtls where Self.isDTLS(payload): .dtls
            case .zrtp where payload.bigEndianUInt32(at: 4) == 0x5A52_5450: .zrtp
            case .turnChannel where Self.turnChannelRange(payload) != nil: .turnChannel
            case .quic where Self.isQUIC(payload): .quic
            default: Self.isSIP(payload) ? .sip : .other
            }
    }

    /// Where the data of a TURN channel message lie: a channel number, their length, and over UDP at most three octets of
    /// padding behind them (RFC 8656 section 12.4).
    static func turnChannelRange(_ payload: RawSpan) -> Range<Int>? {
        guard let length = payload.bigEndianUInt16(at: 2) else { return nil }
        let end = 4 + Int(length)
        return end <= payload.byteCount && payload.byteCount - end < 4 ? 4..<end : nil
    }

    /// The magic cookie (RFC 8489 section 5), or before it was there (RFC 3489) a length that is that of the datagram.
    private static func isSTUN(_ payload: RawSpan) -> Bool {
        guard payload.byteCount >= 20, let length = payload.bigEndianUInt16(at: 2) else { return false }
        return payload.bigEndianUInt32(at: 4) == 0x2112_A442
            || length.isMultiple(of: 4) && Int(length) == payload.byteCount - 20
    }

    /// A record of DTLS 1.0 or 1.2, or one in the clear of 1.3, which shows the same version (RFC 6347 section 4.1). The
    /// short headers of 1.3 show none.
    private static func isDTLS(_ payload: RawSpan) -> Bool {
        guard let type = payload.octet(at: 0), let version = payload.bigEndianUInt16(at: 1) else { return false }
        return (20...26).contains(type) && [0xFEFF, 0xFEFD].contains(version) && payload.byteCount >= 13
    }

    /// A long header with the version of RFC 9000 or RFC 9369, or of a negotiation. Short headers show nothing.
    private static func isQUIC(_ payload: RawSpan) -> Bool {
        guard let first = payload.octet(at: 0), first >= 0xC0, let version = payload.bigEndianUInt32(at: 1) else {
            return false
        }
        return [1, 0x6B33_43CF, 0].contains(version)
    }

    /// The first four octets of every method in the registry of SIP, and of a response.
    private static let sipBeginnings: Set<UInt32> = Set(
        [
            "SIP/", "INVI", "ACK ", "BYE ", "CANC", "OPTI", "REGI", "PRAC", "SUBS", "NOTI", "PUBL", "INFO", "REFE",
            "MESS", "UPDA",
        ].map { $0.utf8.reduce(0) { $0 << 8 | UInt32($1) } })

    private static func isSIP(_ payload: RawSpan) -> Bool {
        payload.bigEndianUInt32(at: 0).map(sipBeginnings.contains) ?? false
    }
}

/// How many datagrams there were of each kind.
package struct DatagramCounts: Sendable {
    private var counts: [DatagramKind: UInt64] = [:]

    package internal(set) subscript(kind: DatagramKind) -> UInt64 {
        get { counts[kind] ?? 0 }
        set { counts[kind] = newValue }
    }

    /// Those that there were, in the order of the kinds.
    package var found: [(kind: DatagramKind, count: UInt64)] {
        DatagramKind.allCases.map { ($0, self[$0]) }.filter { $0.count > 0 }
    }
}
