// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Follows the sequence numbers of one source, and tells packets of it from strays (RFC 3550 appendix A.1).
///
/// ```
///              minimumSequential in a row
///   probation ----------------------------> valid --- far jump ---> valid, jump noted
///       ^                                     ^                         |
///       +-- any other number                  +--- the number after it: begin anew
/// ```
///
/// Beyond the RFC's code it tells a duplicate from a packet that is only late, by a bit for each of the last 128
/// numbers.
public struct SequenceTracker: Hashable, Sendable {
    /// How far numbers may go ahead without being taken for a jump: MAX_DROPOUT.
    public static let maximumDropout: UInt16 = 3000
    /// How far numbers may stay behind without being taken for a jump: MAX_MISORDER.
    public static let maximumMisorder: UInt16 = 100

    /// What became of a packet.
    @frozen
    public enum Outcome: Hashable, Sendable {
        /// The source is not valid yet, and the packet not counted.
        case onProbation
        /// The packet made the source valid, and is the first one counted.
        case validated
        /// The packet is the newest. `skipped` numbers between the newest before and it did not come, so far.
        case inOrder(skipped: Int)
        /// The packet is older than the newest, and did not come before.
        case reordered
        /// The packet came before.
        case duplicate
        /// The number is far from those before: not counted, unless the next packet follows on it.
        case jumped
        /// The packet follows on one that jumped: the source has restarted, and the counts begin anew with this packet.
        case restarted

        /// Whether the packet is counted: the RFC's code returns 1.
        public var isCounted: Bool { self != .onProbation && self != .jumped }
        /// Whether all that was counted before is forgotten.
        public var beginsAnew: Bool { self == .validated || self == .restarted }
    }

    /// The packets in sequence that make a source valid: MIN_SEQUENTIAL.
    public let minimumSequential: Int
    /// The number of the first packet counted; `nil` before it.
    public private(set) var baseSequenceNumber: UInt16?
    /// The newest number; `nil` before the first packet, and on probation not yet counted.
    public private(set) var highestSequenceNumber: UInt16?
    /// The packets counted, late ones and duplicates included.
    public private(set) var receivedCount: UInt64 = 0
    /// Of them, those that had come before.
    public private(set) var duplicateCount: UInt64 = 0
    /// Of them, those that were older than the newest, and no duplicates.
    public private(set) var reorderedCount: UInt64 = 0
    /// How often the numbers went over 65535.
    public private(set) var cycleCount: UInt64 = 0
    /// The packets of probation and jumps, which are not counted. Never begins anew.
    public private(set) var refusedCount: UInt64 = 0
    /// How often the source has restarted. Never begins anew.
    public private(set) var restartCount: UInt64 = 0

    private var probation: Int
    private var expectedAfterJump: UInt16?
    /// Which of the last 128 numbers came: bit i is that of the newest less i.
    private var recent: UInt128 = 0

    /// A tracker that has seen nothing.
    ///
    /// - Parameter minimumSequential: The packets in sequence that make the source valid, 2 in the RFC. With 0 or 1 the
    ///   first packet does, for a source that is known from signalling or was authenticated.
    public init(minimumSequential: Int = 2) {
        self.minimumSequential = max(minimumSequential, 1)
        self.probation = self.minimumSequential
    }

    /// Whether the source has proved itself.
    public var isValid: Bool { baseSequenceNumber != nil }

    /// The newest number with the cycles before it; 0 before the first packet counted.
    ///
    /// Its low 32 bits are what report blocks carry.
    public var extendedHighestSequenceNumber: UInt64 {
        isValid ? cycleCount << 16 | UInt64(highestSequenceNumber ?? 0) : 0
    }

    /// Takes the number of a packet that arrived.
    public mutating func update(_ number: UInt16) -> Outcome {
        guard isValid, let highest = highestSequenceNumber else { return updateOnProbation(number) }
        let ahead = number &- highest
        if ahead == 0 {
            return countLate(behind: 0)
        } else if ahead < Self.maximumDropout {
            if number < highest { cycleCount += 1 }
            highestSequenceNumber = number
            recent = ahead < 128 ? recent << UInt128(ahead) | 1 : 1
            receivedCount += 1
            return .inOrder(skipped: Int(ahead) - 1)
        } else if ahead <= UInt16.max - Self.maximumMisorder + 1 {
            guard number == expectedAfterJump else {
                expectedAfterJump = number &+ 1
                refusedCount += 1
                return .jumped
            }
            begin(at: number)
            restartCount += 1
            return .restarted
        } else {
            return countLate(behind: highest &- number)
        }
    }

    private mutating func updateOnProbation(_ number: UInt16) -> Outcome {
        // Modulo 2^16, where the RFC's C code would compare 0 with 65536.
        let isInSequence = highestSequenceNumber.map { number == $0 &+ 1 } ?? true
        probation = isInSequence ? probation - 1 : minimumSequential - 1
        highestSequenceNumber = number
        guard probation == 0 else {
            refusedCount += 1
            return .onProbation
        }
        begin(at: number)
        return .validated
    }

    /// Counts a packet that is not newer than the newest.
    private mutating func countLate(behind: UInt16) -> Outcome {
        let bit: UInt128 = 1 << UInt128(behind)
        let isDuplicate = recent & bit != 0
        recent |= bit
        receivedCount += 1
        if isDuplicate { duplicateCount += 1 } else { reorderedCount += 1 }
        return isDuplicate ? .duplicate : .reordered
    }

    /// The RFC's `init_seq`, and the packet counted.
    private mutating func begin(at number: UInt16) {
        baseSequenceNumber = number
        highestSequenceNumber = number
        expectedAfterJump = nil
        cycleCount = 0
        receivedCount = 1
        duplicateCount = 0
        reorderedCount = 0
        recent = 1
    }
}
