// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension BundleContext {
    /// The initiator's message of an offer (RFC 3830 sections 3.1 and 4.5).
    struct Initial {
        var sessions: MIKEYCryptoSessions
        var timestamp: MIKEYTimestamp
        var isUpdate: Bool
        var policies: [MIKEYPayload.SecurityPolicy]
        var keyData: [MIKEYPayload.KeyData]
        var generalExtensions: [MIKEYPayload.GeneralExtension]
    }

    /// HDR, T, [RAND], [IDi], [IDr], {SP}, KEMAC.
    func message(
        _ initial: Initial, _ configuration: MIKEYInitiatorConfiguration
    ) throws(MIKEYExchangeError) -> MIKEYMessage {
        let header = MIKEYHeader(
            .preSharedKey, expectsResponse: configuration.wantsVerification, prf: prf, csbID: csbID,
            cryptoSessions: initial.sessions)
        let kemac = try kemac(
            initial.keyData, configuration.encryption, configuration.mac, timestamp: initial.timestamp,
            mode: configuration.mode)
        let message: MIKEYMessage
        do throws(MIKEYError) {
            var payloads: [MIKEYPayload] = [.timestamp(.init(initial.timestamp))]
            if !initial.isUpdate { payloads.append(.random(try .init(rand))) }
            payloads += configuration.identities.map { .identity(.init($0)) }
            payloads += initial.policies.map { .securityPolicy($0) }
            payloads += initial.generalExtensions.map { .generalExtension($0) }
            message = try MIKEYMessage(header, payloads: payloads + [.kemac(kemac)], mode: configuration.mode)
        } catch {
            throw .message(error)
        }
        return try seal(message)
    }

    /// The answer to `request` (RFC 3830 section 3.1): HDR, T, [IDr], V.
    ///
    /// - Parameter sessions: Those of the request with the SSRCs that it left open.
    func answer(
        to request: MIKEYMessage, _ sessions: MIKEYCryptoSessions, identity: MIKEYIdentity?
    ) throws(MIKEYExchangeError) -> MIKEYMessage {
        var payloads: [MIKEYPayload] = []
        if let timestamp = request.timestamp { payloads.append(.timestamp(.init(timestamp))) }
        if let identity { payloads.append(.identity(.init(identity))) }
        payloads.append(.verification(.init(request.macAlgorithm ?? .null)))
        let header = MIKEYHeader(.preSharedKeyVerification, prf: prf, csbID: csbID, cryptoSessions: sessions)
        let answer: MIKEYMessage
        do throws(MIKEYError) {
            answer = try MIKEYMessage(header, payloads: payloads)
        } catch {
            throw .message(error)
        }
        return try seal(answer, followedBy: Self.verified(request, answeredBy: identity))
    }

    /// The error message in its place (RFC 3830 section 5.1.2): HDR, T, {ERR}, {SP}, V.
    func error(
        _ number: MIKEYErrorNumber, to request: MIKEYMessage, supported: [MIKEYPayload.SecurityPolicy]
    ) -> MIKEYMessage? {
        let verification = MIKEYPayload.verification(.init(request.macAlgorithm ?? .null))
        let error = request.error(number, supported, verification)
        return error.flatMap { try? seal($0, followedBy: Self.verified(request, answeredBy: nil)) }
    }

    /// Identity_i || Identity_r || T, which V covers behind its message (RFC 3830 section 5.2).
    static func verified(_ request: MIKEYMessage, answeredBy identity: MIKEYIdentity?) -> [UInt8] {
        guard let timestamp = request.timestamp else { return [] }
        return MessageProtection.verificationOctets(
            initiator: request.initiator, responder: identity ?? request.responder, timestamp: timestamp)
    }
}

extension MIKEYMessage {
    /// IDi of an initiator's message.
    var initiator: MIKEYIdentity? { identities.first }

    /// IDr of an initiator's message: the second ID payload.
    var responder: MIKEYIdentity? { identities.dropFirst().first }

    /// Refuses deviations that are not to be lived with, in a message that was read with all of them.
    func check(_ mode: MIKEYParsingMode, isInitial: Bool) throws(MIKEYExchangeError) {
        let met = deviations(asInitial: isInitial)
        for deviation in met.deviations where !mode.accepted.contains(deviation) {
            throw .message(MIKEYError(.refused(deviation), dataType: header.dataType))
        }
    }

    /// An error message that answers this one; without `verification` it is not authenticated.
    func error(
        _ number: MIKEYErrorNumber, _ supported: [MIKEYPayload.SecurityPolicy] = [],
        _ verification: MIKEYPayload? = nil
    ) -> MIKEYMessage? {
        guard let timestamp, !header.dataType.isResponse else { return nil }
        let answer = MIKEYHeader(
            .error, prf: header.prf, csbID: header.csbID, cryptoSessions: header.cryptoSessions)
        var payloads: [MIKEYPayload] = [.timestamp(.init(timestamp)), .error(.init(number))]
        // There cannot be policies beside the empty map (RFC 4563 section 5).
        if header.cryptoSessions.mapType != 1 { payloads += supported.map { .securityPolicy($0) } }
        if let verification { payloads.append(verification) }
        return try? MIKEYMessage(answer, payloads: payloads)
    }
}

extension MIKEYInitiatorConfiguration {
    /// The ID payloads of its messages: IDi, and IDr behind it.
    var identities: [MIKEYIdentity] {
        guard let identity else { return [] }
        guard sendsPeer, let peer else { return [identity] }
        return [identity, peer]
    }
}
