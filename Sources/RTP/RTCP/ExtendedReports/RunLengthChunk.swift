// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How the marks of several packets are told in 16 bits (RFC 3611 sections 4.1.1 to 4.1.3).
///
/// ```
/// |0|R|        run length         |   R, 1 to 16,383 times
/// |1|        bit vector           |   15 marks
/// |0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0|   nothing, to end on a word
/// ```
@frozen
public struct RunLengthChunk: RawRepresentable, Hashable, Sendable {
    /// The chunk as it is on the wire.
    public let rawValue: UInt16

    /// The chunk of these bits.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The chunk that says nothing.
    public static let null = Self(rawValue: 0)

    /// The packets that the chunk has room for: 0 to 16,383, or 15.
    public var markCount: Int { rawValue & 0x8000 != 0 ? 15 : Int(rawValue & 0x3FFF) }

    /// The mark of the packet at `position`.
    ///
    /// - Precondition: `position` is not negative and below ``markCount``.
    public func mark(at position: Int) -> Bool {
        precondition(position >= 0 && position < markCount, "mark outside its chunk")
        return rawValue & 0x8000 != 0 ? rawValue >> UInt16(14 - position) & 1 == 1 : rawValue & 0x4000 != 0
    }

    /// The chunks for these marks: a run where a run says more, else a vector.
    static func chunks(for marks: [Bool]) -> [RunLengthChunk] {
        var chunks: [RunLengthChunk] = []
        var start = 0
        while start < marks.count {
            let first = marks[start]
            let run = marks[start...].prefix(0x3FFF).prefix { $0 == first }.count
            let vector = marks[start...].prefix(15)
            if run >= vector.count {
                chunks.append(Self(rawValue: (first ? 0x4000 : 0) | UInt16(run)))
                start += run
            } else {
                let bits = vector.enumerated().reduce(0x8000 as UInt16) {
                    $1.element ? $0 | 1 << UInt16(14 - $1.offset) : $0
                }
                chunks.append(Self(rawValue: bits))
                start += vector.count
            }
        }
        return chunks
    }
}
