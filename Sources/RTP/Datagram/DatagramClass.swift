// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What a datagram on a port that several protocols share is, told by its first two octets and its length.
///
/// RFC 7983 as updated by RFC 9443 divides the first octet, RFC 5761 section 4 tells RTCP from RTP by the second. SRTP
/// and SRTCP look like RTP and RTCP here: what is looked at is never encrypted. The answer is where to send the
/// datagram, not that it is valid.
public enum DatagramClass: Hashable, Sendable {
    /// STUN: first octet 0 to 3.
    case stun
    /// ZRTP: first octet 16 to 19.
    case zrtp
    /// DTLS: first octet 20 to 63.
    case dtls
    /// TURN channel data: first octet 64 to 79. QUIC instead, where the datagram is not from a TURN server in use.
    case turnChannel
    /// QUIC: first octet 80 to 127 or 192 to 255.
    case quic
    /// RTP or SRTP: first octet 128 to 191, at least twelve octets.
    case rtp
    /// RTCP or SRTCP: first octet 128 to 191, second octet 192 to 223, at least four octets.
    case rtcp
    /// Nothing of the above: to be dropped.
    case unknown

    /// Classifies a datagram, in constant time.
    public init(_ datagram: RawSpan) {
        guard let first = datagram.octet(at: 0) else {
            self = .unknown
            return
        }
        self =
            switch first {
            case 0...3: .stun
            case 16...19: .zrtp
            case 20...63: .dtls
            case 64...79: .turnChannel
            case 80...127, 192...255: .quic
            case 128...191: Self.media(datagram)
            default: .unknown
            }
    }

    /// Whether RTP packets of this payload type can share a port with RTCP: not 64 to 95, which with the marker bit set
    /// are taken for RTCP (RFC 5761 section 4).
    public static func canMultiplex(payloadType: UInt8) -> Bool {
        payloadType <= 127 && !(64...95).contains(payloadType)
    }

    private static func media(_ datagram: RawSpan) -> Self {
        switch datagram.octet(at: 1) {
        case .some(192...223): datagram.byteCount >= RTCPHeader.byteCount ? .rtcp : .unknown
        default: datagram.byteCount >= RTPHeader.minimumByteCount ? .rtp : .unknown
        }
    }
}
