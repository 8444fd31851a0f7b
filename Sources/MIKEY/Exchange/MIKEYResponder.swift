// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// The responder of crypto session bundles, of one peer or many (RFC 3830 sections 3.1, 4.5 and 5.3).
///
///                 first message: authentic, of this time, new, legal, within limits, agreed to
///       no bundle ---------------------------------------------------------------------------> bundle
///           ^                                                                                  |    ^
///           |                                      end                                         |    | update, newer than the last
///           +----------------------------------------------------------------------------------+    +-----
///
/// A message that is not authentic changes nothing, and is refused for one reason, whatever is wrong with it. One that is authentic
/// and refused changes no bundle; that it was seen is remembered. The same octets again have no effect, but that their answer is
/// sent again.
public struct MIKEYResponder: Sendable {
    private let configuration: MIKEYResponderConfiguration
    private var bundles: [BundleName: Bundle] = [:]
    private var answers: AnswerMemory
    /// Bundles that this party began as their initiator.
    private var own: Set<UInt32> = []

    /// A responder without bundles.
    public init(_ configuration: MIKEYResponderConfiguration) {
        self.configuration = configuration
        answers = AnswerMemory(capacity: configuration.limits.answers)
    }

    /// The number of bundles that there are.
    public var bundleCount: Int { bundles.count }

    /// What is established for a bundle. Several peers may have chosen the same CSB ID: `initiator` is IDi of its first message.
    public func agreement(csbID: UInt32, initiator: MIKEYIdentity? = nil) -> MIKEYAgreement? {
        bundles[BundleName(csbID: csbID, initiator: initiator)]?.agreement
    }

    /// Ends a bundle. Its keys go; its messages stay refused as long as they are remembered.
    public mutating func end(csbID: UInt32, initiator: MIKEYIdentity? = nil) {
        let name = BundleName(csbID: csbID, initiator: initiator)
        guard bundles.removeValue(forKey: name) != nil else { return }
        answers.forgetAnswers(of: name)
    }

    /// The bundles as they are at some time.
    package struct Checkpoint: Sendable {
        fileprivate let bundles: [BundleName: Bundle]
    }

    /// What ``goBack(to:)`` goes back to.
    package var checkpoint: Checkpoint { Checkpoint(bundles: bundles) }

    /// Makes the bundles what they were: those that began since then end, and updates have no effect. Their messages stay refused as
    /// long as they are remembered.
    package mutating func goBack(to checkpoint: Checkpoint) {
        for (name, bundle) in bundles where bundle.digest != checkpoint.bundles[name]?.digest {
            answers.forgetAnswers(of: name)
        }
        bundles = checkpoint.bundles
    }

    /// Refuses messages for a bundle that this party began itself: where the two share one key and name no identities, its own
    /// messages could be sent back to it as if they were the peer's.
    public mutating func refuseReflections(of csbID: UInt32) { own.insert(csbID) }

    /// Takes a message.
    public mutating func receive(_ octets: [UInt8], now: WallClockTime) -> [MIKEYAction] {
        do throws(Refusal) {
            return try take(octets, now)
        } catch {
            let refused = MIKEYAction.refused(error.number ?? error.reason.errorNumber, error.reason)
            return error.reply.map { [refused, .send($0)] } ?? [refused]
        }
    }
}

/// A bundle as its responder knows it.
private struct Bundle: Sendable {
    let context: BundleContext
    /// Whether its first message was encrypted and authenticated.
    let isProtected: Bool
    /// The digest of the message that it stands on.
    let digest: [UInt8]
    let timestamp: MIKEYTimestamp
    var terms: BundleTerms
    var agreement: MIKEYAgreement
}

// MARK: Who it is from

extension MIKEYResponder {
    /// A message that is authentic.
    private struct Authentic {
        let message: MIKEYMessage
        let kemac: MIKEYPayload.KEMAC
        let timestamp: MIKEYTimestamp
        /// What the MAC covers.
        let covered: [UInt8]
        let context: BundleContext
        /// What the octets are remembered by.
        let digest: [UInt8]
        /// The bundle that it updates.
        let updated: BundleName?
        /// The bundle that it updates or begins.
        var name: BundleName {
            updated ?? BundleName(csbID: message.header.csbID, initiator: message.initiator)
        }

