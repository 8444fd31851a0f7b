// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Re-keying")
struct RekeyTests {
    @Test(
        "SRTP-28 windows, rollover counters, SRTCP indices and the memory of what was sent stay",
        arguments: [.aesCM128_HMACSHA1_80] + builtSuites.filter { $0.cipher.isAuthenticated })
    func everythingStays(_ suite: SRTPSuite) throws {
        let link = try Link(suite)
        try link.sending.context.setRolloverCounter(7, of: sample)
        try link.receiving.context.setRolloverCounter(7, of: sample)
        var wires: [[UInt8]] = []
        for sequence: UInt16 in [10, 11, 13] {
            let wire = try link.sending.rtp(SamplePackets.rtp(sequence: sequence)).get()
            _ = try link.receiving.rtp(wire).get()
            wires.append(wire)
        }
        let report = try link.sending.rtcp(SamplePackets.rtcp()).get()
        _ = try link.receiving.rtcp(report).get()

        // The same key once more, and then another one.
        for first: UInt8 in [0, 0x40] {
            try link.replaceKey(first: first)
            for wire in wires { #expect(link.receiving.refuses(wire)) }
            #expect(link.receiving.refuses(report, isRTCP: true))
            for sequence: UInt16 in [10, 11, 13] {
                #expect(
                    link.sending.refuses(
                        SamplePackets.rtp(sequence: sequence, payload: [1]),
                        with: .indexReused(sample, index: 7 << 16 | UInt64(sequence))))
            }
            #expect(link.sending.context.rolloverCounter(of: sample) == 7)
            #expect(link.receiving.context.rolloverCounter(of: sample) == 7)
            #expect(link.sending.context.nextRTCPIndex(of: sample) == 1)
        }
        // What was left out may go, under the new key.
        try link.rtp(SamplePackets.rtp(sequence: 12))
        #expect(link.receiving.latestKey?.number == 2)
        try link.rtcp(SamplePackets.rtcp())
        #expect(link.sending.context.nextRTCPIndex(of: sample) == 2)
    }

    @Test("SRTP-56 a re-keying that is refused leaves the old key at work")
    func refusedRekeying() throws {
        let link = try Link(options: SRTPKeyOptions(mki: [1]))
        try link.rtp(SamplePackets.rtp(sequence: 1))
        let before = (link.sending.state, link.receiving.state)
        for options in [SRTPKeyOptions(), SRTPKeyOptions(mki: [1]), SRTPKeyOptions(mki: [2], rate: 3)] {
            #expect(throws: SRTPError.self) { try link.sending.replaceKey(first: 7, options: options) }
            #expect(throws: SRTPError.self) { try link.receiving.replaceKey(first: 7, options: options) }
        }
        #expect(link.sending.state == before.0)
        #expect(link.receiving.state == before.1)
        try link.rtp(SamplePackets.rtp(sequence: 2))
        try link.rtcp(SamplePackets.rtcp())
    }

    @Test("the old key is honoured for as many packets under the new one as the grace says", arguments: [0, 1, 3])
    func grace(_ packets: UInt64) throws {
        let link = try Link { $0.keyGrace = packets }
        var late = try (1...20).map { try link.sending.rtp(SamplePackets.rtp(sequence: $0)).get() }
        let (first, last) = (late.removeFirst(), late.removeLast())
        _ = try link.receiving.rtp(first).get()
        try link.replaceKey(first: 7)
        for number in 0..<packets {
            // Packets under the old key do not count.
            _ = try link.receiving.rtp(late.removeFirst()).get()
            _ = try link.receiving.rtp(late.removeFirst()).get()
            #expect(link.receiving.keys.map(\.remainingGrace) == [packets - number, nil])
            try link.rtp(SamplePackets.rtp(sequence: 21 + UInt16(number)))
        }
        #expect(link.receiving.keys.map(\.id.number) == [2])
        #expect(link.receiving.refuses(last))
        #expect(link.receiving.events().contains(.keyRetired(SRTPKeyID(number: 1))))
        #expect(link.sending.keys.map(\.id.number) == [2])
    }

    @Test("following a newer key, an older one that is still there retires the newer one")
    func backToAnOlderKey() throws {
        let link = try Link { $0.keyGrace = 2 }
        try link.addKey(first: 7)
        try link.replaceKey(first: 0)
        #expect(link.receiving.keys.map(\.remainingGrace) == [nil, 2])
        try link.rtp(SamplePackets.rtp(sequence: 1))
        try link.rtp(SamplePackets.rtp(sequence: 2))
        #expect(link.receiving.keys.map(\.id.number) == [1])
    }

