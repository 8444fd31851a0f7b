// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The packets that a block of an extended report is about (RFC 3611 section 4.1).
@frozen
public struct SequenceRange: Hashable, Sendable {
    /// begin_seq: the first sequence number.
    public var begin: UInt16
    /// end_seq: the last sequence number plus one, modulo 2^16. It may be below ``begin``, over the wrap.
    public var end: UInt16

    /// The packets from `begin` on and before `end`; none where the two are equal.
    @inlinable
    public init(begin: UInt16, end: UInt16) {
        self.begin = begin
        self.end = end
    }

    /// The packets in the range, 0 to 65,535.
    public var count: Int { Int(end &- begin) }

    /// The range's packets that a thinned report is about: those with a sequence number that is a multiple of
    /// 2^`thinning`.
    public func sequenceNumbers(thinning: UInt8) -> [UInt16] {
        let step = 1 << Int(min(thinning, 15))
        let first = -Int(begin) & (step - 1)
        return stride(from: first, to: count, by: step).map { begin &+ UInt16(truncatingIfNeeded: $0) }
    }
}
