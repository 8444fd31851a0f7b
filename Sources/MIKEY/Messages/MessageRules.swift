// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What holds between the parts of a message, be it read or put together.
enum MessageRules {
    static func check(_ message: MIKEYMessage, _ context: inout ParsingContext) throws(MIKEYError) {
        let form = MessageForm(of: message.header.dataType)
        try checkForm(message, form)
        if let expected = form.expectsResponse, message.header.expectsResponse != expected {
            try context.meet(.wrongVerificationFlag, orThrow: MIKEYError(.refused(.wrongVerificationFlag), at: 3))
        }
        try checkMap(message)
        try checkPolicies(message, &context)
        try checkRoles(message)
        for (position, payload) in message.payloads.enumerated() {
            do throws(MIKEYError) {
                try check(payload, of: message, &context)
            } catch {
                throw error.offset == nil ? message.error(error.problem, in: error.payload, at: position) : error
            }
        }
        try checkTrailing(message, &context)
    }

    // MARK: Which payloads there are

    private static func checkForm(_ message: MIKEYMessage, _ form: MessageForm) throws(MIKEYError) {
        let dataType = message.header.dataType
        let allowed = form.required.union(form.optional).union(.generalExtension)
        var seen: PayloadTypeSet = []
        for (position, payload) in message.payloads.enumerated() {
            let type = payload.type
            let belongs = allowed.contains(type) || form.ignoresOthers && PayloadTypeSet.topLevel.contains(type)
            // Error messages report what went wrong, and no others do; MIKEY-TICKET has IDR in place of ID.
            let isElsewhere = type == .err && dataType != .error || type == .id && dataType.isTicket
            guard belongs, !isElsewhere else { throw message.error(.unexpected(type), at: position) }
            guard !seen.contains(type) || MessageForm.repeatable.contains(type) else {
                throw message.error(.repeated(type), at: position)
            }
            guard !form.last.contains(type) || position + 1 == message.payloads.count else {
                throw message.error(.notLast(type), at: position)
            }
            seen.formUnion(PayloadTypeSet(type))
        }
        if let missing = form.required.subtracting(seen).types.first { throw MIKEYError(.missing(missing)) }
        try checkCounts(message, seen)
    }

    private static func checkCounts(_ message: MIKEYMessage, _ seen: PayloadTypeSet) throws(MIKEYError) {
        let isInitial = seen.contains(.rand)
        let dataType = message.header.dataType
        switch dataType {
        case .preSharedKeyVerification, .publicKeyVerification, .rsaRResponse: try checkCount(.id, 0...1, message)
        default: try checkCount(.id, 0...2, message)
        }
        switch dataType {
        // An update needs neither key data nor DH values (RFC 3830 section 4.5); what comes with RAND is none.
        case .publicKey where isInitial && !seen.contains(.kemac): throw MIKEYError(.missing(.kemac))
        case .dhInit, .dhhmacInit: try checkCount(.dh, isInitial ? 1...1 : 0...1, message)
        case .dhResponse, .dhhmacResponse: if seen.contains(.dh) { try checkCount(.dh, 2...2, message) }
        case .transferInit where seen.contains(.ticket) && !seen.contains(.randr): throw MIKEYError(.missing(.randr))
        case .ibakeInit1 where isInitial: try require([.idr, .ibake], seen)
        case .ibakeResponse1 where !seen.contains(.v): try require(.ibake, seen)
        default: break
        }
    }

    private static func require(_ types: PayloadTypeSet, _ seen: PayloadTypeSet) throws(MIKEYError) {
        if let missing = types.subtracting(seen).types.first { throw MIKEYError(.missing(missing)) }
    }

    private static func checkCount(
        _ type: MIKEYPayloadType, _ range: ClosedRange<Int>, _ message: MIKEYMessage
    ) throws(MIKEYError) {
        var count = 0
        for (position, payload) in message.payloads.enumerated() where payload.type == type {
            count += 1
            guard count <= range.upperBound else { throw message.error(.repeated(type), at: position) }
        }
        guard count >= range.lowerBound else { throw MIKEYError(.missing(type)) }
    }

    // MARK: Header

