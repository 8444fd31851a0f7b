// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import MIKEY

@Suite("Answers, error messages and repeats")
struct ExchangeAnswerTests {
    @Test("MIKEY-20 an error message is acted upon only where it is authentic")
    func errors() throws {
        var parties = try TwoParties()
        let sent = try #require(try parties.offer(.streams([1])).message)
        // From somebody with another key: the answer is not authentic.
        var stranger = try TwoParties(credential: .preSharedKey(material("01")))
        let hint = stranger.responder.receive(sent, now: parties.now)
        #expect(hint.refusal == .init(number: .authFailure, error: .notAuthentic))
        let error = try #require(hint.message)
        #expect(try MIKEYMessage(parsing: error).errors == [.authFailure])
        #expect(try !MIKEYMessage(parsing: error).isAuthenticated)
        var report = parties.initiator.receive(error, now: parties.now)
        #expect(report.report?.numbers == [.authFailure] && report.report?.isAuthenticated == false)
        #expect(parties.initiator.state == .offered)
        // The same with a MAC of another key.
        let request = try MIKEYMessage(parsing: sent)
        let rand = try #require(request.random)
        let other = BundleContext(
            .preSharedKey(material("01")), csbID: request.header.csbID, prf: .mikey1, rand: rand)
        report = parties.initiator.receive(
            try #require(other.error(.unspecified, to: request, supported: [])).encoded, now: parties.now)
        #expect(report.report?.isAuthenticated == false && parties.initiator.state == .offered)

        let own = BundleContext(TwoParties.key, csbID: request.header.csbID, prf: .mikey1, rand: rand)
        report = parties.initiator.receive(
            try #require(own.error(.invalidSP, to: request, supported: [])).encoded, now: parties.now)
        #expect(report.report?.numbers == [.invalidSP] && report.report?.isAuthenticated == true)
        #expect(parties.initiator.state == .ended)
    }

    @Test("a responder says nothing to what is not authentic where it is told so, and never answers an answer")
    func silence() throws {
        var parties = try TwoParties(credential: .preSharedKey(material("01"))) {
            $0.reportsAuthenticationFailures = false
        }
        let sent = try #require(try parties.offer(.streams([1])).message)
        #expect(parties.responder.receive(sent, now: parties.now).message == nil)
        parties = try TwoParties()
        let answer = parties.responder.receive(
            try #require(try parties.offer(.streams([1])).message), now: parties.now)
        let echoed = parties.responder.receive(try #require(answer.message), now: parties.now)
        #expect(echoed.refusal?.error == .unexpected && echoed.message == nil)
        let error = try MIKEYMessage(parsing: sent).error(.unspecified)
        let reported = parties.responder.receive(try #require(error).encoded, now: parties.now)
        #expect(reported.refusal?.error == .unexpected && reported.message == nil)
    }

    @Test("messages of other modes, versions and functions are refused by their numbers")
    func unsupported() throws {
        var parties = try TwoParties()
        let sent = try #require(try parties.offer(.streams([1])).message)
        func number(_ position: Int, _ value: UInt8) -> [MIKEYAction].Refusal? {
            var octets = sent
            octets[position] = value
            return parties.responder.receive(octets, now: parties.now).refusal
        }
        #expect(number(0, 2) == .init(number: .unspecified, error: .notSupported))
        #expect(number(1, 99) == .init(number: .invalidDT, error: .notSupported))
        #expect(number(3, 0x80 | 7) == .init(number: .invalidPRF, error: .notSupported))
        let dh = Wire.message(4, [Wire.time, Wire.random, (4, [0, 0])])
        if case .success(let message) = Result(catching: { try MIKEYMessage(parsing: dh) }) {
            #expect(parties.responder.receive(message.encoded, now: parties.now).refusal?.number == .invalidDT)
        }
    }

    // MARK: Time

    @Test("MIKEY-34 an answer with another T or CSB ID is refused, and answers with the initiator's T")
    func otherTime() throws {
        for changesBundle in [false, true] {
            var parties = try TwoParties()
            let sent = try #require(try parties.offer(.streams([1])).message)
            let request = try MIKEYMessage(parsing: sent)
            let context = BundleContext(
                TwoParties.key, csbID: request.header.csbID ^ (changesBundle ? 1 : 0), prf: .mikey1,
                rand: try #require(request.random))
            let identities: [MIKEYPayload] = []
            let time = MIKEYTimestamp.ntpUTC(try #require(request.timestamp).value64 &+ (changesBundle ? 0 : 1))
            let kemac = try #require(request.payloads.last)
            let header = MIKEYHeader(
                .preSharedKey, expectsResponse: true, csbID: context.csbID,
                cryptoSessions: request.header.cryptoSessions)
            let other = try MIKEYMessage(
                header, payloads: [.timestamp(.init(time))] + identities + [.random(.init(context.rand)), kemac])
            let answer = try context.answer(to: other, request.header.cryptoSessions, identity: nil)
            #expect(parties.initiator.receive(answer.encoded, now: parties.now).refusal?.error == .notAuthentic)
            let taken = parties.responder.receive(sent, now: parties.now)
            let right = try MIKEYMessage(parsing: try #require(taken.message))
            #expect(right.timestamp == request.timestamp && right.header.csbID == request.header.csbID)
            #expect(parties.initiator.receive(right.encoded, now: parties.now).agreement != nil)
        }
    }

    @Test("a T out of the window is refused by an authenticated error message")
    func window() throws {
        for seconds: Int64 in [-301, 301] {
            var parties = try TwoParties()
            let sent = try #require(try parties.offer(.streams([1])).message)
            try parties.wait(seconds)
            let refused = parties.responder.receive(sent, now: parties.now)
            #expect(
                refused.refusal == .init(number: .invalidTS, error: .timestamp(seconds < 0 ? .tooNew : .tooOld)))
            let report = parties.initiator.receive(try #require(refused.message), now: parties.now)
            #expect(report.report?.numbers == [.invalidTS] && report.report?.isAuthenticated == true)
        }
    }

    @Test(
        "MIKEY-35 all messages of an initiator, of whichever bundle, have T of their own, also where the clock stands still or goes back"
    )
    func uniqueTimes() throws {
        let timestamps = MIKEYTimestampSource(.ntp)
        let configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key, timestamps: timestamps)
        var seen: [UInt64] = []
        for round: Int64 in 0..<20 {
            var parties = try TwoParties(configuration, seed: UInt64(round))
            try parties.wait(round.isMultiple(of: 3) ? -round : 0)
            seen.append(try parties.agree(.streams([1])).initiator.timestamp.value64)
            seen.append(try parties.agree(.streams([1], keys: .unchanged)).initiator.timestamp.value64)
        }
        #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 < $1 })

        let counters = MIKEYTimestampSource(.counter(next: .max - 1))
        var parties = try TwoParties(MIKEYInitiatorConfiguration(credential: TwoParties.key, timestamps: counters))
        #expect(try parties.agree(.streams([1])).initiator.timestamp == .counter(.max - 1))
        #expect(counters.nextCounter == .max)
        #expect(try parties.agree(.streams([1], keys: .unchanged)).initiator.timestamp == .counter(.max))
        #expect(counters.nextCounter == nil)
        #expect(throws: MIKEYExchangeError.counterExhausted) { try parties.offer(.streams([1], keys: .unchanged)) }
    }

    // MARK: Repeats and restarts

    @Test("what a carrier repeats gets the same answer, and is taken once")
    func repeats() throws {
        var parties = try TwoParties()
        let sent = try #require(try parties.offer(.streams([1])).message)
        #expect(parties.initiator.repeated().message == sent)
        let first = parties.responder.receive(sent, now: parties.now)
        let memory = parties.store.memory()
        try parties.wait(10_000)
        for _ in 0..<3 {
            let again = parties.responder.receive(sent, now: parties.now)
            #expect(again.refusal?.error == .repeated && again.agreement == nil && again.message == first.message)
        }
        #expect(parties.store.memory() == memory && parties.responder.bundleCount == 1)
        #expect(parties.initiator.receive(try #require(first.message), now: parties.now).agreement != nil)
        let late = parties.initiator.receive(try #require(first.message), now: parties.now)
        #expect(late.refusal?.error == .unexpected && late.agreement == nil)
    }

    @Test("answers are forgotten oldest first, and what they answered stays refused")
    func forgottenAnswers() throws {
        var parties = try TwoParties { $0.limits.answers = 2 }
        var sent: [[UInt8]] = []
        for seed: UInt64 in 1...4 {
            var other = try TwoParties(seed: seed)
            sent.append(try #require(try other.offer(.streams([1])).message))
            #expect(parties.responder.receive(sent[sent.count - 1], now: parties.now).agreement != nil)
        }
        let again = sent.map { parties.responder.receive($0, now: parties.now).refusal?.error }
        #expect(again == [.timestamp(.replayed), .timestamp(.replayed), .repeated, .repeated])
    }

    @Test("the message that a bundle stands on gets no error message when it comes again, however late")
    func lateRepeat() throws {
        for isCounter in [false, true] {
            var configuration = MIKEYInitiatorConfiguration(
                credential: TwoParties.key, timestamps: MIKEYTimestampSource(isCounter ? .counter(next: 1) : .ntpUTC))
            configuration.wantsVerification = false
            var parties = try TwoParties(configuration) { $0.limits.answers = 1 }
            let (ours, _) = try parties.agree(.streams([1]))
            let sent = try #require(parties.initiator.repeated().message)
            // Another bundle takes the only place among the answers, and the time of the message passes.
            var other = try TwoParties(configuration, seed: 2)
            let taken = parties.responder.receive(
                try #require(try other.offer(.streams([1])).message), now: parties.now)
            #expect(taken.agreement != nil)
            try parties.wait(10_000)
            let late = parties.responder.receive(sent, now: parties.now)
            #expect(late.refusal?.error == .timestamp(.replayed) && late.message == nil && late.agreement == nil)
            #expect(parties.initiator.state == .established)
            #expect(parties.responder.agreement(csbID: ours.csbID)?.secrets == ours.secrets)
        }
    }

    @Test("an error message that comes after the carrier has said that the peer took the offer takes nothing back")
    func lateError() throws {
        var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        configuration.wantsVerification = false
        for isConfirmed in [false, true] {
            var parties = try TwoParties(configuration) { $0.decide = { _ in .refuse(.unspecified) } }
            let sent = try #require(try parties.offer(.streams([1])).message)
            if isConfirmed { parties.initiator.confirmDelivery() }
            let error = try #require(parties.responder.receive(sent, now: parties.now).message)
            let reported = parties.initiator.receive(error, now: parties.now)
            #expect(reported.report?.isAuthenticated == true)
            #expect(parties.initiator.state == (isConfirmed ? .established : .ended))
        }
    }

    @Test("a responder that starts anew without a durable store refuses what it may have taken before")
    func restart() throws {
        var parties = try TwoParties()
        let store = MemoryMIKEYReplayStore(startTime: parties.now)
        parties.responder = MIKEYResponder(
            MIKEYResponderConfiguration(credential: TwoParties.key, replay: .guarded(MIKEYReplayGuard(store: store))))
        let sent = try #require(try parties.offer(.streams([1])).message)
        try parties.wait(30)
        let refused = parties.responder.receive(sent, now: parties.now)
        #expect(refused.refusal?.error == .timestamp(.beforeMemory))
        #expect(
            parties.initiator.receive(try #require(refused.message), now: parties.now).report?.isAuthenticated == true)
        try parties.wait(600)
        parties.initiator = try MIKEYInitiator(MIKEYInitiatorConfiguration(credential: TwoParties.key))
        let (ours, theirs) = try parties.agree(.streams([1]))
        #expect(ours.secrets == theirs.secrets)
    }

    @Test("a message is not taken where the store cannot remember it")
    func fullStore() throws {
        let store = DurableReplayStore(capacity: 1)
        var parties = try TwoParties { $0.replay = .guarded(MIKEYReplayGuard(store: store)) }
        try parties.agree(.streams([1]))
        var other = try TwoParties(seed: 2)
        let refused = parties.responder.receive(
            try #require(try other.offer(.streams([1])).message), now: parties.now)
        #expect(refused.refusal?.error == .timestamp(.full(capacity: 1)) && parties.responder.bundleCount == 1)
    }

    @Test("the own message that comes back is an answer to nobody, and passed over where the caller says so")
    func echo() throws {
        for ignores in [false, true] {
            var configuration = MIKEYInitiatorConfiguration(credential: .protectedChannel(.channelIsProtected))
            configuration.ignoresEcho = ignores
            var initiator = try MIKEYInitiator(configuration)
            let now = try WallClockTime(seconds: 1_772_366_400)
            let sent = try #require(try initiator.offer(.streams([1]), now: now).message)
            let actions = initiator.receive(sent, now: now)
            #expect(actions.isEmpty == ignores && actions.refusal?.error == (ignores ? nil : .unexpected))
        }
    }

    @Test("a tool that saw an exchange verifies it message by message")
    func observed() throws {
        var parties = try TwoParties()
        let configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
        let first = try #require(try parties.offer(.streams([1])).message)
        let answer = parties.responder.receive(first, now: parties.now)
        let ours = parties.initiator.receive(try #require(answer.message), now: parties.now).agreement
        var observer = try MIKEYInitiator(configuration, sent: first)
        #expect(observer.state == .offered && observer.csbID == parties.initiator.csbID)
        let seen = observer.receive(try #require(answer.message), now: parties.now)
        #expect(seen.agreement?.secrets == ours?.secrets && ours != nil)
        let update = try #require(try parties.offer(.streams([1, 2], keys: .unchanged)).message)
        try observer.sent(update)
        #expect(throws: MIKEYExchangeError.unexpected) { try MIKEYInitiator(configuration, sent: update) }
        #expect(throws: MIKEYExchangeError.notAuthentic) {
            try MIKEYInitiator(MIKEYInitiatorConfiguration(credential: .preSharedKey(material("01"))), sent: first)
        }
    }
}
