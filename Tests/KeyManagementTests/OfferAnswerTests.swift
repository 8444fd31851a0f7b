// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import SDP
import SRTP
import TestSupport
import Testing

private struct Row: Decodable { let lines: [String] }

@Suite("Offers and answers with a=crypto")
struct OfferAnswerTests {
    private let suites: [SRTPSuite] = [.aesCM128_HMACSHA1_80, .aesCM128_HMACSHA1_32]

    private func media(
        _ lines: [String], port: UInt16 = 5004, transport: MediaTransport = .rtpSAVP
    ) -> MediaDescription {
        var media = MediaDescription(Media(type: "audio", port: port, transport: transport, formats: ["0"]))
        for line in lines { media.append(SDPAttribute("crypto", line)) }
        return media
    }

    private func media(_ offer: CryptoOffer) -> MediaDescription { media(offer.attributes.map { $0.secretText() }) }

    private func failure(
        of body: () throws(CryptoNegotiationError) -> Void
    ) -> CryptoNegotiationError? {
        do throws(CryptoNegotiationError) { try body() } catch { return error }
        return nil
    }

    private func octets(_ direction: NegotiatedCrypto.Direction, _ suite: SRTPSuite) throws -> [[UInt8]] {
        try direction.keys.map { try $0.masterKey(for: suite).withKeyAndSalt { $0.withUnsafeBytes { Array($0) } } }
    }

    @Test("SDP-09 both sides agree: what one sends by, the other receives by")
    func agreement() throws {
        let offer = try CryptoOffer(
            suites: suites, sessionParameters: [.keyDerivationRate(exponent: 10), .windowSizeHint(256)],
            lifetime: KeyLifetime(packets: 1 << 20), mki: MasterKeyIdentifier(octets: [0, 1]))
        let answer = try CryptoAnswer(
            to: media(offer), sessionParameters: [.windowSizeHint(100_000)], mki: MasterKeyIdentifier(octets: [7]))
        #expect(answer.attribute.tag == 1 && answer.attribute.suite == suites[0])
        let ours = try offer.accept(answer: media([answer.attribute.secretText()]))
        let theirs = answer.negotiated
        #expect(ours.tag == 1 && theirs.tag == 1 && ours.suite == suites[0] && theirs.suite == suites[0])
        #expect(ours.sending == theirs.receiving && ours.receiving == theirs.sending)
        #expect(try octets(ours.sending, ours.suite) == octets(theirs.receiving, ours.suite))
        #expect(try octets(ours.sending, ours.suite) != octets(ours.receiving, ours.suite))
        #expect(ours.sending.keyDerivationRate == 1024 && ours.receiving.keyDerivationRate == 0)
        #expect(ours.sending.keys[0].lifetime?.packetLimit == 1 << 20 - 1 && ours.receiving.keys[0].lifetime == nil)
        #expect(ours.sending.keys[0].mki?.octets == [0, 1] && ours.receiving.keys[0].mki?.octets == [7])
        #expect(ours.encryptsSRTP && ours.encryptsSRTCP && ours.authenticatesSRTP)
        #expect(theirs.receiverConfiguration.replayWindow == 256 && ours.receiverConfiguration.replayWindow == 32_768)
        #expect(ours.receiverConfiguration.rtcpEncryption == .automatic)
    }

    @Test("SDP-09 packets protected by one side are accepted by the other")
    func packets() throws {
        let offer = try CryptoOffer(suites: suites)
        let answer = try CryptoAnswer(to: media(offer))
        let ours = try offer.accept(answer.attribute)
        let theirs = answer.negotiated
        var sender = try SRTPSender(
            masterKey: ours.sending.keys[0].masterKey(for: ours.suite), configuration: ours.senderConfiguration)
        var receiver = try SRTPReceiver(
            masterKey: theirs.receiving.keys[0].masterKey(for: theirs.suite),
            configuration: theirs.receiverConfiguration)
        let packet = SamplePackets.rtp(sequence: 1)
        let secure = try sender.protectRTP(packet)
        #expect(try receiver.unprotectRTP(secure) == packet)
    }