        /// Whether it is encrypted and authenticated by itself.
        var isProtected: Bool { kemac.encryption != .null && !kemac.mac.isEmpty }

        /// Whether nothing is made of RAND: neither keys of messages nor of traffic.
        func needsNoRandom(_ keys: [MIKEYPayload.KeyData]) -> Bool {
            kemac.encryption == .null && kemac.mac.isEmpty && keys.allSatisfy { $0.kind == .tek }
        }
    }

    private mutating func take(_ octets: [UInt8], _ now: WallClockTime) throws(Refusal) -> [MIKEYAction] {
        guard octets.count <= configuration.limits.messageOctets else {
            throw Refusal(
                .limitExceeded(.messageOctets, count: octets.count, limit: configuration.limits.messageOctets))
        }
        let digest: [UInt8]
        do throws(MIKEYExchangeError) { digest = try AnswerMemory.digest(octets) } catch { throw Refusal(error) }
        if let answer = answers.answer(to: digest) { throw Refusal(.repeated, reply: answer) }
        let authentic = try authenticate(parse(octets), octets, digest)
        do throws(Refusal) {
            return try take(authentic, now)
        } catch {
            var refusal = error
            guard refusal.isAnswered else { throw refusal }
            refusal.reply = authentic.context.error(
                error.number ?? error.reason.errorNumber, to: authentic.message, supported: error.supported)
            answers.remember(refusal.reply, to: digest, of: authentic.updated)
            throw refusal
        }
    }

    /// Reads a message, with all that can be lived with: what is lived with is decided once it is authentic.
    private func parse(_ octets: [UInt8]) throws(Refusal) -> MIKEYMessage {
        let message: MIKEYMessage
        do throws(MIKEYError) {
            message = try MIKEYMessage(parsing: octets, mode: .lenient)
        } catch {
            switch error.problem {
            case .unsupportedVersion, .unknownDataType:
                throw Refusal(.notSupported, error.errorNumber)
            default:
                // A channel makes what comes over it authentic, also where it is no message.
                guard case .protectedChannel? = configuration.credential(nil, nil) else { throw Refusal(.notAuthentic) }
                throw Refusal(.message(error))
            }
        }
        let dataType = message.header.dataType
        guard !dataType.isResponse else { throw Refusal(.unexpected) }
        guard dataType == .preSharedKey else {
            let number: MIKEYErrorNumber =
                dataType.hasUnsupportedTypeError ? .unsupportedMessageType : .invalidDT
            throw Refusal(.notSupported, number, reply: unauthenticated(number, message))
        }
        return message
    }

    private func unauthenticated(_ number: MIKEYErrorNumber, _ message: MIKEYMessage) -> MIKEYMessage? {
        configuration.reportsAuthenticationFailures ? message.error(number) : nil
    }

    /// Finds the bundle, or the credential of a new one, with which the message is authentic.
    private func authenticate(
        _ message: MIKEYMessage, _ octets: [UInt8], _ digest: [UInt8]
    ) throws(Refusal) -> Authentic {
        guard let kemac = message.kemac, let timestamp = message.timestamp, let mac = message.layout.authenticator
        else { throw Refusal(.notAuthentic) }
        for (context, updated) in contexts(of: message) {
            do throws(DerivationError) {
                try context.verify(message, octets)
            } catch {
                if case .unsupportedPRF = error {
                    throw Refusal(.notSupported, .invalidPRF, reply: unauthenticated(.invalidPRF, message))
                }
                continue
            }
            return Authentic(
                message: message, kemac: kemac, timestamp: timestamp, covered: Array(octets[..<mac.lowerBound]),
                context: context, digest: digest, updated: updated)
        }
        throw Refusal(.notAuthentic, reply: unauthenticated(.authFailure, message))
    }

