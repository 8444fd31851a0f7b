// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY
public import RTP
public import SDP

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
    ///   - unlisted: The crypto sessions of each of these media, for a message that lists none: without, it is refused. A message
    ///     that lists its own is taken at its word.
    /// - Throws: ``KeyMgmtRejection``, with an error message to be sent where MIKEY has one. Nothing was agreed on then.
    public mutating func answer(
        _ data: KeyMgmtData, protocols: [String]?, mediaCount: Int = 1, ssrcs: [Int: SSRC] = [:],
        unlisted: [MIKEYUnlistedMedia] = [], now: WallClockTime
    ) throws(KeyMgmtRejection) -> Answer {
        guard data.isMIKEY else { throw KeyMgmtRejection(.noMIKEY) }
        var deviations: Set<KeyMgmtDeviation> = []
        // Where the message cannot be read, it is for the exchange to say so.
        if let message = try? data.message(mode: .lenient) {
            do throws(KeyMgmtNegotiationError) {
                try policy.checkChannel(of: message)
                if let protocols { deviations = try policy.checkProtocolList(of: message, protocols) }
            } catch {
                throw KeyMgmtRejection(error)
            }
        }
        let media = AnsweredMedia(count: mediaCount, ssrcs: ssrcs, unlisted: unlisted)
        context.begin(media)
        let octets = data.withBytes { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
        return try outcome(of: responder.receive(octets, now: now), media, deviations)
    }

    private mutating func outcome(
        of actions: [MIKEYAction], _ media: AnsweredMedia, _ deviations: Set<KeyMgmtDeviation>
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
                let negotiated = try media.negotiated(agreed, policy)
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
    ///   - places: The media that are answered by MIKEY, as `SessionDescription.keyManagementMethods` tells; all with SRTP by default.
    ///     Keys of `a=crypto` for the others are good only if this succeeds.
    ///   - ssrcs: The SSRCs that this side sends with, by the place of the media; where one is missing, it is drawn.
    ///   - unlisted: The crypto sessions of each media, by its place, for messages that list none: without, these are refused.
    /// - Throws: ``KeyMgmtRejection`` for the first that does not, for a media with SRTP and without keys, for one with keys and
    ///   without SRTP, and for one that is not to be answered although a line is about it and others. Nothing was agreed on then.
    public mutating func answer(
        to offer: SessionDescription, for places: Set<Int>? = nil, as use: KeyMgmtUse = .offer,
        ssrcs: [Int: SSRC] = [:], unlisted: [Int: MIKEYUnlistedMedia] = [:], now: WallClockTime
    ) throws(KeyMgmtRejection) -> DescriptionAnswer {
        var media: [Int: NegotiatedMIKEY] = [:]
        var lines: [KeyMgmtLevel: KeyMgmtAttribute] = [:]
        var deviations: Set<KeyMgmtDeviation> = []
        let scopes = try scopes(of: offer, places, use)
        let before = scopes.count > 1 ? responder.checkpoint : nil
        do throws(KeyMgmtRejection) {
            for (level, places) in scopes {
                let offered = try line(of: offer, at: level, use, noting: &deviations)
                var own: [Int: SSRC] = [:]
                for (number, place) in places.enumerated() { own[number] = ssrcs[place] }
                let answer = try answer(
                    offered.data, protocols: offered.protocols, mediaCount: places.count,
                    ssrcs: own, unlisted: places.compactMap { unlisted[$0] }, now: now)
                deviations.formUnion(answer.deviations)
                if let data = answer.data { lines[level] = KeyMgmtAttribute(data) }
                for (place, negotiated) in zip(places, answer.negotiated) { media[place] = negotiated }
            }
        } catch {
            if let before { responder.goBack(to: before) }
            throw error
        }
        return DescriptionAnswer(media: media, lines: lines, deviations: deviations)
    }

    /// The levels that have lines, with the places of the media that they are about.
    private func scopes(
        of offer: SessionDescription, _ answered: Set<Int>?, _ use: KeyMgmtUse
    ) throws(KeyMgmtRejection) -> [(KeyMgmtLevel, [Int])] {
        var session: [Int] = []
        var scopes: [(KeyMgmtLevel, [Int])] = []
        let hasSessionLines = !KeyMgmtLines(of: offer).isEmpty
        for (place, media) in offer.media.enumerated() where use.counts(media) {
            let hasLines = !KeyMgmtLines(of: media).isEmpty
            let isAnswered = answered?.contains(place) ?? true
            switch (media.isKeyedInDescription, hasLines) {
            case (true, true) where !isAnswered: break
            case (true, false) where !isAnswered && !hasSessionLines: break
            case (true, true): scopes.append((.media(place), [place]))
            case (true, false):
                guard hasSessionLines else { throw KeyMgmtRejection(.noKeyMgmt(media: place)) }
                session.append(place)
            case (false, true): throw KeyMgmtRejection(.wrongTransport(media: place))
            case (false, false): break
            }
        }
        if let answered {
            if answered.isDisjoint(with: session) { session = [] }
            if let other = session.first(where: { !answered.contains($0) }) {
                throw KeyMgmtRejection(.notOneMethod(media: other))
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
