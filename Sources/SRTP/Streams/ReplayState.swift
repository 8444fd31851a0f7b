// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What one stream has seen of one kind of packet: the newest index, how many packets, and a window of up to 128.
///
/// Wider windows lie outside, in the stream table; everything else is the same for both. Indices are unwrapped ones, so that
/// none of them is 0.
struct ReplayState: Sendable {
    /// The newest index; 0 before the first.
    private(set) var newest: UInt64 = 0
    /// The packets seen under the master key that the stream is at.
    private(set) var count: UInt64 = 0
    private var bits: InlineArray<2, UInt64> = [0, 0]

    /// The widest window that lies inside.
    static let inlineWidth = 128

    init() {}

    /// The state of a stream that comes back: everything up to `newest` counts as seen.
    init(returningAt newest: UInt64) {
        self.newest = newest
        bits = [.max, .max]
    }

    /// The state that was saved.
    init(newest: UInt64, count: UInt64, words: [UInt64]) {
        self.newest = newest
        self.count = count
        if words.count == 2 { bits = [words[0], words[1]] }
    }

    /// Whether nothing was seen.
    @inline(__always)
    var isEmpty: Bool { newest == 0 }

    /// Goes on under another master key, with this many packets seen under it.
    mutating func restartCount(at count: UInt64) { self.count = count }

    /// What the inline window says of `index`.
    @inline(__always)
    func verdict(on index: UInt64, width: Int) -> RingWindow.Verdict {
        isEmpty ? .fresh : RingWindow.verdict(bits, on: index, newest: newest, width: width)
    }

    /// What the window in `words` says of `index`.
    @inline(__always)
    func verdict(on index: UInt64, width: Int, in words: Span<UInt64>) -> RingWindow.Verdict {
        isEmpty ? .fresh : RingWindow.verdict(words, on: index, newest: newest, width: width)
    }

    /// Notes that `index` was seen, in the inline window.
    @inline(__always)
    mutating func mark(_ index: UInt64) {
        if !isEmpty, index > newest &+ 1 {
            var words = bits.mutableSpan
            RingWindow.advance(&words, from: newest, to: index)
        }
        let (word, bit) = RingWindow.position(of: index, wordCount: 2)
        bits[word] |= bit
        noteSeen(index)
    }

    /// Notes that `index` was seen, in the inline window: an index newer than the newest one that there is.
    @inline(__always)
    mutating func markNewest(_ index: UInt64) {
        if index != newest &+ 1 { stepOver(to: index) }
        let (word, bit) = RingWindow.position(of: index, wordCount: 2)
        bits[word] |= bit
        newest = index
        count &+= 1
    }

    @inline(never)
    private mutating func stepOver(to index: UInt64) {
        var words = bits.mutableSpan
        RingWindow.advance(&words, from: newest, to: index)
    }

    /// Notes that `index` was seen, in the window in `words`.
    @inline(__always)
    mutating func mark(_ index: UInt64, in words: inout MutableSpan<UInt64>) {
        RingWindow.mark(&words, index, newest: isEmpty ? index : newest)
        noteSeen(index)
    }

    @inline(__always)
    private mutating func noteSeen(_ index: UInt64) {
        if index > newest { newest = index }
        count += 1
    }

    /// The inline window's words.
    var inlineWords: [UInt64] { [bits[0], bits[1]] }
}
