// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What may be done with a ticket, and by whom (RFC 6043 section 6.10).
public struct MIKEYTicketPolicy: Equatable, Sendable {
    /// The flags D to O.
    public struct Flags: OptionSet, Hashable, Sendable {
        /// Twelve bits, D the highest.
        public let rawValue: UInt16

        /// The flags with these bits; the low twelve count.
        public init(rawValue: UInt16) { self.rawValue = rawValue & 0x0FFF }

        /// D: the KMS made the ticket.
        public static let kmsGenerated = Flags(rawValue: 1 << 11)
        /// E: the ticket must be resolved by the KMS.
        public static let mandatoryResolve = Flags(rawValue: 1 << 10)
        /// F: the TRANSFER_RESP message is sent.
        public static let transferResponse = Flags(rawValue: 1 << 9)
        /// G: the responder makes RANDRr.
        public static let responderRandom = Flags(rawValue: 1 << 8)
        /// H: RANDRi is used when keys are derived.
        public static let initiatorRandom = Flags(rawValue: 1 << 7)
        /// I: keys are forked.
        public static let forking = Flags(rawValue: 1 << 6)
        /// J: the ticket may be used again.
        public static let reuse = Flags(rawValue: 1 << 5)
        /// K: the KMS changed what was asked for.
        public static let changed = Flags(rawValue: 1 << 4)
        /// L: the initiator may supply session keys.
        public static let initiatorKeys = Flags(rawValue: 1 << 3)
        /// M: the responder may supply session keys.
        public static let responderKeys = Flags(rawValue: 1 << 2)
        /// N: an initiator needs nothing but RFC 6043.
        public static let plainInitiator = Flags(rawValue: 1 << 1)
        /// O: a responder needs nothing but RFC 6043.
        public static let plainResponder = Flags(rawValue: 1)

        /// Whether what one flag implies of another holds: NOT D implies L, G implies F, one of G and H, I implies E,
        /// K implies D, M implies F.
        public var isConsistent: Bool {
            (contains(.kmsGenerated) || contains(.initiatorKeys) && !contains(.changed))
                && (contains(.transferResponse) || isDisjoint(with: [.responderRandom, .responderKeys]))
                && !isDisjoint(with: [.responderRandom, .initiatorRandom])
                && (contains(.mandatoryResolve) || !contains(.forking))
        }
    }

    /// The ticket type: 1 the base ticket of RFC 6043, 2 that of 3GPP.
    public let type: UInt16
    /// The subtype.
    public let subtype: UInt8
    /// The version of the subtype.
    public let version: UInt8
    /// The function that forks keys.
    public let prf: MIKEYPRF
    /// The flags.
    public let flags: Flags
    /// The five bits behind the flags.
    let reserved: UInt8
    /// TP Data: the payloads IDRkms, IDRi, TRs, TRe, TRr, KEMAC, IDRapp and IDRr, of which IDRr must be there.
    public let payloads: [MIKEYPayload]

    /// A policy.
    ///
    /// - Throws: ``MIKEYError`` where flags contradict each other, IDRr is not there, or a payload does not belong here.
    public init(
        type: UInt16 = 1, subtype: UInt8 = 1, version: UInt8 = 1, prf: MIKEYPRF = .hmacSHA256, flags: Flags,
        payloads: [MIKEYPayload]
    ) throws(MIKEYError) {
        self.type = type
        self.subtype = subtype
        self.version = version
        self.prf = prf
        self.flags = flags
        reserved = 0
        self.payloads = payloads
        if let stranger = payloads.first(where: { !Self.dataTypes.contains($0.type) }) {
            throw MIKEYError(.unexpected(stranger.type), in: .tp)
        }
        guard 1 + PayloadChain.byteCount(payloads) <= 0xFFFF else {
            throw MIKEYError(.malformed(expected: "at most 65535 octets of TP Data"), in: .tp)
        }
        if let rule = brokenRule { throw MIKEYError(.malformed(expected: rule), in: .tp) }
    }

    /// What may stand in TP Data: what belongs there and what is ignored there, but no policy in a policy.
    static let dataTypes = PayloadTypeSet.topLevel.subtracting([.tp, .ticket, .sign])

    /// What the policy breaks, if anything.
    private var brokenRule: String? {
        guard flags.isConsistent else { return "flags that do not contradict each other (RFC 6043 section 6.10)" }
        let hasResponder = payloads.contains { payload in
            guard case .identityWithRole(let identity) = payload else { return false }
            return identity.role == .responder
        }
        return hasResponder ? nil : "IDRr in TP Data (RFC 6043 section 6.10)"
    }
}