    @Test("a stream is told to be under a new key once, whatever RTCP is on its way")
    func oneSwitch() throws {
        let link = try Link()
        try link.rtp(SamplePackets.rtp(sequence: 1))
        try link.rtcp(SamplePackets.rtcp())
        let late = try link.sending.rtcp(SamplePackets.rtcp()).get()
        let lateRTP = try link.sending.rtp(SamplePackets.rtp(sequence: 2)).get()
        try link.replaceKey(first: 7)
        let early = try link.sending.rtcp(SamplePackets.rtcp()).get()
        _ = try link.receiving.rtcp(early).get()
        _ = try link.receiving.rtp(lateRTP).get()
        try link.rtp(SamplePackets.rtp(sequence: 3))
        _ = try link.receiving.rtcp(late).get()
        try link.rtp(SamplePackets.rtp(sequence: 4))
        let key = SRTPKeyID(number: 2)
        #expect(link.receiving.events() == [.streamAdded(sample), .keySwitched(sample, to: key)])
        #expect(link.sending.events() == [.streamAdded(sample), .keySwitched(sample, to: key)])
        #expect(link.receiving.keys.map(\.rtcpPackets) == [2, 1])
    }

    @Test("a stream of RTCP alone follows to the new key")
    func streamOfReports() throws {
        let link = try Link()
        try link.rtcp(SamplePackets.rtcp())
        try link.replaceKey(first: 7)
        try link.rtcp(SamplePackets.rtcp())
        #expect(link.receiving.context.key(of: sample)?.number == 2)
        #expect(link.receiving.events().last == .keySwitched(sample, to: SRTPKeyID(number: 2)))
    }

    @Test("streams whose key is removed are refused, and go on where they were under the next")
    func keyGoesUnderStreams() throws {
        let link = try Link()
        for ssrc: UInt32 in 1...3 { try link.rtp(SamplePackets.rtp(sequence: 65_535, ssrc: ssrc)) }
        let late = try link.sending.rtp(SamplePackets.rtp(sequence: 0, ssrc: 1)).get()
        let first = try #require(link.sending.activeKey)
        try link.sending.context.removeKey(first)
        try link.receiving.context.removeKey(first)
        #expect(link.sending.activeKey == nil)
        for ssrc: UInt32 in 1...4 {
            let packet = SamplePackets.rtp(sequence: 1, ssrc: ssrc)
            #expect(link.sending.refuses(packet, with: .noKey(SSRC(ssrc))))
            #expect(
                link.sending.refuses(SamplePackets.rtcp(ssrc: ssrc), isRTCP: true, with: .noKey(SSRC(ssrc))))
            #expect(link.receiving.refuses(try Sending.wire(packet), with: .noKey(SSRC(ssrc))))
        }
        #expect(link.receiving.refuses(late, with: .noKey(1)))
        try link.addKey(first: 7)
        #expect(link.sending.activeKey?.number == 2)
        for ssrc: UInt32 in 1...3 {
            #expect(
                link.sending.refuses(
                    SamplePackets.rtp(sequence: 65_535, ssrc: ssrc), with: .indexReused(SSRC(ssrc), index: 65_535)))
            try link.rtp(SamplePackets.rtp(sequence: 1, ssrc: ssrc))
            #expect(link.receiving.context.rolloverCounter(of: SSRC(ssrc)) == 1)
        }
    }

    @Test("a pair re-keys both sides with its options, and keeps the directions apart")
    func pair() throws {
        let options = SRTPKeyOptions(mki: [9], rate: 16, lifetime: SRTPKeyLifetime(rtpPackets: 3))
        var pair = try SRTPPair(sharing: sampleKey(), options: options)
        let peer = try Link(options: options)
        let wire = try peer.sending.rtp(SamplePackets.rtp(sequence: 1, ssrc: 5)).get()
        _ = try pair.receiver.unprotectRTP(wire)
        let packet = SamplePackets.rtp(sequence: 2, ssrc: 5)
        #expect(throws: SRTPError.directionConflict(5)) { try pair.sender.protectRTP(packet) }
        for sequence: UInt16 in 1...3 {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(peer.receiving.rtp(try pair.sender.protectRTP(packet)) == .success(packet))
        }
        let fourth = SamplePackets.rtp(sequence: 4)
        #expect(throws: SRTPError.keyExhausted(sample)) { try pair.sender.protectRTP(fourth) }
        var next = options
        next.mki = [10]
        try pair.sender.replaceKey(with: sampleKey(first: 7), options: next)
        try pair.receiver.replaceKey(with: sampleKey(first: 7), options: next)
        try peer.replaceKey(first: 7, options: next)
        #expect(peer.receiving.rtp(try pair.sender.protectRTP(fourth)) == .success(fourth))
        #expect(throws: SRTPError.directionConflict(5)) { try pair.sender.protectRTP(packet) }
    }
}
