// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Setting and reading the rollover counter")
struct RolloverCounterTests {
    @Test("SRTP-07 ffffffff goes to 0 where the first index is not reached", arguments: builtSuites)
    func counterWraps(_ suite: SRTPSuite) throws {
        let sending = try Sending(suite)
        let receiving = try Receiving(suite)
        try sending.context.setRolloverCounter(.max, of: sample)
        try receiving.context.setRolloverCounter(.max, of: sample)
        for sequence: UInt16 in [65534, 65535, 0, 1] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(receiving.rtp(try sending.rtp(packet).get()) == .success(packet))
        }
        #expect(sending.context.rolloverCounter(of: sample) == 0)
        #expect(receiving.context.rolloverCounter(of: sample) == 0)
    }

    @Test("SRTP-07 an index that would reach the first one used under the key is refused, for ever")
    func firstIndexIsTheEnd() throws {
        let sending = try Sending()
        let receiving = try Receiving()
        // The first index is 5, the next one 2^48 - 1: between them, 0 to 4 are left.
        for sequence: UInt16 in [5] {
            _ = try receiving.rtp(try sending.rtp(SamplePackets.rtp(sequence: sequence)).get()).get()
        }
        try sending.context.setRolloverCounter(.max, of: sample)
        try receiving.context.setRolloverCounter(.max, of: sample)
        for sequence: UInt16 in [65535, 0, 4] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(receiving.rtp(try sending.rtp(packet).get()) == .success(packet))
        }
        let before = (sending.state, receiving.state)
        for sequence: UInt16 in [5, 6, 5, 1000] {
            #expect(sending.rtp(SamplePackets.rtp(sequence: sequence)) == .failure(.indexExhausted(sample)))
            let forged = try Sending.wire(SamplePackets.rtp(sequence: sequence))
            #expect(receiving.rtp(forged) == .failure(.indexExhausted(sample)))
        }
        #expect(sending.state == before.0)
        #expect(receiving.state == before.1)
        // Those that are left may still go.
        #expect(throws: Never.self) { try sending.rtp(SamplePackets.rtp(sequence: 3)).get() }
    }

    @Test("SRTP-08 set and read back before any packet, to 0 as well")
    func readBack() throws {
        let receiving = try Receiving()
        let sending = try Sending()
        #expect(receiving.context.rolloverCounter(of: sample) == nil)
        #expect(sending.context.rolloverCounter(of: sample) == nil)
        for counter: UInt32 in [7, 0, .max, 3] {
            try receiving.context.setRolloverCounter(counter, of: sample)
            try sending.context.setRolloverCounter(counter, of: sample)
            #expect(receiving.context.rolloverCounter(of: sample) == counter)
            #expect(sending.context.rolloverCounter(of: sample) == counter)
        }
        let packet = SamplePackets.rtp(sequence: 60000)
        let wire = try sending.rtp(packet).get()
        #expect(wire == (try Sending.wire(packet, rolloverCounter: 3)))
        #expect(receiving.rtp(wire) == .success(packet))
    }

    @Test("SRTP-08 the first packet takes the counter with its own number, however high", arguments: [0, 40000, 65535])
    func firstPacketTakesIt(_ sequence: UInt16) throws {
        // An estimate from sequence number 0 would put 40,000 and 65,535 one counter back.
        let receiving = try Receiving()
        try receiving.context.setRolloverCounter(9, of: sample)
        let packet = SamplePackets.rtp(sequence: sequence)
        #expect(receiving.rtp(try Sending.wire(packet, rolloverCounter: 9)) == .success(packet))
        #expect(receiving.context.rolloverCounter(of: sample) == 9)
    }

    @Test("SRTP-08 the number wraps between setting and the first packet: refused until set again")
    func wrapBeforeTheFirst() throws {
        let receiving = try Receiving()
        try receiving.context.setRolloverCounter(9, of: sample)
        let packet = SamplePackets.rtp(sequence: 0)
        let wire = try Sending.wire(packet, rolloverCounter: 10)
        #expect(receiving.rtp(wire) == .failure(.authenticationFailed(sample)))
        #expect(receiving.context.rolloverCounter(of: sample) == 9)
        try receiving.context.setRolloverCounter(10, of: sample)
        #expect(receiving.rtp(wire) == .success(packet))
    }

    @Test("SRTP-08 set ahead on a running stream: the next packet of that counter, without an estimate")
    func ahead() throws {
        let (sending, receiving) = (try Sending(), try Receiving())
        _ = try receiving.rtp(try sending.rtp(SamplePackets.rtp(sequence: 100)).get()).get()
        try sending.context.setRolloverCounter(4, of: sample)
        try receiving.context.setRolloverCounter(4, of: sample)
        for sequence: UInt16 in [60000, 60001] {
            let packet = SamplePackets.rtp(sequence: sequence)
            let wire = try sending.rtp(packet).get()
            #expect(wire == (try Sending.wire(packet, rolloverCounter: 4)))
            #expect(receiving.rtp(wire) == .success(packet))
        }
    }

    @Test("SRTP-08 set back: refused by both, since indices would come again")
    func back() throws {
        let (sending, receiving) = (try Sending(), try Receiving())
        try sending.context.setRolloverCounter(5, of: sample)
        try receiving.context.setRolloverCounter(5, of: sample)
        _ = try receiving.rtp(try sending.rtp(SamplePackets.rtp(sequence: 1)).get()).get()
        let expected = SRTPError.rolloverCounterMovesBack(sample, from: 5, to: 4)
        #expect(throws: expected) { try sending.context.setRolloverCounter(4, of: sample) }
        #expect(throws: expected) { try receiving.context.setRolloverCounter(4, of: sample) }
    }

    @Test("SRTP-09 a refused setting leaves window and counter as they are")
    func refusedSettingKeepsTheWindow() throws {
        let receiving = try Receiving()
        try receiving.context.setRolloverCounter(5, of: sample)
        let wire = try Sending.wire(SamplePackets.rtp(sequence: 1), rolloverCounter: 5)
        _ = try receiving.rtp(wire).get()
        let before = receiving.state
        #expect(throws: SRTPError.self) { try receiving.context.setRolloverCounter(0, of: sample) }
        #expect(receiving.state == before)
        #expect(receiving.rtp(wire) == .failure(.replayed(sample, index: 5 << 16 | 1)))
    }

    @Test("SRTP-09 an accepted setting leaves the window too: nothing is accepted twice")
    func settingKeepsTheWindow() throws {
        let receiving = try Receiving()
        let wire = try Sending.wire(SamplePackets.rtp(sequence: 1))
        _ = try receiving.rtp(wire).get()
        try receiving.context.setRolloverCounter(0, of: sample)
        #expect(receiving.rtp(wire) == .failure(.replayed(sample, index: 1)))
        try receiving.context.setRolloverCounter(1, of: sample)
        #expect(receiving.rtp(wire) == .failure(.authenticationFailed(sample)))
        try receiving.context.setRolloverCounter(0, of: sample)
        #expect(receiving.rtp(wire) == .failure(.replayed(sample, index: 1)))
    }

    @Test("SRTP-57 setting a stream's counter twice keeps one stream")
    func oneStream() throws {
        let receiving = try Receiving { $0.streamLimit = 1 }
        try receiving.context.setRolloverCounter(1, of: sample)
        try receiving.context.setRolloverCounter(2, of: sample)
        #expect(receiving.context.knownSSRCs == [sample])
    }
}