    private static func checkMap(_ message: MIKEYMessage) throws(MIKEYError) {
        let sessions = message.header.cryptoSessions
        switch message.header.dataType {
        case .requestInitPSK, .requestInitPK, .requestResponse, .resolveInitPSK, .resolveInitPK, .resolveResponse,
            .requestKeyPSK, .requestKeyPKE, .requestKeyResponse:
            guard sessions.map == .empty(count: 0) else {
                let rule = "the empty map without crypto sessions (RFC 6043 section 4.2, RFC 6267 section 6.1)"
                throw MIKEYError(.malformed(expected: rule), at: 8)
            }
        case .transferInit, .transferResponse:
            guard sessions.mapType != 0 else {
                throw MIKEYError(.malformed(expected: "a map other than SRTP-ID (RFC 6043 section 6.1)"), at: 9)
            }
        default: break
        }
    }

    // MARK: Policies

    private static func checkPolicies(
        _ message: MIKEYMessage, _ context: inout ParsingContext
    ) throws(MIKEYError) {
        var numbers = OctetSet()
        var hasPolicy = false
        for (position, payload) in message.payloads.enumerated() {
            guard case .securityPolicy(let policy) = payload else { continue }
            hasPolicy = true
            guard numbers.insert(policy.number) || MIKEYPayload.SecurityPolicy.mayRepeat(context.dataType) else {
                let rule = "a number of its own for each policy (RFC 3830 section 6.10)"
                throw message.error(.malformed(expected: rule), in: .sp, at: position)
            }
        }
        guard hasPolicy else { return }
        if message.header.cryptoSessions.mapType == 1 {
            try context.meet(.policyWithEmptyMap, orThrow: MIKEYError(.refused(.policyWithEmptyMap), in: .sp))
        }
        // A response or an update can name a policy that another message brought.
        guard !context.dataType.isResponse, message.beginsBundle else { return }
        try message.header.cryptoSessions.forEachPolicyNumber { number throws(MIKEYError) in
            guard numbers.contains(number) else {
                let rule = "a policy for each number that a crypto session names (RFC 3830 section 6.1.1)"
                throw MIKEYError(.malformed(expected: rule), in: .sp)
            }
        }
    }

    // MARK: Roles

    private static func checkRoles(_ message: MIKEYMessage) throws(MIKEYError) {
        var identities = OctetSet()
        var randoms = OctetSet()
        for (position, payload) in message.payloads.enumerated() {
            switch payload {
            case .identityWithRole(let identity):
                // A user asks for the private keys of several identities (RFC 6267 section 4.2.1.1).
                guard identities.insert(identity.role.rawValue) || message.header.dataType.isIBAKE else {
                    throw message.error(.repeated(.idr), at: position)
                }
            case .randomWithRole(let random):
                guard randoms.insert(random.role.rawValue) else { throw message.error(.repeated(.randr), at: position) }
            default: break
            }
        }
        switch message.header.dataType {
        case .requestInitPSK, .requestInitPK:
            guard randoms.contains(MIKEYPayload.RandomWithRole.Role.initiator.rawValue) else {
                throw MIKEYError(.missing(.randr))
            }
        case .resolveInitPSK, .resolveInitPK:
            guard randoms.contains(MIKEYPayload.RandomWithRole.Role.responder.rawValue) else {
                throw MIKEYError(.missing(.randr))
            }
        case .requestKeyPSK, .requestKeyPKE:
            guard identities.contains(MIKEYPayload.IdentityWithRole.Role.kms.rawValue) else {
                throw MIKEYError(.missing(.idr))
            }
        default: break
        }
    }

    // MARK: Single payloads

    private static func check(
        _ payload: MIKEYPayload, of message: MIKEYMessage, _ context: inout ParsingContext
    ) throws(MIKEYError) {
        switch payload {
        case .kemac(let kemac): try check(kemac, of: message, &context)
        case .securityPolicy(let policy): try policy.check(&context)
        case .timestamp(let timestamp) where context.dataType == .sakke:
            guard timestamp.value.typeNumber < 2 else {
                throw MIKEYError(.malformed(expected: "NTP-UTC or NTP (RFC 6509 section 2.2.1)"), in: .t)
            }
        case .certificate where context.dataType == .sakke:
            guard message.signature?.type != .eccsi else {
                throw MIKEYError(.unexpected(.cert), in: .cert)
            }
        case .dh(let value):
            guard message.payloads.allSatisfy({ $0.dhGroup == nil || $0.dhGroup == value.group }) else {
                throw MIKEYError(.malformed(expected: "the initiator's group (RFC 3830 section 3.3)"), in: .dh)
            }
        case .ticketPolicy(let body): try check(body.policy, isGranted: false, &context)
        case .ticket(let ticket): try check(ticket.policy, isGranted: true, &context)
        default: break
        }
    }

