// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY
public import RTP
public import SDP
internal import SRTP

/// What is offered for one media.
public struct MIKEYMediaOffer: Hashable, Sendable {
    /// How packets are to be protected.
    public var policy: SRTPPolicy
    /// The SSRC that this side sends with.
    public var ssrc: SSRC
    /// The rollover counter of that stream: 0 before its first packet.
    public var rolloverCounter: UInt32

    /// An offer for one media.
    public init(_ policy: SRTPPolicy = SRTPPolicy(), ssrc: SSRC, rolloverCounter: UInt32 = 0) {
        self.policy = policy
        self.ssrc = ssrc
        self.rolloverCounter = rolloverCounter
    }
}

/// Offers keys by MIKEY: one crypto session bundle for one media, or for all media of a session, and its updates.
///
/// In SDP with offer and answer it writes `a=key-mgmt` and reads that of the answer (RFC 4567 section 4.1). Of RTSP it is the server,
/// whose offer stands in the description, or the client that has keys of its own in `KeyMgmt` (RFC 4567 section 4.2).
public struct KeyMgmtOfferer: Sendable {
    /// What was offered.
    public struct Offer: Sendable {
        /// The message, for a line or a header.
        public let data: KeyMgmtData
        /// What is agreed on for each media, where no answer is asked for; else `nil` until it comes.
        public let negotiated: [NegotiatedMIKEY]?
    }

    /// The exchange.
    public private(set) var initiator: MIKEYInitiator
    /// What kind of peer it is with.
    public let preset: MIKEYPreset
    private var terms = Terms()
    /// What the media of the last offer in a description were, by their places.
    private var places: [Int: MediaTransport] = [:]
    private var keyCount: UInt32 = 0
    private let wantsVerification: Bool

    /// An offerer of a new bundle.
    ///
    /// - Parameters:
    ///   - configuration: Credential, identities and algorithms, from ``MIKEYPreset/initiator(_:timestamps:)``.
    ///   - preset: What kind of peer it is with.
    ///   - taken: The CSB IDs of bundles with the same peer.
    public init(
        _ configuration: MIKEYInitiatorConfiguration, preset: MIKEYPreset = .rfc3830, avoiding taken: Set<UInt32> = []
    ) throws(KeyMgmtNegotiationError) {
        self.preset = preset
        wantsVerification = configuration.wantsVerification
        initiator = try Self.naming { () throws(MIKEYExchangeError) in
            try MIKEYInitiator(configuration, avoiding: taken)
        }
    }

    // MARK: Messages

