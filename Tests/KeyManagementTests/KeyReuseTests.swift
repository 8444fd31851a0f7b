// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import RTP
import SRTP
import TestSupport
import Testing

/// A sender of its own under keys that were there before would use their indices again.
@Suite("Keys that stay, or come back")
struct KeyReuseTests {
    /// Updates that our own offerer does not make, and what the answerer makes of them.
    private final class Exchange {
        private var initiator: MIKEYInitiator
        private var answerer: KeyMgmtAnswerer
        private let preset: MIKEYPreset
        private var seconds: Int64 = 0

        init(_ preset: MIKEYPreset) throws {
            let channel = KeyMgmtChannel.protected
            let credential = preset == .rfc3830 ? Parties.preSharedKey : try channel.nullCredential()
            initiator = try MIKEYInitiator(preset.initiator(credential))
            answerer = try Parties.answerer(KeyMgmtPolicy(preset: preset, channel: channel))
            self.preset = preset
        }

        /// What the answerer agrees on for `mediaCount` media.
        func agree(
            _ streams: [MIKEYCryptoSessions.Stream], mediaCount: Int, keys: MIKEYOffer.Keys
        ) throws -> [NegotiatedMIKEY] {
            try agree(.srtpID(streams), mediaCount: mediaCount, keys: keys)
        }

        func agree(
            _ map: MIKEYCryptoSessions.Map, mediaCount: Int, keys: MIKEYOffer.Keys, told: [MIKEYUnlistedMedia] = []
        ) throws -> [NegotiatedMIKEY] {
            seconds += 1
            let now = Parties.now.later(by: seconds)
            let offer = MIKEYOffer(
                cryptoSessions: try MIKEYCryptoSessions(map), keys: keys,
                generalExtensions: preset.writesProtocolList ? [try .sdpIDs(["mikey"])] : [])
            let actions = try initiator.offer(offer, now: now)
            guard case .send(let message)? = actions.first else { throw KeyMgmtNegotiationError.noVerification }
            let answer = try answerer.answer(
                KeyMgmtData(message), protocols: preset.writesProtocolList ? ["mikey"] : nil, mediaCount: mediaCount,
                unlisted: told, now: now)
            if let data = answer.data {
                let octets = try data.message().encoded
                guard case .established? = initiator.receive(octets, now: now).first else {
                    throw KeyMgmtNegotiationError.noVerification
                }
            }
            return answer.negotiated
        }
    }

    /// Two crypto sessions for each media: what the initiator sends, and what the answerer sends.
    private static func streams(_ mediaCount: UInt32) -> [MIKEYCryptoSessions.Stream] {
        (1...2 * mediaCount).map { .init(ssrc: SSRC($0)) }
    }

    private func failures(_ negotiated: NegotiatedMIKEY) -> [KeyMgmtNegotiationError?] {
        [
            failure { () throws(KeyMgmtNegotiationError) in _ = try negotiated.makeSender() },
            failure { () throws(KeyMgmtNegotiationError) in _ = try negotiated.makeReceiver() },
        ]
    }

    private func failure(_ body: () throws(KeyMgmtNegotiationError) -> Void) -> KeyMgmtNegotiationError? {
        do throws(KeyMgmtNegotiationError) {
            try body()
            return nil
        } catch {
            return error
        }
    }

    @Test("MIKEY-44 an SSRC that comes back under the keys of before gets no second context; its first one goes on")
    func stream() throws {
        let exchange = try Exchange(.rfc3830)
        let spi = MIKEYKeyRequest.tgk(validity: try .spi([1]))
        let first = try exchange.agree(Self.streams(2), mediaCount: 2, keys: .fresh([spi]))
        var sender = try first[1].makeSender()
        let packet = SamplePackets.rtp(sequence: 7, ssrc: 4)
        _ = try sender.protectRTP(packet)

        let without = try exchange.agree(Self.streams(1), mediaCount: 1, keys: .unchanged)
        #expect(failures(without[0]) == [.keysInUse(csID: 2), .keysInUse(csID: 1)])
        let back = try exchange.agree(Self.streams(3), mediaCount: 3, keys: .unchanged)
        #expect(back.map(\.sending[0].isContinued) == [true, false, false] && !back[1].hasNewKeys)
        #expect(failures(back[1]) == [.keysInUse(csID: 4), .keysInUse(csID: 3)])
        try back[1].replaceKeys(of: &sender, previous: first[1])
        #expect(throws: SRTPError.self) { _ = try sender.protectRTP(packet) }
        // A TGK has keys for a crypto session that never was there.
        #expect(failures(back[2]) == [nil, nil])

        let new = try exchange.agree(Self.streams(2), mediaCount: 2, keys: .fresh([.tgk(validity: try .spi([2]))]))
        #expect(new.allSatisfy(\.hasNewKeys) && failures(new[1]) == [nil, nil])
    }

