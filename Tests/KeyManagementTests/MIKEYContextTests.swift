// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import RTP
import SDP
import SRTP
import TestSupport
import Testing

@Suite("Contexts out of MIKEY, and presets")
struct MIKEYContextTests {
    static let cameras = MIKEYPreset.allCases.filter { $0 != .rfc3830 }

    private func agreed(_ message: MIKEYMessage, mediaCount: Int = 1) throws -> [NegotiatedMIKEY] {
        var answerer = try Parties.answerer(KeyMgmtPolicy(preset: .widestAccepted, channel: .protected))
        return try answerer.answer(KeyMgmtData(message), protocols: nil, mediaCount: mediaCount, now: Parties.now)
            .negotiated
    }

    private func failure(_ body: () throws(KeyMgmtNegotiationError) -> Void) -> KeyMgmtNegotiationError? {
        do throws(KeyMgmtNegotiationError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "MIKEY-22 a preset's offer is taken by a party with the same preset: one key, a pair at each end",
        arguments: cameras)
    func presets(_ preset: MIKEYPreset) throws {
        var offerer = try Parties.offerer(preset)
        var answerer = try Parties.answerer(KeyMgmtPolicy(preset: preset, channel: .protected))
        var description = Parties.description(port: 0)
        let offer = try offerer.offer(
            in: &description, at: .media(0), as: .rtsp, [.init(ssrc: 0x1122_3344, rolloverCounter: 2)], now: Parties.now
        )
        let ours = try #require(offer.negotiated?.first)
        let answer = try answerer.answer(to: description, as: .rtsp, now: Parties.now)
        let theirs = try #require(answer.media[0])
        #expect(answer.lines.isEmpty && answer.deviations == [.missingProtocolList])
        #expect(theirs.sharesKeys && !theirs.isAuthenticated && theirs.deviations.contains(.saltInsideTEK))
        #expect(failure { () throws(KeyMgmtNegotiationError) in _ = try theirs.makeSender() } == .sharedKey)
        #expect(failure { () throws(KeyMgmtNegotiationError) in _ = try theirs.makeReceiver() } == .sharedKey)
        var server = try ours.makePair(as: .initiator)
        var client = try theirs.makePair(as: .responder)
        #expect(try passes(&server.sender, &client.receiver, ssrc: 0x1122_3344))
        #expect(client.receiver.rolloverCounter(of: 0x1122_3344) == 2)
        #expect(try passes(&client.sender, &server.receiver, ssrc: 0x5566_7788))
        #expect(server.sender.rtpOverhead == 10 + preset.mkiByteCount)
        // One key: an SSRC that was received on is not sent on.
        #expect(throws: SRTPError.self) {
            _ = try client.sender.protectRTP(SamplePackets.rtp(sequence: 5, ssrc: 0x1122_3344))
        }
        #expect(try offerer.accept(nil, now: Parties.now).count == 1)
    }

    @Test("PEER-13 a message that comes back as an answer to itself is taken for one with live555 only")
    func echo() throws {
        for preset in Self.cameras {
            var offerer = try Parties.offerer(preset)
            let offer = try offerer.offer([.init(ssrc: 1)], now: Parties.now)
            let error = failure { () throws(KeyMgmtNegotiationError) in
                _ = try offerer.accept(offer.data, now: Parties.now)
            }
            #expect((error == nil) == (preset == .live555), "\(preset): \(String(describing: error))")
        }
    }

