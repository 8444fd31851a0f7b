// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What was agreed on for a bundle: what an update changes.
struct BundleTerms: Sendable {
    var sessions: MIKEYCryptoSessions
    /// The policies by their numbers.
    private(set) var policies: [UInt8: MIKEYPayload.SecurityPolicy] = [:]
    private(set) var keyData: [MIKEYPayload.KeyData] = []
    /// The keys of the messages before.
    private var history = KeyHistory()

    /// The terms of a first message.
    init(_ sessions: MIKEYCryptoSessions, policies: [MIKEYPayload.SecurityPolicy], keyData: [MIKEYPayload.KeyData]) {
        self.sessions = sessions
        add(policies, keyData)
    }

    /// The terms after an update (RFC 3830 section 4.5): what it does not say stays.
    func updated(
        _ sessions: MIKEYCryptoSessions, policies: [MIKEYPayload.SecurityPolicy], keyData: [MIKEYPayload.KeyData]
    ) -> BundleTerms {
        var terms = self
        terms.history.add(keyData: self.keyData, of: self.sessions)
        terms.sessions = self.sessions.updated(by: sessions)
        terms.add(policies, keyData)
        return terms
    }

    /// These terms, when they hold again in place of `later` ones that came to nothing.
    func restored(inPlaceOf later: BundleTerms) -> BundleTerms {
        var terms = self
        terms.history = later.history
        terms.history.add(keyData: later.keyData, of: later.sessions)
        return terms
    }

    /// All policies, in the order of their numbers. Where there are none, the sessions' ones without a parameter, which stand for
    /// the defaults also with somebody who has others of these numbers.
    var allPolicies: [MIKEYPayload.SecurityPolicy] {
        guard policies.isEmpty else { return policies.values.sorted { $0.number < $1.number } }
        return Set(sessions.entries.compactMap(\.policyNumber)).sorted()
            .map { MIKEYPayload.SecurityPolicy(number: $0, MIKEYSRTPPolicy(unchecked: [])) }
    }

    private mutating func add(_ policies: [MIKEYPayload.SecurityPolicy], _ keyData: [MIKEYPayload.KeyData]) {
        for policy in policies { self.policies[policy.number] = policy }
        if !keyData.isEmpty { self.keyData = keyData }
    }

    /// The policy with this number, in SRTP's terms. Where there is none at all, all have the defaults (RFC 3830 section 6.10.1).
    private func policy(_ number: UInt8?) throws(MIKEYExchangeError) -> MIKEYSRTPPolicy {
        guard let number, !policies.isEmpty else { return MIKEYSRTPPolicy(unchecked: []) }
        guard let policy = policies[number]?.srtp else { throw .policy(number) }
        return policy
    }
}

// MARK: Agreement

extension BundleTerms {
    /// What an agreement is made of beside the terms.
    struct Origin: Sendable {
        let message: MIKEYMessage
        let context: BundleContext
        let previous: MIKEYAgreement?
        let initiator: MIKEYIdentity?
        let responder: MIKEYIdentity?
        let deviations: MIKEYDeviationSet
        let mode: MIKEYParsingMode
    }

    /// What these terms come to.
    ///
    /// - Throws: ``MIKEYExchangeError`` where a session has no policy of SRTP, or the keys are not such as it needs.
    func agreement(_ origin: Origin) throws(MIKEYExchangeError) -> MIKEYAgreement {
        guard let timestamp = origin.message.timestamp else { throw .unexpected }
        guard !keyData.isEmpty else { throw .noKeys }
        let keys = KeyContext(
            prf: origin.context.prf, csbID: origin.context.csbID, rand: origin.context.rand, keyData: keyData,
            acceptsJoinedSalt: origin.mode.accepted.contains(.saltInsideTEK), history: history)
        var deviations = origin.deviations
        var found: [MIKEYAgreement.Session] = []
        for entry in sessions.entries {
            guard entry.isSRTP else { throw .policy(entry.policyNumber ?? 0) }
            let policy = try policy(entry.policyNumber)
            let derived = try keys.keys(csID: entry.id, policy: policy)
            deviations.formUnion(derived.deviations)
            let before = origin.previous?.session(entry.id)
            found.append(
                MIKEYAgreement.Session(
                    id: entry.id, ssrc: entry.ssrc, rolloverCounter: entry.rolloverCounter,
                    sequenceNumber: entry.sequenceNumber, isContinued: before != nil && before?.ssrc == entry.ssrc,
                    reusedKeys: keys.reusedKeys(csID: entry.id), policyNumber: entry.policyNumber, policy: policy,
                    initialSPI: entry.spi, keys: derived.keys))
        }
        try checkKeystreams(found)
        return MIKEYAgreement(
            csbID: origin.context.csbID, timestamp: timestamp, isUpdate: origin.previous != nil,
            hasNewKeys: origin.previous.map { $0.keyData != keyData } ?? true, initiator: origin.initiator,
            responder: origin.responder, isAuthenticated: origin.message.isAuthenticated, sessions: found,
            sessionCount: sessions.count, generalExtensions: origin.message.generalExtensions, deviations: deviations,
            context: keys)
    }

    /// A TEK is the same for all crypto sessions, so that their SSRCs must differ.
    private func checkKeystreams(_ sessions: [MIKEYAgreement.Session]) throws(MIKEYExchangeError) {
        guard keyData.contains(where: { $0.kind == .tek }) else { return }
        var seen: Set<SSRC> = []
        for session in sessions {
            guard let ssrc = session.ssrc else { continue }
            guard seen.insert(ssrc).inserted else { throw .sharedKeystream(ssrc) }
        }
    }
}
