// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// How a value is spread over a group of receivers: the number of receivers in each of several equal ranges
/// (RFC 5760 section 7.1.3).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |     SRBT      |    Length     |        NDB            |   MF  |
/// |                   Minimum Distribution Value                  |
/// |                   Maximum Distribution Value                  |
/// |                      Distribution Buckets                    ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct SummaryDistribution: Hashable, Sendable {
    /// NDB: the number of buckets, 0 to 4095.
    public let bucketCount: UInt16
    /// MF: each bucket counts for 2^MF times its value, 0 to 15.
    public let multiplicativeFactor: UInt8
    /// Where the first bucket begins.
    public let minimum: UInt32
    /// Where the last bucket ends.
    public let maximum: UInt32
    /// The buckets as they are on the wire: whole words, at most 1,008 octets.
    public let octets: [UInt8]

    /// A distribution with these buckets.
    ///
    /// - Parameter bucketBitCount: The bits of each bucket on the wire, an even number up to 64. The buckets must fill
    ///   whole words: the receiver finds their size by dividing.
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for no buckets or more than 4095, a factor over 15, a
    ///   bucket that does not fit its bits, or a maximum not above the minimum; ``RTPError/invalidLength(_:bytes:)``
    ///   where the buckets do not fill whole words or more than 1,008 octets.
    public init(
        minimum: UInt32, maximum: UInt32, multiplicativeFactor: UInt8 = 0, bucketBitCount: Int, buckets: [UInt64]
    ) throws(RTPError) {
        guard (1...4095).contains(buckets.count) else {
            throw .valueOutOfRange(.summaryBlock, value: buckets.count, allowed: 1...4095)
        }
        guard multiplicativeFactor <= 15 else {
            throw .valueOutOfRange(.summaryBlock, value: Int(multiplicativeFactor), allowed: 0...15)
        }
        guard (2...64).contains(bucketBitCount), bucketBitCount % 2 == 0 else {
            throw .valueOutOfRange(.summaryBlock, value: bucketBitCount, allowed: 2...64)
        }
        guard minimum < maximum else {
            throw .valueOutOfRange(.summaryBlock, value: Int(maximum), allowed: Int(minimum)...Int(UInt32.max))
        }
        let bitCount = buckets.count * bucketBitCount
        guard bitCount % 32 == 0, bitCount / 8 <= 1008 else {
            throw .invalidLength(.summaryBlock, bytes: bitCount / 8)
        }
        var octets = [UInt8](repeating: 0, count: bitCount / 8)
        for (position, bucket) in buckets.enumerated() {
            guard bucketBitCount == 64 || bucket >> UInt64(bucketBitCount) == 0 else {
                throw .valueOutOfRange(
                    .summaryBlock, value: Int(clamping: bucket), allowed: 0...(1 << bucketBitCount - 1))
            }
            for bit in 0..<bucketBitCount where bucket >> UInt64(bucketBitCount - 1 - bit) & 1 == 1 {
                let place = position * bucketBitCount + bit
                octets[place / 8] |= 0x80 >> UInt8(place % 8)
            }
        }
        bucketCount = UInt16(truncatingIfNeeded: buckets.count)
        self.multiplicativeFactor = multiplicativeFactor
        self.minimum = minimum
        self.maximum = maximum
        self.octets = octets
    }

    /// The bits of a bucket; 0 without buckets.
    public var bucketBitCount: Int { bucketCount == 0 ? 0 : 8 * octets.count / Int(bucketCount) }

    /// The receivers in each bucket, the factor not applied; `nil` for buckets of more than 64 bits.
    public var buckets: [UInt64]? {
        let width = bucketBitCount
        guard width <= 64 else { return nil }
        return (0..<Int(bucketCount)).map { position in
            (position * width..<(position + 1) * width).reduce(0) {
                $0 << 1 | UInt64(octets[$1 / 8] >> UInt8(7 - $1 % 8) & 1)
            }
        }
    }
}

extension SummaryDistribution {
    init(parsing contents: RawSpan) throws(RTPError) {
        var reader = ByteReader(contents)
        guard let head = reader.readUInt16(), let minimum = reader.readUInt32(), let maximum = reader.readUInt32()
        else { throw .truncated(.summaryBlock, neededBytes: 10, availableBytes: contents.byteCount) }
        bucketCount = head >> 4
        multiplicativeFactor = UInt8(truncatingIfNeeded: head & 0x0F)
        self.minimum = minimum
        self.maximum = maximum
        octets = Array(copying: reader.readRemaining())
    }

    var byteCount: Int { 10 + octets.count }

    func write(to writer: inout ByteWriter) {
        writer.write(bucketCount << 4 | UInt16(multiplicativeFactor))
        writer.write(minimum)
        writer.write(maximum)
        writer.write(bytes: octets)
    }
}
