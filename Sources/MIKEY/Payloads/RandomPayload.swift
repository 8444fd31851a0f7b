// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// The random octets of a crypto session bundle (RFC 3830 section 6.11).
    public struct Random: Hashable, Sendable {
        /// The octets, 1 to 255.
        public let octets: [UInt8]

        /// Random octets.
        ///
        /// - Throws: ``MIKEYError`` unless there are 16 to 255.
        public init(_ octets: [UInt8]) throws(MIKEYError) {
            try RandomOctets.check(octets, in: .rand)
            self.octets = octets
        }
    }

    /// Random octets with the role of the party that made them (RFC 6043 section 6.8).
    public struct RandomWithRole: Hashable, Sendable {
        /// Who made them (RFC 6043 table 6.13).
        public struct Role: RawRepresentable, Hashable, Sendable {
            /// The number on the wire.
            public let rawValue: UInt8

            /// The role with this number.
            public init(rawValue: UInt8) { self.rawValue = rawValue }

            /// RANDRi.
            public static let initiator = Role(rawValue: 1)
            /// RANDRr.
            public static let responder = Role(rawValue: 2)
            /// RANDRkms.
            public static let kms = Role(rawValue: 3)
        }

        /// Who made them.
        public let role: Role
        /// The octets, 1 to 255.
        public let octets: [UInt8]

        /// Random octets with a role.
        ///
        /// - Throws: ``MIKEYError`` unless there are 16 to 255.
        public init(_ role: Role, _ octets: [UInt8]) throws(MIKEYError) {
            try RandomOctets.check(octets, in: .randr)
            self.role = role
            self.octets = octets
        }
    }
}

/// The field that both have.
private enum RandomOctets {
    static func check(_ octets: [UInt8], in payload: MIKEYPayloadType) throws(MIKEYError) {
        guard (16...255).contains(octets.count) else {
            throw MIKEYError(.malformed(expected: "16 to 255 octets (RFC 3830 section 6.11)"), in: payload)
        }
    }

    /// Any number of octets but none: that there be 16 is only recommended.
    static func read(_ reader: inout FieldReader) throws(MIKEYError) -> [UInt8] {
        let octets = try ShortField.read(&reader)
        guard !octets.isEmpty else {
            throw reader.error(.malformed(expected: "1 octet or more (RFC 3830 section 6.11)"), back: 1)
        }
        return octets
    }
}

extension MIKEYPayload.Random: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        octets = try RandomOctets.read(&reader)
    }

    var bodyByteCount: Int { 1 + octets.count }

    func writeBody(to writer: inout ByteWriter) { ShortField.write(octets, to: &writer) }
}

extension MIKEYPayload.RandomWithRole: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        role = Role(rawValue: try reader.uint8())
        octets = try RandomOctets.read(&reader)
    }

    var bodyByteCount: Int { 2 + octets.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(role.rawValue)
        ShortField.write(octets, to: &writer)
    }
}
