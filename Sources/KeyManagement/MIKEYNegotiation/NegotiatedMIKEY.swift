// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY
public import RTP
public import SRTP

/// What both sides of a media stream agreed on by MIKEY: what is needed to make a sender and a receiver.
public struct NegotiatedMIKEY: Sendable {
    /// Which side of the exchange this party is.
    public enum Role: Hashable, Sendable {
        /// It made the offer.
        case initiator
        /// It took the offer.
        case responder
    }

    /// A key of a crypto session, and how it is used.
    public struct Key: Sendable {
        let key: MIKEYKeyMaterial
        let salt: MIKEYKeyMaterial
        /// Whether an earlier message of the bundle gave it to this crypto session: the context that has it goes on, and no other one
        /// is made.
        public let isReused: Bool
        /// MKI (the SPI), range of indices (the interval) and key derivation rate.
        public let options: SRTPKeyOptions
    }

    /// A crypto session: one direction's stream, or in ``MIKEYPreset/Layout/oneForBothDirections`` the initiator's, whose key what
    /// comes back has too.
    public struct Stream: Sendable {
        /// The CS ID.
        public let id: UInt8
        /// The SSRC; `nil` where the message leaves it open. Some peers tell of another one than they send with.
        public let ssrc: SSRC?
        /// The rollover counter when the keys were agreed on.
        public let rolloverCounter: UInt32
        /// Whether the stream goes on from before an update, with the rollover counter that it has.
        public let isContinued: Bool
        /// How packets are protected.
        public let policy: SRTPPolicy
        /// The keys, at least one: the sender starts with the first.
        public let keys: [Key]
    }

    /// The crypto session bundle.
    public let csbID: UInt32
    /// IDi, as carried.
    public let initiator: MIKEYIdentity?
    /// IDr, as carried by either message.
    public let responder: MIKEYIdentity?
    /// Whether the keys are those of an update, which replace earlier ones.
    public let isUpdate: Bool
    /// Whether the keys are others than before; an update may be about something else.
    public let hasNewKeys: Bool
    /// Whether a MAC was verified; else the channel vouches for everything.
    public let isAuthenticated: Bool
    /// What this side sends, at least one; in one crypto session for both directions the same as ``receiving``.
    public let sending: [Stream]
    /// What this side receives, likewise.
    public let receiving: [Stream]
    /// Whether both directions have one key: ``makePair(of:as:ssrc:_:)`` is then the only way.
    public let sharesKeys: Bool
    /// What was lived with in the messages.
    public let deviations: MIKEYDeviationSet
}

extension NegotiatedMIKEY {
    /// The agreements for `mediaCount` media that a message is about, in their order.
    ///
    /// Two crypto sessions for each media are what the initiator and what the responder sends (RFC 4567 section 7.1); one for each is
    /// for both directions, as are all those of a message about one media by a preset for RTSP.
    ///
    /// - Parameter unlisted: What was told of the sessions elsewhere, for a message that lists none.
    package static func agreements(
        _ agreement: MIKEYAgreement, role: Role, mediaCount: Int, preset: MIKEYPreset,
        unlisted: [MIKEYUnlistedMedia] = []
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY] {
        let sessions = agreement.sessions
        guard !sessions.isEmpty else {
            guard unlisted.count == mediaCount else { throw .unlistedSessions }
            return try agreements(agreement, unlisted: unlisted)
        }
        var all: [NegotiatedMIKEY] = []
        switch sessions.count {
        case 2 * mediaCount where preset.layout == .twoForEachMedia && mediaCount > 0:
            for media in 0..<mediaCount {
                let ours = sessions[2 * media + (role == .initiator ? 0 : 1)]
                let theirs = sessions[2 * media + (role == .initiator ? 1 : 0)]
                all.append(
                    NegotiatedMIKEY(
                        agreement, sending: try streams([ours], of: agreement),
                        receiving: try streams([theirs], of: agreement)))
            }
        case mediaCount where mediaCount > 0:
            for session in sessions {
                let stream = try streams([session], of: agreement)
                all.append(NegotiatedMIKEY(agreement, sending: stream, receiving: stream))
            }
        case 1... where preset.layout == .oneForBothDirections && mediaCount == 1:
            let streams = try streams(sessions, of: agreement)
            all.append(NegotiatedMIKEY(agreement, sending: streams, receiving: streams))
        default: throw .sessionCount(agreement.sessionCount, media: mediaCount)
        }
        return all
    }

    init(_ agreement: MIKEYAgreement, sending: [Stream], receiving: [Stream]) {
        csbID = agreement.csbID
        initiator = agreement.initiator
        responder = agreement.responder
        isUpdate = agreement.isUpdate
        hasNewKeys = agreement.hasNewKeys
        isAuthenticated = agreement.isAuthenticated
        deviations = agreement.deviations
        self.sending = sending
        self.receiving = receiving
        let sent = sending.flatMap(\.keys)
        sharesKeys = receiving.contains { stream in
            stream.keys.contains { key in sent.contains { $0.key == key.key } }
        }
    }

