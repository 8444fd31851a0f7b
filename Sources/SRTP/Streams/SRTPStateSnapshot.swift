// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import RTP

/// Everything that a context knows of its streams and keys, as a value: what must not change when a packet is refused, and what
/// is saved.
///
/// Statistics are not part of it, and no secrets.
package struct SRTPStateSnapshot: Hashable, Sendable {
    /// One SSRC.
    package struct Stream: Hashable, Sendable {
        package let ssrc: SSRC
        package let pendingRolloverCounter: UInt32?
        package let isSearched: Bool
        package let keyNumber: UInt32
        package let oldestRTP: UInt64
        package let oldestRTCP: UInt64
        package let nextRTCP: UInt64
        package let rtp: Seen
        package let rtcp: Seen
    }

    /// One kind of packet of one SSRC.
    package struct Seen: Hashable, Sendable {
        package let newest: UInt64
        package let count: UInt64
        package let words: [UInt64]

        init(newest: UInt64, count: UInt64, words: [UInt64]) {
            self.newest = newest
            self.count = count
            self.words = words
        }

        init(_ state: ReplayState, words: [UInt64]) {
            self.init(newest: state.newest, count: state.count, words: words)
        }
    }

    /// What is left of an SSRC that is gone.
    package struct Former: Hashable, Sendable {
        package let ssrc: SSRC
        let left: FormerStream
    }

    /// One master key: its number, a name that tells nothing of it, and its use.
    package struct Key: Hashable, Sendable {
        package let number: UInt32
        package let fingerprint: [UInt8]
        let use: KeyUse
        /// Whether it is used up.
        package var isExhausted: Bool { use.isExhausted }
    }

    /// Every SSRC, lowest first.
    package let streams: [Stream]
    /// Every SSRC that is gone and remembered, lowest first.
    package let former: [Former]
    /// Every key, oldest first.
    package let keys: [Key]
    /// The names of the keys that were here and may not come back.
    package let pastKeys: [[UInt8]]
    /// The number of the key that a sender protects under.
    package let activeKey: UInt32?
    /// The number that the next new key gets.
    package let nextKeyNumber: UInt32

    /// Whether a master key is used up.
    package var isKeyExhausted: Bool { keys.contains(where: \.isExhausted) }
}

extension SRTPStateSnapshot.Seen {
    /// The words of a window of `width` packets that goes on from this one. What this one does not know counts as seen.
    func words(forWidth width: Int) -> [UInt64] {
        let count = max(RingWindow.wordCount(width: width), ReplayState.inlineWidth / 64)
        guard newest > 0, words.count != count else { return newest > 0 ? words : Array(repeating: 0, count: count) }
        var resized = [UInt64](repeating: 0, count: count)
        for lag in 0..<min(UInt64(count) * 64, newest) {
            let index = newest - lag
            let (old, oldBit) = RingWindow.position(of: index, wordCount: words.count)
            let (new, newBit) = RingWindow.position(of: index, wordCount: count)
            if lag >= UInt64(words.count) * 64 || words[old] & oldBit != 0 { resized[new] |= newBit }
        }
        return resized
    }
}
