// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import RTP
import SRTP
import TestSupport
import Testing

@Suite("Crypto sessions that a message does not list: the empty map of RFC 4563")
struct UnlistedMediaTests {
    private static let gcm = SRTPSuite.named("AEAD_AES_128_GCM").map { SRTPPolicy($0) }

    private func media(_ role: NegotiatedMIKEY.Role, _ place: Int = 0) throws -> MIKEYUnlistedMedia {
        let (first, second): (SSRC, SSRC) = (SSRC(UInt32(2 * place + 1)), SSRC(UInt32(2 * place + 2)))
        let (own, peer) = role == .initiator ? (first, second) : (second, first)
        let policy = try #require(Self.gcm)
        let media = MIKEYUnlistedMedia(place: place, as: role, policy: policy, sending: own, receiving: peer)
        return try #require(media)
    }

    private func reason(_ body: () throws(KeyMgmtRejection) -> Void) -> KeyMgmtNegotiationError? {
        do throws(KeyMgmtRejection) {
            try body()
            return nil
        } catch {
            return error.reason
        }
    }

    @Test("Offered and answered with what was told elsewhere: keys for each CS ID, packets both ways, a re-keying")
    func exchange() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        let offer = try offerer.offer(unlisted: [media(.initiator), media(.initiator, 1)], now: Parties.now)
        let message = try offer.data.message()
        #expect(message.header.cryptoSessions.map == .empty(count: 4) && message.policies.isEmpty)
        let told = [try media(.responder), try media(.responder, 1)]
        let answer = try answerer.answer(
            offer.data, protocols: ["mikey"], mediaCount: 2, unlisted: told, now: Parties.now)
        let ours = try offerer.accept(answer.data, now: Parties.now)
        #expect(ours.map(\.sending[0].id) == [1, 3] && answer.negotiated.map(\.sending[0].id) == [2, 4])
        for (ours, theirs) in zip(ours, answer.negotiated) {
            #expect(!ours.sharesKeys && ours.sending[0].policy == Self.gcm)
            var sender = try ours.makeSender()
            var receiver = try theirs.makeReceiver()
            #expect(try passes(&sender, &receiver, ssrc: ours.sending[0].ssrc))
            var peerSender = try theirs.makeSender()
            var peerReceiver = try ours.makeReceiver()
            #expect(try passes(&peerSender, &peerReceiver, ssrc: theirs.sending[0].ssrc))
        }
        // The keys of one media are not those of another.
        var sender = try ours[0].makeSender()
        var stranger = try answer.negotiated[1].makeReceiver()
        #expect(throws: SRTPError.self) { _ = try passes(&sender, &stranger, ssrc: 1) }