    private static func streams(
        _ sessions: [MIKEYAgreement.Session], of agreement: MIKEYAgreement
    ) throws(KeyMgmtNegotiationError) -> [Stream] {
        var streams: [Stream] = []
        for session in sessions { streams.append(try Stream(session, of: agreement)) }
        return streams
    }
}

extension NegotiatedMIKEY.Stream {
    fileprivate init(
        _ session: MIKEYAgreement.Session, of agreement: MIKEYAgreement
    ) throws(KeyMgmtNegotiationError) {
        id = session.id
        ssrc = session.ssrc
        rolloverCounter = session.rolloverCounter
        isContinued = session.isContinued
        do throws(MIKEYPolicyError) {
            policy = try SRTPPolicy(session.policy, accepting: agreement.deviations)
        } catch {
            throw .policy(error)
        }
        let place = agreement.sessions.firstIndex { $0.id == session.id } ?? 0
        keys = try Self.keys(
            session.keys, reusing: session.reusedKeys, of: session.id, place: place,
            sessionCount: agreement.sessions.count,
            initialSPI: session.initialSPI, policy: policy)
    }

    /// The session's own keys, the one that it begins with first.
    ///
    /// Keys with an SPI or an interval serve all sessions. Of several without either, there must be one for each session, in their
    /// order.
    static func keys(
        _ all: [MIKEYAgreement.Key], reusing reused: Set<Int>, of id: UInt8, place: Int, sessionCount: Int,
        initialSPI: [UInt8], policy: SRTPPolicy
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY.Key] {
        var own = all
        if own.count > 1, own.contains(where: { $0.validity == .null }) {
            guard own.count == sessionCount, own.allSatisfy({ $0.validity == .null }) else {
                throw .ambiguousKeys(csID: id)
            }
            own = [own[place]]
        }
        if !initialSPI.isEmpty {
            // Otherwise packets would not say which key they are under, or a key that there is not.
            guard let first = own.firstIndex(where: { $0.validity.spi == initialSPI }) else {
                throw .ambiguousKeys(csID: id)
            }
            own.swapAt(0, first)
        }
        guard !own.isEmpty else { throw .ambiguousKeys(csID: id) }
        var keys: [NegotiatedMIKEY.Key] = []
        for key in own {
            var options = SRTPKeyOptions()
            options.derivationRate = policy.keyDerivationRate
            switch key.validity.content {
            case .null: break
            case .spi(let spi): options.mki = spi
            case .interval(let first, let last):
                guard let first = index(first), let last = index(last), first <= last else {
                    throw .keyInterval(csID: id)
                }
                options.validIndices = first...last
            }
            keys.append(
                NegotiatedMIKEY.Key(
                    key: key.key, salt: key.salt, isReused: reused.contains(key.keyDataIndex), options: options))
        }
        return keys
    }

    /// A 48-bit index; no octets are 0.
    private static func index(_ octets: [UInt8]) -> UInt64? {
        let digits = octets.drop { $0 == 0 }
        return digits.count <= 6 ? digits.reduce(0) { $0 << 8 | UInt64($1) } : nil
    }

    /// Whether one context can have both streams.
    func isAlike(_ other: NegotiatedMIKEY.Stream) -> Bool {
        policy == other.policy && keys.elementsEqual(other.keys) { $0.key == $1.key && $0.salt == $1.salt }
    }
}

extension NegotiatedMIKEY.Key {
    /// The master key, to make a context of.
    ///
    /// - Throws: ``KeyMgmtNegotiationError/srtp(_:)`` where the suite takes other lengths.
    public func masterKey(for suite: SRTPSuite) throws(KeyMgmtNegotiationError) -> SRTPMasterKey {
        do throws(SRTPError) {
            return try key.withBytes { (key: RawSpan) throws(SRTPError) in
                try salt.withBytes { (salt: RawSpan) throws(SRTPError) in
                    try unsafe key.withUnsafeBytes { (key: UnsafeRawBufferPointer) throws(SRTPError) in
                        try unsafe salt.withUnsafeBytes { (salt: UnsafeRawBufferPointer) throws(SRTPError) in
                            try unsafe SRTPMasterKey(
                                suite: suite, key: Span(_unsafeBytes: key), salt: Span(_unsafeBytes: salt))
                        }
                    }
                }
            }
        } catch {
            throw .srtp(error)
        }
    }
}

extension NegotiatedMIKEY.Key: CustomStringConvertible, CustomReflectable {
    /// How the key is used, never the key.
    public var description: String { "<hidden> \(options)" }

    public var customMirror: Mirror { Mirror(self, children: ["key": description]) }
}
