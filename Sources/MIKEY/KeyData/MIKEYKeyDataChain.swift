// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What stands, encrypted or not, in KEMAC: in public-key modes the sender's identity, and keys (RFC 3830 section 6.2).
public struct MIKEYKeyDataChain: Equatable, Sendable {
    /// Key data, and before them ID where the mode has it.
    public let payloads: [MIKEYPayload]
    /// What was met in reading them that an RFC forbids. In a chain that is part of a message the message has it.
    public private(set) var deviations: MIKEYDeviationSet = []

    /// Keys, and before them who sends them in the modes of RFC 3830 section 3.2 and RFC 4738.
    public init(identity: MIKEYIdentity? = nil, keys: [MIKEYPayload.KeyData]) {
        payloads = (identity.map { [.identity(.init($0))] } ?? []) + keys.map { .keyData($0) }
    }

    /// Private keys with the identities whose they are (RFC 6267 section 4.2.1.3).
    public init(privateKeys: [(identity: MIKEYIdentity, key: MIKEYPayload.KeyData)]) {
        payloads = privateKeys.flatMap { [.identity(.init($0.identity)), .keyData($0.key)] }
    }

    /// Reads what KEMAC held once it is decrypted.
    ///
    /// - Parameter dataType: The kind of the message, which tells what stands first and which keys there can be.
    /// - Throws: ``MIKEYError`` where they are no such chain; its offset counts from the first of these octets.
    public init(
        parsing bytes: RawSpan, in dataType: MIKEYDataType, mode: MIKEYParsingMode = .strict
    ) throws(MIKEYError) {
        var context = ParsingContext(dataType, mode)
        var reader = FieldReader(bytes, in: .kemac)
        self = try MIKEYKeyDataChain(parsing: &reader, &context)
        try check(&context)
        deviations = context.met
    }

    /// The identity that stands first.
    public var identity: MIKEYIdentity? {
        guard case .identity(let identity) = payloads.first else { return nil }
        return identity.value
    }

    /// The keys.
    public var keys: [MIKEYPayload.KeyData] {
        payloads.compactMap { payload in
            guard case .keyData(let key) = payload else { return nil }
            return key
        }
    }

    /// The octets, to be encrypted.
    public var encoded: MIKEYKeyMaterial { PayloadChain.secret(payloads) }

    /// The number of octets.
    public var byteCount: Int { PayloadChain.byteCount(payloads) }
}

extension MIKEYKeyDataChain {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        if reader.isAtEnd {
            payloads = []
            return
        }
        let first: MIKEYPayloadType = Self.beginsWithIdentity(context.dataType) ? .id : .keyData
        payloads = try PayloadChain.parse(&reader, first: first, of: [.id, .keyData], &context)
        try reader.finish("key data to end with their last payload (RFC 3830 section 6.2)")
    }

    func write(to writer: inout ByteWriter) { PayloadChain.write(payloads, to: &writer) }

    /// Checks that a message of this kind can have these payloads.
    func check(_ context: inout ParsingContext) throws(MIKEYError) {
        let dataType = context.dataType
        guard !payloads.isEmpty else { return }
        guard !Self.beginsWithIdentity(dataType) || payloads.first?.type == .id else {
            throw MIKEYError(.missing(.id), in: .kemac)
        }
        var identityAllowed = Self.beginsWithIdentity(dataType)
        for payload in payloads {
            guard case .keyData(let key) = payload else {
                guard identityAllowed else { throw MIKEYError(.unexpected(.id), in: .kemac) }
                identityAllowed = false
                continue
            }
            try Self.check(key, &context)
            // Each private key has an identity of its own before it.
            identityAllowed = dataType == .requestKeyResponse
        }
        guard dataType == .publicKey || payloads.last?.type == .keyData else {
            throw MIKEYError(.missing(.keyData), in: .kemac)
        }
    }

    private static func check(_ key: MIKEYPayload.KeyData, _ context: inout ParsingContext) throws(MIKEYError) {
        let dataType = context.dataType
        let isKnown =
            switch key.kind {
            case .tgk, .tek: true
            case .gtgk, .mpk: dataType.isTicket
            case .privateKey: dataType.isIBAKE
            }
        guard isKnown else { throw MIKEYError(.unknown(.keyType, key.typeNumber), in: .keyData) }
        guard !dataType.isTicket || key.validity.spi != nil else {
            throw MIKEYError(.malformed(expected: "an SPI for each key (RFC 6043 section 6.2.1)"), in: .keyData)
        }
        if key.kind == .tek, key.salt == nil, joinedByteCounts.contains(key.key.count) {
            try context.meet(.saltInsideTEK, orThrow: MIKEYError(.refused(.saltInsideTEK), in: .keyData))
        }
    }

    /// Lengths that only a master key with its salt has: 16, 24 and 32 octets with 14, 16 and 32 with 12.
    private static let joinedByteCounts: Set<Int> = [30, 38, 46, 28, 44]

    private static func beginsWithIdentity(_ dataType: MIKEYDataType) -> Bool {
        dataType == .publicKey || dataType == .rsaRResponse || dataType == .requestKeyResponse
    }
}
