// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// Who somebody is (RFC 3830 section 6.7).
public struct MIKEYIdentity: Hashable, Sendable {
    /// How an identity is written (RFC 3830 table 6.7.a, RFC 6043 section 6.5).
    public struct Kind: RawRepresentable, Hashable, Sendable {
        /// The number on the wire.
        public let rawValue: UInt8

        /// The type with this number.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Network access identifier.
        public static let nai = Kind(rawValue: 0)
        /// URI.
        public static let uri = Kind(rawValue: 1)
        /// Octets without a rule, which name a pre-shared key (RFC 6043).
        public static let byteString = Kind(rawValue: 2)
    }

    /// How it is written.
    public let kind: Kind
    /// The identity: text, or what else ``kind`` says.
    public let octets: [UInt8]

    /// An identity.
    ///
    /// - Throws: ``MIKEYError`` unless it has 1 to 65,535 octets.
    public init(_ kind: Kind, octets: [UInt8]) throws(MIKEYError) {
        try LongField.check(octets, in: .id)
        self.kind = kind
        self.octets = octets
    }

    /// A network access identifier, such as `user@example.com`.
    ///
    /// - Throws: ``MIKEYError`` unless it has 1 to 65,535 octets in UTF-8.
    public static func nai(_ text: String) throws(MIKEYError) -> MIKEYIdentity {
        try MIKEYIdentity(.nai, octets: Array(text.utf8))
    }

    /// A URI.
    ///
    /// - Throws: ``MIKEYError`` unless it has 1 to 65,535 octets in UTF-8.
    public static func uri(_ text: String) throws(MIKEYError) -> MIKEYIdentity {
        try MIKEYIdentity(.uri, octets: Array(text.utf8))
    }
}

extension MIKEYIdentity {
    init(parsing reader: inout FieldReader) throws(MIKEYError) {
        kind = Kind(rawValue: try reader.uint8())
        octets = try LongField.read(&reader)
    }

    var byteCount: Int { 3 + octets.count }

    func write(to writer: inout ByteWriter) {
        writer.write(kind.rawValue)
        LongField.write(octets, to: &writer)
    }
}

extension MIKEYPayload {
    /// An identity whose role is told by its place (RFC 3830 section 6.7).
    public struct Identity: Hashable, Sendable {
        /// Who.
        public let value: MIKEYIdentity

        /// An identity.
        public init(_ value: MIKEYIdentity) { self.value = value }
    }

    /// An identity with its role (RFC 6043 section 6.6).
    public struct IdentityWithRole: Hashable, Sendable {
        /// What an identity is for (RFC 6043 table 6.11, RFC 6509 section 4.4).
        public struct Role: RawRepresentable, Hashable, Sendable {
            /// The number on the wire.
            public let rawValue: UInt8

            /// The role with this number.
            public init(rawValue: UInt8) { self.rawValue = rawValue }

            /// IDRi.
            public static let initiator = Role(rawValue: 1)
            /// IDRr.
            public static let responder = Role(rawValue: 2)
            /// IDRkms.
            public static let kms = Role(rawValue: 3)
            /// IDRpsk.
            public static let preSharedKey = Role(rawValue: 4)
            /// IDRapp.
            public static let application = Role(rawValue: 5)
            /// IDRkmsi.
            public static let initiatorKMS = Role(rawValue: 6)
            /// IDRkmsr.
            public static let responderKMS = Role(rawValue: 7)
        }

        /// What it is for.
        public let role: Role
        /// Who.
        public let value: MIKEYIdentity

        /// An identity with its role.
        public init(_ role: Role, _ value: MIKEYIdentity) {
            self.role = role
            self.value = value
        }
    }
}

extension MIKEYPayload.Identity: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        value = try MIKEYIdentity(parsing: &reader)
    }

    var bodyByteCount: Int { value.byteCount }

    func writeBody(to writer: inout ByteWriter) { value.write(to: &writer) }
}

extension MIKEYPayload.IdentityWithRole: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        role = Role(rawValue: try reader.uint8())
        value = try MIKEYIdentity(parsing: &reader)
    }

    var bodyByteCount: Int { 1 + value.byteCount }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(role.rawValue)
        value.write(to: &writer)
    }
}