    /// With what the message may be authentic, and the bundle that it updates then.
    ///
    /// Where there is nothing, a key that nobody has: whom this party shares keys with is not to be learnt from the time of a
    /// refusal.
    func contexts(of message: MIKEYMessage) -> [(BundleContext, BundleName?)] {
        let csbID = message.header.csbID
        let rand: [UInt8]
        if let random = message.random {
            rand = random
        } else {
            // An update need not say again who it is from (RFC 3830 section 4.5).
            let names =
                message.initiator.map { [BundleName(csbID: csbID, initiator: $0)] }
                ?? bundles.keys.filter { $0.csbID == csbID }
            let updated = names.compactMap { name in bundles[name].map { ($0.context, name) } }
            guard updated.isEmpty else { return updated }
            // Whether that is to be lived with is decided later; with a MAC nothing can be verified.
            guard message.macAlgorithm == .null else { return Self.nobody(of: message) }
            rand = []
        }
        guard let credential = configuration.credential(message.initiator, message.responder) else {
            return Self.nobody(of: message)
        }
        return [(BundleContext(credential, csbID: csbID, prf: message.header.prf, rand: rand), nil)]
    }

    private static func nobody(of message: MIKEYMessage) -> [(BundleContext, BundleName?)] {
        guard let nobodysKey else { return [] }
        let header = message.header
        let context = BundleContext(
            .preSharedKey(nobodysKey), csbID: header.csbID, prf: header.prf, rand: message.random ?? [])
        return [(context, nil)]
    }

    private static let nobodysKey = try? MIKEYRandom.system.keyMaterial(32)
}

// MARK: What it says

extension MIKEYResponder {
    private mutating func take(_ authentic: Authentic, _ now: WallClockTime) throws(Refusal) -> [MIKEYAction] {
        let message = authentic.message
        try checkReflection(message)
        // An error message about what a bundle stands on would be believed by its initiator, who awaits no answer perhaps.
        guard bundles[authentic.name]?.digest != authentic.digest else { throw .silent(.timestamp(.replayed)) }
        let untimely = try checkTime(authentic, now)
        try refusing { () throws(MIKEYExchangeError) in
            try message.check(configuration.mode, isInitial: authentic.updated == nil)
        }
        try checkIdentities(message)
        try checkBundle(authentic)
        let (bundle, ssrcs) = try decide(on: try bundle(authentic, untimely))
        let answer = try refusing { () throws(MIKEYExchangeError) -> MIKEYMessage? in
            guard message.header.expectsResponse else { return nil }
            return try authentic.context.answer(
                to: message, message.header.cryptoSessions.filled(with: ssrcs),
                identity: configuration.sendsIdentity ? configuration.identity : nil)
        }
        bundles[authentic.name] = bundle
        answers.remember(answer, to: authentic.digest, of: authentic.name)
        let established = MIKEYAction.established(bundle.agreement)
        return answer.map { [established, .send($0)] } ?? [established]
    }

    /// Refuses what this party sent itself, and does not answer it: it would answer itself.
    private func checkReflection(_ message: MIKEYMessage) throws(Refusal) {
        guard !own.contains(message.header.csbID) else { throw .silent(.bundleExists) }
        if let identity = configuration.identity, identity == message.initiator { throw .silent(.identity) }
    }

    /// Checks T, and remembers the message: from here on it is taken, or refused for good.
    private func checkTime(
        _ authentic: Authentic, _ now: WallClockTime
    ) throws(Refusal) -> MIKEYDeviationSet {
        let timestamp = authentic.timestamp
        switch configuration.replay {
        case .guarded(let replayGuard):
            let covered = unsafe authentic.covered.span.bytes
            do throws(MIKEYReplayError) {
                try replayGuard.accept(
                    timestamp, message: covered, peer: authentic.name.initiator?.name ?? [], now: now)
            } catch {
                if error == .replayed { throw .silent(.timestamp(error)) }
                throw Refusal(.timestamp(error))
            }
        case .channel(_, let window):
            if case .counter = timestamp { return [] }
            let clock = NTPInstant(now)
            let place = window.place(of: NTPInstant(wire: timestamp.value64, near: clock), clock: clock)
            guard place != .inside else { return [] }
            guard configuration.mode.accepted.contains(.implausibleTimestamp), !authentic.message.isAuthenticated else {
                throw Refusal(.timestamp(place == .before ? .tooOld : .tooNew))
            }
            return MIKEYDeviationSet([.implausibleTimestamp])
        }
        return []
    }

    private func checkIdentities(_ message: MIKEYMessage) throws(Refusal) {
        if let initiator = message.initiator, let peer = configuration.peer, initiator != peer {
            throw Refusal(.identity)
        }
        if let responder = message.responder, let identity = configuration.identity, responder != identity {
            throw Refusal(.identity)
        }
    }