    /// Offers keys for these media.
    ///
    /// - Parameters:
    ///   - media: The media that the message is about, in the order of the description.
    ///   - protocols: The protocols that are offered beside each other, in their order; `nil` for a description that goes one
    ///     way, without an answer (RFC 4567 section 4.1.3).
    /// - Throws: ``KeyMgmtNegotiationError``; nothing has changed then.
    public mutating func offer(
        _ media: [MIKEYMediaOffer], protocols: [String]? = [KeyMgmtData.mikey], now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> Offer {
        guard !media.isEmpty else { throw .noSecureMedia }
        let (policies, numbers) = try policies(of: media)
        var streams: [MIKEYCryptoSessions.Stream] = []
        for (one, number) in zip(media, numbers) {
            streams.append(.init(policyNumber: number, ssrc: one.ssrc, rolloverCounter: one.rolloverCounter))
            // The SSRC of what comes back is the responder's to choose (RFC 3830 section 6.1.1).
            if preset.layout == .twoForEachMedia { streams.append(.init(policyNumber: number, ssrc: SSRC(0))) }
        }
        let terms = Terms(mediaCount: media.count, policies: media.map(\.policy))
        let made = try send(terms, .srtpID(streams), policies, protocols, now)
        places = [:]
        return made
    }

    /// Offers keys for media whose crypto sessions are told outside of MIKEY: the message has the empty map (RFC 4563 section 5).
    ///
    /// - Parameters:
    ///   - media: Their crypto sessions, as this side has them.
    ///   - protocols: As of ``offer(_:protocols:now:)``.
    /// - Throws: ``KeyMgmtNegotiationError``; nothing has changed then.
    public mutating func offer(
        unlisted media: [MIKEYUnlistedMedia], protocols: [String]? = [KeyMgmtData.mikey], now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> Offer {
        guard !media.isEmpty, let ids = MIKEYUnlistedMedia.sessionIDs(of: media), let count = UInt8(exactly: ids.count)
        else { throw .unlistedSessions }
        let policies = media.flatMap { $0.sending + $0.receiving }.map(\.policy)
        let terms = Terms(mediaCount: media.count, policies: policies, unlisted: media)
        let made = try send(terms, .empty(count: count), [], protocols, now)
        places = [:]
        return made
    }

    /// Offers new keys for what is established (RFC 3830 section 4.5, RFC 4567 section 4.1.2).
    ///
    /// - Parameter rolloverCounters: Those of the streams now, by SSRC, for whoever joins; without, as they were last told.
    public mutating func rekey(
        rolloverCounters: [SSRC: UInt32] = [:], protocols: [String]? = [KeyMgmtData.mikey], now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> Offer {
        guard terms.unlisted.isEmpty else {
            let count = UInt8(clamping: initiator.agreement?.sessionCount ?? 0)
            return try send(terms, .empty(count: count), [], protocols, now)
        }
        let streams = (initiator.agreement?.sessions ?? []).map { session in
            let ssrc = session.ssrc ?? SSRC(0)
            return MIKEYCryptoSessions.Stream(
                policyNumber: session.policyNumber ?? 0, ssrc: ssrc,
                rolloverCounter: rolloverCounters[ssrc] ?? session.rolloverCounter)
        }
        return try send(terms, .srtpID(streams), [], protocols, now)
    }

    /// Takes what the peer answers with.
    ///
    /// - Parameter data: The data of the answer; `nil` where it has none.
    /// - Returns: What is agreed on for each media.
    /// - Throws: ``KeyMgmtNegotiationError/noVerification`` where an answer was asked for and there is none: the offer is given up
    ///   then, as for ``KeyMgmtNegotiationError/noMIKEY``, which is an answer of another protocol;
    ///   ``KeyMgmtNegotiationError/reported(_:isAuthenticated:)`` for an error message.
    public mutating func accept(
        _ data: KeyMgmtData?, now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY] {
        guard data?.isMIKEY ?? true else {
            initiator.abandon()
            throw .noMIKEY
        }
        guard let data else {
            if !wantsVerification, let agreed = try confirmed() { return agreed }
            initiator.abandon()
            throw .noVerification
        }
        let actions = initiator.receive(data.withBytes { bytes in Self.octets(bytes) }, now: now)
        var refusal: KeyMgmtNegotiationError?
        for action in actions {
            switch action {
            // What was there before a message that the peer reports errors for is none of its outcome.
            case .established(let agreement) where refusal == nil: return try agreements(agreement)
            case .refused(let number, let error): refusal = .refused(number, error)
            case .reported(let numbers, _, let isAuthenticated):
                refusal = .reported(numbers, isAuthenticated: isAuthenticated)
            default: break
            }
        }
        if let refusal { throw refusal }
        // Nothing is said about an echo that is ignored: live555 answers with the message itself.
        guard !wantsVerification, let agreed = try confirmed() else { throw .noVerification }
        return agreed
    }

    /// What was agreed on without an answer, which the peer is now known to have.
    private mutating func confirmed() throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY]? {
        initiator.confirmDelivery()
        return try initiator.agreement.map { agreement throws(KeyMgmtNegotiationError) in try agreements(agreement) }
    }

    private mutating func send(
        _ terms: Terms, _ sessions: MIKEYCryptoSessions.Map, _ policies: [MIKEYPayload.SecurityPolicy],
        _ protocols: [String]?, _ now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> Offer {
        guard let first = terms.policies.first else { throw .noSecureMedia }
        // A TEK has the length of one suite.
        let stranger = terms.policies.first { !$0.suite.hasKeys(as: first.suite) }
        if let stranger, preset.keyForm(for: first) != .tgk { throw .presetLacks(preset, stranger) }
        let offer = try message(sessions, policies, protocols, terms)
        var changed = initiator
        let actions = try Self.naming { () throws(MIKEYExchangeError) in try changed.offer(offer, now: now) }
        var message: MIKEYMessage?
        var agreed: MIKEYAgreement?
        for action in actions {
            switch action {
            case .send(let sent): message = sent
            case .established(let agreement): agreed = agreement
            default: break
            }
        }
        guard let message else { throw .noVerification }
        var negotiated: [NegotiatedMIKEY]?
        if let agreed { negotiated = try terms.negotiated(agreed, preset) }
        initiator = changed
        self.terms = terms
        keyCount &+= 1
        return Offer(data: KeyMgmtData(message), negotiated: negotiated)
    }

    private func message(
        _ sessions: MIKEYCryptoSessions.Map, _ policies: [MIKEYPayload.SecurityPolicy], _ protocols: [String]?,
        _ terms: Terms
    ) throws(KeyMgmtNegotiationError) -> MIKEYOffer {
        do throws(MIKEYError) {
            let list = preset.writesProtocolList ? protocols : nil
            return MIKEYOffer(
                cryptoSessions: try MIKEYCryptoSessions(sessions), policies: policies,
                keys: .fresh([try keyRequest(for: terms.policies)]),
                generalExtensions: try list.map { names throws(MIKEYError) in [try .sdpIDs(names)] } ?? [])
        } catch {
            throw .message(error)
        }
    }

    /// One key for all of them, long enough for each.
    private func keyRequest(for policies: [SRTPPolicy]) throws(MIKEYError) -> MIKEYKeyRequest {
        let mki = (0..<preset.mkiByteCount).reversed().map { place in
            UInt8(truncatingIfNeeded: (keyCount &+ 1) >> UInt32(8 * place))
        }
        let validity = mki.isEmpty ? MIKEYKeyValidity.null : try MIKEYKeyValidity.spi(mki)
        let keyByteCount = policies.map(\.suite.masterKeyByteCount).max() ?? 16
        let saltByteCount = policies.map(\.suite.masterSaltByteCount).max() ?? 14
        switch policies.first.map({ preset.keyForm(for: $0) }) ?? .tgk {
        // At least as long as the longest key that comes of it.
        case .tgk: return .tgk(byteCount: max(32, keyByteCount), validity: validity)
        case .tekWithSalt: return .tek(byteCount: keyByteCount, saltByteCount: saltByteCount, validity: validity)
        case .tekHoldingSalt:
            return .tek(byteCount: keyByteCount + saltByteCount, saltByteCount: nil, validity: validity)
        }
    }

    /// One policy for all media that have the same.
    private func policies(
        of media: [MIKEYMediaOffer]
    ) throws(KeyMgmtNegotiationError) -> ([MIKEYPayload.SecurityPolicy], numbers: [UInt8]) {
        var policies: [MIKEYPayload.SecurityPolicy] = []
        var numbers: [UInt8] = []
        var known: [SRTPPolicy: UInt8] = [:]
        for one in media {
            if let number = known[one.policy] {
                numbers.append(number)
                continue
            }
            let number = UInt8(truncatingIfNeeded: policies.count)
            guard policies.count < 128 else { throw .sessionCount(media.count, media: 127) }
            policies.append(MIKEYPayload.SecurityPolicy(number: number, try preset.policy(one.policy)))
            known[one.policy] = number
            numbers.append(number)
        }
        return (policies, numbers)
    }

    private func agreements(_ agreement: MIKEYAgreement) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY] {
        try terms.negotiated(agreement, preset)
    }

    private static func octets(_ bytes: RawSpan) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }

    private static func naming<Value>(
        _ body: () throws(MIKEYExchangeError) -> Value
    ) throws(KeyMgmtNegotiationError) -> Value {
        do throws(MIKEYExchangeError) { return try body() } catch { throw .refused(.unspecified, error) }
    }
}

/// What an offer is about, as far as its message does not tell.
private struct Terms: Sendable {
    var mediaCount = 0
    /// Those of all crypto sessions.
    var policies: [SRTPPolicy] = []
    /// The sessions, where the message lists none.
    var unlisted: [MIKEYUnlistedMedia] = []

