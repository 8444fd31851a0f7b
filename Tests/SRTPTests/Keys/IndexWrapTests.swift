// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Indices that wrap, and keys that come back")
struct IndexWrapTests {
    private let report = SamplePackets.rtcp()

    @Test("SRTP-32 the SRTCP index goes from 7fffffff to 0 under a new key, and under no other")
    func reportsWrapUnderANewKey() throws {
        let link = try Link()
        try link.rtcp(report)
        try link.sending.context.setNextRTCPIndex(0x7FFF_FFFE, of: sample)
        let first = try link.sending.rtcp(report).get()
        let last = try link.sending.rtcp(report).get()
        _ = try link.receiving.rtcp(last).get()
        #expect(link.sending.context.nextRTCPIndex(of: sample) == 1 << 31)
        #expect(link.sending.refuses(report, isRTCP: true, with: .indexExhausted(sample)))
        try link.replaceKey(first: 7)
        #expect(link.sending.context.nextRTCPIndex(of: sample) == 0)
        for index: UInt32 in 0..<3 {
            let wire = try link.sending.rtcp(report).get()
            #expect(wire[report.count..<report.count + 4].elementsEqual(SamplePackets.bigEndian(index | 1 << 31)))
            _ = try link.receiving.rtcp(wire).get()
            #expect(link.receiving.refuses(wire, isRTCP: true))
        }
        #expect(link.receiving.refuses(last, isRTCP: true))
        // From before the wrap, late, under the old key.
        _ = try link.receiving.rtcp(first).get()
        // Under the new key there is as much room as ever, up to the index before its first.
        try link.sending.context.setNextRTCPIndex(0x7FFF_FFFF, of: sample)
        _ = try link.sending.rtcp(report).get()
        #expect(link.sending.refuses(report, isRTCP: true, with: .indexExhausted(sample)))
    }

    @Test("SRTP-32 an index that a key has used does not come again when the key does")
    func olderKeyComesBack() throws {
        let link = try Link()
        let first = try #require(link.sending.activeKey)
        try link.sending.context.setNextRTCPIndex(5, of: sample)
        try link.rtcp(report)
        try link.sending.context.setNextRTCPIndex(0x7FFF_FFFE, of: sample)
        let next = try link.addKey(first: 7)
        try link.sending.context.activateKey(next)
        for _ in 0..<7 { try link.rtcp(report) }
        // Index 5 is the next one, and was used under the first key.
        #expect(link.sending.context.nextRTCPIndex(of: sample) == 5)
        try link.sending.context.activateKey(first)
        #expect(link.sending.context.nextRTCPIndex(of: sample) == 1 << 31)
        #expect(link.sending.refuses(report, isRTCP: true, with: .indexExhausted(sample)))
        try link.sending.context.activateKey(next)
        try link.rtcp(report)
    }

    @Test("SRTP-07 nor does an SRTP index", arguments: [5, 6] as [UInt16])
    func olderKeyComesBackForRTP(_ sequence: UInt16) throws {
        let sending = try Sending()
        let first = try #require(sending.activeKey)
        for sequence: UInt16 in [6, 5] { _ = try sending.rtp(SamplePackets.rtp(sequence: sequence)).get() }
        let next = try sending.addKey(first: 7)
        try sending.context.activateKey(next)
        try sending.context.setRolloverCounter(.max, of: sample)
        for sequence: UInt16 in [65_535, 0, 4] {
            _ = try sending.rtp(SamplePackets.rtp(sequence: sequence)).get()
        }
        try sending.context.activateKey(first)
        #expect(sending.refuses(SamplePackets.rtp(sequence: sequence), with: .indexExhausted(sample)))
        try sending.context.activateKey(next)
        _ = try sending.rtp(SamplePackets.rtp(sequence: sequence)).get()
    }

    @Test("SRTP-07 a late packet under a key counts among those that it has used")
    func lateUnderAnotherKey() throws {
        let sending = try Sending()
        let first = try #require(sending.activeKey)
        _ = try sending.rtp(SamplePackets.rtp(sequence: 100)).get()
        let next = try sending.addKey(first: 7)
        try sending.context.activateKey(next)
        _ = try sending.rtp(SamplePackets.rtp(sequence: 101)).get()
        try sending.context.activateKey(first)
        _ = try sending.rtp(SamplePackets.rtp(sequence: 50)).get()
        try sending.context.activateKey(next)
        try sending.context.setRolloverCounter(.max, of: sample)
        for sequence: UInt16 in [65_535, 49] { _ = try sending.rtp(SamplePackets.rtp(sequence: sequence)).get() }
        try sending.context.activateKey(first)
        #expect(sending.refuses(SamplePackets.rtp(sequence: 50), with: .indexExhausted(sample)))
    }

    @Test("SRTP-26 a report of an older key is never taken for one from after the wrap")
    func replayOfAnOlderKey() throws {
        let link = try Link(options: SRTPKeyOptions(mki: [1]))
        let replayed = try link.sending.rtcp(report).get()
        _ = try link.receiving.rtcp(replayed).get()
        let second = try link.addKey(first: 7, options: SRTPKeyOptions(mki: [2]))
        try link.sending.context.activateKey(second)
        try link.sending.context.setNextRTCPIndex(0x6000_0000, of: sample)
        try link.rtcp(report)
        #expect(link.receiving.refuses(replayed, isRTCP: true, with: .replayed(sample, index: 0)))
    }

    @Test("SRTP-26 nor one of a newer key, where the older one came back")
    func replayOfANewerKey() throws {
        let link = try Link(options: SRTPKeyOptions(mki: [1]))
        let first = try #require(link.sending.activeKey)
        try link.rtcp(report)
        let second = try link.addKey(first: 7, options: SRTPKeyOptions(mki: [2]))
        try link.sending.context.activateKey(second)
        let replayed = try link.sending.rtcp(report).get()
        _ = try link.receiving.rtcp(replayed).get()
        try link.sending.context.activateKey(first)
        try link.sending.context.setNextRTCPIndex(0x5000_0000, of: sample)
        try link.rtp(SamplePackets.rtp(sequence: 1))
        try link.rtcp(report)
        #expect(link.receiving.context.key(of: sample) == first)
        #expect(link.receiving.refuses(replayed, isRTCP: true, with: .replayed(sample, index: 1)))
    }
}
