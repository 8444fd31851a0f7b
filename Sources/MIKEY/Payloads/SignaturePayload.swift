// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// A signature (RFC 3830 section 6.5). It has no next payload octet: nothing can follow.
    public struct SIGN: Hashable, Sendable {
        /// How the message is signed.
        public let type: MIKEYSignatureType
        /// The signature; zeros where it is still to be made.
        public let signature: [UInt8]

        /// A signature.
        ///
        /// - Throws: ``MIKEYError`` unless it has 1 to 4,095 octets.
        public init(_ type: MIKEYSignatureType, signature: [UInt8]) throws(MIKEYError) {
            guard (1...0x0FFF).contains(signature.count) else {
                throw MIKEYError(.malformed(expected: "1 to 4095 octets (RFC 3830 section 6.5)"), in: .sign)
            }
            self.type = type
            self.signature = signature
        }
    }
}

extension MIKEYPayload.SIGN: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        let field = try reader.uint16()
        type = MIKEYSignatureType(rawValue: UInt8(truncatingIfNeeded: field >> 12))
        let count = Int(field & 0x0FFF)
        guard count > 0 else {
            throw reader.error(.malformed(expected: "a signature of 1 octet or more (RFC 3830 section 6.5)"), back: 2)
        }
        signature = try reader.octets(count)
    }

    var bodyByteCount: Int { 2 + signature.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(UInt16(type.rawValue) << 12 | UInt16(truncatingIfNeeded: signature.count))
        writer.write(bytes: signature)
    }
}
