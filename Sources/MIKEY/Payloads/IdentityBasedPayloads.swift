// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension MIKEYPayload {
    /// Identities and elliptic curve values, encrypted to an identity (RFC 6267 section 6.1.1).
    public struct IBAKE: Hashable, Sendable {
        /// The encrypted chain of IDR and ECCPT payloads.
        public let encrypted: [UInt8]

        /// Encrypted values.
        ///
        /// - Throws: ``MIKEYError`` unless there are 1 to 65,535 octets.
        public init(encrypted: [UInt8]) throws(MIKEYError) {
            try LongField.check(encrypted, in: .ibake)
            self.encrypted = encrypted
        }
    }

    /// An identity and a secret key, encrypted to an identity (RFC 6267 section 6.1.2).
    public struct ESK: Hashable, Sendable {
        /// The encrypted chain of an ID and an SK payload.
        public let encrypted: [UInt8]

        /// An encrypted key.
        ///
        /// - Throws: ``MIKEYError`` unless there are 1 to 65,535 octets.
        public init(encrypted: [UInt8]) throws(MIKEYError) {
            try LongField.check(encrypted, in: .esk)
            self.encrypted = encrypted
        }
    }
}

extension MIKEYPayload.IBAKE: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        encrypted = try LongField.read(&reader)
    }

    var bodyByteCount: Int { 2 + encrypted.count }

    func writeBody(to writer: inout ByteWriter) { LongField.write(encrypted, to: &writer) }
}

extension MIKEYPayload.ESK: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        encrypted = try LongField.read(&reader)
    }

    var bodyByteCount: Int { 2 + encrypted.count }

    func writeBody(to writer: inout ByteWriter) { LongField.write(encrypted, to: &writer) }
}