    func negotiated(
        _ agreement: MIKEYAgreement, _ preset: MIKEYPreset
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY] {
        try NegotiatedMIKEY.agreements(
            agreement, role: .initiator, mediaCount: mediaCount, preset: preset, unlisted: unlisted)
    }
}

extension KeyMgmtOfferer {
    // MARK: Descriptions

    /// Offers keys for one media of a description, or for all of its secure media that have no lines of their own, and writes the
    /// line.
    ///
    /// - Parameters:
    ///   - level: Where the line stands, and so what it is about.
    ///   - media: What is offered, one for each of these media.
    ///   - others: Other protocols that are offered as alternatives, behind MIKEY: one line for each, in offers alone (RFC 4567
    ///     sections 4.1.2, 4.1.3 and 4.2), and only where ``MIKEYPreset/writesProtocolList`` protects the choice.
    /// - Throws: ``KeyMgmtNegotiationError``, also ``KeyMgmtNegotiationError/noVerification`` for an announcement that asks for an
    ///   answer. Nothing has changed then.
    public mutating func offer(
        in description: inout SessionDescription, at level: KeyMgmtLevel = .session, as use: KeyMgmtUse = .offer,
        _ media: [MIKEYMediaOffer], others: [KeyMgmtData] = [], now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> Offer {
        let about = try description.media(about: level, as: use)
        guard about.count == media.count else { throw .sessionCount(media.count, media: about.count) }
        // Nothing comes back.
        guard use != .announcement || !wantsVerification else { throw .noVerification }
        let protocols = [KeyMgmtData.mikey] + others.map(\.protocolID)
        guard Set(protocols).count == protocols.count else {
            throw .invalid(.invalid(.line, expected: "one line for each protocol (RFC 4567 section 4.1.2)"))
        }
        guard others.isEmpty || use == .offer else { throw .invalid(.refused(.severalProtocols)) }
        guard others.isEmpty || preset.writesProtocolList else { throw .invalid(.refused(.missingProtocolList)) }
        let made = try offer(media, protocols: use == .announcement ? nil : protocols, now: now)
        places = Dictionary(uniqueKeysWithValues: about.map { ($0, description.media[$0].media.transport) })
        description.setKeyMgmt([KeyMgmtAttribute(made.data)] + others.map { KeyMgmtAttribute($0) }, at: level)
        return made
    }

    /// Takes the answer's line at the level of the offer.
    ///
    /// Of media that were offered together some may be rejected; their keys are agreed on like the others'.
    ///
    /// - Throws: ``KeyMgmtNegotiationError/wrongTransport(media:)`` where the answer has another transport than the offer, which
    ///   might be one without SRTP; ``KeyMgmtNegotiationError/notOneMethod(media:)`` where one is keyed by `a=crypto` as well;
    ///   ``KeyMgmtNegotiationError/rejected(media:)`` where it rejects all of the media, and
    ///   ``KeyMgmtNegotiationError/noMIKEY`` where there are lines of other protocols alone: the offer is given up then; and as
    ///   ``accept(_:now:)``.
    public mutating func accept(
        answer description: SessionDescription, at level: KeyMgmtLevel = .session, now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY] {
        try checkMedia(of: description, at: level)
        let lines = description.keyMgmtLines(at: level, isLenient: preset.isLenient)
        let line: KeyMgmtAttribute?
        do throws(KeyMgmtError) { line = try lines.mikey() } catch { throw .invalid(error) }
        guard line != nil || lines.isEmpty else {
            initiator.abandon()
            throw .noMIKEY
        }
        return try accept(line?.data, now: now)
    }

    /// Compares the media of an answer with those of the offer: of all that could be changed on its way, whether SRTP is there at all
    /// is what nobody would notice later.
    private mutating func checkMedia(
        of answer: SessionDescription, at level: KeyMgmtLevel
    ) throws(KeyMgmtNegotiationError) {
        var accepted = 0
        for (place, transport) in try offered(answer, at: level) {
            guard answer.media.indices.contains(place), answer.media[place].media.port != 0 else { continue }
            let media = answer.media[place]
            guard media.media.transport == transport else { throw .wrongTransport(media: place) }
            guard CryptoLines(of: media).isEmpty else { throw .notOneMethod(media: place) }
            accepted += 1
        }
        guard accepted > 0 else {
            initiator.abandon()
            throw .rejected(media: places.keys.min() ?? 0)
        }
    }

    /// The media that the offer was about, with their transports: those of the answer, where the offer was put there by others.
    private func offered(
        _ answer: SessionDescription, at level: KeyMgmtLevel
    ) throws(KeyMgmtNegotiationError) -> [(Int, MediaTransport)] {
        guard places.isEmpty else { return places.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
        return try answer.media(about: level, as: .offer).map { ($0, answer.media[$0].media.transport) }
    }
}

extension SRTPSuite {
    /// Whether master keys and salts have the same lengths.
    fileprivate func hasKeys(as other: SRTPSuite) -> Bool {
        masterKeyByteCount == other.masterKeyByteCount && masterSaltByteCount == other.masterSaltByteCount
    }
}
