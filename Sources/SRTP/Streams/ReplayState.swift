// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What one stream has seen of one kind of packet: the newest index, how many packets, and a window of up to 128.
///
/// Wider windows lie outside, in the stream table; everything else is the same for both.
struct ReplayState: Sendable {
    /// The newest index; without meaning while ``count`` is 0.
    private(set) var newest: UInt64 = 0
    /// The packets seen under the current master key.
    private(set) var count: UInt64 = 0
    private var bits: InlineArray<2, UInt64> = [0, 0]

    /// The widest window that lies inside.
    static let inlineWidth = 128

    /// What the inline window says of `index`.
    @inline(__always)
    func verdict(on index: UInt64, width: Int) -> RingWindow.Verdict {
        count == 0 ? .fresh : RingWindow.verdict(bits, on: index, newest: newest, width: width)
    }

    /// What the window in `words` says of `index`.
    @inline(__always)
    func verdict(on index: UInt64, width: Int, in words: Span<UInt64>) -> RingWindow.Verdict {
        count == 0 ? .fresh : RingWindow.verdict(words, on: index, newest: newest, width: width)
    }

    /// Notes that `index` was seen, in the inline window.
    @inline(__always)
    mutating func mark(_ index: UInt64) {
        if count > 0, index > newest &+ 1 {
            var words = bits.mutableSpan
            RingWindow.advance(&words, from: newest, to: index)
        }
        let (word, bit) = RingWindow.position(of: index, wordCount: 2)
        bits[word] |= bit
        noteSeen(index)
    }

    /// Notes that `index` was seen, in the window in `words`.
    @inline(__always)
    mutating func mark(_ index: UInt64, in words: inout MutableSpan<UInt64>) {
        RingWindow.mark(&words, index, newest: count == 0 ? index : newest)
        noteSeen(index)
    }

    @inline(__always)
    private mutating func noteSeen(_ index: UInt64) {
        if count == 0 || index > newest { newest = index }
        count += 1
    }

    /// The inline window's words.
    var inlineWords: [UInt64] { [bits[0], bits[1]] }
}