    @Test(
        "MIKEY-44 keys that come back get no second context, nor does a TEK for one more SSRC or with its salt elsewhere"
    )
    func key() throws {
        let exchange = try Exchange(.onvif)
        let own = try Parties.tek(1, validity: .spi([1]))
        let other = try Parties.tek(99, validity: .spi([2]))
        let joined = try Parties.tek(1, joined: true, validity: .spi([1]))
        let first = try exchange.agree([.init(ssrc: 1)], mediaCount: 1, keys: .given([own]))
        var pair = try first[0].makePair(as: .responder)
        let inUse = KeyMgmtNegotiationError.keysInUse(csID: 1)
        // Without an answer, keys are said again.
        let again = try exchange.agree([.init(ssrc: 1), .init(ssrc: 2)], mediaCount: 1, keys: .unchanged)
        #expect(!again[0].hasNewKeys)
        for number in 0...1 {
            #expect(
                failure { () throws(KeyMgmtNegotiationError) in
                    _ = try again[0].makePair(of: number, as: .responder)
                } == .keysInUse(csID: UInt8(number + 1)))
        }
        let replaced = try exchange.agree([.init(ssrc: 1)], mediaCount: 1, keys: .given([other]))
        try replaced[0].replaceKeys(of: &pair.sender, previous: again[0])
        for keys in [[own], [joined], [other, own]] {
            let back = try exchange.agree([.init(ssrc: 1)], mediaCount: 1, keys: .given(keys))
            #expect(failure { () throws(KeyMgmtNegotiationError) in _ = try back[0].makePair(as: .responder) } == inUse)
            // The sender that had it does not take it back either.
            #expect(
                failure { () throws(KeyMgmtNegotiationError) in
                    try back[0].replaceKeys(of: &pair.sender, previous: replaced[0])
                } == .srtp(.keyReused))
        }
    }

    @Test("MIKEY-44 the keys of sessions that are told elsewhere get no second context")
    func unlisted() throws {
        let exchange = try Exchange(.rfc3830)
        let told = try #require(MIKEYUnlistedMedia(place: 0, as: .responder, sending: 2, receiving: 1))
        let tgk = MIKEYKeyRequest.tgk()
        let first = try exchange.agree(.empty(count: 2), mediaCount: 1, keys: .fresh([tgk]), told: [told])
        #expect(failures(first[0]) == [nil, nil])
        let kept = try exchange.agree(.empty(count: 2), mediaCount: 1, keys: .unchanged, told: [told])
        #expect(failures(kept[0]) == [.keysInUse(csID: 2), .keysInUse(csID: 1)])
        let new = try exchange.agree(.empty(count: 2), mediaCount: 1, keys: .fresh([tgk]), told: [told])
        #expect(failures(new[0]) == [nil, nil])
    }

    @Test("New keys before and behind the old one: the contexts keep what stays, and send under the first")
    func severalKeys() throws {
        let exchange = try Exchange(.onvif)
        let keys = try (1...3).map { try Parties.tek(40 &* UInt8($0), validity: .spi([UInt8($0)])) }
        var agreed = try exchange.agree([.init(ssrc: 1)], mediaCount: 1, keys: .given([keys[0]]))
        var pair = try agreed[0].makePair(as: .responder)
        for (wanted, mki) in [([1, 0], 2), ([1, 0], 2), ([2, 1], 3), ([2], 3)] as [([Int], UInt8)] {
            let next = try exchange.agree([.init(ssrc: 1)], mediaCount: 1, keys: .given(wanted.map { keys[$0] }))
            try next[0].replaceKeys(of: &pair.sender, previous: agreed[0])
            try next[0].replaceKeys(of: &pair.receiver, previous: agreed[0])
            agreed = next
            let active = pair.sender.activeKey
            let sending = pair.sender.keys
            #expect(sending.first { $0.id == active }?.mki == [mki])
            #expect(sending.count == wanted.count)
            let receiving = pair.receiver.keys.filter { $0.remainingGrace == nil }.map(\.mki)
            #expect(Set(receiving) == Set(wanted.map { [UInt8($0 + 1)] }))
        }
    }
}