        sender = try ours[0].makeSender()
        var receiver = try answer.negotiated[0].makeReceiver()
        let update = try offerer.rekey(now: Parties.now.later(by: 1))
        #expect(try update.data.message().header.cryptoSessions.map == .empty(count: 4))
        let updated = try answerer.answer(
            update.data, protocols: ["mikey"], mediaCount: 2, unlisted: told, now: Parties.now.later(by: 1))
        let after = try offerer.accept(updated.data, now: Parties.now.later(by: 1))
        #expect(after[0].isUpdate && after[0].sending[0].isContinued)
        try after[0].replaceKeys(of: &sender, previous: ours[0])
        try updated.negotiated[0].replaceKeys(of: &receiver, previous: answer.negotiated[0])
        #expect(try passes(&sender, &receiver, ssrc: 1))
    }

    @Test("MIKEY-04 a message with the empty map is refused where nothing, too little or something else was told")
    func refused() throws {
        var offerer = try Parties.offerer()
        let offer = try offerer.offer(unlisted: [media(.initiator)], now: Parties.now)
        let right = try media(.responder)
        var twice = right
        twice.sending += twice.sending
        var silent = right
        silent.receiving = []
        for (count, told) in [
            (1, []), (2, [right]), (2, [right, try media(.responder, 1)]), (1, [right, try media(.responder, 1)]),
            (1, [twice]), (1, [silent]),
            (2, [right, right]),
        ] {
            var answerer = try Parties.answerer()
            #expect(
                reason { () throws(KeyMgmtRejection) in
                    _ = try answerer.answer(
                        offer.data, protocols: ["mikey"], mediaCount: count, unlisted: told, now: Parties.now)
                } == .unlistedSessions)
            let bundles = answerer.bundleCount
            #expect(bundles == 0)
        }
        // What was told elsewhere is looked at like what a message says.
        var policy = KeyMgmtPolicy()
        policy.suites = [.aesCM128_HMACSHA1_80]
        var answerer = try Parties.answerer(policy)
        #expect(
            reason { () throws(KeyMgmtRejection) in
                _ = try answerer.answer(offer.data, protocols: ["mikey"], unlisted: [right], now: Parties.now)
            } == Self.gcm.map { .notAcceptable($0) })
    }

    @Test("What a message lists counts, whatever else was told")
    func listed() throws {
        var offerer = try Parties.offerer()
        var answerer = try Parties.answerer()
        let offer = try offerer.offer([.init(ssrc: 9)], now: Parties.now)
        let answer = try answerer.answer(
            offer.data, protocols: ["mikey"], unlisted: [media(.responder)], now: Parties.now)
        #expect(answer.negotiated[0].receiving[0].ssrc == 9)
        #expect(answer.negotiated[0].receiving[0].policy == SRTPPolicy())
    }

    @Test("No number of crypto sessions, as in TS 33.180: any that were told; CS ID 0 too; one for both directions")
    func noCount() throws {
        let message = try camera(.empty(count: 0), [Parties.tek()])
        let session = MIKEYUnlistedMedia.Session(id: 0, rolloverCounter: 3)
        var answerer = try Parties.answerer(KeyMgmtPolicy(preset: .onvif, channel: .protected))
        let answer = try answerer.answer(
            KeyMgmtData(message), protocols: nil, unlisted: [.init(sending: [session], receiving: [session])],
            now: Parties.now)
        #expect(answer.negotiated[0].sharesKeys && answer.negotiated[0].receiving[0].id == 0)
        var pair = try answer.negotiated[0].makePair(as: .responder, ssrc: 5)
        var peer = try answer.negotiated[0].makePair(as: .initiator)
        try peer.sender.setRolloverCounter(3, of: 5)
        #expect(try passes(&peer.sender, &pair.receiver, ssrc: 5))
    }

    @Test("MIKEY-38 one TEK and one SSRC for two crypto sessions would be one keystream")
    func keystream() throws {
        let message = try camera(.empty(count: 2), [Parties.tek()])
        for (ssrc, isShared) in [(SSRC(1), true), (2, false)] {
            var answerer = try Parties.answerer(KeyMgmtPolicy(preset: .onvif, channel: .protected))
            let told = MIKEYUnlistedMedia(
                sending: [.init(id: 1, ssrc: 1)], receiving: [.init(id: 2, ssrc: ssrc)])
            let found = reason { () throws(KeyMgmtRejection) in
                _ = try answerer.answer(KeyMgmtData(message), protocols: nil, unlisted: [told], now: Parties.now)
            }
            #expect(found == (isShared ? .refused(.unspecified, .sharedKeystream(1)) : nil))
        }
    }

    @Test("Places of media: two CS IDs for each, as far as there are any")
    func places() {
        #expect(MIKEYUnlistedMedia(place: 126, as: .responder)?.sending.map(\.id) == [254])
        #expect(MIKEYUnlistedMedia(place: 127, as: .initiator) == nil)
        #expect(MIKEYUnlistedMedia(place: -1, as: .initiator) == nil)
    }

    private func camera(_ map: MIKEYCryptoSessions.Map, _ keys: [MIKEYPayload.KeyData]) throws -> MIKEYMessage {
        let message = try Parties.camera(policies: [], keys: keys)
        return try MIKEYMessage(
            MIKEYHeader(.preSharedKey, csbID: 7, cryptoSessions: try MIKEYCryptoSessions(map)),
            payloads: message.payloads, mode: .lenient)
    }
}
