// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// A rollover counter that some packets carry in their tag, so that receivers can join at any time (RFC 4771).
///
/// Packets whose sequence number is a multiple of the rate carry the sender's counter in the first four octets of their tag,
/// before what is left of the MAC. SRTCP packets are never touched.
public struct CarriedRolloverCounter: Hashable, Sendable {
    /// Which packets are authenticated: the modes of RFC 4771 section 3.
    public enum Mode: Int, Hashable, Sendable {
        /// Only those that carry the counter; the others have no tag. A way to synchronise, not a protection: anyone can alter
        /// or inject packets.
        case unauthenticatedBetween = 1
        /// All: those that do not carry the counter have the suite's own tag.
        case authenticated = 2
        /// None: the tag is the counter alone. With an authenticated cipher, which needs no tag of its own, every packet is
        /// authenticated all the same (as mission-critical push-to-talk uses it); with the others none is, and anyone can
        /// alter or inject packets, or put a receiver out of step.
        case unauthenticated = 3
    }

    /// Which packets are authenticated.
    public var mode: Mode
    /// Every how many sequence numbers a packet carries the counter, 1 to 65,535.
    public var rate: UInt16
    /// The octets of the tag, the counter's four included where it is carried: 4 in mode 3, and 4 to 24 in the others. The MAC has
    /// what is left of them: the RFC calls a tag of 4 octets no security at all. In mode 2, packets without the counter have as
    /// many octets of MAC, up to all 20 (section 2 knows one tag length).
    public var tagByteCount: Int

    /// A counter in every `rate`-th packet.
    ///
    /// - Parameter tagByteCount: The tag's octets; 4 in mode 3, else 10 by default.
    public init(_ mode: Mode, rate: UInt16 = 1, tagByteCount: Int? = nil) {
        self.mode = mode
        self.rate = rate
        self.tagByteCount = tagByteCount ?? (mode == .unauthenticated ? Self.counterByteCount : 10)
    }

    /// The octets of the counter.
    static let counterByteCount = 4

    /// Whether the packet with this sequence number carries the counter.
    @inline(__always)
    func isCarried(by sequenceNumber: UInt16) -> Bool { sequenceNumber % rate == 0 }

    /// The octets of the tag on packets that do not carry the counter.
    var plainTagByteCount: Int { mode == .authenticated ? min(tagByteCount, HMACSHA1.byteCount) : 0 }

    func validate(isAEAD: Bool) throws(SRTPError) {
        let range = mode == .unauthenticated ? 4...4 : 4...24
        guard rate > 0, range.contains(tagByteCount), !isAEAD || mode == .unauthenticated else {
            throw .invalidCarriedCounter(mode: mode.rawValue, rate: rate, tagBytes: tagByteCount)
        }
    }
}