    @Test("What the widest preset writes, octet by octet")
    func widestAccepted() throws {
        var offerer = try Parties.offerer(.widestAccepted)
        let offer = try offerer.offer([.init(ssrc: 0x1122_3344, rolloverCounter: 5)], now: Parties.now)
        let octets = offer.data.withBytes { bytes in bytes.withUnsafeBytes { Array($0) } }
        let csbID = SamplePackets.bigEndian(offerer.initiator.csbID)
        #expect(octets.count == 123)
        #expect(Array(octets[..<19]) == [1, 0, 5, 0] + csbID + [1, 0, 0] + TestSupport.octets("11223344 00000005"))
        #expect(Array(octets[19..<21]) == [11, 0] && Array(octets[29..<31]) == [10, 16])
        #expect(
            hex(octets[47..<79])
                == "010000001b" + "000101" + "010110" + "020101" + "030114" + "04010e" + "070101"
                + "080101" + "0a0101" + "0b010a")
        #expect(hex(octets[79..<84]) == "0000002700")
        #expect(hex(octets[84..<87]) == "21001e" && hex(octets[117...]) == "040000000100")
    }

    @Test(
        "What presets write for other suites: AES-GCM without an authentication key, ONVIF with the salt beside it",
        arguments: [("AEAD_AES_128_GCM", 28), ("AEAD_AES_256_GCM", 44), ("AES_CM_128_HMAC_SHA1_32", 30)])
    func otherSuites(_ name: String, _ joinedByteCount: Int) throws {
        let suite = try #require(SRTPSuite.named(name))
        var policy = SRTPPolicy(suite)
        if suite.rtpTagByteCount == 4 { policy.rtcpTag = .sameAsRTP }
        var gstreamer = try Parties.offerer(.gstreamer)
        let theirs = try gstreamer.offer([.init(policy, ssrc: 1)], now: Parties.now).data.message(mode: .lenient)
        #expect(theirs.deviations.contains(.saltInsideTEK))
        guard case .clear(let chain)? = theirs.kemac?.content else { throw KeyMgmtNegotiationError.noMIKEY }
        #expect(chain.keys.map(\.key.count) == [joinedByteCount] && chain.keys[0].validity == .null)
        let parameters = try #require(theirs.policies.first?.srtp)
        #expect(parameters[.authenticationKeyLength] == (suite.cipher.isAuthenticated ? 0 : 4))
        #expect(parameters[.tagLength] == nil && parameters[.saltLength] == nil && parameters[.aeadTagLength] == nil)

        var onvif = try Parties.offerer(.onvif)
        let ours = try onvif.offer([.init(SRTPPolicy(suite), ssrc: 1)], now: Parties.now).data.message()
        guard case .clear(let chain)? = ours.kemac?.content else { throw KeyMgmtNegotiationError.noMIKEY }
        #expect(chain.keys[0].salt?.count == suite.masterSaltByteCount && chain.keys[0].validity.spi?.count == 4)
        let written = try #require(ours.policies.first?.srtp)
        #expect(written[.aeadTagLength] == (suite.cipher.isAuthenticated ? 16 : nil))
        for preset in [MIKEYPreset.widestAccepted, .live555] {
            #expect(
                failure { () throws(KeyMgmtNegotiationError) in
                    _ = try preset.policy(SRTPPolicy(suite))
                } == .presetLacks(preset, SRTPPolicy(suite)))
        }
    }

    @Test("PEER-07 a TEK without SPI is right: packets have no MKI")
    func withoutSPI() throws {
        let negotiated = try #require(agreed(Parties.camera(policies: [], keys: [Parties.tek()])).first)
        #expect(negotiated.receiving[0].keys.map(\.options) == [SRTPKeyOptions()])
        #expect(try negotiated.makePair(as: .responder).sender.rtpOverhead == 10)
    }

    @Test("PEER-08 a message without policy is right: SRTP's defaults, encrypted and authenticated")
    func withoutPolicy() throws {
        let stream = try #require(agreed(Parties.camera(policies: [], keys: [Parties.tek()])).first?.receiving.first)
        #expect(stream.policy == SRTPPolicy(.aesCM128_HMACSHA1_80))
        #expect(stream.policy.encryptsSRTP && stream.policy.encryptsSRTCP && stream.policy.authenticatesSRTP)
    }

    @Test("PEER-02 an SSRC of 0 is none; a foreign one is for the caller, who can name the right one")
    func foreignSSRC() throws {
        let open = try #require(
            agreed(Parties.camera(streams: [.init(ssrc: 0, rolloverCounter: 6)], policies: [], keys: [Parties.tek()]))
                .first)
        #expect(open.receiving[0].ssrc == nil)
        var pair = try open.makePair(as: .responder, ssrc: 0x99)
        #expect(pair.receiver.rolloverCounter(of: 0x99) == 6)
        let foreign = try #require(
            agreed(Parties.camera(streams: [.init(ssrc: 1, rolloverCounter: 6)], policies: [], keys: [Parties.tek()]))
                .first)
        pair = try foreign.makePair(as: .responder, ssrc: 0x99)
        #expect(pair.receiver.rolloverCounter(of: 0x99) == 6 && pair.receiver.rolloverCounter(of: 1) == nil)
    }

    @Test(
        "PEER-09 several policies, keys and crypto sessions: each session has its policy, and its own key where nothing else tells"
    )
    func several() throws {
        let policies = [try SRTPPolicy().mikey(), try SRTPPolicy(.aesCM128_HMACSHA1_32).mikey()]
        let streams: [MIKEYCryptoSessions.Stream] = [
            .init(policyNumber: 1, ssrc: 1), .init(policyNumber: 0, ssrc: 2, rolloverCounter: 8),
        ]
        let keys = [try Parties.tek(1), try Parties.tek(2)]
        let found = try agreed(Parties.camera(streams: streams, policies: policies, keys: keys))[0].receiving
        #expect(found.map(\.policy.suite) == [.aesCM128_HMACSHA1_32, .aesCM128_HMACSHA1_80])
        #expect(found.map(\.keys.count) == [1, 1] && found.map(\.rolloverCounter) == [0, 8])
        let media = try agreed(Parties.camera(streams: streams, policies: policies, keys: keys), mediaCount: 2)
        #expect(media.map(\.receiving[0].id) == [1, 2])
        let masters = try zip(media, [1, 2] as [UInt8]).map { negotiated, seed in
            try negotiated.receiving[0].keys[0].masterKey(for: negotiated.receiving[0].policy.suite)
                .withKeyAndSalt { $0.withUnsafeBytes { Array($0) } } == (0..<30).map { seed + $0 }
        }
        #expect(masters == [true, true])
        // Three keys for two sessions, and nothing that tells them apart.
        let more = try Parties.camera(streams: streams, policies: policies, keys: keys + [Parties.tek(3)])
        let error = #expect(throws: KeyMgmtRejection.self) { _ = try agreed(more) }
        #expect(error?.reason == .ambiguousKeys(csID: 1))
    }

    @Test("MIKEY-38 a message with one TEK and one SSRC for two crypto sessions is refused")
    func sharedKeystream() throws {
        let message = try Parties.camera(
            streams: [.init(ssrc: 5), .init(ssrc: 5)], policies: [], keys: [Parties.tek()])
        let error = #expect(throws: KeyMgmtRejection.self) { _ = try agreed(message) }
        #expect(error?.reason == .refused(.unspecified, .sharedKeystream(5)))
    }

    @Test("Keys that nothing else tells apart go by the place of the sessions, whatever their CS IDs")
    func explicitIDs() throws {
        let sessions = try [(5, 1), (7, 2)].map { try MIKEYCryptoSessions.Session(id: $0, ssrc: SSRC($1)) }
        let plain = try Parties.camera(policies: [], keys: [Parties.tek(1), Parties.tek(2)])
        let message = try MIKEYMessage(
            MIKEYHeader(.preSharedKey, csbID: 7, cryptoSessions: try MIKEYCryptoSessions(.genericID(sessions))),
            payloads: plain.payloads, mode: .lenient)
        let found = try agreed(message)[0].receiving
        #expect(found.map(\.id) == [5, 7] && found.map(\.keys.count) == [1, 1])
        let masters = try found.map { stream in
            try stream.keys[0].masterKey(for: stream.policy.suite).withKeyAndSalt { $0.withUnsafeBytes { $0.first } }
        }
        #expect(masters == [1, 2])
    }

    @Test("The first key of a session is the one whose SPI its map names, and there must be one")
    func initialKey() throws {
        let keys = [try Parties.tek(1, validity: .spi([1])), try Parties.tek(2, validity: .spi([2]))]
        let plain = try Parties.camera(policies: [], keys: keys)
        for (spi, mkis) in [([], [[1], [2]]), ([2], [[2], [1]]), ([3], nil)] as [([UInt8], [[UInt8]]?)] {
            let session = try MIKEYCryptoSessions.Session(id: 5, ssrc: 1, spi: spi)
            let message = try MIKEYMessage(
                MIKEYHeader(.preSharedKey, csbID: 7, cryptoSessions: try MIKEYCryptoSessions(.genericID([session]))),
                payloads: plain.payloads, mode: .lenient)
            guard let mkis else {
                let error = #expect(throws: KeyMgmtRejection.self) { _ = try agreed(message) }
                #expect(error?.reason == .ambiguousKeys(csID: 5))
                continue
            }
            #expect(try agreed(message)[0].sending[0].keys.map(\.options.mki) == mkis)
        }
    }

    @Test("A stream that there is not, as where an update of the peer lists fewer than before, is an error")
    func numbers() throws {
        let streams: [MIKEYCryptoSessions.Stream] = [.init(ssrc: 1), .init(ssrc: 2)]
        let two = try agreed(Parties.camera(streams: streams, policies: [], keys: [Parties.tek()]))[0]
        let one = try agreed(Parties.camera(policies: [], keys: [Parties.tek(9)]))[0]
        for number in [-1, 2] {
            #expect(
                failure { () throws(KeyMgmtNegotiationError) in _ = try two.makePair(of: number, as: .responder) }
                    == .noStream(number: number))
        }
        for (new, old) in [(one, two), (two, one)] {
            var pair = try old.makePair(as: .responder)
            #expect(
                failure { () throws(KeyMgmtNegotiationError) in
                    try new.replaceKeys(of: &pair.receiver, number: 1, previous: old, allowsNewBundle: true)
                } == .noStream(number: 1))
            #expect(
                failure { () throws(KeyMgmtNegotiationError) in
                    try new.replaceKeys(of: &pair.sender, number: 1, previous: old, allowsNewBundle: true)
                } == .noStream(number: 1))
        }
    }

    @Test("SPIs are MKIs, and intervals are the indices that a key is for")
    func validity() throws {
        let spis = try agreed(
            Parties.camera(
                policies: [],
                keys: [
                    Parties.tek(1, validity: .spi([1, 2])), Parties.tek(2, validity: .spi([3, 4])),
                ]))[0]
        #expect(spis.receiving[0].keys.map(\.options.mki) == [[1, 2], [3, 4]])
        var server = try spis.makePair(as: .initiator)
        var client = try spis.makePair(as: .responder)
        #expect(try passes(&server.sender, &client.receiver, ssrc: 5))
        try server.sender.activateKey(server.sender.keys[1].id)
        #expect(try passes(&server.sender, &client.receiver, ssrc: 5, sequence: 2))
        let intervals = try agreed(
            Parties.camera(
                policies: [],
                keys: [
                    Parties.tek(1, validity: .interval(from: 0, to: 99)),
                    Parties.tek(2, validity: .interval(from: 100, to: 1 << 48 - 1)),
                ]))[0]
        #expect(intervals.receiving[0].keys.map(\.options.validIndices) == [0...99, 100...(1 << 48 - 1)])
        server = try intervals.makePair(as: .initiator)
        client = try intervals.makePair(as: .responder)
        #expect(try passes(&server.sender, &client.receiver, ssrc: 5, sequence: 99))
        #expect(try passes(&server.sender, &client.receiver, ssrc: 5, sequence: 100))
        let key = spis.receiving[0].keys[0]
        #expect("\(key)".hasPrefix("<hidden>") && !String(reflecting: key).contains("MIKEYKeyMaterial"))
    }

    @Test("A key derivation rate is that of both sides' contexts")
    func derivationRate() throws {
        var policy = SRTPPolicy()
        policy.keyDerivationRate = 16
        let found = try agreed(Parties.camera(policies: [policy.mikey()], keys: [Parties.tek()]))[0]
        #expect(found.receiving[0].keys[0].options.derivationRate == 16)
        var server = try found.makePair(as: .initiator)
        var client = try found.makePair(as: .responder)
        for sequence: UInt16 in [1, 15, 16, 17, 40] {
            #expect(try passes(&server.sender, &client.receiver, ssrc: 5, sequence: sequence))
        }
    }

    @Test("Three crypto sessions for two media are refused")
    func sessionCount() throws {
        let streams = (1...3).map { MIKEYCryptoSessions.Stream(ssrc: SSRC($0)) }
        let message = try Parties.camera(streams: streams, policies: [], keys: [Parties.tek()])
        let error = #expect(throws: KeyMgmtRejection.self) { _ = try agreed(message, mediaCount: 2) }
        #expect(error?.reason == .sessionCount(3, media: 2))
    }
}
