// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The most that a media sender may send: an entry of TMMBR or TMMBN (RFC 5104 sections 4.2.1 and 4.2.2).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                              SSRC                             |
/// | MxTBR Exp |  MxTBR Mantissa                 |Measured Overhead|
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct BitRateLimit: Hashable, Sendable {
    /// In a request the media sender asked to keep the limit, in a notification the receiver that owns it.
    public var ssrc: SSRC
    /// The maximum total media bit rate, with a mantissa of 17 bits.
    public let maximumBitRate: ScaledBitRate
    /// The measured average packet overhead in octets, 0 to 511.
    public let overheadByteCount: UInt16

    /// A limit of at most `maximumBitsPerSecond`, rounded down to what the 17-bit mantissa can express.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for an overhead of more than 511 octets.
    public init(ssrc: SSRC, maximumBitsPerSecond: UInt64, overheadByteCount: UInt16) throws(RTPError) {
        try self.init(
            ssrc: ssrc, rate: ScaledBitRate(bitsPerSecond: maximumBitsPerSecond, mantissaBitCount: 17),
            overheadByteCount: overheadByteCount)
    }

    /// A limit with these fields.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a mantissa of more than 17 bits, an exponent of more
    ///   than 6, or an overhead of more than 511 octets.
    public init(ssrc: SSRC, mantissa: UInt32, exponent: UInt8, overheadByteCount: UInt16) throws(RTPError) {
        try self.init(
            ssrc: ssrc,
            rate: ScaledBitRate(mantissa: mantissa, exponent: exponent, mantissaBitCount: 17, of: .bitRateLimit),
            overheadByteCount: overheadByteCount)
    }

    private init(ssrc: SSRC, rate: ScaledBitRate, overheadByteCount: UInt16) throws(RTPError) {
        guard overheadByteCount <= 511 else {
            throw .valueOutOfRange(.bitRateLimit, value: Int(overheadByteCount), allowed: 0...511)
        }
        self.ssrc = ssrc
        self.maximumBitRate = rate
        self.overheadByteCount = overheadByteCount
    }
}

extension BitRateLimit: WireEntry {
    static let byteCount = 8

    init?(reading reader: inout ByteReader) {
        guard let ssrc = reader.readUInt32(), let word = reader.readUInt32() else { return nil }
        self.ssrc = SSRC(ssrc)
        maximumBitRate = ScaledBitRate(
            unchecked: word >> 9 & 0x1_FFFF, exponent: UInt8(truncatingIfNeeded: word >> 26))
        overheadByteCount = UInt16(truncatingIfNeeded: word & 0x1FF)
    }

    func write(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(
            UInt32(maximumBitRate.exponent) << 26 | maximumBitRate.mantissa << 9 | UInt32(overheadByteCount))
    }
}
