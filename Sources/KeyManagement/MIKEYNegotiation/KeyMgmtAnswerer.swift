// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
public import MIKEY
public import RTP
public import SDP
internal import Synchronization

/// Answers offers of keys by MIKEY, of one peer or many.
///
/// In SDP with offer and answer it takes `a=key-mgmt` and writes that of the answer (RFC 4567 section 4.1). Of RTSP it is the
/// client, which takes the keys of a description, or the server that takes those of a client's `KeyMgmt` (RFC 4567 section 4.2).
///
/// It has one owner, as its memory of messages must not be copied.
public struct KeyMgmtAnswerer: ~Copyable, Sendable {
    /// What came of an offer.
    public struct Answer: Sendable {
        /// The message to answer with; `nil` where none was asked for.
        public let data: KeyMgmtData?
        /// What is agreed on for each media that the offer is about. Empty where the offer came again, by a carrier that repeats:
        /// nothing new was agreed on, and the answer is the same.
        public let negotiated: [NegotiatedMIKEY]
        /// What was lived with.
        public let deviations: Set<KeyMgmtDeviation>
    }

    private var responder: MIKEYResponder
    private let context: AnswerContext
    /// What is accepted.
    public let policy: KeyMgmtPolicy

    /// An answerer.
    ///
    /// - Parameters:
    ///   - configuration: Credentials, identities and memory. Its parsing mode is that of the policy's preset, and what it decides
    ///     is asked of it where the policy agrees.
    ///   - policy: What is accepted.
    public init(_ configuration: MIKEYResponderConfiguration, policy: KeyMgmtPolicy = KeyMgmtPolicy()) {
        let context = AnswerContext(policy)
        var configuration = configuration
        let decide = configuration.decide
        configuration.mode = policy.preset.mode
        configuration.decide = { agreement in context.decide(agreement, then: decide) }
        responder = MIKEYResponder(configuration)
        self.context = context
        self.policy = policy
    }

    /// Answers a message.
    ///
    /// - Parameters:
    ///   - protocols: The protocols that were offered beside each other, in the order of the description; `nil` where there was no
    ///     choice, as in a description that goes one way and in RTSP's `KeyMgmt` (RFC 4567 section 4.1.3).
    ///   - mediaCount: The number of media that it is about.
    ///   - ssrcs: The SSRCs that this side sends with, by the place of the media among those; where one is missing, it is drawn.
    /// - Throws: ``KeyMgmtRejection``, with an error message to be sent where MIKEY has one. Nothing was agreed on then.
    public mutating func answer(
        _ data: KeyMgmtData, protocols: [String]?, mediaCount: Int = 1, ssrcs: [Int: SSRC] = [:], now: WallClockTime
    ) throws(KeyMgmtRejection) -> Answer {
        guard data.isMIKEY else { throw KeyMgmtRejection(.noMIKEY) }
        var deviations: Set<KeyMgmtDeviation> = []
        // Where the message cannot be read, it is for the exchange to say so.
        if let protocols, let message = try? data.message(mode: .lenient) {
            do throws(KeyMgmtNegotiationError) {
                deviations = try policy.checkProtocolList(of: message, protocols)
            } catch {
                throw KeyMgmtRejection(error)
            }
        }
        context.begin(mediaCount: mediaCount, ssrcs: ssrcs)
        let octets = data.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
        return try outcome(of: responder.receive(octets, now: now), mediaCount: mediaCount, deviations)
    }

    private mutating func outcome(
        of actions: [MIKEYAction], mediaCount: Int, _ deviations: Set<KeyMgmtDeviation>
    ) throws(KeyMgmtRejection) -> Answer {
        var reply: MIKEYMessage?
        var agreed: MIKEYAgreement?
        var refusal: KeyMgmtNegotiationError?
        var isRepeated = false
        for action in actions {
            switch action {
            case .send(let message): reply = message
            case .established(let agreement): agreed = agreement
            case .refused(_, .repeated): isRepeated = true
            case .refused(let number, let error): refusal = context.refusal ?? .refused(number, error)
            case .reported(let numbers, _, let isAuthenticated):
                refusal = .reported(numbers, isAuthenticated: isAuthenticated)
            }
        }
        let data = reply.map { KeyMgmtData($0) }
        if let agreed {
            do throws(KeyMgmtNegotiationError) {
                let negotiated = try NegotiatedMIKEY.agreements(
                    agreed, role: .responder, mediaCount: mediaCount, preset: policy.preset)
                return Answer(data: data, negotiated: negotiated, deviations: deviations)
            } catch {
                responder.end(csbID: agreed.csbID, initiator: agreed.initiator)
                throw KeyMgmtRejection(error)
            }
        }
        if isRepeated, reply?.header.dataType != .error {
            return Answer(data: data, negotiated: [], deviations: deviations)
        }
        throw KeyMgmtRejection(refusal ?? .refused(.unspecified, .unexpected), reply)
    }

