// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// A certificate, or where it is to be had (RFC 3830 section 6.7).
    public struct Certificate: Hashable, Sendable {
        /// What it is (RFC 3830 table 6.7.b).
        public struct Kind: RawRepresentable, Hashable, Sendable {
            /// The number on the wire.
            public let rawValue: UInt8

            /// The type with this number.
            public init(rawValue: UInt8) { self.rawValue = rawValue }

            /// X.509v3 in DER.
            public static let x509 = Kind(rawValue: 0)
            /// The URL of one, in ASCII.
            public static let x509URL = Kind(rawValue: 1)
            /// X.509v3 for signatures only.
            public static let x509Sign = Kind(rawValue: 2)
            /// X.509v3 for encryption only.
            public static let x509Encrypt = Kind(rawValue: 3)
        }

        /// What it is.
        public let kind: Kind
        /// The certificate or its URL.
        public let octets: [UInt8]

        /// A certificate.
        ///
        /// - Throws: ``MIKEYError`` unless it has 1 to 65,535 octets.
        public init(_ kind: Kind, octets: [UInt8]) throws(MIKEYError) {
            try LongField.check(octets, in: .cert)
            self.kind = kind
            self.octets = octets
        }
    }

    /// The hash of the certificate whose key is used (RFC 3830 section 6.8).
    public struct CertificateHash: Hashable, Sendable {
        /// The hash function.
        public let function: MIKEYHashFunction
        /// The hash.
        public let hash: [UInt8]

        /// A hash.
        ///
        /// - Throws: ``MIKEYError`` unless it has the length of its function.
        public init(_ function: MIKEYHashFunction, hash: [UInt8]) throws(MIKEYError) {
            guard hash.count == function.byteCount else {
                throw MIKEYError(.malformed(expected: "\(function.byteCount) octets (RFC 3830 table 6.8)"), in: .chash)
            }
            self.function = function
            self.hash = hash
        }
    }
}

extension MIKEYPayload.Certificate: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        kind = Kind(rawValue: try reader.uint8())
        octets = try LongField.read(&reader)
    }

    var bodyByteCount: Int { 3 + octets.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(kind.rawValue)
        LongField.write(octets, to: &writer)
    }
}

extension MIKEYPayload.CertificateHash: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        function = try reader.number(of: .hashFunction)
        hash = try reader.octets(function.byteCount)
    }

    var bodyByteCount: Int { 1 + hash.count }

    func writeBody(to writer: inout ByteWriter) {
        writer.write(function.rawValue)
        writer.write(bytes: hash)
    }
}
