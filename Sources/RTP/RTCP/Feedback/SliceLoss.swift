// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// SLI: consecutive macroblocks of a picture that were lost (RFC 4585 section 6.3.2).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |            First        |        Number           | PictureID |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct SliceLoss: Hashable, Sendable {
    /// The address of the first lost macroblock, counted from 1 in scan order; 13 bits.
    public let first: UInt16
    /// The number of lost macroblocks; 13 bits.
    public let number: UInt16
    /// The low 6 bits of what the codec calls the picture by.
    public let pictureID: UInt8

    /// A loss with these fields.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for what does not fit 13, 13 and 6 bits.
    public init(first: UInt16, number: UInt16, pictureID: UInt8) throws(RTPError) {
        for value in [first, number] where value > 8191 {
            throw .valueOutOfRange(.sliceLoss, value: Int(value), allowed: 0...8191)
        }
        guard pictureID <= 63 else { throw .valueOutOfRange(.sliceLoss, value: Int(pictureID), allowed: 0...63) }
        self.first = first
        self.number = number
        self.pictureID = pictureID
    }
}

extension SliceLoss: WireEntry {
    static let byteCount = 4

    init?(reading reader: inout ByteReader) {
        guard let word = reader.readUInt32() else { return nil }
        first = UInt16(truncatingIfNeeded: word >> 19)
        number = UInt16(truncatingIfNeeded: word >> 6 & 0x1FFF)
        pictureID = UInt8(truncatingIfNeeded: word & 0x3F)
    }

    func write(to writer: inout ByteWriter) {
        writer.write(UInt32(first) << 19 | UInt32(number) << 6 | UInt32(pictureID))
    }
}
