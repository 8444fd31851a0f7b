// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The windows that are too wide to lie in their stream's state: one run of words a stream, side by side in memory.
@safe  // Safety: one owner; a slot is compared with the number of windows.
struct WindowSlab: ~Copyable, Sendable {
    private let wordsPerStream: Int
    private var memory: GrowingMemory
    private var count = 0

    /// A slab for windows of `width` packets, for up to `limit` streams; `nil` where they fit into the streams' state.
    init?(width: Int, limit: Int) {
        guard width > ReplayState.inlineWidth else { return nil }
        wordsPerStream = RingWindow.wordCount(width: width)
        memory = GrowingMemory(stride: wordsPerStream * MemoryLayout<UInt64>.stride, limit: limit)
    }

    /// Makes room for one more stream.
    mutating func append() {
        if count == memory.capacity { memory.grow() }
        count += 1
    }

    /// Sets the words of a stream, of a new one or of one whose slot another had.
    mutating func set(_ new: [UInt64]?, repeating word: UInt64, at slot: Int) {
        let words = unsafe words(of: slot)
        for place in words.indices { unsafe words[place] = word }
        guard let new, new.count == wordsPerStream else { return }
        for place in new.indices { unsafe words[place] = new[place] }
    }

    @unsafe
    private func words(of slot: Int) -> UnsafeMutableBufferPointer<UInt64> {
        precondition(slot >= 0 && slot < count, "no such window")
        let start = unsafe memory.start.advanced(by: slot * memory.stride)
        return unsafe UnsafeMutableBufferPointer(
            start: start.assumingMemoryBound(to: UInt64.self), count: wordsPerStream)
    }

    /// What the stream's window says of `index`.
    func verdict(on index: UInt64, width: Int, of state: ReplayState, at slot: Int) -> RingWindow.Verdict {
        unsafe state.verdict(on: index, width: width, in: UnsafeBufferPointer(words(of: slot)).span)
    }

    /// Notes that `index` was seen.
    mutating func mark(_ index: UInt64, of state: inout ReplayState, at slot: Int) {
        var words = unsafe words(of: slot).mutableSpan
        state.mark(index, in: &words)
    }

    /// The words of the stream's window.
    func words(at slot: Int) -> [UInt64] { unsafe Array(words(of: slot)) }
}
