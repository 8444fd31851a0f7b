// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// When the packets of a source arrived (RFC 3611 section 4.3).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     BT=3      | rsvd. |   T   |         block length          |
/// |                        SSRC of source                         |
/// |          begin_seq            |             end_seq           |
/// |       Receipt time of packet begin_seq                       ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct PacketReceiptTimes: Hashable, Sendable {
    /// The source that the block is about.
    public let source: SSRC
    /// The packets that it is about.
    public let range: SequenceRange
    /// T: only every 2^T-th packet has a time, 0 to 15.
    public var thinning: UInt8 { typeSpecific & 0x0F }
    /// The times, in units of the media clock, in the order of sequence numbers.
    ///
    /// Of a block that was read not necessarily as many as the range has packets: peers differ in how they count
    /// under thinning.
    public let times: [UInt32]
    /// The thinning, below four bits that a receiver ignores.
    let typeSpecific: UInt8

    /// A block about the packets of `range`, all of which were received.
    ///
    /// - Parameter times: One for each of the range's ``SequenceRange/sequenceNumbers(thinning:)``.
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a thinning over 15 or another number of times.
    public init(source: SSRC, range: SequenceRange, thinning: UInt8 = 0, times: [UInt32]) throws(RTPError) {
        guard thinning <= 15 else { throw .valueOutOfRange(.receiptTimes, value: Int(thinning), allowed: 0...15) }
        let expected = range.sequenceNumbers(thinning: thinning).count
        guard times.count == expected else {
            throw .valueOutOfRange(.receiptTimes, value: times.count, allowed: expected...expected)
        }
        self.source = source
        self.range = range
        self.typeSpecific = thinning
        self.times = times
    }
}

extension PacketReceiptTimes: ExtendedReportContents {
    init(parsing contents: RawSpan, typeSpecific: UInt8) throws(RTPError) {
        var reader = ByteReader(contents)
        guard let source = reader.readUInt32(), let begin = reader.readUInt16(), let end = reader.readUInt16() else {
            throw .truncated(.receiptTimes, neededBytes: 8, availableBytes: contents.byteCount)
        }
        var times: [UInt32] = []
        times.reserveCapacity(reader.remaining / 4)
        while let time = reader.readUInt32() { times.append(time) }
        self.source = SSRC(source)
        self.range = SequenceRange(begin: begin, end: end)
        self.typeSpecific = typeSpecific
        self.times = times
    }

    var byteCount: Int { 8 + 4 * times.count }

    func write(to writer: inout ByteWriter) {
        writer.write(source.rawValue)
        writer.write(range.begin)
        writer.write(range.end)
        for time in times { writer.write(time) }
    }
}
