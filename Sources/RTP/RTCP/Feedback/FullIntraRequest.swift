// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// FIR: a media sender shall send a decoder refresh point (RFC 5104 section 4.3.1).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |                              SSRC                             |
/// | Seq nr.       |    Reserved                                   |
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
public struct FullIntraRequest: Hashable, Sendable {
    /// The media sender that is asked.
    public var ssrc: SSRC
    /// Counts the requests to that sender, modulo 2^8; a repetition keeps its number.
    public var sequenceNumber: UInt8
    /// What a receiver ignores.
    package private(set) var reserved: UInt32 = 0

    /// A request with these fields.
    public init(ssrc: SSRC, sequenceNumber: UInt8) {
        self.ssrc = ssrc
        self.sequenceNumber = sequenceNumber
    }
}

extension FullIntraRequest: WireEntry {
    static let byteCount = 8

    init?(reading reader: inout ByteReader) {
        guard let ssrc = reader.readUInt32(), let number = reader.readUInt8(), let rest = reader.readUInt24() else {
            return nil
        }
        self.init(ssrc: SSRC(ssrc), sequenceNumber: number)
        reserved = rest
    }

    func write(to writer: inout ByteWriter) {
        writer.write(ssrc.rawValue)
        writer.write(sequenceNumber)
        writer.writeUInt24(reserved)
    }
}
