// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// Counts and spreads over some packets of a source (RFC 3611 section 4.6).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     BT=6      |L|D|J|ToH|rsvd.|       block length = 9        |
/// |                        SSRC of source                         |
/// |          begin_seq            |             end_seq           |
/// |                        lost_packets                           |
/// |                        dup_packets                            |
/// |             min_jitter, max_jitter, mean_jitter, dev_jitter   |
/// | min_ttl_or_hl | max_ttl_or_hl |mean_ttl_or_hl | dev_ttl_or_hl |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// What is `nil` is not reported: its flag is 0, and so are its fields.
public struct StatisticsSummary: Hashable, Sendable {
    /// The spread of a value.
    public struct Spread<Value: FixedWidthInteger & UnsignedInteger & Sendable>: Hashable, Sendable {
        /// The smallest value.
        public var minimum: Value
        /// The largest value.
        public var maximum: Value
        /// The mean, rounded.
        public var mean: Value
        /// The standard deviation.
        public var deviation: Value

        /// A spread with these fields.
        public init(minimum: Value, maximum: Value, mean: Value, deviation: Value) {
            self.minimum = minimum
            self.maximum = maximum
            self.mean = mean
            self.deviation = deviation
        }
    }

    /// How often packets can still be forwarded.
    public enum TimeToLive: Hashable, Sendable {
        /// The TTL of IPv4.
        case ipv4(Spread<UInt8>)
        /// The hop limit of IPv6.
        case ipv6(Spread<UInt8>)
    }

    /// The source that the block is about.
    public var source: SSRC
    /// The packets that it is about.
    public var range: SequenceRange
    /// The lost packets.
    public var lostPackets: UInt32?
    /// The duplicates.
    public var duplicatePackets: UInt32?
    /// The relative transit time between two packets, in units of the media clock.
    public var jitter: Spread<UInt32>?
    /// TTL or hop limit.
    public var timeToLive: TimeToLive?
    /// Three bits that a receiver ignores.
    private var reserved: UInt8 = 0

    /// A block that reports nothing yet.
    public init(source: SSRC, range: SequenceRange) {
        self.source = source
        self.range = range
    }
}

extension StatisticsSummary: ExtendedReportContents {
    /// Reads the block.
    ///
    /// - Returns: `nil` where a receiver must ignore it: a field that its flag does not report is not 0, or the flag of
    ///   the TTL has its undefined value.
    init?(parsing contents: RawSpan, typeSpecific: UInt8) throws(RTPError) {
        var reader = ByteReader(contents)
        guard let source = reader.readUInt32(), let begin = reader.readUInt16(), let end = reader.readUInt16(),
            let lost = reader.readUInt32(), let duplicates = reader.readUInt32(),
            let jitter = Spread<UInt32>(reading: &reader, { $0.readUInt32() }),
            let hops = Spread<UInt8>(reading: &reader, { $0.readUInt8() })
        else { throw .truncated(.statisticsSummary, neededBytes: 36, availableBytes: contents.byteCount) }
        try reader.checkEnd(of: .statisticsSummary)
        self.init(source: SSRC(source), range: SequenceRange(begin: begin, end: end))
        reserved = typeSpecific & 0x07

        if typeSpecific & 0x80 != 0 { lostPackets = lost } else if lost != 0 { return nil }
        if typeSpecific & 0x40 != 0 { duplicatePackets = duplicates } else if duplicates != 0 { return nil }
        if typeSpecific & 0x20 != 0 { self.jitter = jitter } else if jitter != .zero { return nil }
        switch typeSpecific >> 3 & 3 {
        case 0: guard hops == .zero else { return nil }
        case 1: timeToLive = .ipv4(hops)
        case 2: timeToLive = .ipv6(hops)
        default: return nil
        }
    }

    package var typeSpecific: UInt8 {
        let hops: UInt8 =
            switch timeToLive {
            case nil: 0
            case .ipv4: 0x08
            case .ipv6: 0x10
            }
        return (lostPackets != nil ? 0x80 : 0) | (duplicatePackets != nil ? 0x40 : 0) | (jitter != nil ? 0x20 : 0)
            | hops | reserved
    }

    var byteCount: Int { 36 }

    func write(to writer: inout ByteWriter) {
        writer.write(source.rawValue)
        writer.write(range.begin)
        writer.write(range.end)
        writer.write(lostPackets ?? 0)
        writer.write(duplicatePackets ?? 0)
        let jitter = jitter ?? .zero
        for value in [jitter.minimum, jitter.maximum, jitter.mean, jitter.deviation] { writer.write(value) }
        let hops =
            switch timeToLive {
            case nil: Spread<UInt8>.zero
            case .ipv4(let hops), .ipv6(let hops): hops
            }
        for value in [hops.minimum, hops.maximum, hops.mean, hops.deviation] { writer.write(value) }
    }
}

extension StatisticsSummary.Spread {
    fileprivate static var zero: Self { Self(minimum: 0, maximum: 0, mean: 0, deviation: 0) }

    fileprivate init?(reading reader: inout ByteReader, _ read: (inout ByteReader) -> Value?) {
        guard let minimum = read(&reader), let maximum = read(&reader), let mean = read(&reader),
            let deviation = read(&reader)
        else { return nil }
        self.init(minimum: minimum, maximum: maximum, mean: mean, deviation: deviation)
    }
}