    /// The number of bundles that there are.
    public var bundleCount: Int { responder.bundleCount }

    /// Ends a bundle: its keys go.
    public mutating func end(_ agreement: NegotiatedMIKEY) {
        responder.end(csbID: agreement.csbID, initiator: agreement.initiator)
    }

    /// Refuses messages for a bundle that this party began itself, which could be sent back to it.
    public mutating func refuseReflections(of csbID: UInt32) { responder.refuseReflections(of: csbID) }
}

extension KeyMgmtAnswerer {
    /// What came of the offers in a description.
    public struct DescriptionAnswer: Sendable {
        /// What is agreed on, by the place of the media; media without SRTP have nothing, and those of a line that came again
        /// nothing new.
        public let media: [Int: NegotiatedMIKEY]
        /// The lines to answer with.
        public let lines: [KeyMgmtLevel: KeyMgmtAttribute]
        /// What was lived with.
        public let deviations: Set<KeyMgmtDeviation>

        /// Writes the lines into the answer, whose media are those of the offer.
        public func write(into answer: inout SessionDescription) {
            for (level, line) in lines { answer.setKeyMgmt([line], at: level) }
        }
    }

    /// Answers all lines of a description: all must succeed (RFC 4567 section 4.1.2).
    ///
    /// - Parameters:
    ///   - ssrcs: The SSRCs that this side sends with, by the place of the media; where one is missing, it is drawn.
    /// - Throws: ``KeyMgmtRejection`` for the first that does not, for a media with SRTP and without keys, and for one with keys and
    ///   without SRTP. Nothing was agreed on then.
    public mutating func answer(
        to offer: SessionDescription, as use: KeyMgmtUse = .offer, ssrcs: [Int: SSRC] = [:], now: WallClockTime
    ) throws(KeyMgmtRejection) -> DescriptionAnswer {
        var media: [Int: NegotiatedMIKEY] = [:]
        var lines: [KeyMgmtLevel: KeyMgmtAttribute] = [:]
        var deviations: Set<KeyMgmtDeviation> = []
        do throws(KeyMgmtRejection) {
            for (level, places) in try scopes(of: offer, use) {
                let offered = try line(of: offer, at: level, use, noting: &deviations)
                var own: [Int: SSRC] = [:]
                for (number, place) in places.enumerated() { own[number] = ssrcs[place] }
                let answer = try answer(
                    offered.data, protocols: offered.protocols, mediaCount: places.count,
                    ssrcs: own, now: now)
                deviations.formUnion(answer.deviations)
                if let data = answer.data { lines[level] = KeyMgmtAttribute(data) }
                for (place, negotiated) in zip(places, answer.negotiated) { media[place] = negotiated }
            }
        } catch {
            for negotiated in media.values { end(negotiated) }
            throw error
        }
        return DescriptionAnswer(media: media, lines: lines, deviations: deviations)
    }

    /// The levels that have lines, with the places of the media that they are about.
    private func scopes(
        of offer: SessionDescription, _ use: KeyMgmtUse
    ) throws(KeyMgmtRejection) -> [(KeyMgmtLevel, [Int])] {
        var session: [Int] = []
        var scopes: [(KeyMgmtLevel, [Int])] = []
        let hasSessionLines = !KeyMgmtLines(of: offer).isEmpty
        for (place, media) in offer.media.enumerated() where use.counts(media) {
            let hasLines = !KeyMgmtLines(of: media).isEmpty
            switch (media.isKeyedInDescription, hasLines) {
            case (true, true): scopes.append((.media(place), [place]))
            case (true, false):
                guard hasSessionLines else { throw KeyMgmtRejection(.noKeyMgmt(media: place)) }
                session.append(place)
            case (false, true): throw KeyMgmtRejection(.wrongTransport(media: place))
            case (false, false): break
            }
        }
        if !session.isEmpty { scopes.insert((.session, session), at: 0) }
        guard !scopes.isEmpty else { throw KeyMgmtRejection(.noSecureMedia) }
        return scopes
    }

