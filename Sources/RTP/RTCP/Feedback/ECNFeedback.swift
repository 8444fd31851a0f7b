// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What a receiver has seen of the ECN marks of one source (RFC 6679 section 5.1). All counts are cumulative and wrap.
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// | Extended Highest Sequence Number                              |
/// | ECT (0) Counter                                               |
/// | ECT (1) Counter                                               |
/// | ECN-CE Counter                | not-ECT Counter               |
/// | Lost Packets Counter          | Duplication Counter           |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct ECNFeedback: Hashable, Sendable {
    /// The highest sequence number that the counts include, with the count of its cycles in the upper half.
    public var extendedHighestSequenceNumber: UInt32
    /// Packets marked ECT(0), modulo 2^32.
    public var ect0Count: UInt32 = 0
    /// Packets marked ECT(1), modulo 2^32.
    public var ect1Count: UInt32 = 0
    /// Packets marked ECN-CE, duplicates included, modulo 2^16.
    public var congestionExperiencedCount: UInt16 = 0
    /// Packets without ECN, modulo 2^16.
    public var notECTCount: UInt16 = 0
    /// Packets expected less packets received that are no duplicates, modulo 2^16.
    public var lostPacketCount: UInt16 = 0
    /// Packets received again, modulo 2^16.
    public var duplicateCount: UInt16 = 0

    /// A report up to this packet, with all counts 0.
    public init(extendedHighestSequenceNumber: UInt32) {
        self.extendedHighestSequenceNumber = extendedHighestSequenceNumber
    }
}

extension ECNFeedback {
    static let byteCount = 20

    init(parsing information: RawSpan) throws(RTPError) {
        var reader = ByteReader(information)
        guard let highest = reader.readUInt32(), let ect0 = reader.readUInt32(), let ect1 = reader.readUInt32(),
            let congestion = reader.readUInt16(), let notECT = reader.readUInt16(), let lost = reader.readUInt16(),
            let duplicates = reader.readUInt16()
        else { throw .truncated(.ecnFeedback, neededBytes: Self.byteCount, availableBytes: information.byteCount) }
        try reader.checkEnd(of: .ecnFeedback)
        self.init(extendedHighestSequenceNumber: highest)
        ect0Count = ect0
        ect1Count = ect1
        congestionExperiencedCount = congestion
        notECTCount = notECT
        lostPacketCount = lost
        duplicateCount = duplicates
    }

    func write(to writer: inout ByteWriter) {
        writer.write(extendedHighestSequenceNumber)
        writer.write(ect0Count)
        writer.write(ect1Count)
        writer.write(congestionExperiencedCount)
        writer.write(notECTCount)
        writer.write(lostPacketCount)
        writer.write(duplicateCount)
    }
}
