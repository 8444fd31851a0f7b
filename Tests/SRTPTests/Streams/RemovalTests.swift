// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Streams that go and come back")
struct RemovalTests {
    @Test("a removed stream that sends again uses no index twice, RTP or RTCP", arguments: [128, 1024])
    func removedAndSentAgain(_ width: Int) throws {
        let sending = try Sending { $0.replayWindow = width }
        try sending.context.setRolloverCounter(3, of: sample)
        for sequence: UInt16 in [1000, 1003] { _ = try sending.rtp(SamplePackets.rtp(sequence: sequence)).get() }
        for _ in 0..<4 { _ = try sending.rtcp(SamplePackets.rtcp()).get() }
        for round: UInt16 in 0..<3 {
            try sending.context.removeStream(sample)
            #expect(sending.context.knownSSRCs.isEmpty)
            let last = 1003 + round
            for sequence in last - 3...last {
                guard case .failure = sending.rtp(SamplePackets.rtp(sequence: sequence, payload: [1])) else {
                    Issue.record("\(sequence) goes a second time")
                    continue
                }
            }
            let packet = SamplePackets.rtp(sequence: last + 1)
            #expect(sending.rtp(packet) == .success(try Sending.wire(packet, rolloverCounter: 3)))
            let report = SamplePackets.rtcp()
            #expect(sending.rtcp(report) == .success(try Sending.wireRTCP(report, index: 4 + UInt32(round))))
        }
    }

    @Test("what a removed stream has used is known as long as a key is there that it may have used")
    func rememberedWithItsKeys() throws {
        let sending = try Sending()
        let first = try #require(sending.activeKey)
        let second = try sending.addKey(first: 7)
        try sending.context.activateKey(second)
        _ = try sending.rtp(SamplePackets.rtp(sequence: 1)).get()
        try sending.context.activateKey(first)
        _ = try sending.rtp(SamplePackets.rtp(sequence: 2)).get()
        try sending.context.removeStream(sample)
        // The key that the stream was at last is gone, and the one before is not.
        try sending.context.removeKey(first)
        try sending.context.activateKey(second)
        for sequence: UInt16 in [1, 2] {
            guard case .failure = sending.rtp(SamplePackets.rtp(sequence: sequence, payload: [1])) else {
                Issue.record("\(sequence) goes a second time")
                continue
            }
        }
        // With its last key the trace goes.
        #expect(sending.state.former.count == 1)
        try sending.replaceKey(first: 14)
        #expect(sending.state.former.isEmpty)
        _ = try sending.rtp(SamplePackets.rtp(sequence: 1)).get()
    }

    @Test("an SRTCP index that was moved ahead stays ahead, also when no packet was sent")
    func movedAheadAndRemoved() throws {
        let sending = try Sending()
        try sending.context.setNextRTCPIndex(1000, of: sample)
        try sending.context.setRolloverCounter(4, of: sample)
        try sending.context.removeStream(sample)
        try sending.addKey(first: 7)
        let report = SamplePackets.rtcp()
        #expect(sending.rtcp(report) == .success(try Sending.wireRTCP(report, index: 1000)))
        let packet = SamplePackets.rtp(sequence: 9)
        #expect(sending.rtp(packet) == .success(try Sending.wire(packet, rolloverCounter: 4)))
    }

