// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What stands behind the next payload octet of a payload.
protocol PayloadBody {
    /// Reads it, and leaves the reader behind it.
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError)

    /// The number of octets that ``writeBody(to:)`` writes.
    var bodyByteCount: Int { get }

    /// Writes it.
    func writeBody(to writer: inout ByteWriter)
}

/// A field of octets behind an 8-bit length.
enum ShortField {
    static func read(_ reader: inout FieldReader) throws(MIKEYError) -> [UInt8] {
        try reader.octets(Int(reader.uint8()))
    }

    static func write(_ octets: [UInt8], to writer: inout ByteWriter) {
        writer.write(UInt8(truncatingIfNeeded: octets.count))
        writer.write(bytes: octets)
    }
}

/// A field of octets behind a 16-bit length.
enum LongField {
    static func read(_ reader: inout FieldReader) throws(MIKEYError) -> [UInt8] {
        try reader.octets(Int(reader.uint16()))
    }

    static func write(_ octets: [UInt8], to writer: inout ByteWriter) {
        writer.write(UInt16(truncatingIfNeeded: octets.count))
        writer.write(bytes: octets)
    }

    /// Throws unless the field can hold that many octets, of which there must be one at least.
    static func check(_ octets: [UInt8], in payload: MIKEYPayloadType) throws(MIKEYError) {
        guard (1...0xFFFF).contains(octets.count) else {
            throw MIKEYError(.malformed(expected: "1 to 65535 octets"), in: payload)
        }
    }
}
