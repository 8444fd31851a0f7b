// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import RTP
import SDP
import SRTP
import TestSupport
import Testing

@Suite("a=crypto beside a=key-mgmt, media by media")
struct KeyManagementMethodTests {
    private func failure(_ body: () throws(KeyMgmtNegotiationError) -> Void) -> KeyMgmtNegotiationError? {
        do throws(KeyMgmtNegotiationError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    private func crypto() throws -> SDPAttribute {
        try CryptoOffer(suites: [.aesCM128_HMACSHA1_80]).attributes[0].attribute()
    }

    /// A description of media with `a=crypto` (c), a line of their own (m), both (b) or neither (-).
    private func description(_ kinds: String, hasSessionLine: Bool = false) throws -> SessionDescription {
        var description = Parties.description(kinds.map { _ in .rtpSAVP })
        let line = SDPAttribute("key-mgmt", "mikey AAAA")
        for (place, kind) in kinds.enumerated() {
            if "cb".contains(kind) { description.media[place].append(try crypto()) }
            if "mb".contains(kind) { description.media[place].append(line) }
        }
        if hasSessionLine { description.append(line) }
        return description
    }

    @Test(
        "Each media is keyed by the first preferred method that it has",
        arguments: [
            ("m", false, "m", "m"), ("c", false, "c", "c"), ("b", false, "m", "c"), ("cmb", false, "cmm", "cmc"),
            // One line for all of them: one method.
            ("--", true, "mm", "mm"), ("cc", true, "mm", "cc"), ("c-", true, "mm", "mm"), ("-c", true, "mm", "mm"),
            // Beside it, media with lines of their own.
            ("cbm", true, "mmm", "ccm"), ("-cb", true, "mmm", "mmc"),
        ])
    func methods(_ kinds: String, _ hasSessionLine: Bool, _ byMIKEY: String, _ byCrypto: String) throws {
        let description = try description(kinds, hasSessionLine: hasSessionLine)
        for (preference, expected) in [
            ([KeyManagementMethod.mikey, .securityDescriptions], byMIKEY),
            ([.securityDescriptions, .mikey], byCrypto),
        ] {
            let found = try description.keyManagementMethods(preferring: preference, channel: .protected)
            let text = found.sorted { $0.key < $1.key }.map { $0.value == .mikey ? "m" : "c" }.joined()
            #expect(text == expected && found.keys.sorted() == Array(0..<kinds.count))
        }
    }

    @Test("Who has no key, no preferred one or one that anybody could read is an error for the whole session")
    func refusals() throws {
        for (kinds, preference, expected) in [
            ("c-", [KeyManagementMethod.mikey, .securityDescriptions], KeyMgmtNegotiationError.noKeyMgmt(media: 1)),
            ("mc", [.mikey], .noKeyMgmt(media: 1)), ("cm", [.securityDescriptions], .noKeyMgmt(media: 1)),
            ("m", [], .noKeyMgmt(media: 0)),
        ] {
            let description = try description(kinds)
            #expect(
                failure { () throws(KeyMgmtNegotiationError) in
                    _ = try description.keyManagementMethods(preferring: preference, channel: .protected)
                } == expected)
        }
        // A line that was taken away on its way leaves a=crypto, which a channel that is not protected does not have.
        let stripped = try description("bc")
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try stripped.keyManagementMethods(channel: .unprotected)
            } == .unprotectedChannel)
        let both = try description("bb")
        let preference: [KeyManagementMethod] = [.securityDescriptions, .mikey]
        #expect(try both.keyManagementMethods(preferring: preference, channel: .unprotected) == [0: .mikey, 1: .mikey])
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try Parties.description([.rtpAVP, .dtlsSAVP]).keyManagementMethods(channel: .protected)
            } == .noSecureMedia)
    }

    @Test("An answer has one method for each media, and may have different ones")
    func answers() throws {
        #expect(try description("cm").keyManagementMethodsOfAnswer() == [0: .securityDescriptions, 1: .mikey])
        for (description, place) in [(try description("cb"), 1), (try description("-c", hasSessionLine: true), 1)] {
            #expect(
                failure { () throws(KeyMgmtNegotiationError) in _ = try description.keyManagementMethodsOfAnswer() }
                    == .notOneMethod(media: place))
        }
        var rejected = try description("cb")
        rejected.media[1].media.port = 0
        #expect(try rejected.keyManagementMethodsOfAnswer() == [0: .securityDescriptions])
    }

    @Test("MIKEY for one media and a=crypto for another, offered and answered; the media of a line are not torn apart")
    func mixture() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer(KeyMgmtPolicy(channel: .protected))
        var offered = Parties.description([.rtpSAVP, .rtpSAVP, .rtpAVP])
        let cryptoOffer = try CryptoOffer(suites: [.aesCM128_HMACSHA1_80])
        offered.media[0].append(cryptoOffer.attributes[0].attribute())
        _ = try offerer.offer(in: &offered, at: .media(1), [.init(ssrc: 7)], now: Parties.now)
        let methods = try offered.keyManagementMethods(channel: .protected)
        #expect(methods == [0: .securityDescriptions, 1: .mikey])

        var answered = Parties.description([.rtpSAVP, .rtpSAVP, .rtpAVP])
        let byMIKEY = Set(methods.filter { $0.value == .mikey }.keys)
        let answer = try answerer.answer(to: offered, for: byMIKEY, now: Parties.now)
        answer.write(into: &answered)
        let cryptoAnswer = try CryptoAnswer(to: offered.media[0])
        answered.media[0].append(cryptoAnswer.attribute.attribute())
        #expect(answer.media.keys.sorted() == [1])
        #expect(try answered.keyManagementMethodsOfAnswer() == methods)
        let ours = try offerer.accept(answer: answered, at: .media(1), now: Parties.now)
        var sender = try ours[0].makeSender()
        var receiver = try #require(answer.media[1]).makeReceiver()
        #expect(try passes(&sender, &receiver, ssrc: 7))
        let crypto = try cryptoOffer.accept(answer: answered.media[0])
        #expect(crypto.suite == .aesCM128_HMACSHA1_80)

        // Nobody said that the other media is keyed otherwise.
        let refused = #expect(throws: KeyMgmtRejection.self) { _ = try answerer.answer(to: offered, now: Parties.now) }
        #expect(refused?.reason == .noKeyMgmt(media: 0))
        var session = Parties.description([.rtpSAVP, .rtpSAVP])
        var other = try Parties.offerer()
        _ = try other.offer(in: &session, [.init(ssrc: 1), .init(ssrc: 2)], now: Parties.now)
        let torn = #expect(throws: KeyMgmtRejection.self) {
            _ = try answerer.answer(to: session, for: [1], now: Parties.now)
        }
        #expect(torn?.reason == .notOneMethod(media: 0))
    }

    @Test(
        "An answer by a=crypto instead of MIKEY, by another protocol, and one that rejects the media are no agreement")
    func declined() throws {
        let lineOfOther = SDPAttribute("key-mgmt", "keyp1 AAAA")
        for wantsVerification in [true, false] {
            var configuration = MIKEYPreset.rfc3830.initiator(Parties.preSharedKey)
            configuration.wantsVerification = wantsVerification
            for (change, expected) in [
                ({ (media: inout MediaDescription) in media.append(lineOfOther) }, KeyMgmtNegotiationError.noMIKEY),
                ({ $0.media.port = 0 }, .rejected(media: 0)),
                ({ $0.media.transport = .rtpAVP }, .wrongTransport(media: 0)),
                ({ $0.media.transport = .rtpSAVPF }, .wrongTransport(media: 0)),
                ({ media in if let crypto = try? crypto() { media.append(crypto) } }, .notOneMethod(media: 0)),
            ] {
                var offerer = try KeyMgmtOfferer(configuration)
                var offered = Parties.description()
                _ = try offerer.offer(in: &offered, at: .media(0), [.init(ssrc: 1)], now: Parties.now)
                var answered = Parties.description()
                change(&answered.media[0])
                #expect(
                    failure { () throws(KeyMgmtNegotiationError) in
                        _ = try offerer.accept(answer: answered, at: .media(0), now: Parties.now)
                    } == expected)
            }
        }
    }

    @Test("SRTP that the answer takes from one of several media is noticed, and a media that it rejects is not")
    func oneOfSeveral() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        var offered = Parties.description([.rtpSAVP, .rtpAVP, .rtpSAVP])
        _ = try offerer.offer(in: &offered, [.init(ssrc: 1), .init(ssrc: 2)], now: Parties.now)
        var answered = Parties.description([.rtpSAVP, .rtpAVP, .rtpSAVP])
        try answerer.answer(to: offered, now: Parties.now).write(into: &answered)
        var plain = answered
        plain.media[2].media.transport = .rtpAVP
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try offerer.accept(answer: plain, now: Parties.now)
            } == .wrongTransport(media: 2))
        answered.media[2].media.port = 0
        #expect(try offerer.accept(answer: answered, now: Parties.now).count == 2)
    }

    @Test("Other protocols are offered one line each, and only where the list of protocols protects the choice")
    func others() throws {
        let other = try KeyMgmtData(protocolID: "keyp1", octets: ([1] as [UInt8]).span)
        let mikey = try KeyMgmtData(protocolID: "mikey", octets: ([1] as [UInt8]).span)
        let line = KeyMgmtError.invalid(.line, expected: "one line for each protocol (RFC 4567 section 4.1.2)")
        for (preset, use, others, expected) in [
            (MIKEYPreset.rfc3830, KeyMgmtUse.offer, [mikey], line), (.rfc3830, .offer, [other, other], line),
            (.onvif, .announcement, [other], .refused(.severalProtocols)),
            (.rfc3830, .rtsp, [other], .refused(.severalProtocols)),
            (.onvif, .offer, [other], .refused(.missingProtocolList)),
        ] {
            var offerer = try Parties.offerer(preset)
            var description = Parties.description()
            #expect(
                failure { () throws(KeyMgmtNegotiationError) in
                    _ = try offerer.offer(
                        in: &description, as: use, [.init(ssrc: 1)], others: others, now: Parties.now)
                } == .invalid(expected))
            #expect(offerer.initiator.state == .unused && KeyMgmtLines(of: description).isEmpty)
        }
        var offerer = try Parties.offerer()
        var description = Parties.description()
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try offerer.offer(in: &description, as: .announcement, [.init(ssrc: 1)], now: Parties.now)
            } == .noVerification)
    }
}