    @Test("SDP-09 the example of RFC 4568 section 7.1.5")
    func example() throws {
        let texts = try TestVectors.rows("rfc4568.json", as: Row.self).map {
            $0.lines.joined(separator: "\r\n") + "\r\n"
        }
        try #require(texts.count == 3)
        let offered = try SessionDescription(parsing: texts[1]).media[0]
        let offer = try CryptoOffer(CryptoLines(of: offered).valid)
        let agreed = try offer.accept(answer: SessionDescription(parsing: texts[2]).media[0])
        #expect(agreed.suite == .aesCM128_HMACSHA1_80 && agreed.tag == 1)
        #expect(
            try octets(agreed.receiving, agreed.suite).map { hex($0) } == [
                "3d2d6e40255e7821426a75667239293f2c2335685c603d265d7b71695051"
            ])
        #expect(agreed.receiving.fecOrder == .fecThenSRTP)
    }

    @Test("SDP-09 the first attribute that is valid and acceptable is taken, by its own tag")
    func choice() throws {
        let lines = [
            "5 FUTURE inline:AAAA", "6 AES_CM_128_HMAC_SHA1_80 inline:\(key30) MUST_KNOW",
            "7 AES_CM_128_HMAC_SHA1_80 inline:\(key30) UNENCRYPTED_SRTP", "8 AES_CM_128_HMAC_SHA1_80 inline:AAAA",
            "9 AES_CM_128_HMAC_SHA1_32 inline:\(key30) -may=ignore", "10 AES_CM_128_HMAC_SHA1_80 inline:\(other30)",
        ]
        let answer = try CryptoAnswer(to: media(lines))
        #expect(answer.attribute.tag == 9 && answer.attribute.suiteName == "AES_CM_128_HMAC_SHA1_32")
        #expect(answer.attribute.sessionParameters.isEmpty)
        let error = try #require(
            failure { () throws(CryptoNegotiationError) in
                _ = try CryptoAnswer(to: media(Array(lines.prefix(4))))
            })
        guard case .noneAcceptable(let reasons) = error else { throw error }
        #expect(reasons.count == 4)
        #expect(reasons[0] == .notAcceptable(.suite(nil)))
        #expect(reasons[2] == .notAcceptable(.sessionParameter("UNENCRYPTED_SRTP")))
        #expect(!"\(error)".contains(key30))
    }

    @Test("SDP-09 negotiated parameters come back in the answer, declarative ones do not")
    func negotiatedParameters() throws {
        var policy = CryptoPolicy()
        policy.allowsUnencryptedSRTCP = true
        policy.allowsUnauthenticatedSRTP = true
        let offer = try CryptoOffer(
            suites: suites,
            sessionParameters: [.unencryptedSRTCP, .keyDerivationRate(exponent: 1), .unauthenticatedSRTP])
        #expect(failure { () throws(CryptoNegotiationError) in _ = try CryptoAnswer(to: media(offer)) } != nil)
        let answer = try CryptoAnswer(to: media(offer), policy: policy, sessionParameters: [.unencryptedSRTP])
        #expect(answer.attribute.sessionParameters == [.unencryptedSRTCP, .unauthenticatedSRTP])
        let agreed = try offer.accept(answer.attribute)
        #expect(agreed.encryptsSRTP && !agreed.encryptsSRTCP && !agreed.authenticatesSRTP)
        #expect(agreed.senderConfiguration.rtcpEncryption == .off)
    }

    @Test("SDP-09 lines with one tag are all invalid")
    func repeatedTags() throws {
        let lines = CryptoLines(
            of: media([
                "1 AES_CM_128_HMAC_SHA1_80 inline:\(key30)", "1 AES_CM_128_HMAC_SHA1_32 inline:\(other30)",
                "2 AES_CM_128_HMAC_SHA1_32 inline:\(other30)",
            ]))
        #expect(lines.entries.count == 3 && lines.valid.map(\.tag) == [2])
    }

    @Test("SDP-10 an answer that does not fit the offer is refused")
    func wrongAnswers() throws {
        let offer = try CryptoOffer(suites: suites, sessionParameters: [.unencryptedSRTCP])
        let own = offer.attributes[0].keys[0].secretText()
        let name = "AES_CM_128_HMAC_SHA1_80"
        let cases: [(MediaDescription, CryptoNegotiationError)] = [
            (media([]), .noCrypto), (media(["1 \(name) inline:\(key30)"], port: 0), .rejected),
            (media(["1 \(name) inline:\(key30)"], transport: .rtpAVP), .wrongTransport),
            (media(["1 \(name) inline:\(key30)"], transport: .dtlsSAVPF), .wrongTransport),
            (media(["1 \(name) inline:\(key30)", "2 AES_CM_128_HMAC_SHA1_32 inline:\(other30)"]), .severalCryptos(2)),
            (media(["3 \(name) inline:\(key30) UNENCRYPTED_SRTCP"]), .tagNotOffered(3)),
            (media(["2 \(name) inline:\(key30) UNENCRYPTED_SRTCP"]), .suiteChanged(tag: 2)),
            (media(["1 UNKNOWN inline:\(key30) UNENCRYPTED_SRTCP"]), .suiteChanged(tag: 1)),
            (media(["1 \(name) inline:\(key30)"]), .parameterMissing("UNENCRYPTED_SRTCP")),
            (
                media(["1 \(name) inline:\(key30) UNENCRYPTED_SRTCP UNENCRYPTED_SRTP"]),
                .parameterNotOffered("UNENCRYPTED_SRTP")
            ),
            (media(["1 \(name) \(own) UNENCRYPTED_SRTCP"]), .keyReused),
            (media(["1 \(name) \(offer.attributes[1].keys[0].secretText()) UNENCRYPTED_SRTCP"]), .keyReused),
            (
                media(["1 \(name) inline:\(key30) UNENCRYPTED_SRTCP FEC_ORDER=SRTP_FEC"]),
                .notAcceptable(.sessionParameter("FEC_ORDER"))
            ),
            (
                media(["1 \(name) inline:\(key30)|0 UNENCRYPTED_SRTCP"]),
                .invalid(
                    .invalid(
                        .lifetime(ofKey: 1),
                        expected: "1 to 2^48 packets, in digits or as 2^ and digits (RFC 4568 section 6.1)"))
            ),
        ]
        for (answer, expected) in cases {
            let error = failure { () throws(CryptoNegotiationError) in _ = try offer.accept(answer: answer) }
            #expect(error == expected)
        }
        _ = try offer.accept(answer: media(["1 \(name) inline:\(key30) UNENCRYPTED_SRTCP KDR=3 -x"]))
    }

    @Test("SDP-08 a lenient policy takes deviations, and a=crypto in plain RTP; never with DTLS")
    func leniency() throws {
        let line = "1 aes_cm_128_hmac_sha1_80 inline:\(key30)"
        let strict = failure { () throws(CryptoNegotiationError) in _ = try CryptoAnswer(to: media([line])) }
        #expect(strict == .noneAcceptable([.invalid(.refused(.otherCase))]))
        var policy = CryptoPolicy()
        policy.isLenient = true
        let answer = try CryptoAnswer(to: media([line], transport: .rtpAVP), policy: policy)
        #expect(answer.deviations == [.otherCase] && answer.attribute.suiteName == "AES_CM_128_HMAC_SHA1_80")
        let dtls = failure { () throws(CryptoNegotiationError) in
            _ = try CryptoAnswer(to: media([line], transport: .dtlsSAVP), policy: policy)
        }
        #expect(dtls == .wrongTransport)
    }

    @Test("an offer has a tag and a key of its own for each attribute, all of them fresh")
    func offers() throws {
        let first = try CryptoOffer(suites: suites)
        let second = try CryptoOffer(suites: suites)
        #expect(first.attributes.map(\.tag) == [1, 2] && first.attributes.map(\.suite) == suites)
        let keys = (first.attributes + second.attributes).flatMap(\.keys)
        for (position, key) in keys.enumerated() {
            #expect(!keys[..<position].contains { $0.hasSameKey(as: key) })
        }
        #expect(throws: CryptoAttributeError.self) { try CryptoOffer([]) }
        #expect(throws: CryptoAttributeError.self) { try CryptoOffer([first.attributes[0], first.attributes[0]]) }
        let same = try CryptoAttribute(tag: 9, suite: suites[0], keys: first.attributes[0].keys)
        #expect(throws: CryptoAttributeError.self) { try CryptoOffer([first.attributes[0], same]) }
    }

    @Test("keys that stand twice in a description, and lines outside of media, are found")
    func wholeDescription() throws {
        var sdp = SessionDescription(origin: Origin(sessionID: "1", sessionVersion: "1", address: "a"))
        sdp.append(SDPAttribute("crypto", "1 AES_CM_128_HMAC_SHA1_80 inline:\(key30)"))
        sdp.media = [
            media(["1 AES_CM_128_HMAC_SHA1_80 inline:\(key30)"]),
            media([
                "1 AES_CM_128_HMAC_SHA1_80 inline:\(other30)",
                "2 AES_CM_128_HMAC_SHA1_32 inline:\(base64([UInt8](1...30))) FEC_KEY=inline:\(key30)",
            ]),
        ]
        #expect(sdp.strayCryptoLines == [4])
        let pairs = sdp.repeatedKeys()
        #expect(pairs.count == 1 && pairs.first?.first.media == 0 && pairs.first?.second.media == 1)
        #expect(pairs.first?.first.line == 0 && pairs.first?.second.line == 1)
    }
}
