// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP
import TestSupport
import Testing

@Suite("libsrtp", .needs(.libsrtp))
struct LibsrtpTests {
    static let suites: [SRTPSuite] = [.aesCM128_HMACSHA1_80, .aesCM128_HMACSHA1_32, .null_HMACSHA1_80]
    static let traffic = Traffic(count: 10_000, seed: 3711)

    @Test("libsrtp protects 10,000 RTP and 10,000 RTCP packets, we unprotect them", arguments: suites)
    func libsrtpProtects(_ suite: SRTPSuite) async throws {
        let traffic = Self.traffic
        let secured = try await LibsrtpPeer.run(.protect, traffic.packets, suite)
        try #require(secured.refusals.isEmpty && secured.results.count == 20_000)
        let outcome = try unprotect(traffic.arriving(secured.results), suite)
        #expect(outcome.refusals.isEmpty)
        #expect(outcome.results == traffic.arriving(traffic.packets))
    }

    @Test("we protect 10,000 RTP and 10,000 RTCP packets, libsrtp unprotects them", arguments: suites)
    func libsrtpUnprotects(_ suite: SRTPSuite) async throws {
        let traffic = Self.traffic
        let secured = try protect(traffic.packets, suite)
        let outcome = try await LibsrtpPeer.run(.unprotect, traffic.arriving(secured), suite)
        #expect(outcome.refusals.isEmpty)
        #expect(outcome.results == traffic.arriving(traffic.packets))
    }

    @Test("both write the same octets, once our SRTCP index begins with 1 as libsrtp's does", arguments: suites)
    func theSameOctets(_ suite: SRTPSuite) async throws {
        let packets = Array(Self.traffic.packets.prefix(4000))
        let theirs = try await LibsrtpPeer.run(.protect, packets, suite)
        let ours = try protect(packets, suite) { sender in
            for ssrc in Set(packets.map(\.ssrc)) { try sender.setNextRTCPIndex(1, of: ssrc) }
        }
        #expect(ours == theirs.results)
    }

    @Test("both refuse the same packets: changed ones, and those that came before", arguments: suites)
    func theSameRefusals(_ suite: SRTPSuite) async throws {
        let secured = try protect(Array(Self.traffic.packets.prefix(2000)), suite)
        var random = SeededGenerator(seed: 9)
        var arriving: [MediaPacket] = []
        for packet in secured {
            // Not where the packet could be taken apart otherwise: a timestamp or NTP time, or the tag's last octets.
            let places = Array(packet.kind == .rtp ? 4..<8 : 8..<12) + Array(packet.octets.indices.suffix(4))
            let place = places[Int.random(in: places.indices, using: &random)]
            var changed = packet
            changed.octets[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            arriving += [changed, packet, packet]
        }
        let ours = try unprotect(arriving, suite)
        let theirs = try await LibsrtpPeer.run(.unprotect, arriving, suite)
        #expect(ours.results == theirs.results && ours.results.count == 2000)
        #expect(ours.refusals == theirs.refusals)
        let kinds = secured.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 }
        for (kind, count) in kinds {
            #expect(ours.refusals["\(kind): authentication failed"] == count)
            #expect(ours.refusals["\(kind): replayed"] == count)
        }
    }
}

struct TrafficTests {
    @Test("the packets for libsrtp have CSRCs, extensions, padding, wraps, losses, and arrive out of order")
    func traffic() {
        let traffic = LibsrtpTests.traffic
        let rtp = traffic.packets.filter { $0.kind == .rtp }
        #expect(rtp.count == 10_000 && traffic.packets.count == 20_000)
        for bits: UInt8 in [0x0F, 0x10, 0x20] { #expect(rtp.count { $0.octets[0] & bits != 0 } > 4000) }
        #expect(Set(traffic.delivery) == Set(traffic.packets.indices) && traffic.delivery.count == 20_000)

        // Indices as the sender counts them: RTP by wraps, RTCP one by one.
        var newest: [MediaPacket.Stream: Int] = [:]
        let indices = traffic.packets.map { packet in
            let before = newest[packet.stream]
            let index =
                switch packet.kind {
                case .rtp:
                    before.map { $0 + Int(packet.sequenceNumber &- UInt16($0 & 0xFFFF)) } ?? Int(packet.sequenceNumber)
                case .rtcp: (before ?? -1) + 1
                }
            newest[packet.stream] = index
            return index
        }
        #expect(newest.count == 10)
        for (stream, index) in newest where stream.kind == .rtp {
            #expect(index >> 16 >= (stream.ssrc == SSRC(Traffic.leaping) ? 100 : 1))
        }
        // How far packets lag when they arrive: many do, none as far as a window is wide.
        var highest: [MediaPacket.Stream: Int] = [:]
        var lags: [Int] = []
        for place in traffic.delivery {
            let stream = traffic.packets[place].stream
            lags.append((highest[stream] ?? indices[place]) - indices[place])
            highest[stream] = max(highest[stream] ?? 0, indices[place])
        }
        #expect(lags.count { $0 > 0 } > 5000)
        #expect((64..<128).contains(lags.max() ?? 0))
    }
}

extension MediaPacket {
    fileprivate struct Stream: Hashable {
        let kind: PacketKind
        let ssrc: SSRC
    }

    fileprivate var stream: Stream { Stream(kind: kind, ssrc: ssrc) }
}
