// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What one receiver says about one source, in a sender or receiver report (RFC 3550 section 6.4.1).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                        SSRC of the source                     |
/// | fraction lost |       cumulative number of packets lost       |
/// |           extended highest sequence number received           |
/// |                      interarrival jitter                      |
/// |                         last SR (LSR)                         |
/// |                   delay since last SR (DLSR)                  |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct ReportBlock: Hashable, Sendable {
    /// The numbers that fit ``cumulativeLost``: 24 bits, signed.
    public static let cumulativeLostRange: ClosedRange<Int32> = -0x80_0000...0x7F_FFFF

    static let byteCount = 24

    /// The source that the block is about.
    public var source: SSRC
    /// The part of the packets lost since the last report, in 1/256.
    public var fractionLost: UInt8
    /// Packets expected less packets received since the start; negative where duplicates outnumber the losses.
    ///
    /// Kept inside ``cumulativeLostRange``: what lies outside becomes the nearer end (RFC 3550 appendix A.3).
    public var cumulativeLost: Int32 {
        didSet { cumulativeLost = Self.clamped(cumulativeLost) }
    }
    /// The highest sequence number received, with the count of its cycles in the upper half.
    public var extendedHighestSequenceNumber: UInt32
    /// The mean deviation of the packets' spacing, in units of the media clock.
    public var jitter: UInt32
    /// LSR: ``NTPTimestamp/middle32Bits`` of the last sender report from the source; 0 before the first.
    public var lastSenderReport: UInt32
    /// DLSR: the time since that report came, in 1/65536 seconds; 0 before the first.
    public var delaySinceLastSenderReport: UInt32

    /// A block with these fields.
    public init(
        source: SSRC, fractionLost: UInt8 = 0, cumulativeLost: Int32 = 0, extendedHighestSequenceNumber: UInt32 = 0,
        jitter: UInt32 = 0, lastSenderReport: UInt32 = 0, delaySinceLastSenderReport: UInt32 = 0
    ) {
        self.source = source
        self.fractionLost = fractionLost
        self.cumulativeLost = Self.clamped(cumulativeLost)
        self.extendedHighestSequenceNumber = extendedHighestSequenceNumber
        self.jitter = jitter
        self.lastSenderReport = lastSenderReport
        self.delaySinceLastSenderReport = delaySinceLastSenderReport
    }

    /// The round-trip time, in 1/65536 seconds, to the receiver whose report with this block came at `arrival`.
    ///
    /// By the clock that stamped the sender report. 0 where the clocks' errors make it negative, `nil` where the
    /// receiver has heard no sender report yet.
    public func roundTripTime(at arrival: NTPTimestamp) -> UInt32? {
        guard lastSenderReport != 0 else { return nil }
        let elapsed = Int32(bitPattern: arrival.middle32Bits &- lastSenderReport &- delaySinceLastSenderReport)
        return UInt32(max(0, elapsed))
    }

    private static func clamped(_ lost: Int32) -> Int32 {
        min(max(lost, cumulativeLostRange.lowerBound), cumulativeLostRange.upperBound)
    }
}

extension ReportBlock {
    init?(reading reader: inout ByteReader) {
        guard let source = reader.readUInt32(), let loss = reader.readUInt32(), let highest = reader.readUInt32(),
            let jitter = reader.readUInt32(), let lsr = reader.readUInt32(), let dlsr = reader.readUInt32()
        else { return nil }
        self.init(
            source: SSRC(source), fractionLost: UInt8(truncatingIfNeeded: loss >> 24),
            cumulativeLost: Int32(bitPattern: loss << 8) >> 8, extendedHighestSequenceNumber: highest, jitter: jitter,
            lastSenderReport: lsr, delaySinceLastSenderReport: dlsr)
    }

    /// Reads `count` blocks; what `element` has fewer of is an error.
    static func read(
        _ count: Int, of element: RTPError.Element, from reader: inout ByteReader
    ) throws(RTPError) -> [ReportBlock] {
        guard reader.remaining >= count * byteCount else {
            throw .truncated(element, neededBytes: count * byteCount, availableBytes: reader.remaining)
        }
        var blocks: [ReportBlock] = []
        blocks.reserveCapacity(count)
        while blocks.count < count, let block = ReportBlock(reading: &reader) { blocks.append(block) }
        return blocks
    }

    func write(to writer: inout ByteWriter) {
        writer.write(source.rawValue)
        writer.write(fractionLost)
        writer.writeUInt24(UInt32(bitPattern: cumulativeLost))
        writer.write(extendedHighestSequenceNumber)
        writer.write(jitter)
        writer.write(lastSenderReport)
        writer.write(delaySinceLastSenderReport)
    }
}
