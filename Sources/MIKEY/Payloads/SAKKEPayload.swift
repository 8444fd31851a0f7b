// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// Encapsulated data of SAKKE (RFC 6509 section 4.2).
    public struct SAKKE: Hashable, Sendable {
        /// The parameter set: 1 is that of RFC 6509 appendix A.
        public let parameterSet: UInt8
        /// The identifier scheme: 1 is a telephone URI with monthly keys (RFC 6509 section 3.2), 2 the UID of 3GPP TS 33.180.
        public let identifierScheme: UInt8
        /// The encapsulated data, formatted as in RFC 6508 section 4.
        public let data: [UInt8]

        /// Encapsulated data.
        ///
        /// - Throws: ``MIKEYError`` unless there are 1 to 65,535 octets.
        public init(parameterSet: UInt8 = 1, identifierScheme: UInt8, data: [UInt8]) throws(MIKEYError) {
            try LongField.check(data, in: .sakke)
            self.parameterSet = parameterSet
            self.identifierScheme = identifierScheme
            self.data = data
        }
    }
}

extension MIKEYPayload.SAKKE: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        parameterSet = try reader.uint8()
        identifierScheme = try reader.uint8()
        data = try LongField.read(&reader)
    }

    var bodyByteCount: Int { 4 + data.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(parameterSet)
        writer.write(identifierScheme)
        LongField.write(data, to: &writer)
    }
}
