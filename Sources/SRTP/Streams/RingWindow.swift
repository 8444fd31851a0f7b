// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which of the newest indices were seen: a ring of bits, one an index, addressed by the index modulo the ring's size.
///
/// Moving ahead clears the bits it steps over instead of shifting all of them, so that the cost is that of the step and
/// not of the window. The functions work on lent words; who owns them, and which index is the newest, is the stream's
/// business. The number of words is a power of two.
enum RingWindow {
    /// What a window says of an index.
    enum Verdict {
        /// Not seen, and young enough to know.
        case fresh
        /// Seen.
        case seen
        /// It lags the newest index by the width or more: it may have been seen.
        case tooOld
    }

    /// The words that a window of `width` indices needs.
    static func wordCount(width: Int) -> Int {
        var count = 1
        while count * 64 < width { count *= 2 }
        return count
    }

    /// What the window says of `index`, where `newest` is the newest one marked.
    @inline(__always)
    static func verdict(_ words: Span<UInt64>, on index: UInt64, newest: UInt64, width: Int) -> Verdict {
        if let verdict = verdict(on: index, newest: newest, width: width) { return verdict }
        let (word, bit) = position(of: index, wordCount: words.count)
        return words[word] & bit == 0 ? .fresh : .seen
    }

    /// The same for a window of two words, which are best not lent: that would copy them for every packet, and most packets
    /// are newer than all before, so that nobody looks at them.
    @inline(__always)
    static func verdict(
        _ words: borrowing InlineArray<2, UInt64>, on index: UInt64, newest: UInt64, width: Int
    ) -> Verdict {
        if let verdict = verdict(on: index, newest: newest, width: width) { return verdict }
        let (word, bit) = position(of: index, wordCount: 2)
        return (word == 0 ? words[0] : words[1]) & bit == 0 ? .fresh : .seen
    }

    /// What can be said without a look at the bits.
    @inline(__always)
    private static func verdict(on index: UInt64, newest: UInt64, width: Int) -> Verdict? {
        guard index <= newest else { return .fresh }
        return newest - index < UInt64(width) ? nil : .tooOld
    }

    /// Marks `index`, moving the window ahead where it is newer than `newest`.
    @inline(__always)
    static func mark(_ words: inout MutableSpan<UInt64>, _ index: UInt64, newest: UInt64) {
        // The next index in line steps over no other bit.
        if index > newest &+ 1 { advance(&words, from: newest, to: index) }
        let (word, bit) = position(of: index, wordCount: words.count)
        words[word] |= bit
    }

    /// Clears the bits of the indices after `newest` up to `index`.
    static func advance(_ words: inout MutableSpan<UInt64>, from newest: UInt64, to index: UInt64) {
        let bits = UInt64(words.count) * 64
        guard index - newest < bits else {
            for word in words.indices { words[word] = 0 }
            return
        }
        var next = newest + 1
        while next <= index {
            // Up to the end of this word or of the step, whichever comes first.
            let start = next & 63
            let count = min(64 - start, index - next + 1)
            let mask = (count == 64 ? UInt64.max : (1 << count) - 1) << start
            words[position(of: next, wordCount: words.count).word] &= ~mask
            next += count
        }
    }

    /// Where the bit of an index lies.
    @inline(__always)
    static func position(of index: UInt64, wordCount: Int) -> (word: Int, bit: UInt64) {
        (Int(truncatingIfNeeded: index >> 6) & (wordCount - 1), 1 << (index & 63))
    }
}