    /// Checks that a first message begins a bundle, and that an update is newer than what it updates, and no weaker.
    private func checkBundle(_ authentic: Authentic) throws(Refusal) {
        let message = authentic.message
        guard let bundle = bundles[authentic.name] else {
            return try refusing { () throws(MIKEYExchangeError) in
                try configuration.limits.check(.bundles, bundles.count + 1, configuration.limits.bundles)
                guard let peer = authentic.name.initiator else { return }
                let count = bundles.keys.count { $0.initiator == peer }
                try configuration.limits.check(.bundlesOfPeer, count + 1, configuration.limits.bundlesOfPeer)
            }
        }
        guard authentic.updated != nil else { throw Refusal(.bundleExists) }
        guard message.header.prf == bundle.context.prf else { throw Refusal(.downgraded, .invalidPRF) }
        guard !bundle.isProtected || authentic.isProtected else { throw Refusal(.downgraded) }
        guard authentic.timestamp.isNewer(than: bundle.timestamp) else { throw Refusal(.timestamp(.tooOld)) }
    }

    /// The bundle as it would be.
    private func bundle(
        _ authentic: Authentic, _ untimely: MIKEYDeviationSet
    ) throws(Refusal) -> (Bundle, BundleTerms.Origin) {
        let message = authentic.message
        let before = bundles[authentic.name]
        let limits = configuration.limits
        return try refusing { () throws(MIKEYExchangeError) in
            try limits.check(.sessions, message.header.cryptoSessions.count, limits.sessions)
            let chain = try authentic.context.keyData(
                authentic.kemac, timestamp: authentic.timestamp, mode: configuration.mode)
            try limits.check(.keys, chain.keys.count, limits.keys)
            try limits.check(.keyOctets, chain.keys.reduce(0) { $0 + $1.key.count }, limits.keyOctets)
            guard !authentic.context.rand.isEmpty || authentic.needsNoRandom(chain.keys) else {
                throw .message(MIKEYError(.missing(.rand), dataType: message.header.dataType))
            }
            let sessions = message.header.cryptoSessions
            let terms =
                before?.terms.updated(sessions, policies: message.policies, keyData: chain.keys)
                ?? BundleTerms(sessions, policies: message.policies, keyData: chain.keys)
            try limits.check(.policies, terms.policies.count, limits.policies)
            let origin = BundleTerms.Origin(
                message: message, context: authentic.context, previous: before?.agreement,
                initiator: message.initiator ?? before?.agreement.initiator,
                responder: (configuration.sendsIdentity ? configuration.identity : nil) ?? message.responder
                    ?? before?.agreement.responder,
                deviations: message.deviations(asInitial: before == nil).union(chain.deviations).union(untimely),
                mode: configuration.mode)
            let bundle = Bundle(
                context: authentic.context, isProtected: before?.isProtected ?? authentic.isProtected,
                digest: authentic.digest, timestamp: authentic.timestamp, terms: terms,
                agreement: try terms.agreement(origin))
            return (bundle, origin)
        }
    }

    /// Asks the policy of this party, and fills in the SSRCs that it chooses.
    private func decide(
        on candidate: (Bundle, BundleTerms.Origin)
    ) throws(Refusal) -> (Bundle, ssrcs: [UInt8: SSRC]) {
        var (bundle, origin) = candidate
        switch configuration.decide(bundle.agreement) {
        case .refuse(let number, let supported):
            var refusal = Refusal(.declined, number)
            refusal.supported = supported
            throw refusal
        case .accept(let ssrcs):
            let filled = bundle.terms.sessions.filled(with: ssrcs)
            if filled != bundle.terms.sessions {
                bundle.terms.sessions = filled
                bundle.agreement = try refusing { () throws(MIKEYExchangeError) in
                    try bundle.terms.agreement(origin)
                }
            }
            let known = bundle.terms.sessions.entries.compactMap { entry in entry.ssrc.map { (entry.id, $0) } }
            return (bundle, Dictionary(known) { first, _ in first })
        }
    }
}

extension MIKEYIdentity {
    /// A name for whoever counts.
    fileprivate var name: [UInt8] { [kind.rawValue] + octets }
}
