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

extension MIKEYPayload.IBAKE {
    /// Reads what it held once it is decrypted: IDR and ECCPT payloads (RFC 6267 section 4.2.2).
    ///
    /// - Throws: ``MIKEYError`` where they are none, or something else is among them.
    public static func payloads(parsing bytes: RawSpan) throws(MIKEYError) -> [MIKEYPayload] {
        try nested(bytes, first: .idr, of: [.idr, .eccpt], in: .ibake)
    }

    /// The octets of such payloads, to be encrypted.
    ///
    /// - Throws: ``MIKEYError`` where the first is another one, or one does not belong there.
    public static func encoded(_ payloads: [MIKEYPayload]) throws(MIKEYError) -> MIKEYKeyMaterial {
        try encode(payloads, first: .idr, of: [.idr, .eccpt], in: .ibake)
    }
}

extension MIKEYPayload.ESK {
    /// Reads what it held once it is decrypted: an ID and an SK payload (RFC 6267 section 4.2.2.1).
    ///
    /// - Throws: ``MIKEYError`` where they are none, or something else is among them.
    public static func payloads(parsing bytes: RawSpan) throws(MIKEYError) -> [MIKEYPayload] {
        try nested(bytes, first: .id, of: [.id, .sk], in: .esk)
    }

    /// The octets of such payloads, to be encrypted.
    ///
    /// - Throws: ``MIKEYError`` where the first is another one, or one does not belong there.
    public static func encoded(_ payloads: [MIKEYPayload]) throws(MIKEYError) -> MIKEYKeyMaterial {
        try encode(payloads, first: .id, of: [.id, .sk], in: .esk)
    }
}

private func nested(
    _ bytes: RawSpan, first: MIKEYPayloadType, of allowed: PayloadTypeSet, in payload: MIKEYPayloadType
) throws(MIKEYError) -> [MIKEYPayload] {
    var context = ParsingContext(.ibakeInit1, .strict)
    var reader = FieldReader(bytes, in: payload)
    let payloads = try PayloadChain.parse(&reader, first: first, of: allowed, &context)
    try reader.finish("nothing behind the last payload")
    return payloads
}

private func encode(
    _ payloads: [MIKEYPayload], first: MIKEYPayloadType, of allowed: PayloadTypeSet, in payload: MIKEYPayloadType
) throws(MIKEYError) -> MIKEYKeyMaterial {
    guard payloads.first?.type == first else { throw MIKEYError(.missing(first), in: payload) }
    if let stranger = payloads.first(where: { !allowed.contains($0.type) }) {
        throw MIKEYError(.unexpected(stranger.type), in: payload)
    }
    return PayloadChain.secret(payloads)
}
