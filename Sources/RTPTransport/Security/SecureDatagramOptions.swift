// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What a ``SecureDatagramHandler`` takes for RTP and RTCP, and what it does with everything else.
public struct SecureDatagramOptions: Hashable, Sendable {
    /// What the socket is for.
    public enum Traffic: Hashable, Sendable {
        /// RTP and RTCP share the socket (RFC 5761): payload types 64 to 95 cannot be used.
        case muxed
        /// RTP only: every payload type is RTP.
        case rtpOnly
        /// RTCP only.
        case rtcpOnly
    }

    /// What becomes of STUN, DTLS and other protocols that share the socket (RFC 7983). What belongs to none of them is
    /// dropped and cannot be written, whatever is chosen here.
    public enum OtherDatagrams: Hashable, Sendable {
        /// Dropped and counted; a write fails with ``SecureDatagramError/notMedia(_:)``.
        case refused
        /// Fired as an ``UnprotectedDatagram`` event at once, ahead of packets of the same read burst; written as they are.
        case forwarded
    }

    /// What the socket is for.
    public var traffic = Traffic.muxed
    /// What becomes of other protocols.
    public var otherDatagrams = OtherDatagrams.refused
    /// Whether each refused packet fires a ``RefusedDatagram`` event.
    public var reportsRefusals = false
    /// A batch with so many packets is opened without waiting for the end of the read burst.
    package var batchPacketLimit = 64
    /// A batch is opened before a packet that would make it longer than this. A single packet may be longer.
    package var batchByteLimit = 128 * 1024

    /// The defaults: RTP and RTCP on one socket, and nothing else.
    public init() {}
}

extension SecureDatagramOptions.Traffic {
    /// Which transform a datagram takes; `nil` for neither.
    func kind(of datagramClass: DatagramClass) -> PacketKind? {
        switch datagramClass {
        case .rtp: self == .rtcpOnly ? .rtcp : .rtp
        case .rtcp: self == .rtpOnly ? .rtp : .rtcp
        case .stun, .zrtp, .dtls, .turnChannel, .quic, .unknown: nil
        }
    }
}
