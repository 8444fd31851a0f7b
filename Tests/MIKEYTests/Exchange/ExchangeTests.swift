// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import MIKEY

@Suite("Pre-shared key exchanges")
struct ExchangeTests {
    private let alice = Result { try MIKEYIdentity.uri("sip:alice@example.org") }
    private let bob = Result { try MIKEYIdentity.nai("bob@example.org") }

    @Test("both have the same keys once the answer has come, and the initiator none before")
    func withVerification() throws {
        var parties = try TwoParties()
        let sent = try parties.offer(.streams([1, 2]))
        #expect(sent.agreement == nil && parties.initiator.state == .offered && parties.initiator.agreement == nil)
        let taken = parties.responder.receive(try #require(sent.message), now: parties.now)
        let theirs = try #require(taken.agreement)
        let done = parties.initiator.receive(try #require(taken.message), now: parties.now)
        let ours = try #require(done.agreement)
        #expect(parties.initiator.state == .established && done.message == nil)
        #expect(ours.secrets == theirs.secrets)
        #expect(ours.sessions.map(\.id) == [1, 2] && ours.isAuthenticated && !ours.isUpdate && ours.hasNewKeys)
        // A TGK gives each session keys of its own, as long as its policy says.
        let keys = ours.sessions.map(\.keys)
        #expect(keys[0][0].key != keys[1][0].key && keys[0][0].salt != keys[1][0].salt)
        #expect(keys[0][0].key.count == 16 && keys[0][0].salt.count == 14 && keys[0][0].validity.spi == [0, 0, 0, 1])
        #expect(ours.deviations.isEmpty && theirs.deviations.isEmpty)
    }

    @Test("without verification both have the same keys as soon as the message is there")
    func withoutVerification() throws {
        var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        configuration.wantsVerification = false
        var parties = try TwoParties(configuration)
        let sent = try parties.offer(.streams([7]))
        let ours = try #require(sent.agreement)
        let taken = parties.responder.receive(try #require(sent.message), now: parties.now)
        #expect(taken.message == nil && ours.secrets == taken.agreement?.secrets)
    }

    @Test("MIKEY-38 a TEK is the same for all sessions, and is not used twice with one SSRC")
    func trafficKey() throws {
        var parties = try TwoParties()
        let tek = MIKEYOffer.Keys.fresh([.tek(byteCount: 16, saltByteCount: 14)])
        let (ours, theirs) = try parties.agree(.streams([1, 2], keys: tek))
        #expect(ours.secrets == theirs.secrets && ours.sessions[0].keys == ours.sessions[1].keys)
        var others = try TwoParties(seed: 2)
        #expect(throws: MIKEYExchangeError.sharedKeystream(SSRC(5))) { try others.offer(.streams([5, 5], keys: tek)) }
        #expect(others.initiator.state == .unused)
    }

    @Test(
        "MIKEY-45 the rollover counter is carried in 32 bits, and an SSRC of 0 is filled in by the responder for both")
    func openSSRC() throws {
        var parties = try TwoParties { $0.decide = { _ in .accept(ssrcs: [2: SSRC(0xABCD), 1: SSRC(9)]) } }
        let (ours, theirs) = try parties.agree(.streams([4, 0, 0], roc: 0xFFFF_FFFE))
        #expect(ours.sessions.map(\.ssrc) == [SSRC(4), SSRC(0xABCD), nil])
        #expect(ours.secrets == theirs.secrets)
        #expect(theirs.sessions.map(\.rolloverCounter) == [0xFFFF_FFFE, 0xFFFF_FFFE, 0xFFFF_FFFE])
        // An update that leaves it open again means the same stream.
        try parties.wait(1)
        let (later, laterTheirs) = try parties.agree(.streams([4, 0, 0], roc: 0xFFFF_FFFF, keys: .unchanged))
        #expect(later.sessions.map(\.ssrc) == ours.sessions.map(\.ssrc) && later.secrets == laterTheirs.secrets)
    }

    @Test("the SSRC of an answer is taken only where it was left open")
    func otherSSRC() throws {
        var parties = try TwoParties()
        let sent = try #require(try parties.offer(.streams([4])).message)
        let request = try MIKEYMessage(parsing: sent)
        let context = BundleContext(
            TwoParties.key, csbID: request.header.csbID, prf: .mikey1, rand: try #require(request.random))
        let other = try MIKEYCryptoSessions(.srtpID([.init(ssrc: SSRC(5))]))
        let answer = try context.answer(to: request, other, identity: nil)
        #expect(parties.initiator.receive(answer.encoded, now: parties.now).refusal?.error == .answerDiffers)
        #expect(parties.initiator.state == .offered && parties.initiator.agreement == nil)
    }

    // MARK: Identities

    @Test("identities are told by either party, and another than the expected one is refused")
    func identities() throws {
        let (alice, bob) = (try alice.get(), try bob.get())
        var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        configuration.identity = alice
        configuration.peer = bob
        configuration.sendsPeer = false
        var parties = try TwoParties(configuration) {
            $0.identity = bob
            $0.sendsIdentity = true
            $0.peer = alice
        }
        let (ours, theirs) = try parties.agree(.streams([1]))
        #expect(ours.initiator == alice && ours.responder == bob)
        #expect(theirs.initiator == alice && theirs.responder == bob)

        // To somebody else, from somebody else, and back to its sender.
        for (own, peer) in [(alice, nil), (nil, bob), (alice, bob)] {
            var configuration = configuration
            configuration.sendsPeer = true
            var parties = try TwoParties(configuration) {
                $0.identity = own
                $0.peer = peer
            }
            let refused = parties.responder.receive(
                try #require(try parties.offer(.streams([1])).message), now: parties.now)
            #expect(
                refused.refusal == .init(number: .invalidID, error: .identity) && parties.responder.bundleCount == 0)
            // What comes from this party itself gets no answer, which it would take for the peer's.
            #expect((refused.message == nil) == (own == alice))
        }
        // An answer of somebody else who has the key.
        var others = try TwoParties(configuration) {
            $0.identity = try? MIKEYIdentity.nai("mallory@example.org")
            $0.sendsIdentity = true
        }
        let answer = others.responder.receive(
            try #require(try others.offer(.streams([1])).message), now: others.now)
        #expect(others.initiator.receive(try #require(answer.message), now: others.now).refusal?.error == .identity)
    }

    @Test("a party's own message is refused as a peer's where it says which bundles are its own")
    func reflection() throws {
        var parties = try TwoParties()
        let sent = try #require(try parties.offer(.streams([1])).message)
        parties.responder.refuseReflections(of: parties.initiator.csbID)
        let actions = parties.responder.receive(sent, now: parties.now)
        #expect(actions.refusal?.error == .bundleExists && actions.message == nil && parties.responder.bundleCount == 0)
    }

    @Test("peers with keys of their own are told apart by their identities, also with the same CSB ID")
    func manyPeers() throws {
        let (alice, bob) = (try alice.get(), try bob.get())
        let keys = [alice: MIKEYCredential.preSharedKey(material("aa")), bob: .preSharedKey(material("bb"))]
        let replay = MIKEYReplayProtection.guarded(MIKEYReplayGuard(store: DurableReplayStore()))
        var responder = MIKEYResponder(
            MIKEYResponderConfiguration(credentials: { from, _ in from.flatMap { keys[$0] } }, replay: replay))
        let now = try WallClockTime(seconds: 1_772_366_400)
        for (name, key) in keys {
            var configuration = MIKEYInitiatorConfiguration(credential: key)
            configuration.identity = name
            var initiator = try MIKEYInitiator(configuration, random: .seeded(3))
            let taken = responder.receive(
                try #require(try initiator.offer(.streams([1]), now: now).message), now: now)
            #expect(taken.agreement?.initiator == name)
            let done = initiator.receive(try #require(taken.message), now: now)
            #expect(done.agreement?.secrets == responder.agreement(csbID: initiator.csbID, initiator: name)?.secrets)
        }
        #expect(responder.bundleCount == 2)
        // Somebody whom nobody knows.
        var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        configuration.identity = try .uri("sip:carol@example.org")
        var carol = try MIKEYInitiator(configuration)
        let refused = responder.receive(try #require(try carol.offer(.streams([1]), now: now).message), now: now)
        #expect(refused.refusal?.error == .notAuthentic)
    }

    // MARK: Policies and limits

    @Test("an offer that is declined is answered by an authenticated error message with what would be taken instead")
    func declined() throws {
        let supported = MIKEYPayload.SecurityPolicy(number: 0, try MIKEYSRTPPolicy([.encryptionKeyLength: 32]))
        var parties = try TwoParties { $0.decide = { _ in .refuse(.invalidSPpar, supported: [supported]) } }
        let refused = parties.responder.receive(
            try #require(try parties.offer(.streams([1])).message), now: parties.now)
        #expect(refused.refusal == .init(number: .invalidSPpar, error: .declined))
        #expect(parties.responder.bundleCount == 0)
        let actions = parties.initiator.receive(try #require(refused.message), now: parties.now)
        guard case .reported(let numbers, let policies, let isAuthenticated)? = actions.first else {
            Issue.record("\(actions)")
            return
        }
        #expect(numbers == [.invalidSPpar] && policies == [supported] && isAuthenticated)
        #expect(parties.initiator.state == .ended)
        #expect(throws: MIKEYExchangeError.ended) { try parties.offer(.streams([1])) }
    }

    @Test("a responder takes no more than its limits")
    func limits() throws {
        func refusal(
            _ offer: MIKEYOffer, _ change: (inout MIKEYResponderLimits) -> Void
        ) throws -> MIKEYExchangeError? {
            var parties = try TwoParties { change(&$0.limits) }
            let refused = parties.responder.receive(try #require(try parties.offer(offer).message), now: parties.now)
            #expect(parties.responder.bundleCount == 0)
            return refused.refusal?.error
        }
        #expect(
            try refusal(.streams([1, 2, 3])) { $0.sessions = 2 } == .limitExceeded(.sessions, count: 3, limit: 2))
        let keys = MIKEYOffer.Keys.fresh([.tgk(validity: try .spi([1])), .tgk(validity: try .spi([2]))])
        #expect(try refusal(.streams([1], keys: keys)) { $0.keys = 1 } == .limitExceeded(.keys, count: 2, limit: 1))
        let long = MIKEYOffer.Keys.fresh([.tgk(byteCount: 1025)])
        #expect(
            try refusal(.streams([1], keys: long)) { _ in } == .limitExceeded(.keyOctets, count: 1025, limit: 1024))
        let policies = try (0..<3).map { MIKEYPayload.SecurityPolicy(number: $0, try MIKEYSRTPPolicy()) }
        #expect(
            try refusal(.streams([1], policies: policies)) { $0.policies = 2 }
                == .limitExceeded(.policies, count: 3, limit: 2))
        #expect(try refusal(.streams([1])) { $0.bundles = 0 } == .limitExceeded(.bundles, count: 1, limit: 0))
        let count = 0..<8192
        #expect(
            try refusal(.streams([1])) { $0.messageOctets = 64 }.map { error in
                guard case .limitExceeded(.messageOctets, let octets, limit: 64) = error else { return false }
                return count.contains(octets)
            } == true)
    }

    @Test("one peer takes no more places than its own; who is not named has no limit but that of all")
    func limitForEachPeer() throws {
        var parties = try TwoParties { ($0.limits.bundles, $0.limits.bundlesOfPeer) = (5, 2) }
        var refusals: [MIKEYExchangeError?] = []
        for (seed, name) in ["a", "a", "a", "b", nil, nil, nil].enumerated() {
            var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
            configuration.identity = try name.map {
                try MIKEYIdentity(.uri, octets: Array("sip:\($0)@example.com".utf8))
            }
            var other = try TwoParties(configuration, seed: UInt64(seed + 2))
            let sent = try #require(try other.offer(.streams([1])).message)
            refusals.append(parties.responder.receive(sent, now: parties.now).refusal?.error)
        }
        #expect(
            refusals == [
                nil, nil, .limitExceeded(.bundlesOfPeer, count: 3, limit: 2), nil, nil, nil,
                .limitExceeded(.bundles, count: 6, limit: 5),
            ])
    }

    @Test("a bundle that was ended leaves room, and its messages stay refused")
    func ended() throws {
        var parties = try TwoParties { $0.limits.bundles = 1 }
        let sent = try #require(try parties.offer(.streams([1])).message)
        #expect(parties.responder.receive(sent, now: parties.now).agreement != nil)
        parties.responder.end(csbID: parties.initiator.csbID)
        #expect(parties.responder.bundleCount == 0)
        let again = parties.responder.receive(sent, now: parties.now)
        #expect(again.refusal?.error == .repeated && again.message == nil && again.agreement == nil)
        // Also without the memory of answers, by the replay cache.
        var configuration = MIKEYResponderConfiguration(
            credential: TwoParties.key, replay: .guarded(MIKEYReplayGuard(store: parties.store)))
        configuration.limits.bundles = 1
        var restarted = MIKEYResponder(configuration)
        #expect(restarted.receive(sent, now: parties.now).refusal?.error == .timestamp(.replayed))
    }

    @Test("AES key wrap takes offers that it can wrap, and what is known at once is refused at once")
    func offers() throws {
        var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        configuration.encryption = .aesKW128
        var parties = try TwoParties(configuration)
        #expect(throws: MIKEYExchangeError.notWrappable(byteCount: 41)) { try parties.offer(.streams([1])) }
        // 4 octets before the key, 5 of the SPI.
        let keys = MIKEYOffer.Keys.fresh([.tgk(byteCount: 31, validity: try .spi([0, 0, 0, 1]))])
        let (ours, theirs) = try parties.agree(.streams([1], keys: keys))
        #expect(ours.secrets == theirs.secrets)
        var others = try TwoParties(seed: 9)
        #expect(throws: MIKEYExchangeError.noKeys) { try others.offer(.streams([1], keys: .unchanged)) }
        #expect(throws: MIKEYExchangeError.noKeys) { try others.offer(.streams([1], keys: .fresh([]))) }
        #expect(throws: MIKEYExchangeError.saltMissing) {
            try others.offer(.streams([1], keys: .fresh([.tek(byteCount: 16, saltByteCount: nil)])))
        }
        #expect(throws: MIKEYExchangeError.keyLength(byteCount: 15, expected: 16)) {
            try others.offer(.streams([1], keys: .fresh([.tek(byteCount: 15, saltByteCount: 14)])))
        }
        let noKey = MIKEYPayload.SecurityPolicy(number: 0, try MIKEYSRTPPolicy([.encryptionKeyLength: 0]))
        #expect(throws: MIKEYExchangeError.keyLength(byteCount: 0, expected: 16)) {
            try others.offer(.streams([1], policies: [noKey]))
        }
        #expect(others.initiator.state == .unused)
        _ = try others.offer(.streams([1]))
        #expect(throws: MIKEYExchangeError.awaitingAnswer) { try others.offer(.streams([1])) }
    }

    @Test("CSB IDs that are taken are not drawn")
    func collisions() throws {
        let configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        let first = try MIKEYInitiator(configuration, random: .seeded(4)).csbID
        let taken: Set<UInt32> = [first, first &+ 1]
        #expect(try MIKEYInitiator(configuration, avoiding: taken, random: .seeded(4)).csbID == first &+ 2)
    }

    @Test("the empty map leaves the sessions to the caller, who derives their keys")
    func emptyMap() throws {
        var parties = try TwoParties()
        let offer = MIKEYOffer(
            cryptoSessions: try MIKEYCryptoSessions(.empty(count: 2)), keys: .fresh([.tgk()]))
        let (ours, theirs) = try parties.agree(offer)
        #expect(ours.sessions.isEmpty && ours.sessionCount == 2)
        let policy = try MIKEYSRTPPolicy([.encryptionAlgorithm: 6, .encryptionKeyLength: 32])
        let keys = try ours.keys(csID: 5, policy: policy)
        #expect(try keys == theirs.keys(csID: 5, policy: policy))
        #expect(keys[0].key.count == 32 && keys[0].salt.count == 12)
        #expect(try keys != ours.keys(csID: 6, policy: policy))
    }
}
