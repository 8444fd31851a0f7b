// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The windows that are too wide to lie in their stream's state: one run of words a stream, in one array.
struct WindowSlab: Sendable {
    private let wordsPerStream: Int
    private var words: [UInt64] = []

    /// A slab for windows of `width` packets; `nil` where they fit into the streams' state.
    init?(width: Int) {
        guard width > ReplayState.inlineWidth else { return nil }
        wordsPerStream = RingWindow.wordCount(width: width)
    }

    /// Makes room for one more stream.
    mutating func append() { words.append(contentsOf: repeatElement(0, count: wordsPerStream)) }

    /// Sets the words of a stream, of a new one or of one whose slot another had.
    mutating func set(_ new: [UInt64]?, repeating word: UInt64, at slot: Int) {
        let range = range(of: slot)
        for place in range { words[place] = word }
        guard let new, new.count == range.count else { return }
        words.replaceSubrange(range, with: new)
    }

    private func range(of slot: Int) -> Range<Int> { slot * wordsPerStream..<(slot + 1) * wordsPerStream }

    /// What the stream's window says of `index`.
    func verdict(on index: UInt64, width: Int, of state: ReplayState, at slot: Int) -> RingWindow.Verdict {
        state.verdict(on: index, width: width, in: words.span.extracting(range(of: slot)))
    }

    /// Notes that `index` was seen.
    mutating func mark(_ index: UInt64, of state: inout ReplayState, at slot: Int) {
        let range = range(of: slot)
        var all = words.mutableSpan
        var lent = all._mutatingExtracting(range)
        state.mark(index, in: &lent)
    }

    /// The words of the stream's window.
    func words(at slot: Int) -> [UInt64] { Array(words[range(of: slot)]) }
}
