// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport

@testable import MIKEY

/// Two parties who both begin bundles and update them, over a carrier that loses, doubles, delays, alters and reflects messages,
/// with clocks that differ, and restarts.
///
/// Every agreement is remembered by initiator, CSB ID and T: whoever else has one of the same must have the same keys.
struct ExchangeSimulation {
    /// What a party of the simulation has wrong, to show that it would be noticed.
    enum Mistake {
        case none
        /// The responder derives with another RAND.
        case random
        /// The responder starts a stream with another rollover counter.
        case rolloverCounter
    }

    struct Finding: Error, CustomStringConvertible {
        let description: String
    }

    /// How many messages it takes, once none is lost, until both parties of a bundle have the same keys, or know that they have
    /// not: the repeated one, an error message, and the two of a new bundle.
    static let messagesToConverge = 4

    private struct Party {
        let configuration: MIKEYInitiatorConfiguration
        let skew: Int64
        let store: DurableReplayStore
        var initiator: MIKEYInitiator
        var responder: MIKEYResponder
        var rolloverCounter: UInt32 = 0
        var nextKey: UInt8 = 0
    }

    private struct Letter {
        let to: Int
        let octets: [UInt8]
    }

    private struct Name: Hashable {
        let initiator: Int
        let csbID: UInt32
        let timestamp: MIKEYTimestamp
    }

    private let mistake: Mistake
    private var generator: SeededGenerator
    private var now: Int64 = 1_772_366_400
    private var parties: [Party] = []
    private var carrier: [Letter] = []
    private var known: [Name: MIKEYAgreement.Secrets] = [:]
    private(set) var establishedCount = 0

    init(seed: UInt64, mistake: Mistake = .none) throws {
        self.mistake = mistake
        generator = SeededGenerator(seed: seed)
        for number in 0..<2 {
            let prfs: [MIKEYPRF] = [.mikey1, .hmacSHA256]
            var configuration = MIKEYInitiatorConfiguration(
                credential: TwoParties.key, timestamps: MIKEYTimestampSource(number == 0 ? .ntpUTC : .ntp))
            configuration.prf = prfs[Int.random(in: 0...1, using: &generator)]
            configuration.wantsVerification = Int.random(in: 0...3, using: &generator) > 0
            configuration.identity = try .uri("sip:\(number)@example.org")
            configuration.peer = try .uri("sip:\(1 - number)@example.org")
            let store = DurableReplayStore()
            parties.append(
                Party(
                    configuration: configuration, skew: Int64.random(in: -100...100, using: &generator), store: store,
                    initiator: try MIKEYInitiator(configuration, random: .seeded(generator.next())),
                    responder: Self.responder(number, store)))
        }
    }

    private static func responder(_ number: Int, _ store: DurableReplayStore) -> MIKEYResponder {
        var configuration = MIKEYResponderConfiguration(
            credential: TwoParties.key, replay: .guarded(MIKEYReplayGuard(store: store)))
        configuration.identity = try? .uri("sip:\(number)@example.org")
        configuration.peer = try? .uri("sip:\(1 - number)@example.org")
        configuration.decide = { agreement in
            .accept(
                ssrcs: Dictionary(uniqueKeysWithValues: agreement.sessions.map { ($0.id, SSRC(UInt32($0.id) + 100)) }))
        }
        return MIKEYResponder(configuration)
    }

    private func clock(_ party: Int) throws -> WallClockTime { try WallClockTime(seconds: now + parties[party].skew) }

    // MARK: Disorder

    /// A run of so many events.
    mutating func run(events: Int) throws {
        for _ in 0..<events {
            let party = Int.random(in: 0...1, using: &generator)
            switch Int.random(in: 0..<20, using: &generator) {
            case 0..<4: try offer(party)
            case 4..<6: post(parties[party].initiator.repeated(), from: party)
            case 6..<14: try deliver()
            case 14: try deliver(keeps: true)
            case 15: if !carrier.isEmpty { carrier.remove(at: Int.random(in: carrier.indices, using: &generator)) }
            case 16: alter()
            case 17: parties[party].initiator.abandon()
            case 18 where Int.random(in: 0...3, using: &generator) == 0: try restart(party)
            default: now += Int64.random(in: 0...5, using: &generator)
            }
        }
    }

    /// A new bundle where there is none, and otherwise an update: new keys, another session, or nothing new.
    private mutating func offer(_ number: Int) throws {
        switch parties[number].initiator.state {
        case .offered: return
        case .ended: try begin(number)
        case .established where Int.random(in: 0...9, using: &generator) == 0: try begin(number)
        default: break
        }
        let isFirst = parties[number].initiator.state == .unused
        parties[number].rolloverCounter += UInt32.random(in: 0...1, using: &generator)
        parties[number].nextKey &+= 1
        let spi = try MIKEYKeyValidity.spi([UInt8(number), parties[number].nextKey])
        // Without an answer nobody is told the SSRCs that the responder chose.
        let leavesOpen = parties[number].configuration.wantsVerification
        let count = UInt32.random(in: 1...3, using: &generator)
        var offer = try MIKEYOffer.streams(
            (0..<count).map { $0 == 1 && leavesOpen ? 0 : $0 + 1 }, roc: parties[number].rolloverCounter,
            keys: .fresh([.tgk(validity: spi)]))
        let length: UInt64 = Bool.random(using: &generator) ? 16 : 32
        if Bool.random(using: &generator) {
            offer.policies = [.init(number: 0, try MIKEYSRTPPolicy([.encryptionKeyLength: length]))]
        }
        if !isFirst, Bool.random(using: &generator) { offer.keys = .unchanged }
        if !isFirst, Bool.random(using: &generator) { offer.cryptoSessions = try MIKEYCryptoSessions(.srtpID([])) }
        let actions = try parties[number].initiator.offer(offer, now: clock(number))
        try note(actions, initiator: number, isResponder: false)
        post(actions, from: number)
    }