    private func line(
        of offer: SessionDescription, at level: KeyMgmtLevel, _ use: KeyMgmtUse,
        noting deviations: inout Set<KeyMgmtDeviation>
    ) throws(KeyMgmtRejection) -> (data: KeyMgmtData, protocols: [String]?) {
        let lines = offer.keyMgmtLines(at: level, isLenient: policy.preset.isLenient)
        let found: KeyMgmtAttribute?
        do throws(KeyMgmtError) {
            if use != .offer { deviations.formUnion(try lines.checkForRTSP(isLenient: policy.preset.isLenient)) }
            found = try lines.mikey()
        } catch {
            throw KeyMgmtRejection(.invalid(error))
        }
        guard let line = found else { throw KeyMgmtRejection(.noMIKEY) }
        deviations.formUnion(line.deviations)
        guard use != .announcement else { return (line.data, nil) }
        guard let protocols = lines.protocolIDs else {
            throw KeyMgmtRejection(
                .invalid(.invalid(.protocolID, expected: "letters and digits (RFC 4567 section 3)")))
        }
        return (line.data, protocols)
    }
}

/// What the decision about an offer depends on beside the offer.
private final class AnswerContext: Sendable {
    private struct State {
        var mediaCount = 0
        var ssrcs: [Int: SSRC] = [:]
        var refusal: KeyMgmtNegotiationError?
    }

    private let policy: KeyMgmtPolicy
    private let state = Mutex(State())

    init(_ policy: KeyMgmtPolicy) { self.policy = policy }

    func begin(mediaCount: Int, ssrcs: [Int: SSRC]) {
        state.withLock { $0 = State(mediaCount: mediaCount, ssrcs: ssrcs) }
    }

    /// Why the last offer was not accepted here.
    var refusal: KeyMgmtNegotiationError? { state.withLock { $0.refusal } }

    func decide(_ agreement: MIKEYAgreement, then decide: (MIKEYAgreement) -> MIKEYDecision) -> MIKEYDecision {
        let (mediaCount, ssrcs) = state.withLock { ($0.mediaCount, $0.ssrcs) }
        do throws(KeyMgmtNegotiationError) {
            let negotiated = try NegotiatedMIKEY.agreements(
                agreement, role: .responder, mediaCount: mediaCount, preset: policy.preset)
            for stream in negotiated.flatMap({ $0.sending + $0.receiving }) { try policy.check(stream.policy) }
            let chosen = try chooseSSRCs(for: agreement, mediaCount: mediaCount, ssrcs)
            switch decide(agreement) {
            case .accept(let own): return .accept(ssrcs: chosen.merging(own) { $1 })
            case .refuse(let number, let supported): return .refuse(number, supported: supported)
            }
        } catch {
            state.withLock { $0.refusal = error }
            return .refuse(error.errorNumber, supported: error.errorNumber == .invalidSPpar ? policy.supported : [])
        }
    }

    /// The SSRCs of what this side sends, which the offer leaves open.
    private func chooseSSRCs(
        for agreement: MIKEYAgreement, mediaCount: Int, _ own: [Int: SSRC]
    ) throws(KeyMgmtNegotiationError) -> [UInt8: SSRC] {
        let sessions = agreement.sessions
        guard policy.preset.layout == .twoForEachMedia, sessions.count == 2 * mediaCount else { return [:] }
        var taken = Set(sessions.compactMap(\.ssrc)).union(own.values)
        var chosen: [UInt8: SSRC] = [:]
        for media in 0..<mediaCount {
            let session = sessions[2 * media + 1]
            guard session.ssrc == nil else { continue }
            if let ssrc = own[media] {
                chosen[session.id] = ssrc
            } else {
                chosen[session.id] = try Self.draw(avoiding: &taken)
            }
        }
        return chosen
    }

    /// A random SSRC other than 0 and those that are taken (RFC 3550 section 8.1).
    private static func draw(avoiding taken: inout Set<SSRC>) throws(KeyMgmtNegotiationError) -> SSRC {
        while true {
            do throws(CryptoError) {
                let ssrc = SSRC(UInt32(truncatingIfNeeded: try SecureRandom.number()))
                if ssrc != SSRC(0), taken.insert(ssrc).inserted { return ssrc }
            } catch {
                throw .refused(.unspecified, .engineFailed)
            }
        }
    }
}
