// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("A receiver's state, saved and restored")
struct ReceiverStateTests {
    /// A receiver with two streams, one of them behind a wrap, and what it has accepted.
    private static func filled(
        _ suite: SRTPSuite = .aesCM128_HMACSHA1_80, width: Int = 128
    ) throws -> (receiving: Receiving, accepted: [[UInt8]]) {
        let sending = try Sending(suite)
        let receiving = try Receiving(suite) {
            $0.replayWindow = width
            $0.rtcpReplayWindow = width
        }
        var accepted: [[UInt8]] = []
        for number in 0..<300 where number % 7 != 3 {
            let sequence = UInt16(truncatingIfNeeded: 65_400 + number)
            for ssrc: UInt32 in [1, 2] {
                let wire = try sending.rtp(SamplePackets.rtp(sequence: sequence, ssrc: ssrc)).get()
                _ = try receiving.rtp(wire).get()
                accepted.append(wire)
            }
        }
        _ = try receiving.rtcp(sending.rtcp(SamplePackets.rtcp(ssrc: 2)).get()).get()
        return (receiving, accepted)
    }

    private static func restored(
        _ state: [UInt8], _ suite: SRTPSuite = .aesCM128_HMACSHA1_80, width: Int = 128
    ) throws -> SRTPReceiver {
        var configuration = SRTPConfiguration()
        configuration.replayWindow = width
        configuration.rtcpReplayWindow = width
        return try SRTPReceiver(masterKey: sampleKey(suite), configuration: configuration, restoring: state)
    }

