// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import RTP

/// Everything that a context knows of its streams, as a value: what must not change when a packet is refused.
///
/// Statistics are not part of it.
package struct SRTPStateSnapshot: Hashable, Sendable {
    /// One SSRC.
    package struct Stream: Hashable, Sendable {
        package let ssrc: SSRC
        package let pendingRolloverCounter: UInt32?
        package let oldestRTP: UInt64
        package let nextRTCPIndex: UInt32
        package let rtp: Seen
        package let rtcp: Seen
    }

    /// One kind of packet of one SSRC.
    package struct Seen: Hashable, Sendable {
        package let newest: UInt64
        package let count: UInt64
        package let words: [UInt64]

        init(_ state: ReplayState, words: [UInt64]) {
            newest = state.newest
            count = state.count
            self.words = words
        }
    }

    /// Every SSRC, lowest first.
    package let streams: [Stream]
    /// Whether the master key is used up.
    package let isKeyExhausted: Bool
}
