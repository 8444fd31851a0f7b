// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import Testing

@testable import MIKEY

/// Whoever sends messages is not to learn whom a responder shares keys with, neither by what it says nor by how long it takes.
@Suite("Messages of unknown peers")
struct UnknownPeerTests {
    private func identity(_ name: String) throws -> MIKEYIdentity { try MIKEYIdentity(.uri, octets: Array(name.utf8)) }

    private let alice = "sip:alice@example.org"

    /// A responder that shares a key with Alice, and with nobody else.
    private func responder() throws -> MIKEYResponder {
        let alice = try identity(alice)
        return MIKEYResponder(
            MIKEYResponderConfiguration(
                credentials: { initiator, _ in initiator == alice ? TwoParties.key : nil },
                replay: .guarded(MIKEYReplayGuard(store: DurableReplayStore()))))
    }

    /// Two parties with another key; the initiator has this name.
    private func parties(_ name: String, mac: MIKEYMACAlgorithm = .hmacSHA1) throws -> TwoParties {
        let credential = MIKEYCredential.preSharedKey(material("aa"))
        var configuration = MIKEYInitiatorConfiguration(credential: credential)
        configuration.identity = try identity(name)
        configuration.mac = mac
        return try TwoParties(configuration, credential: credential)
    }

    @Test(
        "MIKEY-31 a message of nobody costs the MAC that one with a wrong key costs, and is refused alike",
        arguments: [MIKEYMACAlgorithm.hmacSHA1, .hmacSHA256])
    func nobody(_ mac: MIKEYMACAlgorithm) throws {
        var refusals: [[MIKEYAction].Refusal?] = []
        var answers: [[UInt8]?] = []
        for name in [alice, "sip:carol@example.org"] {
            var parties = try parties(name, mac: mac)
            var responder = try responder()
            let message = try #require(try parties.offer(.streams([7])).message)
            #expect(try macs(message, responder) == 1, "\(name)")
            let actions = responder.receive(message, now: parties.now)
            #expect(responder.bundleCount == 0)
            refusals.append(actions.refusal)
            answers.append(actions.message)
        }
        #expect(refusals == Array(repeating: .init(number: .authFailure, error: .notAuthentic), count: 2))
        #expect(answers[0] == answers[1] && answers[0] != nil)
    }

    @Test("MIKEY-31 an update of no bundle costs as much as a wrong one")
    func noBundle() throws {
        var parties = try parties(alice)
        try parties.agree(.streams([7]))
        let update = try #require(try parties.offer(.streams([7])).message)
        var responder = try responder()
        #expect(try macs(update, responder) == 1)
        let actions = responder.receive(update, now: parties.now)
        #expect(actions.refusal == .init(number: .authFailure, error: .notAuthentic))
    }

    /// How many MACs the responder computes to find that the message is not authentic.
    private func macs(_ octets: [UInt8], _ responder: MIKEYResponder) throws -> Int {
        let message = try MIKEYMessage(parsing: octets)
        for (context, _) in responder.contexts(of: message) {
            #expect(throws: DerivationError.authenticationFailed) { try context.verify(message, octets) }
        }
        return responder.contexts(of: message).count
    }
}
