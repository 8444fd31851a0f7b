// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// REMB: what a receiver thinks that its path can carry (draft-alvestrand-rmcat-remb section 2.2).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |  Unique identifier 'R' 'E' 'M' 'B'                            |
/// |  Num SSRC     | BR Exp    |  BR Mantissa                      |
/// |   SSRC feedback                                              ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// An application layer feedback message, told from others by its first four octets.
public struct ReceiverEstimatedMaximumBitRate: Hashable, Sendable {
    /// The rate of all streams together, with a mantissa of 18 bits.
    public let bitRate: ScaledBitRate
    /// The streams that share it, at most 255.
    public let sources: [SSRC]

    /// An estimate of at most `bitsPerSecond`, rounded down to what the 18-bit mantissa can express.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for more than 255 sources.
    public init(bitsPerSecond: UInt64, sources: [SSRC]) throws(RTPError) {
        try self.init(rate: ScaledBitRate(bitsPerSecond: bitsPerSecond, mantissaBitCount: 18), sources: sources)
    }

    /// An estimate with these fields.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a mantissa of more than 18 bits, an exponent of more
    ///   than 6, or more than 255 sources.
    public init(mantissa: UInt32, exponent: UInt8, sources: [SSRC]) throws(RTPError) {
        try self.init(
            rate: ScaledBitRate(
                mantissa: mantissa, exponent: exponent, mantissaBitCount: 18, of: .estimatedBitRate),
            sources: sources)
    }

    private init(rate: ScaledBitRate, sources: [SSRC]) throws(RTPError) {
        guard sources.count <= 255 else {
            throw .valueOutOfRange(.estimatedBitRate, value: sources.count, allowed: 0...255)
        }
        self.bitRate = rate
        self.sources = sources
    }
}

extension ReceiverEstimatedMaximumBitRate {
    /// `REMB`.
    private static let identifier: UInt32 = 0x5245_4D42

    /// Reads the estimate; `nil` for another application's message.
    init?(parsing information: RawSpan) throws(RTPError) {
        var reader = ByteReader(information)
        guard reader.readUInt32() == Self.identifier else { return nil }
        guard let word = reader.readUInt32() else {
            throw .truncated(.estimatedBitRate, neededBytes: 8, availableBytes: information.byteCount)
        }
        let count = Int(word >> 24)
        guard reader.remaining >= 4 * count else {
            throw .truncated(
                .estimatedBitRate, neededBytes: 8 + 4 * count, availableBytes: information.byteCount)
        }
        var sources: [SSRC] = []
        while sources.count < count, let source = reader.readUInt32() { sources.append(SSRC(source)) }
        try reader.checkEnd(of: .estimatedBitRate)
        bitRate = ScaledBitRate(unchecked: word & 0x3_FFFF, exponent: UInt8(truncatingIfNeeded: word >> 18 & 0x3F))
        self.sources = sources
    }

    var byteCount: Int { 8 + 4 * sources.count }

    func write(to writer: inout ByteWriter) {
        writer.write(Self.identifier)
        writer.write(UInt32(sources.count) << 24 | UInt32(bitRate.exponent) << 18 | bitRate.mantissa)
        for source in sources { writer.write(source.rawValue) }
    }
}