extension MIKEYTicketPolicy {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        type = try reader.uint16()
        subtype = try reader.uint8()
        let word = try reader.uint32()
        version = UInt8(truncatingIfNeeded: word >> 24)
        prf = MIKEYPRF(rawValue: UInt8(truncatingIfNeeded: word >> 17))
        flags = Flags(rawValue: UInt16(truncatingIfNeeded: word >> 5))
        reserved = UInt8(truncatingIfNeeded: word & 0x1F)
        var data = try reader.section(Int(reader.uint16()))
        let first = MIKEYPayloadType(rawValue: try data.uint8())
        payloads = try PayloadChain.parse(&data, first: first, of: Self.dataTypes, &context)
        try data.finish("TP Data to end with its last payload (RFC 6043 section 6.10)")
        if let rule = brokenRule { throw reader.error(.malformed(expected: rule)) }
    }

    var byteCount: Int { 10 + PayloadChain.byteCount(payloads) }

    func write(to writer: inout ByteWriter) {
        writer.write(type)
        writer.write(subtype)
        writer.write(
            UInt32(version) << 24 | UInt32(prf.rawValue) << 17 | UInt32(flags.rawValue) << 5 | UInt32(reserved))
        writer.write(UInt16(truncatingIfNeeded: 1 + PayloadChain.byteCount(payloads)))
        PayloadChain.writeWithFirst(payloads, to: &writer)
    }
}

extension MIKEYPayload {
    /// A desired ticket policy (RFC 6043 section 6.10).
    public struct TicketPolicy: Equatable, Sendable {
        /// The policy.
        public let policy: MIKEYTicketPolicy

        /// A policy.
        public init(_ policy: MIKEYTicketPolicy) { self.policy = policy }
    }

    /// A ticket: the granted policy, and what only the resolver of the ticket reads (RFC 6043 section 6.10).
    public struct Ticket: Equatable, Sendable {
        /// The granted policy.
        public let policy: MIKEYTicketPolicy
        /// Ticket Data, whose form the ticket's type tells.
        public let data: [UInt8]
        /// Initiator Data: Vi and Vr when keys are forked; `nil` when there are none.
        public let initiatorData: [MIKEYPayload]?

        /// A ticket.
        ///
        /// - Throws: ``MIKEYError`` where Ticket Data are none or too long, or Initiator Data are not Vi and Vr.
        public init(
            _ policy: MIKEYTicketPolicy, data: [UInt8], initiatorData: (vi: Verification, vr: Verification)? = nil
        ) throws(MIKEYError) {
            try LongField.check(data, in: .ticket)
            self.policy = policy
            self.data = data
            self.initiatorData = initiatorData.map { [.verification($0.vi), .verification($0.vr)] }
        }

        /// The number of octets of Initiator Data.
        private var initiatorByteCount: Int { initiatorData.map { 1 + PayloadChain.byteCount($0) } ?? 0 }

        /// Where, in the whole payload, Initiator Data with their length stand: no MAC of TRANSFER_INIT covers them.
        var initiatorRange: Range<Int> { 1 + policy.byteCount + 2 + data.count..<1 + bodyByteCount }
    }
}

extension MIKEYPayload.TicketPolicy: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        policy = try MIKEYTicketPolicy(parsing: &reader, &context)
    }

    var bodyByteCount: Int { policy.byteCount }

    func writeBody(to writer: inout ByteWriter) { policy.write(to: &writer) }
}

extension MIKEYPayload.Ticket: PayloadBody {
    init(parsing reader: inout FieldReader, _ context: inout ParsingContext) throws(MIKEYError) {
        policy = try MIKEYTicketPolicy(parsing: &reader, &context)
        data = try LongField.read(&reader)
        let count = Int(try reader.uint16())
        guard count > 0 else {
            initiatorData = nil
            return
        }
        var section = try reader.section(count)
        let first = MIKEYPayloadType(rawValue: try section.uint8())
        let payloads = try PayloadChain.parse(&section, first: first, of: MIKEYTicketPolicy.dataTypes, &context)
        try section.finish("Initiator Data to end with their last payload (RFC 6043 section 6.10)")
        guard payloads.count >= 2, payloads.last?.type == .v, payloads.count(where: { $0.type == .v }) == 2 else {
            throw reader.error(.malformed(expected: "Vi and Vr in Initiator Data (RFC 6043 section 6.10)"))
        }
        initiatorData = payloads
    }

    var bodyByteCount: Int { policy.byteCount + 2 + data.count + 2 + initiatorByteCount }

    func writeBody(to writer: inout ByteWriter) {
        policy.write(to: &writer)
        LongField.write(data, to: &writer)
        writer.write(UInt16(truncatingIfNeeded: initiatorByteCount))
        if let initiatorData { PayloadChain.writeWithFirst(initiatorData, to: &writer) }
    }
}
