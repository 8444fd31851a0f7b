// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The packets that a source sent and those that arrived (RFC 3550 appendix A.3).
public struct LossCount: Hashable, Sendable {
    /// The packets from the first one counted to the newest.
    public var expected: UInt64
    /// The packets that arrived, late ones and duplicates included.
    public var received: UInt64

    /// These counts.
    public init(expected: UInt64 = 0, received: UInt64 = 0) {
        self.expected = expected
        self.received = received
    }

    /// What a tracker has counted.
    public init(_ tracker: SequenceTracker) {
        let first = UInt64(tracker.baseSequenceNumber ?? 0)
        self.init(
            expected: tracker.isValid ? tracker.extendedHighestSequenceNumber - first + 1 : 0,
            received: tracker.receivedCount)
    }

    /// Expected less received; negative where duplicates outnumber the losses.
    public var lost: Int64 { Int64(clamping: expected) - Int64(clamping: received) }

    /// ``lost`` as report blocks carry it: what does not fit 24 bits becomes the nearest number that does.
    public var cumulativeLost: Int32 {
        let range = ReportBlock.cumulativeLostRange
        return Int32(clamping: min(max(lost, Int64(range.lowerBound)), Int64(range.upperBound)))
    }

    /// The part of the packets since `prior` that was lost, in 1/256; 0 where none was expected or more arrived.
    ///
    /// 255 where all were lost: the RFC's 256 does not fit its field.
    public func fractionLost(since prior: LossCount) -> UInt8 {
        let expected = Int128(expected) - Int128(prior.expected)
        let received = Int128(received) - Int128(prior.received)
        guard expected > 0, expected > received else { return 0 }
        return UInt8(clamping: (expected - received) << 8 / expected)
    }
}
