// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import MIKEY

/// An exchange whose messages are altered. One that is not authentic is refused, and changes nothing: what is genuine is taken
/// afterwards as if it had not been there.
@Suite("Altered messages")
struct ExchangeIntegrityTests {
    /// Three exchanges: with the algorithms that all must have, with all others and identities, and an update.
    struct Exchange: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let algorithms: MIKEYInitiatorConfiguration
        let isUpdate: Bool

        static let all: [Exchange] = {
            let plain = MIKEYInitiatorConfiguration(credential: TwoParties.key)
            var other = MIKEYInitiatorConfiguration(credential: TwoParties.key)
            other.prf = .hmacSHA256
            (other.encryption, other.mac) = (.aesCM256, .hmacSHA256)
            other.identity = try? .uri("sip:alice@example.org")
            other.peer = try? .nai("bob@example.org")
            return [
                Exchange(testDescription: "AES-CM-128, HMAC-SHA-1", algorithms: plain, isUpdate: false),
                Exchange(testDescription: "AES-CM-256, HMAC-SHA-256", algorithms: other, isUpdate: false),
                Exchange(testDescription: "an update", algorithms: plain, isUpdate: true),
            ]
        }()

        /// The parties before the message, and the message.
        func parties() throws -> (TwoParties, [UInt8]) {
            var parties = try TwoParties(algorithms)
            let policies = [MIKEYPayload.SecurityPolicy(number: 0, try MIKEYSRTPPolicy([.encryptionKeyLength: 16]))]
            if isUpdate {
                try parties.agree(.streams([1, 2], policies: policies))
                try parties.wait(5)
            }
            let offer = try MIKEYOffer.streams([1, 2, 3], policies: policies)
            let sent = try #require(try parties.offer(offer).message)
            return (parties, sent)
        }
    }

    /// Gives the responder `altered`, and checks that nothing has changed.
    @discardableResult
    private func refuse(
        _ altered: [UInt8], _ parties: TwoParties, _ what: @autoclosure () -> String
    ) throws -> [MIKEYAction].Refusal? {
        var responder = parties.responder
        let before = (
            parties.store.memory(), responder.bundleCount,
            responder.agreement(csbID: parties.initiator.csbID)?.timestamp
        )
        let actions = responder.receive(altered, now: parties.now)
        #expect(actions.refusal != nil && actions.agreement == nil, "\(what())")
        let after = (
            parties.store.memory(), responder.bundleCount,
            responder.agreement(csbID: parties.initiator.csbID)?.timestamp
        )
        #expect(before == after, "\(what())")
        // An error message is of no use to anybody but as a hint.
        if let reply = actions.message {
            var initiator = parties.initiator
            #expect(initiator.receive(reply, now: parties.now).report?.isAuthenticated != true, "\(what())")
            #expect(initiator.state == .offered, "\(what())")
        }
        return actions.refusal
    }

    /// Checks that the genuine message is taken by a responder who saw others.
    private func finish(_ parties: TwoParties, _ genuine: [UInt8], after others: [[UInt8]]) throws {
        var parties = parties
        for other in others { _ = parties.responder.receive(other, now: parties.now) }
        let taken = parties.responder.receive(genuine, now: parties.now)
        let done = parties.initiator.receive(try #require(taken.message), now: parties.now)
        #expect(done.agreement?.secrets == taken.agreement?.secrets && taken.agreement != nil)
    }

    @Test(
        "MIKEY-31 every flipped bit and every other key is refused, with one error for all that could be verified",
        arguments: Exchange.all)
    func flips(_ exchange: Exchange) throws {
        let (parties, genuine) = try exchange.parties()
        // Version, data type and PRF say how to read and verify: what is not known there is told by its number.
        var seen: Set<[MIKEYAction].Refusal> = []
        for position in genuine.indices {
            for bit in 0..<8 {
                var altered = genuine
                altered[position] ^= 1 << UInt8(bit)
                let refusal = try refuse(altered, parties, "bit \(bit) of octet \(position)")
                if [0, 1, 3].contains(position) {
                    if let refusal, refusal.error != .notAuthentic {
                        #expect([.notSupported, .unexpected].contains(refusal.error))
                    }
                } else if let refusal {
                    seen.insert(refusal)
                }
            }
        }
        #expect(seen == [.init(number: .authFailure, error: .notAuthentic)])
        var stranger = try TwoParties(exchange.algorithms, credential: .preSharedKey(material("01")))
        let other = stranger.responder.receive(try exchange.parties().1, now: parties.now)
        #expect(other.refusal == .init(number: .authFailure, error: .notAuthentic))
        try finish(parties, genuine, after: (0..<genuine.count).map { Array(genuine.prefix($0)) })
    }

    @Test("every flipped bit of an answer is refused, and the offer stays open", arguments: Exchange.all)
    func flippedAnswers(_ exchange: Exchange) throws {
        var (parties, genuine) = try exchange.parties()
        let answer = try #require(parties.responder.receive(genuine, now: parties.now).message)
        let before = parties.initiator.agreement?.timestamp
        for position in answer.indices {
            for bit in 0..<8 {
                var altered = answer
                altered[position] ^= 1 << UInt8(bit)
                var initiator = parties.initiator
                let actions = initiator.receive(altered, now: parties.now)
                #expect(actions.agreement == nil, "bit \(bit) of octet \(position)")
                #expect(actions.report?.isAuthenticated != true, "bit \(bit) of octet \(position)")
                #expect(initiator.state == .offered && initiator.agreement?.timestamp == before)
            }
        }
        for count in 0..<answer.count {
            let actions = parties.initiator.receive(Array(answer.prefix(count)), now: parties.now)
            #expect(actions.refusal?.error == .notAuthentic, "\(count) octets")
        }
        #expect(parties.initiator.receive(answer, now: parties.now).agreement != nil)
    }

    @Test("a message that is cut anywhere, or longer, is refused", arguments: Exchange.all)
    func truncations(_ exchange: Exchange) throws {
        let (parties, genuine) = try exchange.parties()
        for count in 0..<genuine.count { try refuse(Array(genuine.prefix(count)), parties, "\(count) octets") }
        for extra in [1, 2, 20, 255] {
            try refuse(genuine + [UInt8](repeating: 0, count: extra), parties, "\(extra) octets more")
        }
    }

    @Test("payloads in another order, twice or left out in any place are refused", arguments: Exchange.all)
    func rearranged(_ exchange: Exchange) throws {
        let (parties, genuine) = try exchange.parties()
        let pieces = try Pieces(genuine)
        #expect(pieces.octets == genuine && pieces.payloads.count >= 3)
        for first in pieces.payloads.indices {
            var dropped = pieces
            dropped.payloads.remove(at: first)
            try refuse(dropped.octets, parties, "without payload \(first)")
            for second in 0...pieces.payloads.count {
                var doubled = pieces
                doubled.payloads.insert(pieces.payloads[first], at: second)
                try refuse(doubled.octets, parties, "payload \(first) also at \(second)")
                guard second < first else { continue }
                var swapped = pieces
                swapped.payloads.swapAt(first, second)
                try refuse(swapped.octets, parties, "payloads \(first) and \(second) swapped")
            }
        }
        try finish(parties, genuine, after: [])
    }

    @Test("the same of an answer", arguments: Exchange.all)
    func rearrangedAnswers(_ exchange: Exchange) throws {
        var (parties, genuine) = try exchange.parties()
        let answer = try #require(parties.responder.receive(genuine, now: parties.now).message)
        let pieces = try Pieces(answer)
        for first in pieces.payloads.indices {
            var candidates: [Pieces] = []
            var dropped = pieces
            dropped.payloads.remove(at: first)
            candidates.append(dropped)
            for second in 0...pieces.payloads.count {
                var doubled = pieces
                doubled.payloads.insert(pieces.payloads[first], at: second)
                candidates.append(doubled)
                guard second < first else { continue }
                var swapped = pieces
                swapped.payloads.swapAt(first, second)
                candidates.append(swapped)
            }
            for candidate in candidates {
                #expect(parties.initiator.receive(candidate.octets, now: parties.now).agreement == nil)
            }
        }
        #expect(parties.initiator.state == .offered)
        #expect(parties.initiator.receive(answer, now: parties.now).agreement != nil)
    }
}
