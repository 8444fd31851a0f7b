// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// A secret key inside of ESK (RFC 6267 section 6.1.5).
    public struct SecretKey: Equatable, Sendable {
        /// The key.
        public let key: MIKEYKeyMaterial
        /// When it is to be used.
        public let validity: MIKEYKeyValidity

        /// A secret key.
        ///
        /// - Throws: ``MIKEYError`` unless it has 1 to 65,535 octets.
        public init(_ key: MIKEYKeyMaterial, validity: MIKEYKeyValidity = .null) throws(MIKEYError) {
            guard (1...0xFFFF).contains(key.count) else {
                throw MIKEYError(.malformed(expected: "1 to 65535 octets (RFC 6267 section 6.1.5)"), in: .sk)
            }
            self.key = key
            self.validity = validity
        }
    }
}

extension MIKEYPayload.SecretKey: PayloadBody {
    /// The only type there is.
    private static let typeNumber: UInt8 = 1

    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        let types = try reader.uint8()
        guard types >> 4 == Self.typeNumber else { throw reader.error(.unknown(.keyType, types >> 4), back: 1) }
        key = try .key(parsing: &reader, rule: "a key of 1 octet or more (RFC 6267 section 6.1.5)")
        validity = try MIKEYKeyValidity(parsing: &reader, typeNumber: types & 0x0F)
    }

    var bodyByteCount: Int { 3 + key.count + validity.byteCount }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(Self.typeNumber << 4 | validity.typeNumber)
        key.write(to: &writer)
        validity.write(to: &writer)
    }
}