    @Test("a receiver that has removed a stream still refuses what it accepted", arguments: [128, 1024])
    func removedAndReplayed(_ width: Int) throws {
        let link = try Link { $0.replayWindow = width }
        let wires = try (0..<5).map { try link.sending.rtp(SamplePackets.rtp(sequence: $0)).get() }
        let report = try link.sending.rtcp(SamplePackets.rtcp()).get()
        for wire in wires { _ = try link.receiving.rtp(wire).get() }
        _ = try link.receiving.rtcp(report).get()
        try link.receiving.context.removeStream(sample)
        #expect(throws: SRTPError.unknownStream(sample)) { try link.receiving.context.removeStream(sample) }
        // The first packet makes the stream again; it must not be an old one.
        let next = try link.sending.rtp(SamplePackets.rtp(sequence: 5)).get()
        #expect(link.receiving.rtp(wires[4]) != .success(SamplePackets.rtp(sequence: 4)))
        #expect(link.receiving.rtp(next) == .success(SamplePackets.rtp(sequence: 5)))
        for wire in wires { #expect(link.receiving.refuses(wire)) }
        #expect(link.receiving.refuses(report, isRTCP: true))
    }

    @Test("an evicted stream's packets stay refused, its next one is accepted, and others make room")
    func eviction() throws {
        let link = try Link {
            $0.streamLimit = 4
            $0.fullTable = .evictIdle
        }
        // The sender's own limit does not matter here: each SSRC has a sender of its own.
        var wires: [[UInt8]] = []
        for ssrc: UInt32 in 1...40 {
            let wire = try Sending.wire(SamplePackets.rtp(sequence: 100, ssrc: ssrc))
            _ = try link.receiving.rtp(wire).get()
            wires.append(wire)
            #expect(link.receiving.context.knownSSRCs.count == min(4, Int(ssrc)))
        }
        #expect(link.receiving.context.statistics.evictedStreams == 36)
        #expect(link.receiving.state.former.count == 36)
        for wire in wires {
            guard case .failure = link.receiving.rtp(wire) else {
                Issue.record("a packet of an evicted stream is accepted again")
                continue
            }
        }
        for ssrc: UInt32 in 1...40 {
            let packet = SamplePackets.rtp(sequence: 101, ssrc: ssrc)
            #expect(link.receiving.rtp(try Sending.wire(packet)) == .success(packet))
        }
    }

    @Test("a refused packet of a stream that is gone brings nothing back")
    func replayEvictsNobody() throws {
        let receiving = try Receiving {
            $0.streamLimit = 1
            $0.fullTable = .evictIdle
        }
        let wire = try Sending.wire(SamplePackets.rtp(sequence: 100, ssrc: 1))
        let report = try Sending.wireRTCP(SamplePackets.rtcp(ssrc: 1), index: 3)
        _ = try receiving.rtp(wire).get()
        _ = try receiving.rtcp(report).get()
        _ = try receiving.rtp(try Sending.wire(SamplePackets.rtp(sequence: 100, ssrc: 2))).get()
        #expect(receiving.context.knownSSRCs == [2])
        #expect(receiving.refuses(wire, with: .replayed(1, index: 100)))
        #expect(receiving.refuses(report, isRTCP: true, with: .replayed(1, index: 3)))
        var forged = try Sending.wire(SamplePackets.rtp(sequence: 101, ssrc: 1))
        forged[20] ^= 1
        #expect(receiving.refuses(forged, with: .authenticationFailed(1)))
        #expect(receiving.context.knownSSRCs == [2])
    }

    @Test("with sixteen traces for each stream that is admitted, new SSRCs are refused; known ones go on")
    func tracesAreBounded() throws {
        let receiving = try Receiving {
            $0.streamLimit = 1
            $0.fullTable = .evictIdle
        }
        for ssrc: UInt32 in 1...17 {
            _ = try receiving.rtp(try Sending.wire(SamplePackets.rtp(sequence: 1, ssrc: ssrc))).get()
        }
        #expect(
            receiving.refuses(
                try Sending.wire(SamplePackets.rtp(sequence: 1, ssrc: 18)), with: .tooManyStreams(18, limit: 1)))
        _ = try receiving.rtp(try Sending.wire(SamplePackets.rtp(sequence: 2, ssrc: 17))).get()
        #expect(throws: SRTPError.tooManyStreams(17, limit: 1)) { try receiving.context.removeStream(17) }
    }

    @Test("a sender evicts no stream")
    func sendersKeep() throws {
        let sending = try Sending {
            $0.streamLimit = 1
            $0.fullTable = .evictIdle
        }
        _ = try sending.rtp(SamplePackets.rtp(sequence: 1, ssrc: 1)).get()
        #expect(sending.refuses(SamplePackets.rtp(sequence: 1, ssrc: 2), with: .tooManyStreams(2, limit: 1)))
        try sending.context.removeStream(1)
        _ = try sending.rtp(SamplePackets.rtp(sequence: 1, ssrc: 2)).get()
    }
}
