// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// A Diffie-Hellman value (RFC 3830 section 6.4).
    public struct DH: Hashable, Sendable {
        /// The group.
        public let group: MIKEYDHGroup
        /// The public value, big-endian, as long as the group's prime.
        public let value: [UInt8]
        /// The four bits before KV.
        let reserved: UInt8
        /// When the key that comes of it is to be used.
        public let validity: MIKEYKeyValidity

        /// A public value.
        ///
        /// - Throws: ``MIKEYError`` unless it is as long as the group's prime.
        public init(
            _ group: MIKEYDHGroup, value: [UInt8], validity: MIKEYKeyValidity = .null
        ) throws(MIKEYError) {
            guard value.count == group.byteCount else {
                throw MIKEYError(.malformed(expected: "\(group.byteCount) octets (RFC 3830 table 6.4)"), in: .dh)
            }
            self.group = group
            self.value = value
            reserved = 0
            self.validity = validity
        }
    }
}

extension MIKEYPayload.DH: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        group = try reader.number(of: .dhGroup)
        value = try reader.octets(group.byteCount)
        let types = try reader.uint8()
        reserved = types >> 4
        validity = try MIKEYKeyValidity(parsing: &reader, typeNumber: types & 0x0F)
    }

    var bodyByteCount: Int { 2 + value.count + validity.byteCount }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(group.rawValue)
        writer.write(bytes: value)
        writer.write(reserved << 4 | validity.typeNumber)
        validity.write(to: &writer)
    }
}
