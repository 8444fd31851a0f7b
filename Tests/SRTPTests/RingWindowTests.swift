// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import SRTP

@Suite("Ring window")
struct RingWindowTests {
    /// The window by the book: a set of everything seen.
    struct Model {
        var seen: Set<UInt64> = []
        var newest: UInt64 = 0
        let width: Int

        func verdict(_ index: UInt64) -> RingWindow.Verdict {
            guard !seen.isEmpty, index <= newest else { return .fresh }
            guard newest - index < UInt64(width) else { return .tooOld }
            return seen.contains(index) ? .seen : .fresh
        }

        mutating func mark(_ index: UInt64) {
            newest = seen.isEmpty ? index : max(newest, index)
            seen.insert(index)
        }
    }

    @Test("SRTP-24 equals a set of everything seen, over random walks", arguments: [64, 65, 127, 128, 129, 1000, 1024])
    func equalsModel(width: Int) {
        var generator = SeededGenerator(seed: UInt64(width))
        var model = Model(width: width)
        var state = ReplayState()
        var words = [UInt64](repeating: 0, count: RingWindow.wordCount(width: width))
        var index: UInt64 = 1 << 40
        for _ in 0..<20_000 {
            // Small steps, reordering within and beyond the window, now and then a jump.
            let step = Int.random(in: 0..<100, using: &generator)
            let jump = [width - 1, width, width + 1, 2 * width, 63, 64, 65].randomElement(using: &generator) ?? 0
            let candidate =
                step < 60
                ? index + UInt64.random(in: 0...3, using: &generator)
                : step < 97
                    ? index - min(index, UInt64.random(in: 0...UInt64(width + 40), using: &generator))
                    : index + UInt64(jump)
            let verdict =
                width <= ReplayState.inlineWidth
                ? state.verdict(on: candidate, width: width)
                : state.verdict(on: candidate, width: width, in: words.span)
            #expect(verdict == model.verdict(candidate))
            guard verdict == .fresh else { continue }
            model.mark(candidate)
            if width <= ReplayState.inlineWidth {
                state.mark(candidate)
            } else {
                var span = words.mutableSpan
                state.mark(candidate, in: &span)
            }
            index = model.newest
            #expect(state.newest == model.newest)
        }
        #expect(state.count == UInt64(model.seen.count))
    }

    @Test("the words of a window are a power of two that covers it")
    func wordCounts() {
        #expect(
            [64, 65, 128, 129, 1024, 32_767, 32_768].map { RingWindow.wordCount(width: $0) } == [
                1, 2, 2, 4, 16, 512, 512,
            ])
    }
}
