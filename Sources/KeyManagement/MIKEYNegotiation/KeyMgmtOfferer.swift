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
    private var media: [MIKEYMediaOffer] = []
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
        let (policies, numbers) = try policies(of: media)
        var streams: [MIKEYCryptoSessions.Stream] = []
        for (one, number) in zip(media, numbers) {
            streams.append(.init(policyNumber: number, ssrc: one.ssrc, rolloverCounter: one.rolloverCounter))
            // The SSRC of what comes back is the responder's to choose (RFC 3830 section 6.1.1).
            if preset.layout == .twoForEachMedia { streams.append(.init(policyNumber: number, ssrc: SSRC(0))) }
        }
        return try send(media, streams, policies, protocols, now)
    }

    /// Offers new keys for what is established (RFC 3830 section 4.5, RFC 4567 section 4.1.2).
    ///
    /// - Parameter rolloverCounters: Those of the streams now, by SSRC, for whoever joins; without, as they were last told.
    public mutating func rekey(
        rolloverCounters: [SSRC: UInt32] = [:], protocols: [String]? = [KeyMgmtData.mikey], now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> Offer {
        let streams = (initiator.agreement?.sessions ?? []).map { session in
            let ssrc = session.ssrc ?? SSRC(0)
            return MIKEYCryptoSessions.Stream(
                policyNumber: session.policyNumber ?? 0, ssrc: ssrc,
                rolloverCounter: rolloverCounters[ssrc] ?? session.rolloverCounter)
        }
        return try send(media, streams, [], protocols, now)
    }

    /// Takes what the peer answers with.
    ///
    /// - Parameter data: The data of the answer; `nil` where it has none.
    /// - Returns: What is agreed on for each media.
    /// - Throws: ``KeyMgmtNegotiationError/noVerification`` where an answer was asked for and there is none: the offer is given up
    ///   then; ``KeyMgmtNegotiationError/reported(_:isAuthenticated:)`` for an error message.
    public mutating func accept(
        _ data: KeyMgmtData?, now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY] {
        guard let data, data.isMIKEY else {
            if !wantsVerification, let agreed = try confirmed() { return agreed }
            initiator.abandon()
            throw .noVerification
        }
        let actions = initiator.receive(data.withBytes { bytes in Self.octets(bytes) }, now: now)
        var refusal: KeyMgmtNegotiationError?
        for action in actions {
            switch action {
            case .established(let agreement): return try agreements(agreement)
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
        _ media: [MIKEYMediaOffer], _ streams: [MIKEYCryptoSessions.Stream],
        _ policies: [MIKEYPayload.SecurityPolicy], _ protocols: [String]?, _ now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> Offer {
        guard let first = media.first else { throw .noSecureMedia }
        // A TEK has the length of one suite.
        let stranger = media.first { !$0.policy.suite.hasKeys(as: first.policy.suite) }
        if let stranger, preset.keyForm(for: first.policy) != .tgk { throw .presetLacks(preset, stranger.policy) }
        let offer = try message(streams, policies, protocols, media)
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
        if let agreed {
            negotiated = try NegotiatedMIKEY.agreements(
                agreed, role: .initiator, mediaCount: media.count, preset: preset)
        }
        initiator = changed
        self.media = media
        keyCount &+= 1
        return Offer(data: KeyMgmtData(message), negotiated: negotiated)
    }

    private func message(
        _ streams: [MIKEYCryptoSessions.Stream], _ policies: [MIKEYPayload.SecurityPolicy], _ protocols: [String]?,
        _ media: [MIKEYMediaOffer]
    ) throws(KeyMgmtNegotiationError) -> MIKEYOffer {
        do throws(MIKEYError) {
            let list = preset.writesProtocolList ? protocols : nil
            return MIKEYOffer(
                cryptoSessions: try MIKEYCryptoSessions(.srtpID(streams)), policies: policies,
                keys: .fresh([try keyRequest(for: media)]),
                generalExtensions: try list.map { names throws(MIKEYError) in [try .sdpIDs(names)] } ?? [])
        } catch {
            throw .message(error)
        }
    }

    /// One key for all of them, long enough for each.
    private func keyRequest(for media: [MIKEYMediaOffer]) throws(MIKEYError) -> MIKEYKeyRequest {
        let mki = (0..<preset.mkiByteCount).reversed().map { place in
            UInt8(truncatingIfNeeded: (keyCount &+ 1) >> UInt32(8 * place))
        }
        let validity = mki.isEmpty ? MIKEYKeyValidity.null : try MIKEYKeyValidity.spi(mki)
        let suites = media.map(\.policy.suite)
        let keyByteCount = suites.map(\.masterKeyByteCount).max() ?? 16
        let saltByteCount = suites.map(\.masterSaltByteCount).max() ?? 14
        switch media.first.map({ preset.keyForm(for: $0.policy) }) ?? .tgk {
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
        try NegotiatedMIKEY.agreements(agreement, role: .initiator, mediaCount: media.count, preset: preset)
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

extension KeyMgmtOfferer {
    // MARK: Descriptions

    /// Offers keys for one media of a description, or for all of its secure media that have no lines of their own, and writes the
    /// line.
    ///
    /// - Parameters:
    ///   - level: Where the line stands, and so what it is about.
    ///   - media: What is offered, one for each of these media.
    ///   - others: Other protocols that are offered as alternatives, behind MIKEY.
    public mutating func offer(
        in description: inout SessionDescription, at level: KeyMgmtLevel = .session, as use: KeyMgmtUse = .offer,
        _ media: [MIKEYMediaOffer], others: [KeyMgmtData] = [], now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> Offer {
        let about = try description.media(about: level, as: use)
        guard about.count == media.count else { throw .sessionCount(media.count, media: about.count) }
        let protocols = use == .announcement ? nil : [KeyMgmtData.mikey] + others.map(\.protocolID)
        let made = try offer(media, protocols: protocols, now: now)
        description.setKeyMgmt([KeyMgmtAttribute(made.data)] + others.map { KeyMgmtAttribute($0) }, at: level)
        return made
    }

    /// Takes the answer's line at the level of the offer.
    ///
    /// - Throws: ``KeyMgmtNegotiationError/notOneMethod`` where the media are keyed by `a=crypto` as well; and as
    ///   ``accept(_:now:)``.
    public mutating func accept(
        answer description: SessionDescription, at level: KeyMgmtLevel = .session, now: WallClockTime
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY] {
        for media in try description.media(about: level, as: .offer) {
            guard CryptoLines(of: description.media[media]).isEmpty else { throw .notOneMethod }
        }
        let lines = description.keyMgmtLines(at: level, isLenient: preset.isLenient)
        let line: KeyMgmtAttribute?
        do throws(KeyMgmtError) { line = try lines.mikey() } catch { throw .invalid(error) }
        return try accept(line?.data, now: now)
    }
}

extension SRTPSuite {
    /// Whether master keys and salts have the same lengths.
    fileprivate func hasKeys(as other: SRTPSuite) -> Bool {
        masterKeyByteCount == other.masterKeyByteCount && masterSaltByteCount == other.masterSaltByteCount
    }
}
