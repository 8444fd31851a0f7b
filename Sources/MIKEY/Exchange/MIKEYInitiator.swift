// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// The initiator of a crypto session bundle: offers it, and updates it (RFC 3830 sections 3.1 and 4.5).
///
///                  offer, V wanted             V is right
///       unused ------------------> offered ------------------> established
///         |                         |  | ^                       ^    |
///         | offer, no V    refused  |  | |  offer, V wanted      |    | offer, no V
///         +------------+   abandon  |  | +-----------------------+    |
///                      |            |  |                         |<---+
///                      |     first  |  | refused or abandoned    |
///                      |            v  +-----------------------> |
///                      |          ended                          |
///                      +---------------------------------------->+
///
/// The updates of a bundle come from its initiator alone: both parties encrypt with the same key, and an initialization vector is
/// made of the CSB ID and T.
public struct MIKEYInitiator: Sendable {
    /// Where the bundle stands.
    public enum State: Hashable, Sendable {
        /// Nothing was offered yet.
        case unused
        /// An offer awaits its answer; what was established before still is.
        case offered
        /// There are keys.
        case established
        /// The first offer came to nothing: a new bundle is needed.
        case ended
    }

    /// What both parties have.
    private struct Established: Sendable {
        let terms: BundleTerms
        let agreement: MIKEYAgreement
    }

    /// The last message.
    private struct Sent: Sendable {
        let message: MIKEYMessage
        let terms: BundleTerms
        /// What was established before.
        let before: Established?
    }

    /// The bundle.
    public let csbID: UInt32
    /// Where it stands.
    public private(set) var state = State.unused
    private var configuration: MIKEYInitiatorConfiguration
    private let context: BundleContext
    private let random: MIKEYRandom
    private var sent: Sent?
    private var established: Established?
    /// Whether it is known that the peer has what is established, and nothing else.
    private var peerIsCurrent = false
    /// Whether the peer may have crypto sessions.
    private var hasOfferedSessions = false

    /// What is established.
    public var agreement: MIKEYAgreement? { established?.agreement }

    /// A new bundle with a CSB ID drawn at random.
    ///
    /// - Parameter taken: The CSB IDs of bundles with the same peer.
    /// - Throws: ``MIKEYExchangeError/engineFailed``.
    public init(
        _ configuration: MIKEYInitiatorConfiguration, avoiding taken: Set<UInt32> = []
    ) throws(MIKEYExchangeError) {
        try self.init(configuration, avoiding: taken, random: .system)
    }

    /// The same with another source of randomness: first the CSB ID, then RAND, then keys as they are offered.
    package init(
        _ configuration: MIKEYInitiatorConfiguration, avoiding taken: Set<UInt32> = [], random: MIKEYRandom
    ) throws(MIKEYExchangeError) {
        do throws(DerivationError) {
            var id = try random.number()
            // An ID is free among more than as many as are taken.
            for _ in 0..<taken.count where taken.contains(id) { id &+= 1 }
            csbID = id
            context = BundleContext(
                configuration.credential, csbID: id, prf: configuration.prf,
                rand: try random.octets(min(max(configuration.randByteCount, 16), 255)))
        } catch {
            throw MIKEYExchangeError(error)
        }
        self.configuration = configuration
        self.random = random
    }
}

// MARK: Messages that were sent before

extension MIKEYInitiator {
    /// The initiator that has sent this message, to verify what answers it. For tools, which see messages of others.
    ///
    /// - Throws: ``MIKEYExchangeError`` where it is no first message, or not one under the credential of `configuration`.
    package init(_ configuration: MIKEYInitiatorConfiguration, sent octets: [UInt8]) throws(MIKEYExchangeError) {
        let message = try Self.parse(octets, configuration.mode)
        guard let rand = message.random else { throw .unexpected }
        csbID = message.header.csbID
        context = BundleContext(configuration.credential, csbID: csbID, prf: message.header.prf, rand: rand)
        self.configuration = configuration
        random = .system
        try adopt(message, octets)
    }

    /// Goes on with an update that was sent.
    ///
    /// - Throws: ``MIKEYExchangeError`` where it is none of this bundle.
    package mutating func sent(_ octets: [UInt8]) throws(MIKEYExchangeError) {
        let message = try Self.parse(octets, configuration.mode)
        guard message.random == nil, message.header.csbID == csbID, established != nil else { throw .unexpected }
        try adopt(message, octets)
    }

