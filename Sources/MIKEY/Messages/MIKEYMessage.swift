// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A MIKEY message (RFC 3830 section 5).
///
/// A message that was read is encoded again octet by octet, reserved bits and what was lived with included. A message that was
/// put together is one that strict reading takes, unless it was made for a peer that wants it otherwise. Neither says that it is authentic: that is for an exchange.
public struct MIKEYMessage: Equatable, Sendable {
    /// The header.
    public let header: MIKEYHeader
    /// The payloads in their order.
    public let payloads: [MIKEYPayload]
    /// Octets behind the last payload: none unless ``MIKEYDeviation/trailingOctets`` was accepted.
    public let trailingOctets: [UInt8]
    /// What was met in reading it, or allowed in putting it together, that an RFC forbids.
    public let deviations: MIKEYDeviationSet

    /// How many octets are read at all: 2^20.
    public static let octetLimit = 1 << 20

    /// A message of these payloads.
    ///
    /// A MAC or signature that is still to be made has zeros in its place; ``authenticated(by:)`` puts it there.
    ///
    /// - Parameter mode: What the message may break, for peers that want it so.
    /// - Throws: ``MIKEYError`` where the kind of message does not have these payloads in this order, or one of them contradicts
    ///   another.
    public init(
        _ header: MIKEYHeader, payloads: [MIKEYPayload], mode: MIKEYParsingMode = .strict
    ) throws(MIKEYError) {
        let made = MIKEYMessage(header, payloads, [], [])
        do throws(MIKEYError) {
            guard payloads.count <= PayloadChain.limit else {
                throw MIKEYError(.tooManyPayloads(limit: PayloadChain.limit))
            }
            guard made.byteCount <= Self.octetLimit else {
                throw MIKEYError(.tooLarge(octets: made.byteCount, limit: Self.octetLimit))
            }
            var context = ParsingContext(header.dataType, mode)
            try MessageRules.check(made, &context)
            self = MIKEYMessage(header, payloads, [], context.met)
        } catch {
            throw error.of(header.dataType)
        }
    }

    /// Reads a message.
    ///
    /// - Throws: ``MIKEYError`` where it is not one, or breaks a rule that `mode` does not allow to be broken.
    public init(parsing bytes: RawSpan, mode: MIKEYParsingMode = .strict) throws(MIKEYError) {
        guard bytes.byteCount <= Self.octetLimit else {
            throw MIKEYError(.tooLarge(octets: bytes.byteCount, limit: Self.octetLimit))
        }
        var reader = FieldReader(bytes)
        let (header, first) = try MIKEYHeader.parse(&reader)
        do throws(MIKEYError) {
            var context = ParsingContext(header.dataType, mode)
            let payloads = try PayloadChain.parse(&reader, first: first, of: .topLevel, &context)
            let trailing = try reader.octets(reader.remaining)
            let read = MIKEYMessage(header, payloads, trailing, [])
            try MessageRules.check(read, &context)
            self = MIKEYMessage(header, payloads, trailing, context.met)
        } catch {
            throw error.of(header.dataType)
        }
    }

    /// Reads a message.
    ///
    /// - Throws: ``MIKEYError`` where it is not one, or breaks a rule that `mode` does not allow to be broken.
    public init(parsing octets: [UInt8], mode: MIKEYParsingMode = .strict) throws(MIKEYError) {
        let span = octets.span
        try unsafe self.init(parsing: span.bytes, mode: mode)
    }

    private init(
        _ header: MIKEYHeader, _ payloads: [MIKEYPayload], _ trailingOctets: [UInt8], _ deviations: MIKEYDeviationSet
    ) {
        self.header = header
        self.payloads = payloads
        self.trailingOctets = trailingOctets
        self.deviations = deviations
    }

    /// The octets. Key data that are not encrypted are among them.
    public var encoded: [UInt8] {
        var writer = ByteWriter(reserving: byteCount)
        header.write(first: payloads.first?.type ?? .last, to: &writer)
        PayloadChain.write(payloads, to: &writer)
        writer.write(bytes: trailingOctets)
        return writer.finish()
    }

