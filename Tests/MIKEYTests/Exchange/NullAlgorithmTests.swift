// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import MIKEY

@Suite("NULL encryption and NULL MAC")
struct NullAlgorithmTests {
    private static let channel = MIKEYCredential.protectedChannel(.channelIsProtected)

    private func camera() -> MIKEYInitiatorConfiguration { MIKEYInitiatorConfiguration(credential: Self.channel) }

    private func recorder(_ parties: inout TwoParties, _ mode: MIKEYParsingMode = .strict) {
        var configuration = MIKEYResponderConfiguration(
            credential: Self.channel, replay: .channel(.channelIsProtected))
        configuration.mode = mode
        parties.responder = MIKEYResponder(configuration)
    }

    private let tek = Result {
        // 40 octets of key data, which AES key wrap takes.
        MIKEYOffer.Keys.fresh([.tek(byteCount: 16, saltByteCount: 14, validity: try .spi([1, 2, 3]))])
    }

    @Test("over a protected channel both roles work without a key")
    func protectedChannel() throws {
        var parties = try TwoParties(camera())
        recorder(&parties)
        let (ours, theirs) = try parties.agree(.streams([0], keys: tek.get()))
        #expect(ours.secrets == theirs.secrets && !ours.isAuthenticated && ours.sessions[0].ssrc == nil)
        let (later, laterTheirs) = try parties.agree(.streams([], keys: tek.get()))
        #expect(later.secrets == laterTheirs.secrets && later.secrets != ours.secrets)
    }

    @Test(
        "MIKEY-27 NULL algorithms are refused both ways without the word that the channel is protected, and never follow others in a bundle"
    )
    func withoutPermission() throws {
        for (encryption, mac) in [
            (MIKEYEncryptionAlgorithm.null, MIKEYMACAlgorithm.null), (.null, .hmacSHA1), (.aesCM128, .null),
            (.aesKW128, .null),
        ] {
            // The sender.
            var configuration = MIKEYInitiatorConfiguration(credential: TwoParties.key)
            (configuration.encryption, configuration.mac) = (encryption, mac)
            var parties = try TwoParties(configuration)
            #expect(throws: MIKEYExchangeError.nullNotPermitted) { try parties.offer(.streams([1], keys: tek.get())) }

            // The receiver.
            let permitted = MIKEYCredential.preSharedKey(
                TwoParties.key.messageKey, nullAlgorithms: .channelIsProtected)
            configuration = MIKEYInitiatorConfiguration(credential: permitted)
            (configuration.encryption, configuration.mac) = (encryption, mac)
            parties = try TwoParties(configuration)
            let sent = try #require(try parties.offer(.streams([1], keys: tek.get())).message)
            let refused = parties.responder.receive(sent, now: parties.now)
            #expect(refused.refusal?.number == .authFailure && refused.agreement == nil)
            #expect(refused.refusal?.error == (mac == .null ? .notAuthentic : .nullNotPermitted))
            #expect(parties.responder.bundleCount == 0)

            // With the word on both sides, and with the key.
            parties = try TwoParties(configuration, credential: permitted)
            let (ours, theirs) = try parties.agree(.streams([1], keys: tek.get()))
            #expect(ours.secrets == theirs.secrets)

            // An update of a bundle that began with others.
            parties = try TwoParties(
                MIKEYInitiatorConfiguration(credential: permitted), credential: permitted)
            let first = try parties.agree(.streams([1], keys: tek.get()))
            let context = BundleContext(
                permitted, csbID: parties.initiator.csbID, prf: .mikey1,
                rand: first.initiator.context.rand)
            let message = try context.message(
                BundleContext.Initial(
                    sessions: try MIKEYCryptoSessions(.srtpID([])),
                    timestamp: try configuration.timestamps.next(now: try WallClockTime(seconds: 1_772_366_410)),
                    isUpdate: true, policies: [], keyData: first.initiator.keyData, generalExtensions: []),
                configuration)
            let actions = parties.responder.receive(message.encoded, now: parties.now)
            #expect(actions.refusal?.error == .downgraded && actions.agreement == nil)
        }
    }

    @Test("a protected message where nothing but the channel is known is refused")
    func unknownKey() throws {
        var parties = try TwoParties()
        recorder(&parties)
        let sent = try #require(try parties.offer(.streams([1])).message)
        #expect(parties.responder.receive(sent, now: parties.now).refusal?.error == .notAuthentic)
    }