    private static func parse(_ octets: [UInt8], _ mode: MIKEYParsingMode) throws(MIKEYExchangeError) -> MIKEYMessage {
        do throws(MIKEYError) { return try MIKEYMessage(parsing: octets, mode: mode) } catch { throw .message(error) }
    }

    private mutating func adopt(_ message: MIKEYMessage, _ octets: [UInt8]) throws(MIKEYExchangeError) {
        guard message.header.dataType == .preSharedKey, let kemac = message.kemac, let timestamp = message.timestamp
        else { throw .unexpected }
        do throws(DerivationError) { try context.verify(message, octets) } catch { throw MIKEYExchangeError(error) }
        configuration.wantsVerification = message.header.expectsResponse
        configuration.mac = kemac.macAlgorithm
        let keys = try context.keyData(kemac, timestamp: timestamp, mode: configuration.mode).keys
        let sessions = message.header.cryptoSessions
        let terms =
            established?.terms.updated(sessions, policies: message.policies, keyData: keys)
            ?? BundleTerms(sessions, policies: message.policies, keyData: keys)
        try take(Sent(message: message, terms: terms, before: established))
    }

    /// Awaits the answer to a message, or has what it says at once where there will be none.
    @discardableResult
    private mutating func take(_ sent: Sent) throws(MIKEYExchangeError) -> [MIKEYAction] {
        let agreement = try agreement(sent, sent.terms, answeredBy: nil, [])
        self.sent = sent
        peerIsCurrent = false
        hasOfferedSessions = hasOfferedSessions || sent.terms.sessions.count > 0
        if configuration.wantsVerification {
            state = .offered
            return [.send(sent.message)]
        }
        state = .established
        established = Established(terms: sent.terms, agreement: agreement)
        return [.send(sent.message), .established(agreement)]
    }
}

// MARK: Offers

extension MIKEYInitiator {
    /// Offers the bundle, or an update of it.
    ///
    /// With verification, that is a message to send; ``receive(_:now:)`` says when both have the keys. Without, both are taken to
    /// have them when it is sent.
    ///
    /// - Throws: ``MIKEYExchangeError``; nothing has changed then.
    public mutating func offer(
        _ offer: MIKEYOffer, now: WallClockTime
    ) throws(MIKEYExchangeError) -> [MIKEYAction] {
        switch state {
        case .unused, .established: break
        case .offered: throw .awaitingAnswer
        case .ended: throw .ended
        }
        let keyData = try newKeys(offer.keys)
        var initial = BundleContext.Initial(
            sessions: offer.cryptoSessions, timestamp: try configuration.timestamps.next(now: now),
            isUpdate: established != nil, policies: offer.policies, keyData: keyData,
            generalExtensions: offer.generalExtensions)
        let terms: BundleTerms
        if let before = established?.terms {
            terms = before.updated(offer.cryptoSessions, policies: offer.policies, keyData: initial.keyData)
            if !peerIsCurrent {
                // An update cannot say that there are none.
                guard terms.sessions.count > 0 || !hasOfferedSessions else { throw .sessionsUnknown }
                initial.sessions = terms.sessions
                initial.policies = terms.allPolicies
                initial.keyData = terms.keyData
            }
        } else {
            terms = BundleTerms(offer.cryptoSessions, policies: offer.policies, keyData: initial.keyData)
        }
        let message = try context.message(initial, configuration)
        return try take(Sent(message: message, terms: terms, before: established))
    }

    /// The last message again, for a carrier that lost it: the same octets. None where nothing was sent.
    public func repeated() -> [MIKEYAction] { sent.map { [.send($0.message)] } ?? [] }

    /// Gives up the offer that awaits its answer. The peer may have taken it: the next update says all again.
    public mutating func abandon() {
        guard state == .offered else { return }
        sent = nil
        state = established == nil ? .ended : .established
    }

    /// Says that the peer took the last message, as the carrier knows from an answer of its own. For bundles without
    /// verification: updates then need not repeat what the peer has, and error messages take nothing back.
    public mutating func confirmDelivery() {
        if state == .established, sent != nil { peerIsCurrent = true }
    }

    /// The keys to be offered; none for those of before.
    private func newKeys(_ keys: MIKEYOffer.Keys) throws(MIKEYExchangeError) -> [MIKEYPayload.KeyData] {
        let found: [MIKEYPayload.KeyData]
        switch keys {
        case .unchanged:
            guard established != nil else { throw .noKeys }
            return []
        case .given(let keys): found = keys
        case .fresh(let requests):
            var drawn: [MIKEYPayload.KeyData] = []
            for request in requests { drawn.append(try request.draw(random)) }
            found = drawn
        }
        guard !found.isEmpty else { throw .noKeys }
        return found
    }

