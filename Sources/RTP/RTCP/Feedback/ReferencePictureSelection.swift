// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// RPSI: which pictures a decoder can refer to, in the codec's own bits (RFC 4585 section 6.3.3).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |      PB       |0| Payload Type|    Native RPSI bit string     |
/// |   defined per codec          ...                | Padding (0) |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct ReferencePictureSelection: Hashable, Sendable {
    /// The payload type whose codec has defined the bits, 0 to 127.
    public var payloadType: UInt8 { typeOctet & 0x7F }
    /// The bits, most significant first, and the padding behind them up to the word.
    public let octets: [UInt8]
    /// PB: the bits of padding.
    public let paddingBitCount: UInt8
    /// The payload type below a bit that a receiver ignores.
    package let typeOctet: UInt8

    /// The bits that the codec has defined.
    public var bitCount: Int { 8 * octets.count - Int(paddingBitCount) }

    /// The first `bitCount` bits of `octets`.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a payload type over 127, or a number of bits that
    ///   `octets` does not have or a packet cannot hold.
    public init(payloadType: UInt8, octets: [UInt8], bitCount: Int) throws(RTPError) {
        guard payloadType <= 127 else {
            throw .valueOutOfRange(.referencePicture, value: Int(payloadType), allowed: 0...127)
        }
        let largest = min(octets.count, 0xFFFF * 4) * 8
        guard (0...largest).contains(bitCount) else {
            throw .valueOutOfRange(.referencePicture, value: bitCount, allowed: 0...largest)
        }
        var padded = Array(octets.prefix((bitCount + 7) / 8))
        if bitCount % 8 != 0 { padded[bitCount / 8] &= ~(0xFF >> UInt8(bitCount % 8)) }
        // Two octets go before them in the first word.
        while padded.count % 4 != 2 { padded.append(0) }
        self.octets = padded
        self.paddingBitCount = UInt8(truncatingIfNeeded: 8 * padded.count - bitCount)
        self.typeOctet = payloadType
    }
}

extension ReferencePictureSelection {
    init(parsing information: RawSpan) throws(RTPError) {
        var reader = ByteReader(information)
        guard let padding = reader.readUInt8(), let type = reader.readUInt8() else {
            throw .truncated(.referencePicture, neededBytes: 4, availableBytes: information.byteCount)
        }
        let available = 8 * reader.remaining
        guard Int(padding) <= available else {
            throw .valueOutOfRange(.referencePicture, value: Int(padding), allowed: 0...available)
        }
        paddingBitCount = padding
        typeOctet = type
        octets = Array(copying: reader.readRemaining())
    }

    var byteCount: Int { 2 + octets.count }

    func write(to writer: inout ByteWriter) {
        writer.write(paddingBitCount)
        writer.write(typeOctet)
        writer.write(bytes: octets)
    }
}
