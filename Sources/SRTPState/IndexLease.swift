// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// What a store keeps of one stream under one master key: which indices may have been used.
///
/// Indices are unwrapped: 2^48 + 2^16 * ROC + SEQ for SRTP, 2^31 + index for SRTCP, at the start, and counted on past their wrap.
public struct IndexLease: Hashable, Sendable {
    /// Which stream, under which key.
    public struct Stream: Hashable, Sendable {
        /// The master key's name in this store: 32 octets that tell nothing of the key. See ``IndexLeaseStore/nameKey``.
        public var key: [UInt8]
        /// The stream's SSRC.
        public var ssrc: SSRC
        /// SRTP or SRTCP.
        public var kind: PacketKind

        /// The stream of `ssrc` under `key`.
        public init(key: [UInt8], ssrc: SSRC, kind: PacketKind) {
            self.key = key
            self.ssrc = ssrc
            self.kind = kind
        }
    }

    /// Indices that one lease holds, at most.
    public static let maximumCount: UInt64 = 4096

    /// Whose lease it is.
    public var stream: Stream
    /// The first index that was not used when the lease was written.
    public var first: UInt64
    /// The indices of the lease, at most ``maximumCount``. Everything below `first + count` may have been used.
    public var count: UInt64
    /// The first index that no sender has said to have passed: what lies between it and the lease was leased by processes that
    /// ended before they said that they had sent anything.
    public var noted: UInt64
    /// The lowest index used under the key.
    public var oldest: UInt64
    /// The packets that may have been sent under the key, at most.
    public var packets: UInt64

    /// A row as a store has kept it.
    public init(stream: Stream, first: UInt64, count: UInt64, noted: UInt64, oldest: UInt64, packets: UInt64) {
        self.stream = stream
        self.first = first
        self.count = count
        self.noted = noted
        self.oldest = oldest
        self.packets = packets
    }

    /// The first index that was never leased.
    public var end: UInt64 { first + count }

    /// Whether the numbers can be those of a lease.
    var isPossible: Bool {
        stream.key.count == LeaseName.byteCount && first <= 1 << 60 && count <= Self.maximumCount && noted <= first
            && oldest <= end && packets <= 1 << 60 + Self.maximumCount
            && oldest >= (stream.kind == .rtp ? LeasePlan.smallestRTPIndex : LeasePlan.smallestRTCPIndex)
    }
}