    /// The number of octets.
    public var byteCount: Int { header.byteCount + PayloadChain.byteCount(payloads) + trailingOctets.count }

    /// Where the parts stand in ``encoded``.
    public var layout: MIKEYLayout { MIKEYLayout(self) }

    /// The same message with another MAC or signature in the last payload.
    ///
    /// - Throws: ``MIKEYError`` unless that is KEMAC, V or SIGN, and the length stays.
    public func authenticated(by octets: [UInt8]) throws(MIKEYError) -> MIKEYMessage {
        guard let last = payloads.last?.with(authenticator: octets) else {
            throw MIKEYError(.malformed(expected: "a MAC or signature of the length that there is place for"))
        }
        return MIKEYMessage(header, payloads.dropLast() + [last], trailingOctets, deviations)
    }
}

extension MIKEYMessage {
    /// T. Every message has one.
    public var timestamp: MIKEYTimestamp? {
        first { payload in
            guard case .timestamp(let timestamp) = payload else { return nil }
            return timestamp.value
        }
    }

    /// RAND.
    public var random: [UInt8]? {
        first { payload in
            guard case .random(let random) = payload else { return nil }
            return random.octets
        }
    }

    /// ID payloads in their order: in a message of the initiator IDi and IDr, in a response with both IDr and IDi.
    public var identities: [MIKEYIdentity] {
        all { payload in
            guard case .identity(let identity) = payload else { return nil }
            return identity.value
        }
    }

    /// The identity with a role, where IDR names it.
    public func identity(_ role: MIKEYPayload.IdentityWithRole.Role) -> MIKEYIdentity? {
        first { payload in
            guard case .identityWithRole(let identity) = payload, identity.role == role else { return nil }
            return identity.value
        }
    }

    /// KEMAC.
    public var kemac: MIKEYPayload.KEMAC? {
        first { payload in
            guard case .kemac(let kemac) = payload else { return nil }
            return kemac
        }
    }

    /// V.
    public var verification: MIKEYPayload.Verification? {
        first { payload in
            guard case .verification(let verification) = payload else { return nil }
            return verification
        }
    }

    /// SIGN.
    public var signature: MIKEYPayload.SIGN? {
        guard case .sign(let sign) = payloads.last else { return nil }
        return sign
    }

    /// SP payloads.
    public var policies: [MIKEYPayload.SecurityPolicy] {
        all { payload in
            guard case .securityPolicy(let policy) = payload else { return nil }
            return policy
        }
    }

    /// What ERR payloads report.
    public var errors: [MIKEYErrorNumber] {
        all { payload in
            guard case .error(let error) = payload else { return nil }
            return error.number
        }
    }

    /// General extensions.
    public var generalExtensions: [MIKEYPayload.GeneralExtension] {
        all { payload in
            guard case .generalExtension(let value) = payload else { return nil }
            return value
        }
    }

    /// Whether a MAC or signature stands at its end, be it right or wrong.
    public var isAuthenticated: Bool { payloads.last?.authenticator.map { !$0.isEmpty } ?? false }

    /// The deviations of the message where it is the first one of its crypto session bundle, and not an update.
    ///
    /// Reading cannot tell the two apart (RFC 3830 section 4.5). The modes of RFC 3830 and RFC 4650 have RAND in the first
    /// message; where it is not there, that is ``MIKEYDeviation/missingRAND``.
    public func deviations(asInitial isInitial: Bool) -> MIKEYDeviationSet {
        var deviations = deviations
        switch header.dataType {
        case .preSharedKey, .publicKey, .dhInit, .dhhmacInit:
            if isInitial, random == nil { deviations.insert(.missingRAND) }
        default: break
        }
        return deviations
    }

    private func first<Value>(_ value: (MIKEYPayload) -> Value?) -> Value? {
        for payload in payloads { if let value = value(payload) { return value } }
        return nil
    }

    private func all<Value>(_ value: (MIKEYPayload) -> Value?) -> [Value] { payloads.compactMap(value) }
}
