// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import RTP
import SDP
import SRTP
import TestSupport
import Testing

@Suite("Offers and answers with a=key-mgmt")
struct MIKEYNegotiationTests {
    private static let ssrcs: [SSRC] = [0x1111_1111, 0x2222_2222]
    private static let gcm = SRTPSuite.all.filter { $0.name == "AEAD_AES_256_GCM" }.map { SRTPPolicy($0) }

    private func rejection(_ body: () throws(KeyMgmtRejection) -> Void) -> KeyMgmtRejection? {
        do throws(KeyMgmtRejection) {
            try body()
            return nil
        } catch {
            return error
        }
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
        "MIKEY-22 an offer for two media at session level: two crypto sessions for each, keys of their own, packets both ways"
    )
    func sessionLevel() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        var offered = Parties.description([.rtpSAVP, .rtpAVP, .rtpSAVPF])
        let offer = try offerer.offer(
            in: &offered,
            [.init(ssrc: Self.ssrcs[0]), .init(try #require(Self.gcm.first), ssrc: Self.ssrcs[1], rolloverCounter: 9)],
            now: Parties.now)
        #expect(offer.negotiated == nil)
        let answer = try answerer.answer(
            to: SessionDescription(parsing: offered.encoded()), ssrcs: [0: 0x3333_3333, 2: 0x4444_4444],
            now: Parties.now)
        #expect(answer.media.keys.sorted() == [0, 2] && answer.deviations.isEmpty)
        var answered = Parties.description([.rtpSAVP, .rtpAVP, .rtpSAVPF])
        answer.write(into: &answered)
        let ours = try offerer.accept(answer: SessionDescription(parsing: answered.encoded()), now: Parties.now)
        let theirs = [try #require(answer.media[0]), try #require(answer.media[2])]
        #expect(ours.map(\.sending[0].id) == [1, 3] && ours.map(\.receiving[0].id) == [2, 4])
        #expect(theirs.map(\.sending[0].id) == [2, 4] && theirs.map(\.receiving[0].id) == [1, 3])
        #expect(ours.map(\.receiving[0].ssrc) == [0x3333_3333, 0x4444_4444])
        #expect(theirs.map(\.receiving[0].ssrc) == Self.ssrcs && ours[1].sending[0].rolloverCounter == 9)
        for (ours, theirs) in zip(ours, theirs) {
            #expect(!ours.sharesKeys && ours.isAuthenticated && ours.csbID == theirs.csbID)
            #expect(ours.sending[0].keys[0].options.mki == [0, 0, 0, 1])
            var sender = try ours.makeSender()
            var receiver = try ours.makeReceiver()
            var peerSender = try theirs.makeSender()
            var peerReceiver = try theirs.makeReceiver()
            #expect(try passes(&sender, &peerReceiver, ssrc: ours.sending[0].ssrc))
            #expect(try passes(&peerSender, &receiver, ssrc: theirs.sending[0].ssrc))
            let counter = peerReceiver.rolloverCounter(of: ours.sending[0].ssrc ?? 0)
            #expect(counter == ours.sending[0].rolloverCounter)
        }
    }

    @Test("An offer at media level is about that media; SSRCs that the answerer does not name are drawn")
    func mediaLevel() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        var offered = Parties.description([.rtpAVP, .rtpSAVP])
        _ = try offerer.offer(in: &offered, at: .media(1), [.init(ssrc: Self.ssrcs[0])], now: Parties.now)
        let answer = try answerer.answer(to: offered, now: Parties.now)
        var answered = Parties.description([.rtpAVP, .rtpSAVP])
        answer.write(into: &answered)
        #expect(KeyMgmtLines(of: answered).isEmpty && KeyMgmtLines(of: answered.media[1]).protocolIDs == ["mikey"])
        let ours = try offerer.accept(answer: answered, at: .media(1), now: Parties.now)
        let drawn = try #require(ours[0].receiving[0].ssrc)
        #expect(drawn != 0 && drawn != Self.ssrcs[0] && drawn == answer.media[1]?.sending[0].ssrc)
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try offerer.offer(in: &offered, at: .media(0), [.init(ssrc: 1)], now: Parties.now)
            } == .wrongTransport(media: 0))
    }

    @Test("Media with port 0 are rejected ones in an offer, and not in RTSP; SSRCs go by the place of the media")
    func rejectedMedia() throws {
        for use in [KeyMgmtUse.offer, .rtsp] {
            var offerer = try Parties.offerer()
            var answerer = try Parties.answerer()
            var offered = Parties.description([.rtpSAVP, .rtpSAVP, .rtpSAVP])
            offered.media[1].media.port = 0
            let media = (use == .offer ? [1, 3] : [1, 2, 3]).map { MIKEYMediaOffer(ssrc: SSRC(UInt32($0))) }
            _ = try offerer.offer(in: &offered, as: use, media, now: Parties.now)
            let answer = try answerer.answer(to: offered, as: use, ssrcs: [2: 0x99], now: Parties.now)
            #expect(answer.media.keys.sorted() == (use == .offer ? [0, 2] : [0, 1, 2]))
            let own = answer.media.mapValues { $0.sending[0].ssrc }
            #expect(own[2] == 0x99 && own[0] != 0x99 && answer.media[2]?.receiving[0].ssrc == 3)
        }
    }

    @Test("PEER-14 where the session and a media have lines, the media's goes before")
    func mediaBeforeSession() throws {
        var ofSession = try Parties.offerer()
        var ofMedia = try Parties.offerer()
        var answerer = try Parties.answerer()
        var offered = Parties.description([.rtpSAVP, .rtpSAVP])
        _ = try ofMedia.offer(in: &offered, at: .media(1), [.init(ssrc: 2)], now: Parties.now)
        _ = try ofSession.offer(in: &offered, [.init(ssrc: 1)], now: Parties.now)
        let answer = try answerer.answer(to: offered, now: Parties.now)
        #expect(answer.media.mapValues(\.csbID) == [0: ofSession.initiator.csbID, 1: ofMedia.initiator.csbID])
        #expect(Set(answer.lines.keys) == [.session, .media(1)])
    }

    @Test("A message with too many crypto sessions for its media is answered with an error")
    func sessionCount() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        let offer = try offerer.offer([.init(ssrc: 1), .init(ssrc: 2)], now: Parties.now)
        let refused = rejection { () throws(KeyMgmtRejection) in
            _ = try answerer.answer(offer.data, protocols: ["mikey"], mediaCount: 3, now: Parties.now)
        }
        #expect(refused?.reason == .sessionCount(4, media: 3) && refused?.message?.errors == [.unspecified])
        #expect(answerer.bundleCount == 0)
    }

    @Test("A re-keying: new MKI, rollover counters stay, packets on their way are still taken")
    func rekeying() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        let offer = try offerer.offer([.init(ssrc: Self.ssrcs[0], rolloverCounter: 3)], now: Parties.now)
        let answer = try answerer.answer(offer.data, protocols: ["mikey"], now: Parties.now)
        let first = try #require(try offerer.accept(answer.data, now: Parties.now).first)
        let peerFirst = try #require(answer.negotiated.first)
        var sender = try first.makeSender()
        var receiver = try peerFirst.makeReceiver()
        #expect(try passes(&sender, &receiver, ssrc: Self.ssrcs[0], sequence: 65_535))
        #expect(try passes(&sender, &receiver, ssrc: Self.ssrcs[0], sequence: 0))
        let late = try sender.protectRTP(SamplePackets.rtp(sequence: 1, ssrc: Self.ssrcs[0].rawValue))

        let update = try offerer.rekey(rolloverCounters: [Self.ssrcs[0]: 4], now: Parties.now.later(by: 1))
        let updated = try answerer.answer(update.data, protocols: ["mikey"], now: Parties.now.later(by: 1))
        let second = try #require(try offerer.accept(updated.data, now: Parties.now.later(by: 1)).first)
        let peerSecond = try #require(updated.negotiated.first)
        #expect(second.isUpdate && second.hasNewKeys && second.csbID == first.csbID)
        #expect(second.sending[0].isContinued && second.receiving[0].ssrc == first.receiving[0].ssrc)
        #expect(second.sending[0].keys[0].options.mki == [0, 0, 0, 2])
        try peerSecond.replaceKeys(of: &receiver, previous: peerFirst)
        try second.replaceKeys(of: &sender, previous: first)
        #expect(try passes(&sender, &receiver, ssrc: Self.ssrcs[0], sequence: 2))
        #expect(sender.rolloverCounter(of: Self.ssrcs[0]) == 4 && receiver.rolloverCounter(of: Self.ssrcs[0]) == 4)
        #expect(try receiver.unprotectRTP(late).count > 12)
        #expect(sender.keys.count == 1)
    }

    @Test("PEER-16 new keys of another bundle replace others only where the caller says so")
    func otherBundle() throws {
        var answerer = try Parties.answerer(KeyMgmtPolicy(preset: .onvif, channel: .protected))
        var agreed: [NegotiatedMIKEY] = []
        for csbID: UInt32 in 1...2 {
            let spi = try MIKEYKeyValidity.spi([UInt8(csbID)])
            let message = try Parties.camera(
                csbID: csbID, policies: [], keys: [Parties.tek(UInt8(csbID), joined: true, validity: spi)])
            agreed += try answerer.answer(KeyMgmtData(message), protocols: nil, now: Parties.now).negotiated
        }
        var pair = try agreed[0].makePair(as: .responder)
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                try agreed[1].replaceKeys(of: &pair.receiver, previous: agreed[0])
            } == .otherBundle)
        try agreed[1].replaceKeys(of: &pair.receiver, previous: agreed[0], allowsNewBundle: true)
        var peer = try agreed[1].makePair(as: .initiator)
        #expect(try passes(&peer.sender, &pair.receiver, ssrc: agreed[1].receiving[0].ssrc))
        var others = try SRTPSuite.all.filter { $0.mikey != nil }.map { try SRTPPolicy($0).mikey() }
        others = [others[1]]
        let other = try answerer.answer(
            KeyMgmtData(Parties.camera(csbID: 3, policies: others, keys: [Parties.tek(9)])), protocols: nil,
            now: Parties.now)
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                try other.negotiated[0].replaceKeys(of: &pair.receiver, previous: agreed[0], allowsNewBundle: true)
            } == .notAcceptable(SRTPPolicy(.aesCM128_HMACSHA1_32)))
    }

    @Test("A suite that is not accepted is reported as Invalid SPpar, authenticated, with what would be")
    func notAcceptable() throws {
        var policy = KeyMgmtPolicy()
        policy.suites = [.aesCM128_HMACSHA1_80]
        var answerer = try Parties.answerer(policy)
        var offerer = try Parties.offerer()
        var offered = Parties.description()
        let wanted = try #require(Self.gcm.first)
        _ = try offerer.offer(in: &offered, [.init(wanted, ssrc: 1)], now: Parties.now)
        let refused = try #require(
            rejection { () throws(KeyMgmtRejection) in _ = try answerer.answer(to: offered, now: Parties.now) })
        #expect(refused.reason == .notAcceptable(wanted) && refused.rtsp == .keyManagementFailed(refused.message))
        let message = try #require(refused.message)
        #expect(message.errors == [.invalidSPpar] && message.policies.compactMap(\.srtp).count == 1)
        var answered = Parties.description()
        answered.setKeyMgmt([try #require(refused.attribute)])
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try offerer.accept(answer: answered, now: Parties.now)
            } == .reported([.invalidSPpar], isAuthenticated: true))
    }

    @Test("Weak protection is taken only where the policy says so")
    func weakProtection() throws {
        var weak = SRTPPolicy()
        weak.encryptsSRTCP = false
        for allowed in [false, true] {
            var policy = KeyMgmtPolicy()
            policy.allowsWeakProtection = allowed
            var answerer = try Parties.answerer(policy)
            var offerer = try Parties.offerer()
            let offer = try offerer.offer([.init(weak, ssrc: 1)], now: Parties.now)
            let refused = rejection { () throws(KeyMgmtRejection) in
                _ = try answerer.answer(offer.data, protocols: ["mikey"], now: Parties.now)
            }
            #expect(refused?.reason == (allowed ? nil : .notAcceptable(weak)))
        }
    }

    @Test(
        "PEER-15 lines that were taken away are noticed; a missing list is refused, and lived with on a protected channel only"
    )
    func protocolList() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        var offered = Parties.description()
        let other = try KeyMgmtData(protocolID: "keyp1", octets: ([1, 2, 3] as [UInt8]).span)
        _ = try offerer.offer(in: &offered, [.init(ssrc: 1)], others: [other], now: Parties.now)
        #expect(KeyMgmtLines(of: offered).protocolIDs == ["mikey", "keyp1"])
        let lines = KeyMgmtLines(of: offered).entries.compactMap { try? $0.result.get() }
        for changed in [[lines[0]], [lines[1], lines[0]], [lines[0], lines[1], KeyMgmtAttribute(other)]] {
            var description = offered
            description.setKeyMgmt(changed)
            #expect(
                rejection { () throws(KeyMgmtRejection) in
                    _ = try answerer.answer(to: description, now: Parties.now)
                }?.reason == .protocolListDiffers)
        }
        #expect(try answerer.answer(to: offered, now: Parties.now).media.count == 1)

        var authentic = try KeyMgmtOfferer(MIKEYPreset.onvif.initiator(Parties.preSharedKey), preset: .onvif)
        let offer = try authentic.offer([.init(ssrc: 1)], now: Parties.now)
        for preset in [MIKEYPreset.rfc3830, .onvif] {
            var unprotected = KeyMgmtAnswerer(Parties.responder(), policy: KeyMgmtPolicy(preset: preset))
            #expect(
                rejection { () throws(KeyMgmtRejection) in
                    _ = try unprotected.answer(offer.data, protocols: ["mikey"], now: Parties.now)
                }?.reason == .invalid(.refused(.missingProtocolList)))
        }
        let data = KeyMgmtData(try Parties.camera(policies: [], keys: [Parties.tek()]))
        var camera = try Parties.answerer(KeyMgmtPolicy(preset: .onvif, channel: .protected))
        let answer = try camera.answer(data, protocols: ["mikey"], now: Parties.now)
        #expect(answer.deviations == [.missingProtocolList] && answer.data == nil)
    }

    @Test("MIKEY-21 in a description that goes one way no list is needed, and a list that is there is not compared")
    func announcement() throws {
        var configuration = MIKEYPreset.rfc3830.initiator(Parties.preSharedKey)
        configuration.wantsVerification = false
        var offerer = try KeyMgmtOfferer(configuration)
        var description = Parties.description()
        let offer = try offerer.offer([.init(ssrc: 1)], protocols: nil, now: Parties.now)
        #expect(try offer.data.message().generalExtensions.isEmpty && offer.negotiated?.count == 1)
        description.setKeyMgmt([KeyMgmtAttribute(offer.data)])
        var answerer = try Parties.answerer()
        #expect(
            rejection { () throws(KeyMgmtRejection) in
                _ = try answerer.answer(to: description, now: Parties.now)
            }?.reason == .invalid(.refused(.missingProtocolList)))
        let answer = try answerer.answer(to: description, as: .announcement, now: Parties.now)
        #expect(answer.media.count == 1 && answer.lines.isEmpty)
    }

    @Test("MIKEY-50 SRTP without keys, keys without SRTP, and an answer without verification are errors")
    func errorsNotFallbacks() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        var offered = Parties.description([.rtpSAVP, .rtpSAVP])
        _ = try offerer.offer(in: &offered, at: .media(0), [.init(ssrc: 1)], now: Parties.now)
        #expect(
            rejection { () throws(KeyMgmtRejection) in
                _ = try answerer.answer(to: offered, now: Parties.now)
            }?.reason == .noKeyMgmt(media: 1))
        var plain = offered
        plain.media[0].media.transport = .rtpAVP
        #expect(
            rejection { () throws(KeyMgmtRejection) in
                _ = try answerer.answer(to: plain, now: Parties.now)
            }?.reason == .wrongTransport(media: 0))
        var dtls = offered
        dtls.media[0].media.transport = .dtlsSAVP
        #expect(
            rejection { () throws(KeyMgmtRejection) in
                _ = try answerer.answer(to: dtls, now: Parties.now)
            }?.reason == .wrongTransport(media: 0))
        #expect(
            rejection { () throws(KeyMgmtRejection) in
                _ = try answerer.answer(to: Parties.description([.rtpAVP]), now: Parties.now)
            }?.reason == .noSecureMedia)
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try offerer.accept(
                    answer: Parties.description([.rtpSAVP, .rtpSAVP]), at: .media(0), now: Parties.now)
            } == .noVerification)
        // The offer has come to nothing.
        #expect(offerer.initiator.state == .ended)
    }

    @Test("MIKEY-50 where one line fails, the session does: what was agreed on before is ended")
    func allOrNothing() throws {
        var offerers = [try Parties.offerer(), try Parties.offerer()]
        var answerer = try Parties.answerer()
        var offered = Parties.description([.rtpSAVP, .rtpSAVP])
        for place in 0...1 {
            _ = try offerers[place].offer(
                in: &offered, at: .media(place), [.init(ssrc: SSRC(UInt32(place + 1)))], now: Parties.now)
        }
        var broken = offered
        broken.media[1].setKeyMgmt([try KeyMgmtAttribute(parsing: "mikey AAAA")])
        let refused = rejection { () throws(KeyMgmtRejection) in
            _ = try answerer.answer(to: broken, now: Parties.now)
        }
        guard case .refused? = refused?.reason else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(answerer.bundleCount == 0)
    }

    @Test("MIKEY-50 where one line fails, an update in another one has no effect, and its bundle goes on")
    func failedUpdate() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        var offered = Parties.description([.rtpSAVP, .rtpSAVP])
        _ = try offerer.offer(in: &offered, at: .media(0), [.init(ssrc: 1)], now: Parties.now)
        let first = try answerer.answer(to: offered, for: [0], now: Parties.now)
        _ = try offerer.accept(first.lines[.media(0)]?.data, now: Parties.now)

        let update = try offerer.rekey(now: Parties.now.later(by: 1))
        offered.media[0].setKeyMgmt([KeyMgmtAttribute(update.data)])
        offered.media[1].setKeyMgmt([try KeyMgmtAttribute(parsing: "mikey AAAA")])
        for _ in 0...1 {
            let refused = rejection { () throws(KeyMgmtRejection) in
                _ = try answerer.answer(to: offered, now: Parties.now.later(by: 1))
            }
            #expect(refused != nil && answerer.bundleCount == 1)
        }
        // By itself it is one that was seen, and has no effect.
        let again = try answerer.answer(update.data, protocols: ["mikey"], now: Parties.now.later(by: 1))
        #expect(again.data == nil && again.negotiated.isEmpty)

        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try offerer.accept(nil, now: Parties.now.later(by: 2))
            } == .noVerification)
        let next = try offerer.rekey(now: Parties.now.later(by: 3))
        let taken = try answerer.answer(next.data, protocols: ["mikey"], now: Parties.now.later(by: 3))
        let ours = try offerer.accept(taken.data, now: Parties.now.later(by: 3))
        #expect(ours[0].isUpdate && taken.negotiated[0].sending[0].isContinued)
        let mkis = (ours[0].sending[0].keys + taken.negotiated[0].sending[0].keys).map(\.options.mki)
        #expect(mkis == [[0, 0, 0, 3], [0, 0, 0, 3]])
    }

    @Test("A refused update is an error, also where the offerer had sent under its keys without waiting for an answer")
    func refusedUpdate() throws {
        var configuration = MIKEYPreset.rfc3830.initiator(Parties.preSharedKey)
        configuration.wantsVerification = false
        var offerer = try KeyMgmtOfferer(configuration)
        var responder = Parties.responder()
        responder.decide = { $0.sessions[0].rolloverCounter == 9 ? .refuse(.invalidSP) : .accept() }
        var answerer = KeyMgmtAnswerer(responder)
        let offer = try offerer.offer([.init(ssrc: 1)], now: Parties.now)
        _ = try answerer.answer(offer.data, protocols: ["mikey"], now: Parties.now)
        let update = try offerer.rekey(rolloverCounters: [1: 9], now: Parties.now.later(by: 1))
        let refused = rejection { () throws(KeyMgmtRejection) in
            _ = try answerer.answer(update.data, protocols: ["mikey"], now: Parties.now.later(by: 1))
        }
        let report = try #require(refused?.message)
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try offerer.accept(KeyMgmtData(report), now: Parties.now.later(by: 1))
            } == .reported([.invalidSP], isAuthenticated: true))
        let next = try offerer.rekey(now: Parties.now.later(by: 2))
        let taken = try answerer.answer(next.data, protocols: ["mikey"], now: Parties.now.later(by: 2))
        #expect(taken.negotiated[0].receiving[0].keys[0].options.mki == [0, 0, 0, 3])
    }

    @Test("An offer that comes again gets the same answer, and agrees on nothing new")
    func repetition() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        let offer = try offerer.offer([.init(ssrc: 1)], now: Parties.now)
        let answers = try (0..<2).map { _ in try answerer.answer(offer.data, protocols: ["mikey"], now: Parties.now) }
        #expect(answers[0].data == answers[1].data && answers[0].data != nil)
        #expect(answers.map(\.negotiated.count) == [1, 0] && answerer.bundleCount == 1)
    }

    @Test("MIKEY-49 a request without keys is 403; one with keys of another protocol has failed, which is 463")
    func statusCodes() throws {
        var answerer = try Parties.answerer()
        let other = try KeyMgmtData(protocolID: "keyp1", octets: Self.octets.span)
        let strange = rejection { () throws(KeyMgmtRejection) in
            _ = try answerer.answer(other, protocols: nil, now: Parties.now)
        }
        #expect(strange?.reason == .noMIKEY && strange?.rtsp.statusCode(.v1) == 463)
        let absent = rejection { () throws(KeyMgmtRejection) in
            _ = try answerer.answer(to: Parties.description(), as: .rtsp, now: Parties.now)
        }
        #expect(absent?.reason == .noKeyMgmt(media: 0) && absent?.rtsp.statusCode(.v1) == 403)
    }

    @Test("MIKEY-51 NULL mode over plain rtsp is refused unless the caller says so in words")
    func nullMode() throws {
        let channels = ["rtsps://a", "RTSPS://a", "rtsp://a", "rtspu://a", "http://a", "rtsps"].map {
            KeyMgmtChannel(rtspURI: $0)
        }
        #expect(channels == [.protected, .protected, .unprotected, .unprotected, nil, nil])
        #expect(
            failure { () throws(KeyMgmtNegotiationError) in
                _ = try KeyMgmtChannel.unprotected.nullCredential()
            } == .unprotectedChannel)
        let data = KeyMgmtData(try Parties.camera(policies: [], keys: [Parties.tek()]))
        for channel in [KeyMgmtChannel.protected, .unprotectedWhereAnyoneMayReadTheKeys] {
            var answerer = try Parties.answerer(KeyMgmtPolicy(preset: .onvif, channel: channel))
            #expect(try answerer.answer(data, protocols: ["mikey"], now: Parties.now).negotiated.count == 1)
        }
        // What a credential permits does not make the channel a protected one.
        let contradiction = KeyMgmtAnswerer(
            Parties.responder(try KeyMgmtChannel.protected.nullCredential()), policy: KeyMgmtPolicy(preset: .onvif))
        try expectUnprotected(contradiction, data)
        let permission = try KeyMgmtChannel.protected.nullAlgorithms()
        let credential = MIKEYCredential.preSharedKey(
            MIKEYKeyMaterial(copying: Self.octets.span), nullAlgorithms: permission)
        for isEncrypted in [false, true] {
            var configuration = MIKEYPreset.rfc3830.initiator(credential)
            if isEncrypted { configuration.mac = .null } else { configuration.encryption = .null }
            configuration.wantsVerification = false
            var offerer = try KeyMgmtOfferer(configuration)
            let offer = try offerer.offer([.init(ssrc: 1)], now: Parties.now)
            try expectUnprotected(KeyMgmtAnswerer(Parties.responder(credential)), offer.data)
        }
        // Whoever has a key does not take a message without.
        var answerer = KeyMgmtAnswerer(Parties.responder(), policy: KeyMgmtPolicy(preset: .onvif, channel: .protected))
        let refused = rejection { () throws(KeyMgmtRejection) in
            _ = try answerer.answer(data, protocols: ["mikey"], now: Parties.now)
        }
        guard case .refused? = refused?.reason else {
            Issue.record("\(String(describing: refused))")
            return
        }
    }

    private static let octets: [UInt8] = Array(0..<16)

    private func expectUnprotected(_ answerer: consuming KeyMgmtAnswerer, _ data: KeyMgmtData) throws {
        var answerer = answerer
        let refused = rejection { () throws(KeyMgmtRejection) in
            _ = try answerer.answer(data, protocols: ["mikey"], now: Parties.now)
        }
        let count = answerer.bundleCount
        #expect(refused?.reason == .unprotectedChannel && refused?.message == nil && count == 0)
    }
}
