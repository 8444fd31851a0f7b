// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// More pictures or better ones: an entry of TSTR, which asks, and TSTN, which answers (RFC 5104 sections 4.3.2, 4.3.3).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                              SSRC                             |
/// |  Seq nr.      |  Reserved                           | Index   |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct TemporalSpatialTradeOff: Hashable, Sendable {
    /// In a request the media sender that is asked, in a notification who had asked.
    public var ssrc: SSRC
    /// Counts the requests to that sender, modulo 2^8; a notification repeats it.
    public var sequenceNumber: UInt8
    /// The trade-off: 0 for the best pictures, 31 for the most of them.
    public let index: UInt8
    /// What a receiver ignores: 19 bits above the index.
    package private(set) var reserved: UInt32 = 0

    /// A request or notification with these fields.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for an index over 31.
    public init(ssrc: SSRC, sequenceNumber: UInt8, index: UInt8) throws(RTPError) {
        guard index <= 31 else { throw .valueOutOfRange(.tradeOff, value: Int(index), allowed: 0...31) }
        self.ssrc = ssrc
        self.sequenceNumber = sequenceNumber
        self.index = index
    }
}

extension TemporalSpatialTradeOff: WireEntry {
    static let byteCount = 8

    init?(reading reader: inout ByteReader) {
        guard let ssrc = reader.readUInt32(), let number = reader.readUInt8(), let rest = reader.readUInt24() else {
            return nil
        }
        self.ssrc = SSRC(ssrc)
        sequenceNumber = number
        index = UInt8(truncatingIfNeeded: rest & 0x1F)
        reserved = rest & ~0x1F
    }

    func write(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(sequenceNumber)
        writer.writeUInt24(reserved | UInt32(index))
    }
}