    @Test("everything is there again, with windows inside and outside of the stream", arguments: [64, 128, 1024])
    func roundTrip(_ width: Int) throws {
        for suite in builtSuites {
            let (receiving, accepted) = try Self.filled(suite, width: width)
            let state = try receiving.context.saveState()
            var restored = try Self.restored(state, suite, width: width)
            let after = restored.snapshot
            #expect(after == receiving.state)
            for wire in accepted.suffix(200) {
                #expect(throws: SRTPError.self) { try restored.unprotectRTP(wire) }
            }
            #expect(restored.statistics[.replayed] == 200)
            // A gap in the window is still open, and the rollover counter is the one after the wrap.
            let sending = try Sending(suite)
            try sending.context.setRolloverCounter(1, of: 1)
            for number: UInt16 in [161, 164, 200] {
                #expect(throws: Never.self) {
                    try restored.unprotectRTP(sending.rtp(SamplePackets.rtp(sequence: number, ssrc: 1)).get())
                }
            }
        }
    }

    @Test(
        "a window of another width: what it does not know counts as accepted",
        // Of the numbers, those that lag by 2, 9, 16 ... were never sent. A window of 64 has room for 128.
        arguments: [(64, 1024, [2, 58, 65, 121], [128, 135, 233]), (1024, 64, [2, 58], [65, 121, 128, 233])])
    func otherWidth(_ from: Int, _ to: Int, _ open: [Int], _ closed: [Int]) throws {
        let (receiving, accepted) = try Self.filled(width: from)
        var restored = try Self.restored(receiving.context.saveState(), width: to)
        for wire in accepted { #expect(throws: SRTPError.self) { try restored.unprotectRTP(wire) } }
        for lag in open + closed {
            let index = 65_400 + 299 - lag
            let wire = try Sending.wire(
                SamplePackets.rtp(sequence: UInt16(truncatingIfNeeded: index), ssrc: 1),
                rolloverCounter: UInt32(index >> 16))
            #expect(((try? restored.unprotectRTP(wire)) != nil) == open.contains(lag), "lag \(lag)")
        }
    }

    @Test("keys are known again: packets of both, counts, the one that was removed stays away")
    func severalKeys() throws {
        let old = SRTPConfiguration()
        var receiver = try SRTPReceiver(masterKey: sampleKey(), configuration: old)
        var sender = try SRTPSender(masterKey: sampleKey())
        _ = try receiver.unprotectRTP(sender.protectRTP(SamplePackets.rtp(sequence: 1)))
        let second = try receiver.replaceKey(with: sampleKey(first: 50))
        try sender.replaceKey(with: sampleKey(first: 50))
        let third = try receiver.addKey(sampleKey(first: 90))
        try receiver.removeKey(third)
        _ = try receiver.unprotectRTP(sender.protectRTP(SamplePackets.rtp(sequence: 2)))
        let before = receiver.snapshot

        // In the other order.
        var restored = try SRTPReceiver(masterKey: sampleKey(first: 50), restoring: receiver.saveState())
        let awaiting = restored.snapshot
        #expect(awaiting == before)
        let first = try restored.addKey(sampleKey())
        #expect(first.number == 1 && second.number == 2)
        #expect(throws: SRTPError.keyReused) { try restored.addKey(sampleKey(first: 90)) }
        let after = restored.snapshot
        #expect(after == before)
        #expect(restored.key(of: sample) == second)
        _ = try restored.unprotectRTP(sender.protectRTP(SamplePackets.rtp(sequence: 3)))
        let fresh = try restored.addKey(sampleKey(first: 70))
        #expect(fresh.number == 4)
    }

    @Test("streams that made room are remembered")
    func formerStreams() throws {
        var configuration = SRTPConfiguration()
        configuration.streamLimit = 2
        configuration.fullTable = .evictIdle
        var receiver = try SRTPReceiver(masterKey: sampleKey(), configuration: configuration)
        let sending = try Sending()
        var wires: [[UInt8]] = []
        for ssrc: UInt32 in 1...8 {
            wires.append(try sending.rtp(SamplePackets.rtp(sequence: 5, ssrc: ssrc)).get())
            _ = try receiver.unprotectRTP(wires[wires.count - 1])
        }
        var restored = try SRTPReceiver(
            masterKey: sampleKey(), configuration: configuration, restoring: receiver.saveState())
        let (before, after) = (receiver.snapshot, restored.snapshot)
        #expect(after == before && before.former.count == 6)
        for wire in wires { #expect(throws: SRTPError.self) { try restored.unprotectRTP(wire) } }
        configuration.streamLimit = 1
        #expect(throws: SRTPError.tooManyStreams(8, limit: 1)) {
            _ = try SRTPReceiver(masterKey: sampleKey(), configuration: configuration, restoring: receiver.saveState())
        }
    }

    @Test("a key at its end stays there, and a shorter lifetime ends it")
    func lifetimes() throws {
        var options = SRTPKeyOptions()
        options.lifetime = SRTPKeyLifetime(rtpPackets: 10)
        var receiver = try SRTPReceiver(masterKey: sampleKey(), options: options)
        let sending = try Sending()
        for number: UInt16 in 0..<6 {
            _ = try receiver.unprotectRTP(sending.rtp(SamplePackets.rtp(sequence: number)).get())
        }
        let state = try receiver.saveState()
        let wire = try sending.rtp(SamplePackets.rtp(sequence: 7)).get()
        for (packets, isOpen) in [(UInt64(10), true), (7, true), (6, false), (2, false)] {
            options.lifetime = SRTPKeyLifetime(rtpPackets: packets)
            var restored = try SRTPReceiver(masterKey: sampleKey(), options: options, restoring: state)
            #expect(((try? restored.unprotectRTP(wire)) != nil) == isOpen, "\(packets) packets")
        }
    }

    @Test("state of other keys, of a sender, and of a pair is refused")
    func otherState() throws {
        let state = try Self.filled().receiving.context.saveState()
        #expect(throws: SRTPError.malformedState) {
            _ = try SRTPReceiver(masterKey: sampleKey(first: 1), restoring: state)
        }
        let ofSender = try SRTPSender(masterKey: sampleKey()).saveState()
        #expect(throws: SRTPError.malformedState) { _ = try SRTPReceiver(masterKey: sampleKey(), restoring: ofSender) }
        let pair = try SRTPPair(sharing: sampleKey())
        let ofPair = try pair.receiver.saveState()
        #expect(throws: SRTPError.malformedState) { _ = try SRTPReceiver(masterKey: sampleKey(), restoring: ofPair) }
    }
}
