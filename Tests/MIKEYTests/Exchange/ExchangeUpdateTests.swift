// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import MIKEY

@Suite("Updates of bundles")
struct ExchangeUpdateTests {
    private func updated(_ key: UInt8) throws -> MIKEYOffer.Keys {
        .fresh([.tgk(validity: try .spi([0, 0, 0, key]))])
    }

    @Test(
        "MIKEY-44 an update has the same CSB ID, a new T and no RAND; keys may be absent and stay, rollover counters go on"
    )
    func update() throws {
        var parties = try TwoParties()
        let first = try parties.agree(.streams([1], roc: 3))
        try parties.wait(10)

        // Nothing new: no key data at all, and the keys of before.
        var sent = try parties.offer(.streams([1], roc: 4, keys: .unchanged))
        let message = try MIKEYMessage(parsing: try #require(sent.message))
        #expect(message.random == nil && message.header.csbID == first.initiator.csbID)
        #expect(message.timestamp != first.initiator.timestamp)
        guard case .encrypted(let data)? = message.kemac?.content else {
            Issue.record("no KEMAC")
            return
        }
        #expect(data.isEmpty)
        var taken = parties.responder.receive(try #require(sent.message), now: parties.now)
        let kept = try #require(taken.agreement)
        #expect(kept.sessions[0].keys == first.responder.sessions[0].keys && kept.isUpdate && !kept.hasNewKeys)
        #expect(kept.sessions[0].rolloverCounter == 4 && kept.sessions[0].isContinued)
        var done = parties.initiator.receive(try #require(taken.message), now: parties.now)
        #expect(done.agreement?.secrets == kept.secrets)

        // New keys, for one more session. The stream goes on with its own counter, also where the message sets it back.
        try parties.wait(10)
        sent = try parties.offer(.streams([1, 2], roc: 0, keys: updated(2)))
        taken = parties.responder.receive(try #require(sent.message), now: parties.now)
        done = parties.initiator.receive(try #require(taken.message), now: parties.now)
        let new = try #require(done.agreement)
        #expect(new.secrets == taken.agreement?.secrets && new.hasNewKeys)
        #expect(new.sessions.map(\.isContinued) == [true, false])
        #expect(new.sessions[0].keys[0].key != kept.sessions[0].keys[0].key)
        #expect(new.sessions[0].keys[0].validity.spi == [0, 0, 0, 2])
        #expect(parties.responder.bundleCount == 1)
    }

    @Test("a map without sessions leaves those that there are")
    func sameSessions() throws {
        var parties = try TwoParties()
        try parties.agree(.streams([1, 2]))
        let (ours, theirs) = try parties.agree(.streams([], keys: updated(2)))
        #expect(ours.sessions.map(\.ssrc) == [SSRC(1), SSRC(2)] && ours.secrets == theirs.secrets)
    }

    @Test("an update that came late, or again, brings nothing back")
    func order() throws {
        var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        configuration.wantsVerification = false
        var parties = try TwoParties(configuration)
        try parties.agree(.streams([1]))
        let older = try #require(try parties.offer(.streams([1], keys: updated(2))).message)
        let newer = try #require(try parties.offer(.streams([1], keys: updated(3))).message)
        let taken = try #require(parties.responder.receive(newer, now: parties.now).agreement)
        let late = parties.responder.receive(older, now: parties.now)
        #expect(late.refusal == .init(number: .invalidTS, error: .timestamp(.tooOld)))
        let again = parties.responder.receive(newer, now: parties.now)
        #expect(again.refusal?.error == .repeated && again.agreement == nil)
        let kept = parties.responder.agreement(csbID: parties.initiator.csbID)
        #expect(kept?.secrets == taken.secrets && kept?.secrets == parties.initiator.agreement?.secrets)
    }

    @Test("an update with a RAND, of a bundle that is not there, or with another function is refused")
    func illegal() throws {
        var parties = try TwoParties()
        let sent = try #require(try parties.offer(.streams([1])).message)
        let first = try MIKEYMessage(parsing: sent)
        #expect(parties.responder.receive(sent, now: parties.now).agreement != nil)
        try parties.wait(1)
        let context = BundleContext(
            TwoParties.key, csbID: first.header.csbID, prf: .mikey1, rand: try #require(first.random))
        let configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        var initial = BundleContext.Initial(
            sessions: first.header.cryptoSessions, timestamp: try configuration.timestamps.next(now: parties.now),
            isUpdate: false, policies: [], keyData: [], generalExtensions: [])
        initial.keyData = [try MIKEYPayload.KeyData(.tgk, key: material("00"))]
        let withRand = try context.message(initial, configuration)
        let refused = parties.responder.receive(withRand.encoded, now: parties.now)
        #expect(refused.refusal?.error == .bundleExists)
        #expect(parties.responder.agreement(csbID: first.header.csbID)?.timestamp == first.timestamp)

        initial.isUpdate = true
        var stranger = MIKEYResponder(
            MIKEYResponderConfiguration(
                credential: TwoParties.key, replay: .guarded(MIKEYReplayGuard(store: DurableReplayStore()))))
        let update = try context.message(initial, configuration)
        let unknown = stranger.receive(update.encoded, now: parties.now)
        #expect(unknown.refusal == .init(number: .authFailure, error: .notAuthentic))

        // PRF 1 in the header: the keys of messages are still those of the bundle.
        let header = MIKEYHeader(
            .preSharedKey, prf: .hmacSHA256, csbID: first.header.csbID, cryptoSessions: first.header.cryptoSessions)
        let other = try context.seal(MIKEYMessage(header, payloads: update.payloads))
        #expect(parties.responder.receive(other.encoded, now: parties.now).refusal?.number == .invalidPRF)
        #expect(parties.responder.receive(update.encoded, now: parties.now).agreement != nil)
    }

    @Test("where it is not known whether the peer has the last keys, the next update says all again")
    func uncertain() throws {
        var parties = try TwoParties()
        try parties.agree(.streams([1]))
        // The answer to an update is lost; the update may have been taken, or not.
        for isTaken in [true, false] {
            let lost = try #require(try parties.offer(.streams([1], keys: updated(7))).message)
            if isTaken { #expect(parties.responder.receive(lost, now: parties.now).agreement != nil) }
            parties.initiator.abandon()
            #expect(parties.initiator.state == .established)
            let (ours, theirs) = try parties.agree(.streams([], keys: .unchanged))
            #expect(ours.secrets == theirs.secrets && ours.sessions[0].keys[0].validity.spi == [0, 0, 0, 1])
            // Late.
            if !isTaken { #expect(parties.responder.receive(lost, now: parties.now).refusal != nil) }
        }
        // With an answer, nothing is said twice.
        let brief = try parties.offer(.streams([], keys: .unchanged))
        let message = try MIKEYMessage(parsing: try #require(brief.message))
        #expect(message.kemac?.content == .encrypted([]) && message.header.cryptoSessions.count == 0)
    }

    @Test("what a lost update may have changed is set back: policies where there were none, and sessions")
    func setBack() throws {
        let long = MIKEYPayload.SecurityPolicy(number: 0, try MIKEYSRTPPolicy([.encryptionKeyLength: 32]))
        var parties = try TwoParties()
        try parties.agree(.streams([1]))
        let lost = try #require(try parties.offer(.streams([1, 2], policies: [long], keys: .unchanged)).message)
        #expect(parties.responder.receive(lost, now: parties.now).agreement?.sessions[0].keys[0].key.count == 32)
        parties.initiator.abandon()
        let (ours, theirs) = try parties.agree(.streams([], keys: .unchanged))
        #expect(ours.secrets == theirs.secrets && ours.sessions.map(\.keys[0].key.count) == [16])

        parties = try TwoParties(seed: 2)
        try parties.agree(.streams([]))
        _ = try parties.offer(.streams([1], keys: .unchanged))
        parties.initiator.abandon()
        #expect(throws: MIKEYExchangeError.sessionsUnknown) { try parties.offer(.streams([], keys: .unchanged)) }
        let (later, laterTheirs) = try parties.agree(.streams([3], keys: .unchanged))
        #expect(later.secrets == laterTheirs.secrets)
    }

    @Test("MIKEY-44 keys that are said again are not new, and those that come back are known as such")
    func keysSaidAgain() throws {
        var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        configuration.wantsVerification = false
        var parties = try TwoParties(configuration)
        let first = try parties.agree(.streams([1, 2]))
        #expect(first.responder.sessions.map(\.reusedKeys) == [[], []])
        let again = try parties.agree(.streams([1, 2, 3], keys: .unchanged))
        for side in [again.initiator, again.responder] {
            #expect(!side.hasNewKeys && side.sessions.map(\.reusedKeys) == [[0], [0], []])
        }
        let new = try parties.agree(.streams([1, 2, 3], keys: updated(2)))
        for side in [new.initiator, new.responder] {
            #expect(side.hasNewKeys && side.sessions.map(\.reusedKeys) == [[], [], []])
        }
        let keys = first.initiator.keyData + new.initiator.keyData
        let back = try parties.agree(.streams([1, 2, 3, 4], keys: .given(keys)))
        for side in [back.initiator, back.responder] {
            #expect(side.hasNewKeys && side.sessions.map(\.reusedKeys) == [[0, 1], [0, 1], [0, 1], []])
        }
    }

    @Test("without verification all is said again, until the carrier confirms")
    func confirmation() throws {
        var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        configuration.wantsVerification = false
        for confirms in [false, true] {
            var parties = try TwoParties(configuration)
            try parties.agree(.streams([1]))
            if confirms { parties.initiator.confirmDelivery() }
            let update = try parties.offer(.streams([], keys: .unchanged))
            let message = try MIKEYMessage(parsing: try #require(update.message))
            #expect((message.kemac?.content == .encrypted([])) == confirms)
            let taken = parties.responder.receive(try #require(update.message), now: parties.now)
            #expect(taken.agreement?.secrets == update.agreement?.secrets)
        }
    }

    @Test("a refused update leaves both with what they had")
    func refused() throws {
        for verifies in [true, false] {
            var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
            configuration.wantsVerification = verifies
            var parties = try TwoParties(configuration) {
                $0.decide = { $0.isUpdate ? .refuse(.unspecified) : .accept() }
            }
            let first = try parties.agree(.streams([1]))
            let sent = try parties.offer(.streams([1], keys: updated(2)))
            let refused = parties.responder.receive(try #require(sent.message), now: parties.now)
            let reported = parties.initiator.receive(try #require(refused.message), now: parties.now)
            #expect(reported.report?.isAuthenticated == true)
            #expect((reported.agreement != nil) == !verifies)
            if let restored = reported.agreement {
                // It takes the place of the update that was sent, whose keys nobody else has.
                #expect(restored.isUpdate && restored.hasNewKeys && restored.sessions[0].reusedKeys == [0])
                #expect(restored.reusedKeys(csID: 9) == [0])
            }
            #expect(parties.initiator.agreement?.secrets == first.initiator.secrets)
            #expect(parties.responder.agreement(csbID: parties.initiator.csbID)?.secrets == first.initiator.secrets)
            #expect(parties.initiator.state == .established)
            guard let taken = sent.agreement else { continue }
            // Packets may have been protected under the keys that were refused.
            let again = try parties.offer(.streams([1], keys: .given(taken.keyData)))
            #expect(again.agreement?.sessions[0].reusedKeys == [0])
        }
    }
}
