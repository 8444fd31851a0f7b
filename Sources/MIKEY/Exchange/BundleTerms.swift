// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// What was agreed on for a bundle: what an update changes.
struct BundleTerms: Sendable {
    var sessions: MIKEYCryptoSessions
    /// The policies by their numbers.
    private(set) var policies: [UInt8: MIKEYPayload.SecurityPolicy] = [:]
    private(set) var keyData: [MIKEYPayload.KeyData] = []

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
        terms.sessions = self.sessions.updated(by: sessions)
        terms.add(policies, keyData)
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
        let hasNewKeys: Bool
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
            acceptsJoinedSalt: origin.mode.accepted.contains(.saltInsideTEK))
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
                    policyNumber: entry.policyNumber, policy: policy, initialSPI: entry.spi, keys: derived.keys))
        }
        try checkKeystreams(found)
        return MIKEYAgreement(
            csbID: origin.context.csbID, timestamp: timestamp, isUpdate: origin.previous != nil,
            hasNewKeys: origin.hasNewKeys, initiator: origin.initiator, responder: origin.responder,
            isAuthenticated: origin.message.isAuthenticated, sessions: found, sessionCount: sessions.count,
            generalExtensions: origin.message.generalExtensions, deviations: deviations, context: keys)
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

extension MIKEYCryptoSessions {
    /// A crypto session in whichever map.
    struct Entry {
        let id: UInt8
        let isSRTP: Bool
        let ssrc: SSRC?
        let rolloverCounter: UInt32
        let sequenceNumber: UInt16?
        let policyNumber: UInt8?
        let spi: [UInt8]
    }

    /// The crypto sessions that the map lists; of several policies of one, which are alternatives, the first.
    var entries: [Entry] {
        switch map {
        case .srtpID(let streams):
            zip(ids, streams).map { id, stream in
                Entry(
                    id: id, isSRTP: true, ssrc: stream.ssrc == SSRC(0) ? nil : stream.ssrc,
                    rolloverCounter: stream.rolloverCounter,
                    sequenceNumber: nil, policyNumber: stream.policyNumber, spi: [])
            }
        case .empty: []
        case .genericID(let sessions): sessions.map(\.entry)
        }
    }

    /// The crypto sessions after an update: those that it lists, or those of before where it lists none. An SSRC that it leaves
    /// open stays as it was.
    func updated(by update: MIKEYCryptoSessions) -> MIKEYCryptoSessions {
        guard case .srtpID(let new) = update.map else { return update }
        guard !new.isEmpty else { return self }
        guard case .srtpID(let old) = map else { return update }
        return update.filled(with: Dictionary(uniqueKeysWithValues: zip(ids, old.map(\.ssrc))))
    }

    /// The same with SSRCs, by CS ID, where they are left open (RFC 3830 section 6.1.1).
    func filled(with ssrcs: [UInt8: SSRC]) -> MIKEYCryptoSessions {
        guard case .srtpID(let streams) = map else { return self }
        let filled = zip(ids, streams).map { id, stream in
            stream.ssrc != SSRC(0)
                ? stream
                : Stream(
                    policyNumber: stream.policyNumber, ssrc: ssrcs[id] ?? stream.ssrc,
                    rolloverCounter: stream.rolloverCounter)
        }
        return (try? MIKEYCryptoSessions(.srtpID(filled))) ?? self
    }
}

extension MIKEYCryptoSessions.Session {
    fileprivate var entry: MIKEYCryptoSessions.Entry {
        var ssrc: SSRC?
        var position: Position?
        if case .srtp(let number, let place) = data { (ssrc, position) = (number, place) }
        return MIKEYCryptoSessions.Entry(
            id: id, isSRTP: securityProtocol == .srtp, ssrc: ssrc, rolloverCounter: position?.rolloverCounter ?? 0,
            sequenceNumber: position?.sequenceNumber, policyNumber: policyNumbers.first, spi: spi)
    }
}