    @Test("MIKEY-28 the MAC decides before anything else of the message does, the time and the replay memory included")
    func macFirst() throws {
        var parties = try TwoParties()
        var sent = try #require(try parties.offer(.streams([1])).message)
        sent[sent.count - 1] ^= 1
        let memory = parties.store.memory()
        for seconds: Int64 in [0, 1000, -2000] {
            try parties.wait(seconds)
            #expect(
                parties.responder.receive(sent, now: parties.now).refusal
                    == .init(number: .authFailure, error: .notAuthentic))
        }
        #expect(parties.store.memory() == memory && parties.responder.bundleCount == 0)
        sent[sent.count - 1] ^= 1
        try parties.wait(1000)
        #expect(parties.responder.receive(sent, now: parties.now).agreement != nil)
        #expect(parties.store.memory() != memory)
    }

    // MARK: What is lived with

    @Test(
        "PEER-03 a first message without RAND, a re-key with a new CSB ID too, is refused, and lived with where nothing is derived"
    )
    func missingRandom() throws {
        let kd = Wire.kemac([0, 0x30, 0, 16] + Wire.run(16) + [0, 14] + Wire.run(14))
        let octets = Wire.message(0, [Self.time(1_772_366_400), kd])
        let other = Wire.message(0, csbID: 7, [Self.time(1_772_366_401), kd])
        let derived = Wire.message(0, csbID: 8, [Self.time(1_772_366_402), Wire.kemac([0, 0, 0, 16] + Wire.run(16))])
        for mode in [MIKEYParsingMode.strict, MIKEYParsingMode(accepting: MIKEYDeviationSet([.missingRAND]))] {
            var parties = try TwoParties(camera())
            recorder(&parties, mode)
            let actions = parties.responder.receive(octets, now: parties.now)
            if mode == .strict {
                guard case .message(let error)? = actions.refusal?.error else {
                    Issue.record("\(actions)")
                    continue
                }
                #expect(error.problem == .refused(.missingRAND) && actions.agreement == nil)
            } else {
                #expect(actions.agreement?.deviations == MIKEYDeviationSet([.missingRAND]))
                let new = parties.responder.receive(other, now: parties.now).agreement
                #expect(new?.isUpdate == false && parties.responder.bundleCount == 2)
                #expect(parties.responder.receive(derived, now: parties.now).refusal?.number == .unspecified)
                #expect(parties.responder.bundleCount == 2)
            }
        }
    }

    @Test("PEER-04 a T that is nonsense is refused, and lived with only without a MAC over a protected channel")
    func implausibleTime() throws {
        let lenient = MIKEYParsingMode(accepting: MIKEYDeviationSet([.implausibleTimestamp]))
        for mode in [MIKEYParsingMode.strict, lenient] {
            var parties = try TwoParties(camera())
            recorder(&parties, mode)
            let sent = try #require(try parties.offer(.streams([1], keys: tek.get())).message)
            try parties.wait(1_000_000)
            let actions = parties.responder.receive(sent, now: parties.now)
            if mode == .strict {
                #expect(actions.refusal?.error == .timestamp(.tooOld))
            } else {
                #expect(actions.agreement?.deviations == MIKEYDeviationSet([.implausibleTimestamp]))
            }
            // A Windows FILETIME, as in the sample of ONVIF's specification, is of the next era as NTP.
            let kd = Wire.kemac([0, 0x30, 0, 16] + Wire.run(16) + [0, 14] + Wire.run(14))
            let sample = Wire.message(0, [(5, [0] + octets("01d38e19cef95c3d")), Wire.random, kd])
            let taken = parties.responder.receive(sample, now: parties.now)
            #expect(taken.refusal?.error == (mode == .strict ? .timestamp(.tooNew) : nil))
            #expect((taken.agreement != nil) == (mode == lenient))
        }
        // With a MAC, or with a memory of what was taken, T counts.
        for replay in [
            MIKEYReplayProtection.channel(.channelIsProtected),
            .guarded(MIKEYReplayGuard(store: DurableReplayStore())),
        ] {
            var parties = try TwoParties {
                $0.mode = lenient
                $0.replay = replay
            }
            let sent = try #require(try parties.offer(.streams([1])).message)
            try parties.wait(1_000_000)
            #expect(parties.responder.receive(sent, now: parties.now).refusal?.error == .timestamp(.tooOld))
        }
    }

    @Test("PEER-06 a salt behind the TEK is refused, and split off where it is lived with; offers can be made that way")
    func joinedSalt() throws {
        let joined = MIKEYOffer.Keys.given([
            try MIKEYPayload.KeyData(.tek, key: material(Wire.run(30)), validity: .spi([1, 2, 3, 4]))
        ])
        var parties = try TwoParties(camera())
        #expect(throws: MIKEYExchangeError.self) { try parties.offer(.streams([1], keys: joined)) }
        let mode = MIKEYParsingMode(accepting: MIKEYDeviationSet([.saltInsideTEK]))
        var configuration = camera()
        configuration.mode = mode
        parties = try TwoParties(configuration)
        recorder(&parties, mode)
        let (ours, theirs) = try parties.agree(.streams([1], keys: joined))
        #expect(ours.secrets == theirs.secrets && theirs.deviations == MIKEYDeviationSet([.saltInsideTEK]))
        #expect(hex(theirs.sessions[0].keys[0].salt) == hex(Wire.run(14, from: 17)))

        recorder(&parties)
        parties.initiator = try MIKEYInitiator(configuration, random: .seeded(2))
        let sent = try #require(try parties.offer(.streams([1], keys: joined)).message)
        let refused = parties.responder.receive(sent, now: parties.now)
        guard case .message(let error)? = refused.refusal?.error else {
            Issue.record("\(refused)")
            return
        }
        #expect(error.problem == .refused(.saltInsideTEK))
    }

    private static func time(_ seconds: UInt64) -> Wire.Payload {
        (5, [0] + SamplePackets.bigEndian(UInt32(truncatingIfNeeded: seconds + 2_208_988_800)) + [0, 0, 0, 0])
    }
}
