// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a context has done with one of its master keys so far: plain counts, taken as a value. No secrets.
public struct SRTPKeyStatus: Hashable, Sendable {
    /// The key.
    public let id: SRTPKeyID
    /// The identifier that its packets carry; empty where they carry none.
    public let mki: [UInt8]
    /// SRTP packets sent or accepted under the key, over all streams. Packets without a tag are not counted.
    public let rtpPackets: UInt64
    /// SRTCP packets sent or accepted under the key, over all streams.
    public let rtcpPackets: UInt64
    /// Whether the key has come to its end, and takes no more packets.
    public let isExhausted: Bool
    /// How many packets may still be accepted under newer keys before this one, which was replaced, goes; `nil` for a key that was
    /// not replaced.
    public let remainingGrace: UInt64?

    init(_ entry: borrowing KeyEntry) {
        id = entry.id
        mki = entry.mki
        rtpPackets = entry.use.rtpPackets
        rtcpPackets = entry.use.rtcpPackets
        isExhausted = entry.use.isExhausted
        remainingGrace = entry.use.grace
    }
}
