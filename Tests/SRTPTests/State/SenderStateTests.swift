// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("A sender's state, saved and restored")
struct SenderStateTests {
    @Test("the next sender goes on, and uses no index again", arguments: builtSuites)
    func roundTrip(_ suite: SRTPSuite) throws {
        var sender = try SRTPSender(masterKey: sampleKey(suite))
        try sender.setRolloverCounter(7, of: sample)
        for number: UInt16 in [65_530, 65_535, 3, 1] {
            _ = try sender.protectRTP(SamplePackets.rtp(sequence: number))
        }
        _ = try sender.protectRTCP(SamplePackets.rtcp())
        let before = sender.snapshot
        let state = try sender.saveState()

        var restored = try SRTPSender(masterKey: sampleKey(suite), restoringAssumingNoOtherCopyWasUsed: state)
        let after = restored.snapshot
        #expect(after == before)
        for number: UInt16 in [65_530, 65_535, 3, 1] {
            #expect(throws: SRTPError.self) { try restored.protectRTP(SamplePackets.rtp(sequence: number)) }
        }
        #expect(restored.statistics[.indexReused] == 4)
        for number: UInt16 in [2, 4] {
            let packet = SamplePackets.rtp(sequence: number)
            #expect(
                try restored.protectRTP(packet) == Sending.wire(packet, rolloverCounter: 8, suite: suite))
        }
        #expect(
            try restored.protectRTCP(SamplePackets.rtcp())
                == Sending.wireRTCP(
                    SamplePackets.rtcp(), index: 1, suite: suite))
    }

    @Test("the active key is active again, whatever the order in which keys come back")
    func activeKey() throws {
        var sender = try SRTPSender(masterKey: sampleKey())
        let second = try sender.addKey(sampleKey(first: 50))
        try sender.activateKey(second)
        _ = try sender.protectRTP(SamplePackets.rtp(sequence: 9))
        let state = try sender.saveState()
        var restored = try SRTPSender(masterKey: sampleKey(), restoringAssumingNoOtherCopyWasUsed: state)
        try restored.addKey(sampleKey(first: 50))
        let active = restored.activeKey
        #expect(active == second)
        var chosen = try SRTPSender(masterKey: sampleKey(), restoringAssumingNoOtherCopyWasUsed: state)
        let first = chosen.activeKey
        if let first { try chosen.activateKey(first) }
        try chosen.addKey(sampleKey(first: 50))
        let chosenKey = chosen.activeKey
        #expect(first != nil && chosenKey == first && first != second)
    }

    @Test("where repeats are allowed, those of the sender before are refused")
    func repeats() throws {
        var configuration = SRTPConfiguration()
        configuration.repeatedPackets = .allowedWhenIdentical
        var sender = try SRTPSender(masterKey: sampleKey(), configuration: configuration)
        _ = try sender.protectRTP(SamplePackets.rtp(sequence: 1))
        var restored = try SRTPSender(
            masterKey: sampleKey(), configuration: configuration,
            restoringAssumingNoOtherCopyWasUsed: sender.saveState())
        #expect(throws: SRTPError.indexReused(sample, index: 1)) {
            try restored.protectRTP(SamplePackets.rtp(sequence: 1))
        }
        let wire = try restored.protectRTP(SamplePackets.rtp(sequence: 2))
        #expect(try restored.protectRTP(SamplePackets.rtp(sequence: 2)) == wire)
    }

    @Test("a pair comes back as a pair, and its directions stay apart")
    func pair() throws {
        let mine = SamplePackets.rtp(sequence: 1, ssrc: 1)
        let theirs = SamplePackets.rtp(sequence: 1, ssrc: 2)
        var pair = try SRTPPair(sharing: sampleKey())
        _ = try pair.sender.protectRTP(mine)
        _ = try pair.receiver.unprotectRTP(Sending.wire(theirs))
        let received = try pair.receiver.saveState()
        let sent = try pair.split { (sender: consuming SRTPSender, _) throws(SRTPError) in try sender.saveState() }
        #expect(throws: SRTPError.malformedState) {
            _ = try SRTPSender(masterKey: sampleKey(), restoringAssumingNoOtherCopyWasUsed: sent)
        }
        var restored = try SRTPPair(
            sharing: sampleKey(), restoringAssumingNoOtherCopyWasUsed: sent, receiver: received)
        #expect(throws: SRTPError.directionConflict(2)) {
            try restored.sender.protectRTP(SamplePackets.rtp(sequence: 2, ssrc: 2))
        }
        let mirrored = try Sending.wire(SamplePackets.rtp(sequence: 2, ssrc: 1))
        #expect(throws: SRTPError.directionConflict(1)) { try restored.receiver.unprotectRTP(mirrored) }
    }
}
