// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Index estimate, RFC 3711 section 3.3.1 and appendix A")
struct IndexEstimateTests {
    @Test("SRTP-03 appendix A, every pair of eight-bit sequence numbers")
    func exhaustive() {
        for highest in UInt8.min...UInt8.max {
            for sequence in UInt8.min...UInt8.max {
                // Appendix A in signed arithmetic, with 2^8 for 2^16.
                let (s, q) = (Int(highest), Int(sequence))
                let expected: UInt64 = s < 128 ? (q - s > 128 ? 9 : 10) : (s - 128 > q ? 11 : 10)
                let estimate = IndexEstimator<UInt8>.rolloverCounter(
                    of: sequence, highest: highest, rolloverCounter: 10)
                #expect(estimate == expected)
                // And the sentence of section 3.3.1: the closest of the three candidates, ties left aside.
                let distance = { (counter: UInt64) in abs(Int(counter) * 256 + q - (10 * 256 + s)) }
                #expect(distance(estimate) == [9, 10, 11].map(distance).min())
            }
        }
    }

    @Test(
        "SRTP-03 a difference of 2^15 keeps the counter, one more changes it",
        arguments: [
            (0, 32767, 10), (0, 32768, 10), (0, 32769, 9),
            (32767, 65534, 10), (32767, 65535, 10), (32767, 0, 10),
            (32768, 65535, 10), (32768, 0, 10), (32769, 0, 11), (32768, 1, 10),
            (65535, 32767, 10), (65535, 32768, 10), (65535, 32766, 11), (65535, 0, 11),
        ] as [(UInt16, UInt16, UInt64)])
    func boundaries(highest: UInt16, sequence: UInt16, expected: UInt64) {
        #expect(
            IndexEstimator<UInt16>.rolloverCounter(of: sequence, highest: highest, rolloverCounter: 10) == expected)
    }

    @Test("SRTP-01 first packet 65535, then 0: the rollover counter becomes 1")
    func wrapsAfterTheFirst() throws {
        let receiving = try Receiving()
        let sending = try Sending()
        for sequence: UInt16 in [65535, 0, 1] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(receiving.rtp(try sending.rtp(packet).get()) == .success(packet))
        }
        #expect(receiving.context.rolloverCounter(of: sample) == 1)
        #expect(sending.context.rolloverCounter(of: sample) == 1)
    }

    @Test("SRTP-01 65533, then 0 with 65534 and 65535 lost, then 65534 late")
    func wrapsWithLoss() throws {
        let receiving = try Receiving()
        let packets = [(65533, 0), (0, 1), (65534, 0)].map { (SamplePackets.rtp(sequence: $0.0), UInt32($0.1)) }
        for (packet, counter) in packets {
            #expect(receiving.rtp(try Sending.wire(packet, rolloverCounter: counter)) == .success(packet))
        }
        #expect(receiving.context.rolloverCounter(of: sample) == 1)
    }

    @Test("SRTP-01 0 of counter 1 arrives first and fails: nothing is kept, and 65535 starts the stream at 0")
    func laterPacketFirst() throws {
        let receiving = try Receiving()
        let fresh = receiving.state
        let later = try Sending.wire(SamplePackets.rtp(sequence: 0), rolloverCounter: 1)
        #expect(receiving.rtp(later) == .failure(.authenticationFailed(sample)))
        #expect(receiving.state == fresh)
        let first = SamplePackets.rtp(sequence: 65535)
        #expect(receiving.rtp(try Sending.wire(first)) == .success(first))
        #expect(receiving.rtp(later) == .success(SamplePackets.rtp(sequence: 0)))
    }

    @Test("SRTP-01 0 has authenticated, 65535 follows: it is of counter ffffffff and fails")
    func earlierThanTheFirst() throws {
        let receiving = try Receiving()
        _ = try receiving.rtp(try Sending.wire(SamplePackets.rtp(sequence: 0))).get()
        let before = receiving.state
        let same = try Sending.wire(SamplePackets.rtp(sequence: 65535))
        #expect(receiving.rtp(same) == .failure(.authenticationFailed(sample)))
        #expect(receiving.state == before)
        // The RFC's arithmetic is modulo 2^32: a sender that really is at ffffffff is understood.
        let wrapped = SamplePackets.rtp(sequence: 65535)
        #expect(
            receiving.rtp(try Sending.wire(wrapped, rolloverCounter: 0xFFFF_FFFF)) == .success(wrapped))
    }

    @Test("SRTP-02 fresh receiver, 100 then 65000: taken for the counter before, refused, and 101 stays at counter 0")
    func farAheadIsBehind() throws {
        let receiving = try Receiving()
        _ = try receiving.rtp(try Sending.wire(SamplePackets.rtp(sequence: 100))).get()
        let before = receiving.state
        let ahead = try Sending.wire(SamplePackets.rtp(sequence: 65000))
        #expect(receiving.rtp(ahead) == .failure(.replayed(sample, index: (1 << 48) - 536)))
        #expect(receiving.state == before)
        let next = SamplePackets.rtp(sequence: 101)
        #expect(receiving.rtp(try Sending.wire(next)) == .success(next))
        #expect(receiving.context.rolloverCounter(of: sample) == 0)
    }

    @Test("SRTP-04 a late packet of the previous counter authenticates with that counter")
    func lateAcrossTheWrap() throws {
        let receiving = try Receiving()
        for (sequence, counter) in [(65530, 5), (3, 6), (65535, 5), (4, 6), (65531, 5)] as [(UInt16, UInt32)] {
            let packet = SamplePackets.rtp(sequence: sequence)
            if receiving.context.knownSSRCs.isEmpty { try receiving.context.setRolloverCounter(5, of: sample) }
            #expect(receiving.rtp(try Sending.wire(packet, rolloverCounter: counter)) == .success(packet))
        }
        #expect(receiving.context.rolloverCounter(of: sample) == 6)
    }

    @Test("SRTP-05 a reordered packet moves neither the highest sequence number nor the counter back")
    func reorderedDoesNotMoveBack() throws {
        let receiving = try Receiving()
        for sequence: UInt16 in [32760, 32700, 65000] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(receiving.rtp(try Sending.wire(packet)) == .success(packet))
        }
        // From 65000, 10 is of the next counter; from 32700 it would not be.
        let wrapped = SamplePackets.rtp(sequence: 10)
        #expect(receiving.rtp(try Sending.wire(wrapped, rolloverCounter: 1)) == .success(wrapped))
        let late = SamplePackets.rtp(sequence: 65535)
        #expect(receiving.rtp(try Sending.wire(late)) == .success(late))
        #expect(receiving.context.rolloverCounter(of: sample) == 1)
        let newest = try #require(receiving.state.streams.first).rtp.newest
        #expect(PacketIndex(unwrapped: newest).wire == 1 << 16 | 10)
    }

    @Test("SRTP-06 a sender's reordered packets do not bump its counter")
    func senderReorders() throws {
        let sending = try Sending()
        for (sequence, counter) in [
            (65534, 0), (65533, 0), (0, 1), (65535, 0), (1, 1), (65532, 0), (2, 1),
        ] as [(UInt16, UInt32)] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(sending.rtp(packet) == .success(try Sending.wire(packet, rolloverCounter: counter)))
        }
        #expect(sending.context.rolloverCounter(of: sample) == 1)
    }

    @Test("SRTP-06 a sender whose packet 0 is never sent still counts the wrap")
    func senderSkipsZero() throws {
        let sending = try Sending()
        _ = try sending.rtp(SamplePackets.rtp(sequence: 65535)).get()
        let packet = SamplePackets.rtp(sequence: 1)
        #expect(sending.rtp(packet) == .success(try Sending.wire(packet, rolloverCounter: 1)))
    }

    @Test(
        "SRTP-10 counters above 2^16 and 2^31 are kept whole", arguments: [0xFFFF, 0x1_0000, 0x7FFF_FFFF, 0x8000_0000])
    func largeCounters(_ counter: UInt32) throws {
        let sending = try Sending()
        let receiving = try Receiving()
        try sending.context.setRolloverCounter(counter, of: sample)
        try receiving.context.setRolloverCounter(counter, of: sample)
        for sequence: UInt16 in [65535, 0] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(receiving.rtp(try sending.rtp(packet).get()) == .success(packet))
        }
        #expect(receiving.context.rolloverCounter(of: sample) == counter + 1)
        // The whole counter enters IV and MAC: a bit of it changes the ciphertext, and the tag where nothing is encrypted.
        let packet = SamplePackets.rtp(sequence: 9)
        let payload = 12..<packet.count
        for bit: UInt32 in [0x0000_0001, 0x0001_0000, 0x8000_0000] {
            let wires = try [counter, counter ^ bit].map { try Sending.wire(packet, rolloverCounter: $0) }
            #expect(wires[0][payload] != wires[1][payload])
            let tags = try [counter, counter ^ bit].map {
                try Sending.wire(packet, rolloverCounter: $0, suite: .null_HMACSHA1_80).suffix(10)
            }
            #expect(tags[0] != tags[1])
        }
    }

    @Test("SRTP-11 counter and highest sequence number belong to the SSRC")
    func perSSRC() throws {
        let sending = try Sending()
        let receiving = try Receiving()
        for (sequence, ssrc) in [(65535, 1), (7, 2), (0, 1), (8, 2), (1, 1)] as [(UInt16, UInt32)] {
            let packet = SamplePackets.rtp(sequence: sequence, ssrc: ssrc)
            #expect(receiving.rtp(try sending.rtp(packet).get()) == .success(packet))
        }
        #expect(receiving.context.rolloverCounter(of: 1) == 1)
        #expect(receiving.context.rolloverCounter(of: 2) == 0)
        #expect(sending.context.rolloverCounter(of: 1) == 1)
        #expect(sending.context.rolloverCounter(of: 2) == 0)
    }

    @Test("SRTP-12 more than 2^15 packets lost: refused until the counter is set")
    func longOutage() throws {
        let receiving = try Receiving()
        _ = try receiving.rtp(try Sending.wire(SamplePackets.rtp(sequence: 1000))).get()
        // 2^16 + 40,000 packets later: the estimate is of the wrong counter.
        let after = SamplePackets.rtp(sequence: 41000)
        let wire = try Sending.wire(after, rolloverCounter: 1)
        let before = receiving.state
        #expect(throws: SRTPError.self) { try receiving.rtp(wire).get() }
        #expect(receiving.state == before)
        try receiving.context.setRolloverCounter(1, of: sample)
        #expect(receiving.rtp(wire) == .success(after))
        #expect(receiving.context.rolloverCounter(of: sample) == 1)
    }

    @Test("SRTP-13 SSRC 0 and ffffffff work, together", arguments: builtSuites)
    func extremeSSRCs(_ suite: SRTPSuite) throws {
        let sending = try Sending(suite)
        let receiving = try Receiving(suite)
        for sequence: UInt16 in 1...3 {
            for ssrc: UInt32 in [0, .max, 1] {
                let packet = SamplePackets.rtp(sequence: sequence, ssrc: ssrc)
                #expect(receiving.rtp(try sending.rtp(packet).get()) == .success(packet))
                let report = SamplePackets.rtcp(ssrc: ssrc)
                #expect(receiving.rtcp(try sending.rtcp(report).get()) == .success(report))
            }
        }
        #expect(receiving.context.knownSSRCs == [0, 1, 0xFFFF_FFFF])
    }

    @Test("SRTP-13 the same SSRC in two contexts is two streams")
    func independentContexts() throws {
        let (first, second) = (try Receiving(), try Receiving())
        let wire = try Sending.wire(SamplePackets.rtp(sequence: 1))
        _ = try first.rtp(wire).get()
        #expect(second.rtp(wire) == .success(SamplePackets.rtp(sequence: 1)))
        #expect(first.rtp(wire) == .failure(.replayed(sample, index: 1)))
    }
}