    private func agreement(
        _ sent: Sent, _ terms: BundleTerms, answeredBy identity: MIKEYIdentity?, _ deviations: MIKEYDeviationSet
    ) throws(MIKEYExchangeError) -> MIKEYAgreement {
        try terms.agreement(
            BundleTerms.Origin(
                message: sent.message, context: context, previous: sent.before?.agreement,
                initiator: sent.message.initiator, responder: identity ?? sent.message.responder,
                deviations: deviations.union(sent.message.deviations), mode: configuration.mode))
    }
}

// MARK: Answers

extension MIKEYInitiator {
    /// Takes a message of the peer: an answer or an error message.
    public mutating func receive(_ octets: [UInt8], now: WallClockTime) -> [MIKEYAction] {
        do throws(MIKEYExchangeError) {
            guard let sent else { throw .unexpected }
            if configuration.ignoresEcho, octets == sent.message.encoded { return [] }
            return try take(octets, sent)
        } catch {
            return [.refused(error.errorNumber, error)]
        }
    }

    private mutating func take(_ octets: [UInt8], _ sent: Sent) throws(MIKEYExchangeError) -> [MIKEYAction] {
        let message: MIKEYMessage
        do throws(MIKEYError) {
            message = try MIKEYMessage(parsing: octets, mode: .lenient)
        } catch {
            throw .notAuthentic
        }
        switch message.header.dataType {
        case .preSharedKeyVerification:
            guard state == .offered else { throw .unexpected }
            try verify(message, octets, sent, answeredBy: message.identities.first)
            return try establish(message, sent)
        case .error: return report(message, octets, sent)
        default: throw .unexpected
        }
    }

    /// Verifies that the message answers what was sent.
    private func verify(
        _ message: MIKEYMessage, _ octets: [UInt8], _ sent: Sent, answeredBy identity: MIKEYIdentity?
    ) throws(MIKEYExchangeError) {
        guard message.header.csbID == csbID, message.timestamp == sent.message.timestamp,
            message.macAlgorithm == configuration.mac
        else { throw .notAuthentic }
        do throws(DerivationError) {
            try context.verify(
                message, octets, followedBy: BundleContext.verified(sent.message, answeredBy: identity))
        } catch {
            throw .notAuthentic
        }
    }

    private mutating func establish(
        _ answer: MIKEYMessage, _ sent: Sent
    ) throws(MIKEYExchangeError) -> [MIKEYAction] {
        try answer.check(configuration.mode, isInitial: false)
        let identity = answer.identities.first
        if let identity, let expected = configuration.peer ?? sent.message.responder, identity != expected {
            throw .identity
        }
        guard answer.header.prf == context.prf,
            sent.message.header.cryptoSessions.isAnswered(by: answer.header.cryptoSessions)
        else { throw .answerDiffers }
        var terms = sent.terms
        terms.sessions = terms.sessions.updated(by: answer.header.cryptoSessions)
        let agreement = try agreement(sent, terms, answeredBy: identity, answer.deviations)

        established = Established(terms: terms, agreement: agreement)
        state = .established
        peerIsCurrent = true
        return [.established(agreement)]
    }

    /// Acts on an error message where it is authentic, as the channel makes it where messages have no MAC at all.
    private mutating func report(_ message: MIKEYMessage, _ octets: [UInt8], _ sent: Sent) -> [MIKEYAction] {
        let isAuthentic: Bool
        if configuration.mac == .null, message.macAlgorithm == nil {
            isAuthentic = message.header.csbID == csbID && message.timestamp == sent.message.timestamp
        } else {
            do throws(MIKEYExchangeError) {
                try verify(message, octets, sent, answeredBy: nil)
                isAuthentic = true
            } catch {
                isAuthentic = false
            }
        }
        let report = MIKEYAction.reported(
            message.errors, supported: message.policies, isAuthenticated: isAuthentic)
        // What the peer is known to have, by its answer or by the carrier's, stays.
        guard isAuthentic, !peerIsCurrent else { return [report] }
        let isRolledBack = state == .established
        self.sent = nil
        peerIsCurrent = false
        guard isRolledBack, let before = sent.before else {
            established = sent.before
            state = established == nil ? .ended : .established
            return [report]
        }
        let agreement = before.agreement.restored(inPlaceOf: sent.terms.keyData)
        established = Established(terms: before.terms.restored(inPlaceOf: sent.terms), agreement: agreement)
        return [report, .established(agreement)]
    }
}
