// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Receivers that join late, or lose the thread")
struct LateJoinTests {
    @Test("a counter is searched for only where that was asked for, and no further than asked")
    func bounds() throws {
        let wire = try Sending.wire(SamplePackets.rtp(sequence: 9), rolloverCounter: 40)
        for (search, isFound) in [(0, false), (39, false), (40, true), (65_535, true)] {
            let receiving = try Receiving { $0.rolloverCounterSearch = search }
            if isFound {
                #expect(receiving.rtp(wire) == .success(SamplePackets.rtp(sequence: 9)))
                #expect(receiving.context.rolloverCounter(of: sample) == 40)
                #expect(receiving.events() == [.streamAdded(sample), .rolloverCounterLearned(sample, 40)])
            } else {
                #expect(receiving.refuses(wire, with: .authenticationFailed(sample)))
                #expect(receiving.context.rolloverCounter(of: sample) == nil)
            }
        }
    }

    @Test(
        "a search ends with the first packet that authenticates, and forged ones end nothing",
        arguments: [.aesCM128_HMACSHA1_80] + builtSuites.filter { $0.cipher.isAuthenticated })
    func searchOnce(_ suite: SRTPSuite) throws {
        let receiving = try Receiving(suite) { $0.rolloverCounterSearch = 20 }
        let packets = [65_534, 65_535, 0, 1].map { SamplePackets.rtp(sequence: $0) }
        let wires = try zip(packets, [9, 9, 10, 10] as [UInt32]).map {
            try Sending.wire($0, rolloverCounter: $1, suite: suite)
        }
        var forged = wires[0]
        forged[15] ^= 1
        #expect(receiving.refuses(forged, with: .authenticationFailed(sample)))
        // The one from behind the wrap comes first.
        for place in [2, 0, 3, 1] { #expect(receiving.rtp(wires[place]) == .success(packets[place])) }
        #expect(receiving.refuses(wires[0], with: .replayed(sample, index: 9 << 16 | 65_534)))
        let ahead = try Sending.wire(SamplePackets.rtp(sequence: 2), rolloverCounter: 12, suite: suite)
        #expect(receiving.refuses(ahead, with: .authenticationFailed(sample)))
    }

    @Test("SRTP-12 after an outage, resynchronising finds the counter, and accepts nothing twice")
    func resynchronized() throws {
        let receiving = try Receiving { $0.rolloverCounterSearch = 20 }
        let old = try (60_000..<60_050).map { try Sending.wire(SamplePackets.rtp(sequence: $0), rolloverCounter: 1) }
        for wire in old { _ = try receiving.rtp(wire).get() }
        let packet = SamplePackets.rtp(sequence: 50_000)
        let wire = try Sending.wire(packet, rolloverCounter: 7)
        #expect(receiving.refuses(wire, with: .authenticationFailed(sample)) || receiving.refuses(wire))
        try receiving.context.resynchronize(sample)
        for wire in old.suffix(3) { #expect(receiving.refuses(wire)) }
        #expect(receiving.rtp(wire) == .success(packet))
        #expect(receiving.context.rolloverCounter(of: sample) == 7)
        for wire in old { #expect(receiving.refuses(wire)) }
        #expect(receiving.refuses(wire, with: .replayed(sample, index: 7 << 16 | 50_000)))
        #expect(throws: SRTPError.unknownStream(3)) { try receiving.context.resynchronize(3) }
    }

    @Test("SRTP-12 an outage inside one counter: setting it to what it is lets the stream go on")
    func outageWithinACounter() throws {
        let link = try Link()
        try link.rtp(SamplePackets.rtp(sequence: 100))
        let packet = SamplePackets.rtp(sequence: 50_000)
        let wire = try Sending.wire(packet)
        #expect(link.receiving.refuses(wire))
        try link.receiving.context.setRolloverCounter(0, of: sample)
        try link.sending.context.setRolloverCounter(0, of: sample)
        #expect(link.sending.rtp(packet) == .success(wire))
        #expect(link.receiving.rtp(wire) == .success(packet))
        // Set once more just before the wrap, it does not hold the stream back.
        try link.rtp(SamplePackets.rtp(sequence: 65_535))
        try link.receiving.context.setRolloverCounter(0, of: sample)
        try link.sending.context.setRolloverCounter(0, of: sample)
        try link.rtp(SamplePackets.rtp(sequence: 0))
        #expect(link.receiving.context.rolloverCounter(of: sample) == 1)
    }

    @Test("a receiver that was told 0 joins at 65535, with loss and reordering", arguments: 0..<20)
    func nextToTheWrap(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let link = try Link { $0.replayWindow = 256 }
        try link.receiving.context.setRolloverCounter(0, of: sample)
        var waiting: [(packet: [UInt8], wire: [UInt8])] = []
        for number in 0..<200 {
            let packet = SamplePackets.rtp(sequence: UInt16(truncatingIfNeeded: 65_530 + number))
            let wire = try link.sending.rtp(packet).get()
            // The receiver has the counter from a packet of before the wrap, and from then on loses a third.
            if number > 0, Int.random(in: 0..<3, using: &generator) == 0 { continue }
            waiting.append((packet, wire))
            guard number == 0 || waiting.count > 20 else { continue }
            let (sent, next) = waiting.remove(at: .random(in: 0..<waiting.count, using: &generator))
            #expect(link.receiving.rtp(next) == .success(sent))
        }
        #expect(link.receiving.context.rolloverCounter(of: sample) == 1)
    }

    @Test(
        "a carried counter lets a receiver join at the next packet that carries it",
        arguments: [CarriedRolloverCounter.Mode.authenticated, .unauthenticatedBetween],
        [1, 7, 256, 65_535] as [UInt16])
    func carried(_ mode: CarriedRolloverCounter.Mode, _ rate: UInt16) throws {
        let link = try Link { $0.carriedRolloverCounter = CarriedRolloverCounter(mode, rate: rate) }
        try link.sending.context.setRolloverCounter(90_000, of: sample)
        let number = rate == 1 ? 5 : rate
        for sequence in number - 2..<number {
            let wire = try link.sending.rtp(SamplePackets.rtp(sequence: sequence)).get()
            if rate > 1 { #expect(link.receiving.refuses(wire)) }
        }
        // A forged counter, and then the true one.
        let packet = SamplePackets.rtp(sequence: number)
        var wire = try link.sending.rtp(packet).get()
        wire[wire.count - 7] ^= 1
        #expect(link.receiving.refuses(wire, with: .authenticationFailed(sample)))
        wire[wire.count - 7] ^= 1
        #expect(link.receiving.rtp(wire) == .success(packet))
        #expect(link.receiving.context.rolloverCounter(of: sample) == 90_000)
        #expect(
            link.receiving.events()
                == [.streamAdded(sample), .rolloverCounterLearned(sample, 90_000)])
        try link.rtp(SamplePackets.rtp(sequence: number &+ 1))
        #expect(link.receiving.refuses(wire))
    }

    @Test("a carried counter brings the stream back after an outage, never back in time")
    func carriedAfterAnOutage() throws {
        let link = try Link { $0.carriedRolloverCounter = CarriedRolloverCounter(.authenticated, rate: 4) }
        let old = try link.sending.rtp(SamplePackets.rtp(sequence: 4)).get()
        try link.rtp(SamplePackets.rtp(sequence: 5))
        try link.sending.context.setRolloverCounter(8, of: sample)
        let packet = SamplePackets.rtp(sequence: 40_000)
        #expect(try link.rtp(packet) == packet)
        #expect(link.receiving.refuses(old, with: .replayed(sample, index: 4)))
        #expect(link.receiving.context.rolloverCounter(of: sample) == 8)
    }

    @Test("a carried counter follows from ffffffff to 0")
    func carriedOverTheWrap() throws {
        let link = try Link { $0.carriedRolloverCounter = CarriedRolloverCounter(.authenticated, rate: 1) }
        try link.sending.context.setRolloverCounter(.max, of: sample)
        let late = SamplePackets.rtp(sequence: 65_533)
        let lateWire = try link.sending.rtp(late).get()
        for sequence: UInt16 in [65_534, 65_535, 0, 1] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(try link.rtp(packet) == packet)
        }
        #expect(link.receiving.rtp(lateWire) == .success(late))
        #expect(link.receiving.context.rolloverCounter(of: sample) == 0)
    }
}
