// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import MIKEY
public import RTP

/// The crypto sessions of a media that a message does not list, as with the empty map: what they are is told outside of MIKEY (RFC
/// 4563 section 5).
///
/// MIKEY gives each CS ID its keys, and vouches for nothing else of it: policy, SSRC and rollover counter are as authentic as what
/// told them.
public struct MIKEYUnlistedMedia: Hashable, Sendable {
    /// A crypto session.
    public struct Session: Hashable, Sendable {
        /// The CS ID, which the keys are derived for.
        public var id: UInt8
        /// How packets are protected.
        public var policy: SRTPPolicy
        /// The SSRC of the stream; `nil` where it is not known.
        public var ssrc: SSRC?
        /// The rollover counter of the stream.
        public var rolloverCounter: UInt32

        /// A crypto session.
        public init(
            id: UInt8, policy: SRTPPolicy = SRTPPolicy(), ssrc: SSRC? = nil, rolloverCounter: UInt32 = 0
        ) {
            self.id = id
            self.policy = policy
            self.ssrc = ssrc
            self.rolloverCounter = rolloverCounter
        }
    }

    /// What this side sends, at least one.
    public var sending: [Session]
    /// What this side receives, at least one. A session may be for both directions, which then have one key.
    public var receiving: [Session]

    /// The crypto sessions of a media.
    public init(sending: [Session], receiving: [Session]) {
        self.sending = sending
        self.receiving = receiving
    }

    /// The two crypto sessions of a media of SDP: what the initiator sends, and then what the responder sends (RFC 4567 section
    /// 7.1).
    ///
    /// - Parameters:
    ///   - place: The place of the media among those that the message is about, 0 to 126.
    ///   - role: Which side of the exchange this party is.
    /// - Returns: `nil` for a place that no CS ID is left for.
    public init?(
        place: Int, as role: NegotiatedMIKEY.Role, policy: SRTPPolicy = SRTPPolicy(), sending: SSRC? = nil,
        receiving: SSRC? = nil
    ) {
        guard (0...126).contains(place) else { return nil }
        let first = UInt8(2 * place + 1)
        let (own, peer) = role == .initiator ? (first, first + 1) : (first + 1, first)
        self.init(
            sending: [Session(id: own, policy: policy, ssrc: sending)],
            receiving: [Session(id: peer, policy: policy, ssrc: receiving)])
    }
}

extension MIKEYUnlistedMedia {
    /// The CS IDs of these media; `nil` where a direction has none, or one stands for two streams of a direction.
    static func sessionIDs(of media: [MIKEYUnlistedMedia]) -> Set<UInt8>? {
        var all: Set<UInt8> = []
        for one in media {
            var own: Set<UInt8> = []
            for direction in [one.sending, one.receiving] {
                let ids = Set(direction.map(\.id))
                guard !ids.isEmpty, ids.count == direction.count else { return nil }
                own.formUnion(ids)
            }
            guard all.isDisjoint(with: own) else { return nil }
            all.formUnion(own)
        }
        return all
    }
}

extension NegotiatedMIKEY {
    /// The agreements for media whose crypto sessions the message does not list.
    static func agreements(
        _ agreement: MIKEYAgreement, unlisted media: [MIKEYUnlistedMedia]
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY] {
        guard !media.isEmpty, let ids = MIKEYUnlistedMedia.sessionIDs(of: media),
            agreement.sessionCount == 0 || agreement.sessionCount == ids.count
        else { throw .unlistedSessions }
        var all: [NegotiatedMIKEY] = []
        for one in media {
            all.append(
                NegotiatedMIKEY(
                    agreement, sending: try Stream.unlisted(one.sending, ids, agreement),
                    receiving: try Stream.unlisted(one.receiving, ids, agreement)))
        }
        try checkKeystreams(of: all)
        return all
    }

    /// Streams that one side sends under one key must have different SSRCs, and so must those of both sides: sessions that the
    /// message lists were looked at when it came.
    private static func checkKeystreams(of media: [NegotiatedMIKEY]) throws(KeyMgmtNegotiationError) {
        var seen: [UInt8: SSRC] = [:]
        var masters: [SSRC: [Key]] = [:]
        for stream in media.flatMap({ $0.sending + $0.receiving }) {
            // One session for both directions stands twice.
            guard let ssrc = stream.ssrc, seen.updateValue(ssrc, forKey: stream.id) != ssrc else { continue }
            let others = masters[ssrc] ?? []
            guard !stream.keys.contains(where: { key in others.contains { $0.key == key.key } }) else {
                throw .refused(.unspecified, .sharedKeystream(ssrc))
            }
            masters[ssrc] = others + stream.keys
        }
    }
}

extension NegotiatedMIKEY.Stream {
    fileprivate static func unlisted(
        _ sessions: [MIKEYUnlistedMedia.Session], _ ids: Set<UInt8>, _ agreement: MIKEYAgreement
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY.Stream] {
        var streams: [NegotiatedMIKEY.Stream] = []
        for session in sessions { streams.append(try NegotiatedMIKEY.Stream(session, ids, agreement)) }
        return streams
    }

    private init(
        _ session: MIKEYUnlistedMedia.Session, _ ids: Set<UInt8>, _ agreement: MIKEYAgreement
    ) throws(KeyMgmtNegotiationError) {
        let keys: [MIKEYAgreement.Key]
        do {
            keys = try agreement.keys(csID: session.id, policy: session.policy.mikey())
        } catch let error as MIKEYExchangeError {
            throw .refused(.unspecified, error)
        } catch let error as MIKEYPolicyError {
            throw .policy(error)
        } catch {
            throw .unlistedSessions
        }
        id = session.id
        ssrc = session.ssrc
        rolloverCounter = session.rolloverCounter
        isContinued = agreement.isUpdate
        policy = session.policy
        let place = ids.sorted().firstIndex(of: session.id) ?? 0
        self.keys = try Self.keys(
            keys, reusing: agreement.reusedKeys(csID: session.id), of: session.id, place: place,
            sessionCount: ids.count, initialSPI: [], policy: policy)
    }
}
