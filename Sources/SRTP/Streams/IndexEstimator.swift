// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Determines a packet's index from its sequence number (RFC 3711 section 3.3.1 and appendix A).
///
/// Generic over the sequence number's type so that tests can try every pair of eight-bit ones. Rollover counters are
/// unwrapped: they do not return to 0 after 2^32, and stay above 0 so that one less can be formed.
enum IndexEstimator<Sequence: FixedWidthInteger & UnsignedInteger> {
    /// The rollover counter `v` of a packet with sequence number `sequence`, for a stream whose counter is
    /// `rolloverCounter` and whose highest sequence number at that counter is `highest`.
    ///
    /// A difference of exactly half the sequence numbers keeps the counter, both ways, as in the RFC's pseudocode.
    @inline(__always)
    static func rolloverCounter(
        of sequence: Sequence, highest: Sequence, rolloverCounter: UInt64
    ) -> UInt64 {
        let half: Sequence = 1 << (Sequence.bitWidth - 1)
        if highest < half {
            return sequence > highest && sequence - highest > half ? rolloverCounter - 1 : rolloverCounter
        }
        return highest - half > sequence ? rolloverCounter + 1 : rolloverCounter
    }
}
