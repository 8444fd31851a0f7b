// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import Synchronization
import TestSupport
import Testing

@testable import MIKEY

/// An initiator and a responder who share a key, and their clock.
struct TwoParties {
    static let key = MIKEYCredential.preSharedKey(material("00112233445566778899aabbccddeeff"))

    var initiator: MIKEYInitiator
    var responder: MIKEYResponder
    let store: DurableReplayStore
    var now: WallClockTime

    init(
        _ algorithms: MIKEYInitiatorConfiguration = MIKEYInitiatorConfiguration(credential: key),
        credential: MIKEYCredential = key, seed: UInt64 = 1,
        _ change: (inout MIKEYResponderConfiguration) -> Void = { _ in }
    ) throws {
        now = try WallClockTime(seconds: 1_772_366_400)
        store = DurableReplayStore()
        var configuration = MIKEYResponderConfiguration(
            credential: credential, replay: .guarded(MIKEYReplayGuard(store: store)))
        change(&configuration)
        responder = MIKEYResponder(configuration)
        initiator = try MIKEYInitiator(algorithms, random: .seeded(seed))
    }

    mutating func offer(_ offer: MIKEYOffer) throws -> [MIKEYAction] { try initiator.offer(offer, now: now) }

    /// Offers, and carries the messages both ways.
    @discardableResult
    mutating func agree(_ offer: MIKEYOffer) throws -> (initiator: MIKEYAgreement, responder: MIKEYAgreement) {
        let sent = try self.offer(offer)
        let taken = responder.receive(try #require(sent.message), now: now)
        let theirs = try #require(taken.agreement, "\(taken)")
        guard let answer = taken.message else { return (try #require(sent.agreement), theirs) }
        let done = initiator.receive(answer, now: now)
        return (try #require(done.agreement, "\(done)"), theirs)
    }

    mutating func wait(_ seconds: Int64) throws { now = try WallClockTime(seconds: now.seconds + seconds) }
}

/// A replay memory that has never forgotten anything.
final class DurableReplayStore: MIKEYReplayStore {
    private let kept: Mutex<MIKEYReplayMemory>

    init(capacity: Int = 4096) { kept = Mutex(MIKEYReplayMemory(capacity: capacity)) }

    var remembersSince: WallClockTime? { nil }

    func memory() -> MIKEYReplayMemory { kept.withLock { $0 } }

    func remember(_ entry: MIKEYReplayEntry) throws(MIKEYReplayError) {
        try kept.withLock { (kept: inout sending MIKEYReplayMemory) throws(MIKEYReplayError) in
            try kept.remember(entry)
        }
    }
}

extension MIKEYRandom {
    /// The same octets for the same seed.
    static func seeded(_ seed: UInt64) -> MIKEYRandom {
        let generator = Mutex(SeededGenerator(seed: seed))
        return MIKEYRandom { (bytes: inout MutableRawSpan) throws(DerivationError) in
            let drawn = generator.withLock { $0.octets(bytes.byteCount) }
            for (position, octet) in drawn.enumerated() {
                bytes.storeBytes(of: octet, toByteOffset: position, as: UInt8.self)
            }
        }
    }
}

extension MIKEYOffer {
    /// A TGK with an SPI for streams with the defaults of SRTP.
    static func streams(
        _ ssrcs: [UInt32], roc: UInt32 = 0, policies: [MIKEYPayload.SecurityPolicy] = [], keys: Keys? = nil
    ) throws -> MIKEYOffer {
        let streams = ssrcs.map { MIKEYCryptoSessions.Stream(ssrc: SSRC($0), rolloverCounter: roc) }
        return MIKEYOffer(
            cryptoSessions: try MIKEYCryptoSessions(.srtpID(streams)), policies: policies,
            keys: try keys ?? .fresh([.tgk(validity: .spi([0, 0, 0, 1]))]))
    }
}

extension [MIKEYAction] {
    /// The octets that are to be sent.
    var message: [UInt8]? {
        for action in self { if case .send(let message) = action { return message.encoded } }
        return nil
    }

    var agreement: MIKEYAgreement? {
        for action in self { if case .established(let agreement) = action { return agreement } }
        return nil
    }

    var refusal: Refusal? {
        for action in self {
            if case .refused(let number, let error) = action { return Refusal(number: number, error: error) }
        }
        return nil
    }

    var report: (numbers: [MIKEYErrorNumber], isAuthenticated: Bool)? {
        for action in self {
            if case .reported(let numbers, _, let isAuthenticated) = action { return (numbers, isAuthenticated) }
        }
        return nil
    }

    struct Refusal: Hashable {
        let number: MIKEYErrorNumber
        let error: MIKEYExchangeError
    }
}

extension MIKEYAgreement {
    /// What both parties must have alike.
    struct Secrets: Equatable {
        let ids: [UInt8]
        let ssrcs: [SSRC?]
        let counters: [UInt32]
        let keys: [[Key]]
    }

    var secrets: Secrets {
        Secrets(
            ids: sessions.map(\.id), ssrcs: sessions.map(\.ssrc), counters: sessions.map(\.rolloverCounter),
            keys: sessions.map(\.keys))
    }
}

/// A message taken apart: header, and payloads that can be put together in another order.
struct Pieces {
    let header: [UInt8]
    var payloads: [(type: UInt8, body: [UInt8])]

    init(_ octets: [UInt8]) throws {
        let message = try MIKEYMessage(parsing: octets, mode: .lenient)
        let layout = message.layout
        header = Array(octets[layout.header])
        payloads = zip(message.payloads, layout.payloads).map { ($0.type.rawValue, Array(octets[$1].dropFirst())) }
    }

    var octets: [UInt8] {
        var octets = header
        octets[2] = payloads.first?.type ?? 0
        for (position, payload) in payloads.enumerated() {
            octets += [position + 1 < payloads.count ? payloads[position + 1].type : 0] + payload.body
        }
        return octets
    }
}
