// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Packets without a tag")
struct UnauthenticatedTests {
    private func link() throws -> Link { try Link { $0.leavesRTPUnauthenticated = true } }

    @Test("SRTP-22 are taken of streams only that the receiver was told of")
    func announced() throws {
        let link = try link()
        let wire = try link.sending.rtp(SamplePackets.rtp(sequence: 1)).get()
        #expect(link.receiving.refuses(wire, with: .unauthenticated(sample)))
        // That the other kind has authenticated is no announcement.
        try link.rtcp(SamplePackets.rtcp())
        #expect(link.receiving.refuses(wire, with: .unauthenticated(sample)))
        try link.receiving.context.setRolloverCounter(0, of: sample)
        #expect(link.receiving.rtp(wire) == .success(SamplePackets.rtp(sequence: 1)))
        #expect(link.receiving.refuses(wire, with: .replayed(sample, index: 1)))
    }

    @Test("SRTP-22 move the window by less than 2^15, and nothing else")
    func moveTheWindowOnly() throws {
        let link = try link()
        try link.rtcp(SamplePackets.rtcp())
        try link.receiving.context.setRolloverCounter(0, of: sample)
        try link.rtp(SamplePackets.rtp(sequence: 1))
        _ = link.receiving.events()
        let keys = link.receiving.keys
        let before = try #require(link.receiving.state.streams.first)
        for sequence: UInt16 in [32_769, 40_000, 65_535] {
            let forged = SamplePackets.rtp(sequence: sequence)
            #expect(link.receiving.refuses(forged, with: .unauthenticated(sample)), "\(sequence)")
        }
        for sequence: UInt16 in [2, 32_768] { _ = try link.receiving.rtp(SamplePackets.rtp(sequence: sequence)).get() }
        let after = try #require(link.receiving.state.streams.first)
        #expect(after.rtp.newest == before.rtp.newest + 32_767)
        #expect(after.rtcp == before.rtcp)
        #expect(after.keyNumber == before.keyNumber)
        #expect(link.receiving.context.keys == keys)
        #expect(link.receiving.events().isEmpty)
        #expect(link.receiving.latestKey?.number == 1)
    }

    @Test("SRTP-02 none is of the counter before the first, however wide the window")
    func beforeTheFirst() throws {
        let receiving = try Receiving {
            $0.leavesRTPUnauthenticated = true
            $0.replayWindow = 32_768
        }
        try receiving.context.setRolloverCounter(0, of: sample)
        _ = try receiving.rtp(SamplePackets.rtp(sequence: 3)).get()
        #expect(receiving.refuses(SamplePackets.rtp(sequence: 65_535), with: .unauthenticated(sample)))
        _ = try receiving.rtp(SamplePackets.rtp(sequence: 2)).get()
    }

    @Test("forged ones bring no key to its end, no switch and no grace")
    func keysAreLeftAlone() throws {
        let options = SRTPKeyOptions(lifetime: SRTPKeyLifetime(rtpPackets: 5))
        let receiving = try Receiving(options: options) {
            $0.leavesRTPUnauthenticated = true
            $0.keyGrace = 2
        }
        try receiving.context.setRolloverCounter(0, of: sample)
        try receiving.replaceKey(first: 7, options: options)
        for sequence: UInt16 in 0..<20 { _ = try receiving.rtp(SamplePackets.rtp(sequence: sequence)).get() }
        let keys = receiving.keys
        #expect(keys.map(\.rtpPackets) == [0, 0])
        #expect(keys.map(\.isExhausted) == [false, false])
        #expect(keys.map(\.remainingGrace) == [2, nil])
        #expect(receiving.latestKey == nil)
    }

    @Test("SRTP-05 a counter that nobody vouches for is believed at the start, and then ignored")
    func carriedWithoutMAC() throws {
        let link = try Link { $0.carriedRolloverCounter = CarriedRolloverCounter(.unauthenticated, rate: 2) }
        try link.sending.context.setRolloverCounter(5, of: sample)
        let first = try link.sending.rtp(SamplePackets.rtp(sequence: 10)).get()
        #expect(link.receiving.refuses(first, with: .unauthenticated(sample)))
        try link.rtcp(SamplePackets.rtcp())
        // No counter in this one.
        let without = try link.sending.rtp(SamplePackets.rtp(sequence: 11)).get()
        #expect(link.receiving.refuses(without, with: .unauthenticated(sample)))
        #expect(link.receiving.rtp(first) == .success(SamplePackets.rtp(sequence: 10)))
        #expect(link.receiving.context.rolloverCounter(of: sample) == 5)
        #expect(link.receiving.rtp(without) == .success(SamplePackets.rtp(sequence: 11)))
        // Another counter puts the receiver out of step no more: the packet is read with the stream's own.
        for (number, counter): (UInt16, UInt32) in [(12, 0), (14, 4), (16, 6), (18, 900)] {
            var wire = try link.sending.rtp(SamplePackets.rtp(sequence: number)).get()
            wire.replaceSubrange(
                (wire.count - 4)..., with: (0..<4).map { UInt8(truncatingIfNeeded: counter >> UInt32(24 - 8 * $0)) })
            #expect(link.receiving.rtp(wire) == .success(SamplePackets.rtp(sequence: number)))
            #expect(link.receiving.context.rolloverCounter(of: sample) == 5)
        }
        // After an outage, when told so.
        try link.sending.context.setRolloverCounter(7, of: sample)
        let later = try link.sending.rtp(SamplePackets.rtp(sequence: 20)).get()
        try link.receiving.context.resynchronize(sample)
        #expect(link.receiving.rtp(later) == .success(SamplePackets.rtp(sequence: 20)))
        #expect(link.receiving.context.rolloverCounter(of: sample) == 7)
    }
}
