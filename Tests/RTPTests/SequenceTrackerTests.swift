// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("SequenceTracker: RFC 3550 A.1")
struct SequenceTrackerTests {
    private func outcomes(_ numbers: [UInt16], minimumSequential: Int = 1) -> [SequenceTracker.Outcome] {
        var tracker = SequenceTracker(minimumSequential: minimumSequential)
        return numbers.map { tracker.update($0) }
    }

    private func tracker(_ numbers: [UInt16], minimumSequential: Int = 1) -> SequenceTracker {
        var tracker = SequenceTracker(minimumSequential: minimumSequential)
        for number in numbers { _ = tracker.update(number) }
        return tracker
    }

    @Test("probation: so many in sequence, over the wrap as well; a gap begins again")
    func probation() {
        #expect(outcomes([5, 6, 7], minimumSequential: 2) == [.onProbation, .validated, .inOrder(skipped: 0)])
        #expect(outcomes([65535, 0], minimumSequential: 2) == [.onProbation, .validated])
        #expect(outcomes([5, 7, 8], minimumSequential: 2) == [.onProbation, .onProbation, .validated])
        #expect(
            outcomes([5, 6, 8, 9, 10], minimumSequential: 3)
                == [.onProbation, .onProbation, .onProbation, .onProbation, .validated])
        #expect(outcomes([5, 5, 5], minimumSequential: 2) == [.onProbation, .onProbation, .onProbation])
        for none in [-1, 0, 1] { #expect(outcomes([0], minimumSequential: none) == [.validated]) }
        let validated = tracker([5, 6], minimumSequential: 2)
        #expect(validated.baseSequenceNumber == 6, "counts begin with the packet that made the source valid")
        #expect(validated.receivedCount == 1)
        #expect(validated.refusedCount == 1)
        #expect(!tracker([5], minimumSequential: 2).isValid)
        #expect(tracker([5], minimumSequential: 2).extendedHighestSequenceNumber == 0)
    }

    @Test(
        "the edges of dropout and misorder",
        arguments: [
            (1, .inOrder(skipped: 0)), (2, .inOrder(skipped: 1)), (2999, .inOrder(skipped: 2998)), (3000, .jumped),
            (32768, .jumped), (65436, .jumped), (65437, .reordered), (65535, .reordered), (0, .duplicate),
        ] as [(UInt16, SequenceTracker.Outcome)])
    func edges(_ ahead: UInt16, _ outcome: SequenceTracker.Outcome) {
        for base: UInt16 in [0, 1, 1000, 40000, 65535] {
            #expect(outcomes([base, base &+ ahead])[1] == outcome)
        }
    }

    @Test("two in sequence after a jump begin anew; a single stray changes nothing")
    func restart() {
        #expect(outcomes([10, 20000, 11]) == [.validated, .jumped, .inOrder(skipped: 0)])
        #expect(outcomes([10, 20000, 20001]) == [.validated, .jumped, .restarted])
        #expect(outcomes([10, 20000, 11, 20001]) == [.validated, .jumped, .inOrder(skipped: 0), .restarted])
        #expect(outcomes([10, 20000, 20002, 20003]) == [.validated, .jumped, .jumped, .restarted])
        #expect(outcomes([10, 65535 - 3000, 65535 - 2999]) == [.validated, .jumped, .restarted])
        #expect(outcomes([30000, 65535, 0]) == [.validated, .jumped, .restarted])
        let restarted = tracker([65535, 0, 20000, 20001])
        #expect(restarted.baseSequenceNumber == 20001)
        #expect(restarted.cycleCount == 0)
        #expect(restarted.receivedCount == 1)
        #expect(restarted.restartCount == 1)
        #expect(restarted.refusedCount == 1)
    }

    @Test("wraps count once; a late packet from before one does not")
    func wraps() {
        let wrapped = tracker([65534, 65535, 0, 65533, 1, 65535])
        #expect(wrapped.cycleCount == 1)
        #expect(wrapped.extendedHighestSequenceNumber == 65537)
        #expect(wrapped.reorderedCount == 1)
        #expect(wrapped.duplicateCount == 1)
        #expect(tracker([65000, 100]).cycleCount == 1, "also where 65535 and 0 are missing")
        var long = SequenceTracker(minimumSequential: 1)
        for number in stride(from: 0, to: 70_000 * 2500, by: 2500) {
            _ = long.update(UInt16(truncatingIfNeeded: number))
        }
        #expect(long.extendedHighestSequenceNumber == 69_999 * 2500)
    }

    @Test("a late packet is reordered once, then a duplicate; one before the first is only late")
    func late() {
        let numbers: [UInt16] = [100, 103, 101, 101, 102, 103, 99, 99, 4, 130, 103]
        #expect(
            outcomes(numbers) == [
                .validated, .inOrder(skipped: 2), .reordered, .duplicate, .reordered, .duplicate, .reordered,
                .duplicate, .reordered, .inOrder(skipped: 26), .duplicate,
            ])
        let all = tracker(numbers)
        #expect(all.baseSequenceNumber == 100)
        #expect(LossCount(all) == LossCount(expected: 31, received: 11))
        // After a leap of more than 128 nothing is remembered of those before, and all of those behind is new.
        #expect(
            outcomes([100, 300, 299, 299, 201])
                == [.validated, .inOrder(skipped: 199), .reordered, .duplicate, .reordered])
        #expect(outcomes([100, 227, 128])[2] == .reordered)
        #expect(outcomes([100, 199, 100])[2] == .duplicate)
        #expect(outcomes([100, 200, 100])[2] == .jumped)
    }
}
