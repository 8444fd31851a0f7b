// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A 48-bit SRTP index, counted on past its wrap.
///
/// The wire and the IV know an index modulo 2^48. State keeps it unwrapped, starting at 2^48 above the first rollover
/// counter, so that "newer" stays a plain comparison when the rollover counter goes from `ffffffff` to 0 and when a
/// packet belongs to the counter before the first one.
struct PacketIndex: Hashable, Comparable, Sendable {
    /// 2^48 + 2^16 * ROC + SEQ at the start, and onwards from there.
    let unwrapped: UInt64

    /// How many indices there are.
    static let modulus: UInt64 = 1 << 48

    init(unwrapped: UInt64) { self.unwrapped = unwrapped }

    /// The index at which a stream starts.
    init(rolloverCounter: UInt32, sequenceNumber: UInt16) {
        unwrapped = Self.modulus | UInt64(rolloverCounter) << 16 | UInt64(sequenceNumber)
    }

    /// The index of a packet, estimated from the highest one so far.
    @inline(__always)
    init(of sequenceNumber: UInt16, highest: PacketIndex) {
        let counter = IndexEstimator<UInt16>.rolloverCounter(
            of: sequenceNumber, highest: UInt16(truncatingIfNeeded: highest.unwrapped),
            rolloverCounter: highest.unwrapped >> 16)
        unwrapped = counter << 16 | UInt64(sequenceNumber)
    }

    /// The index modulo 2^48, as the IV and the key derivation take it.
    var wire: UInt64 { unwrapped & (Self.modulus - 1) }

    /// The rollover counter modulo 2^32, as the MAC takes it.
    var rolloverCounter: UInt32 { UInt32(truncatingIfNeeded: unwrapped >> 16) }

    static func < (left: PacketIndex, right: PacketIndex) -> Bool { left.unwrapped < right.unwrapped }
}
