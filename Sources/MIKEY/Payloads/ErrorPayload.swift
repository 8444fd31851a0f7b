// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// What went wrong with another message (RFC 3830 section 6.12).
    public struct ErrorReport: Hashable, Sendable {
        /// What went wrong.
        public let number: MIKEYErrorNumber
        /// The 16 bits behind it.
        let reserved: UInt16

        /// An error.
        public init(_ number: MIKEYErrorNumber) {
            self.number = number
            reserved = 0
        }
    }
}

extension MIKEYPayload.ErrorReport: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        number = MIKEYErrorNumber(rawValue: try reader.uint8())
        reserved = try reader.uint16()
    }

    var bodyByteCount: Int { 3 }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(number.rawValue)
        writer.write(reserved)
    }
}