    private static func check(
        _ kemac: MIKEYPayload.KEMAC, of message: MIKEYMessage, _ context: inout ParsingContext
    ) throws(MIKEYError) {
        let dataType = context.dataType
        guard kemac.isReadable(in: dataType) else {
            throw MIKEYError(.malformed(expected: "the MAC of its algorithm"), in: .kemac)
        }
        if dataType.isDHHMAC {
            guard kemac.encryption == .null || kemac.encryption == .aesKW128 else {
                throw MIKEYError(.unknown(.encryptionAlgorithm, kemac.encryption.rawValue), in: .kemac)
            }
            guard kemac.isEmpty else {
                throw MIKEYError(.malformed(expected: "no key data in DHHMAC (RFC 4650 section 4.2)"), in: .kemac)
            }
            return
        }
        // Only an update has no keys (RFC 3830 section 6.2), and only where no identity is encrypted with them.
        let isUpdate = dataType == .preSharedKey && message.random == nil
        guard !kemac.isEmpty || isUpdate || dataType == .error else {
            throw MIKEYError(.malformed(expected: "key data (RFC 3830 section 6.2)"), in: .kemac)
        }
        guard !dataType.isTicket || kemac.mac.isEmpty else {
            throw MIKEYError(.malformed(expected: "the NULL MAC in MIKEY-TICKET (RFC 6043 section 4.2)"), in: .kemac)
        }
        if case .clear(let chain) = kemac.content { try chain.check(&context) }
    }

    private static func check(
        _ policy: MIKEYTicketPolicy, isGranted: Bool, _ context: inout ParsingContext
    ) throws(MIKEYError) {
        for payload in policy.payloads {
            switch payload {
            case .kemac(let kemac):
                guard !isGranted else { throw MIKEYError(.unexpected(.kemac), in: .ticket) }
                guard kemac.mac.isEmpty, case .clear(let chain) = kemac.content else {
                    throw MIKEYError(.malformed(expected: "NULL and NULL in TP (RFC 6043 section 6.10)"), in: .tp)
                }
                try chain.check(&context)
            case .timestampWithRole(let time) where time.role == .rekeying:
                guard case .ntpUTC32 = time.value else {
                    throw MIKEYError(.malformed(expected: "NTP-UTC-32 in TRr (RFC 6043 section 6.10)"), in: .tp)
                }
            default: break
            }
        }
    }

    // MARK: End

    private static func checkTrailing(
        _ message: MIKEYMessage, _ context: inout ParsingContext
    ) throws(MIKEYError) {
        let count = message.trailingOctets.count
        guard count > 0 else { return }
        let offset = message.byteCount - count
        // What nobody authenticates can as well be longer; what is authenticated is not what was sent.
        guard message.payloads.last?.authenticator?.isEmpty == true else {
            throw MIKEYError(.trailingOctets(count), at: offset)
        }
        try context.meet(.trailingOctets, orThrow: MIKEYError(.refused(.trailingOctets), at: offset))
    }
}

extension MIKEYMessage {
    /// Whether it brings the random octets of a bundle, which an update does not (RFC 3830 section 4.5).
    fileprivate var beginsBundle: Bool { payloads.contains { $0.type == .rand || $0.type == .randr } }

    /// What is wrong with the payload at `position`.
    fileprivate func error(
        _ problem: MIKEYError.Problem, in payload: MIKEYPayloadType? = nil, at position: Int
    ) -> MIKEYError {
        MIKEYError(problem, in: payload ?? payloads[position].type, at: layout.payloads[position].lowerBound)
    }
}

extension MIKEYPayload {
    fileprivate var dhGroup: MIKEYDHGroup? {
        guard case .dh(let value) = self else { return nil }
        return value.group
    }
}
