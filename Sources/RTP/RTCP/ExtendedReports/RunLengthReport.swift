// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// One mark for each packet of a source: the Loss RLE block, where a mark says that the packet was received, and the
/// Duplicate RLE block, where it says that there was no duplicate (RFC 3611 sections 4.1 and 4.2).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |   BT=1 or 2   | rsvd. |   T   |         block length          |
/// |                        SSRC of source                         |
/// |          begin_seq            |             end_seq           |
/// |          chunk 1              |             chunk 2          ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// A block has a mark for at most 65,535 packets, however long the runs in it are.
public struct RunLengthReport: Hashable, Sendable {
    /// The source that the block is about.
    public let source: SSRC
    /// The packets that it is about.
    public let range: SequenceRange
    /// T: only every 2^T-th packet has a mark, 0 to 15.
    public var thinning: UInt8 { typeSpecific & 0x0F }
    /// The marks as they are on the wire, without the null chunk that makes their number even.
    public let chunks: [RunLengthChunk]
    /// The thinning, below four bits that a receiver ignores.
    let typeSpecific: UInt8

    /// A block about the packets of `range`.
    ///
    /// - Parameter marks: One for each of the range's ``SequenceRange/sequenceNumbers(thinning:)``.
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a thinning over 15, a range of 65,534 packets or
    ///   more, or another number of marks.
    public init(source: SSRC, range: SequenceRange, thinning: UInt8 = 0, marks: [Bool]) throws(RTPError) {
        guard thinning <= 15 else { throw .valueOutOfRange(.runLength, value: Int(thinning), allowed: 0...15) }
        guard range.count < 65534 else { throw .valueOutOfRange(.runLength, value: range.count, allowed: 0...65533) }
        let expected = range.sequenceNumbers(thinning: thinning).count
        guard marks.count == expected else {
            throw .valueOutOfRange(.runLength, value: marks.count, allowed: expected...expected)
        }
        self.source = source
        self.range = range
        self.typeSpecific = thinning
        self.chunks = RunLengthChunk.chunks(for: marks)
    }

    /// The marks in the order of sequence numbers, where the chunks end first fewer than the range has.
    ///
    /// What the chunks have beyond the range is passed over.
    public var marks: [(sequenceNumber: UInt16, mark: Bool)] {
        let numbers = range.sequenceNumbers(thinning: thinning)
        var marks: [(sequenceNumber: UInt16, mark: Bool)] = []
        marks.reserveCapacity(numbers.count)
        for chunk in chunks {
            for position in 0..<min(chunk.markCount, numbers.count - marks.count) {
                marks.append((numbers[marks.count], chunk.mark(at: position)))
            }
        }
        return marks
    }
}

extension RunLengthReport: ExtendedReportContents {
    init(parsing contents: RawSpan, typeSpecific: UInt8) throws(RTPError) {
        var reader = ByteReader(contents)
        guard let source = reader.readUInt32(), let begin = reader.readUInt16(), let end = reader.readUInt16() else {
            throw .truncated(.runLength, neededBytes: 8, availableBytes: contents.byteCount)
        }
        var chunks: [RunLengthChunk] = []
        chunks.reserveCapacity(reader.remaining / 2)
        while let bits = reader.readUInt16() { chunks.append(RunLengthChunk(rawValue: bits)) }
        if chunks.last == .null { chunks.removeLast() }
        self.source = SSRC(source)
        self.range = SequenceRange(begin: begin, end: end)
        self.typeSpecific = typeSpecific
        self.chunks = chunks
    }

    var byteCount: Int { 8 + 4 * ((chunks.count + 1) / 2) }

    func write(to writer: inout ByteWriter) {
        writer.write(source.rawValue)
        writer.write(range.begin)
        writer.write(range.end)
        for chunk in chunks { writer.write(chunk.rawValue) }
        if chunks.count % 2 == 1 { writer.write(RunLengthChunk.null.rawValue) }
    }
}