    private mutating func begin(_ number: Int) throws {
        parties[number].initiator = try MIKEYInitiator(
            parties[number].configuration, random: .seeded(generator.next()))
    }

    private mutating func restart(_ number: Int) throws {
        try begin(number)
        parties[number].responder = Self.responder(number, parties[number].store)
    }

    /// A copy of a message goes on with another bit, or back to its sender.
    private mutating func alter() {
        guard let position = carrier.indices.randomElement(using: &generator) else { return }
        guard Bool.random(using: &generator) else {
            carrier.append(Letter(to: 1 - carrier[position].to, octets: carrier[position].octets))
            return
        }
        var octets = carrier[position].octets
        octets[Int.random(in: octets.indices, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        carrier.append(Letter(to: carrier[position].to, octets: octets))
    }

    private mutating func deliver(keeps: Bool = false) throws {
        guard let position = carrier.indices.randomElement(using: &generator) else { return }
        let letter = keeps ? carrier[position] : carrier.remove(at: position)
        try receive(letter)
    }

    private mutating func receive(_ letter: Letter) throws {
        let time = try clock(letter.to)
        // Answers and error messages are for the initiator.
        let isAnswer = [1, 6].contains(letter.octets.dropFirst().first)
        let actions =
            isAnswer
            ? parties[letter.to].initiator.receive(letter.octets, now: time)
            : parties[letter.to].responder.receive(letter.octets, now: time)
        try note(actions, initiator: isAnswer ? letter.to : 1 - letter.to, isResponder: !isAnswer)
        post(actions, from: letter.to)
    }

    private mutating func post(_ actions: [MIKEYAction], from party: Int) {
        if let octets = actions.message, carrier.count < 64 { carrier.append(Letter(to: 1 - party, octets: octets)) }
    }

    // MARK: What must hold

    /// Compares what was established with what the other party established under the same name.
    private mutating func note(_ actions: [MIKEYAction], initiator: Int, isResponder: Bool) throws {
        for action in actions {
            guard case .established(let agreement) = action else { continue }
            establishedCount += 1
            let secrets = isResponder ? try mistaken(agreement) : agreement.secrets
            let name = Name(initiator: initiator, csbID: agreement.csbID, timestamp: agreement.timestamp)
            if let other = known.updateValue(secrets, forKey: name), other != secrets {
                throw Finding(description: "different keys for one CSB and T")
            }
        }
    }

    private func mistaken(_ agreement: MIKEYAgreement) throws -> MIKEYAgreement.Secrets {
        let secrets = agreement.secrets
        switch mistake {
        case .none: return secrets
        case .rolloverCounter:
            return MIKEYAgreement.Secrets(
                ids: secrets.ids, ssrcs: secrets.ssrcs, counters: secrets.counters.map { $0 &+ 1 }, keys: secrets.keys)
        case .random:
            let context = KeyContext(
                prf: agreement.context.prf, csbID: agreement.csbID, rand: agreement.context.rand.map { $0 ^ 1 },
                keyData: agreement.keyData, acceptsJoinedSalt: false)
            let keys = try agreement.sessions.map { try context.keys(csID: $0.id, policy: $0.policy).keys }
            return MIKEYAgreement.Secrets(
                ids: secrets.ids, ssrcs: secrets.ssrcs, counters: secrets.counters, keys: keys)
        }
    }

    // MARK: Order again

    /// No message is lost any more, and the carrier repeats what is not answered.
    ///
    /// - Returns: The largest number of messages that it took.
    mutating func converge() throws -> Int {
        // What is still under way comes late, in any order.
        while !carrier.isEmpty { try deliver() }
        return try max(converge(0), converge(1))
    }

    private mutating func converge(_ number: Int) throws -> Int {
        var count = 0
        if parties[number].initiator.state != .unused {
            count += try exchange(parties[number].initiator.repeated(), from: number)
            if parties[number].initiator.state == .offered { parties[number].initiator.abandon() }
        }
        if !isSettled(number) {
            // The peer does not know the bundle, or has something else: a new one.
            try begin(number)
            let offer = try MIKEYOffer.streams([1, 2], roc: parties[number].rolloverCounter)
            count += try exchange(parties[number].initiator.offer(offer, now: clock(number)), from: number)
        }
        guard isSettled(number) else { throw Finding(description: "no keys after \(count) messages") }
        return count
    }

    /// Carries messages until there are none.
    private mutating func exchange(_ actions: [MIKEYAction], from party: Int) throws -> Int {
        try note(actions, initiator: party, isResponder: false)
        guard let octets = actions.message else { return 0 }
        var count = 1
        try receive(Letter(to: 1 - party, octets: octets))
        while let letter = carrier.popLast() {
            count += 1
            try receive(letter)
        }
        return count
    }

    /// Whether both have the keys of the same message.
    private func isSettled(_ number: Int) -> Bool {
        let initiator = parties[number].initiator
        guard initiator.state == .established, let ours = initiator.agreement else { return false }
        let theirs = parties[1 - number].responder.agreement(csbID: initiator.csbID, initiator: ours.initiator)
        return theirs?.timestamp == ours.timestamp && theirs?.secrets == ours.secrets
    }
}
