// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Keys chosen by index, <From, To>, RFC 3711 section 8.1.1")
struct KeyRangeTests {
    /// Keys 1, 2 and 3 for indices up to 65,539, up to 65,549, and up to the end.
    private func ranges() throws -> Link {
        let link = try Link(options: SRTPKeyOptions(indices: 0...65_539))
        try link.addKey(first: 7, options: SRTPKeyOptions(indices: 65_540...65_549))
        try link.addKey(first: 14, options: SRTPKeyOptions(indices: 65_550...(1 << 48) - 1))
        return link
    }

    @Test("sender and receiver change keys at the index, whatever the order of packets")
    func boundaries() throws {
        let link = try ranges()
        try link.rtp(SamplePackets.rtp(sequence: 65_535))
        let order: [UInt16] = [0, 1, 4, 2, 5, 3, 12, 14, 10, 9, 13, 11, 15, 20, 6]
        for sequence in order {
            try link.rtp(SamplePackets.rtp(sequence: sequence))
            #expect(link.receiving.latestKey?.number == (sequence < 4 ? 1 : sequence < 14 ? 2 : 3))
        }
        let expected: [SRTPEvent] = [
            .streamAdded(sample), .keySwitched(sample, to: SRTPKeyID(number: 2)),
            .keySwitched(sample, to: SRTPKeyID(number: 3)),
        ]
        #expect(link.sending.events() == expected)
        #expect(link.receiving.events() == expected)
    }

    @Test("RTCP goes by the newest RTP index of its SSRC, and by the active key where there is none")
    func reports() throws {
        let link = try ranges()
        try link.rtcp(SamplePackets.rtcp())
        #expect(link.receiving.latestKey?.number == 1)
        try link.rtp(SamplePackets.rtp(sequence: 65_535))
        for (sequence, key): (UInt16, UInt32) in [(3, 1), (4, 2), (14, 3), (5, 3)] {
            try link.rtp(SamplePackets.rtp(sequence: sequence))
            try link.rtcp(SamplePackets.rtcp())
            #expect(link.receiving.latestKey?.number == key)
        }
        // Another SSRC has indices of its own.
        try link.rtcp(SamplePackets.rtcp(ssrc: 9))
        #expect(link.receiving.latestKey?.number == 1)
    }

    @Test("an index that is in no range has no key")
    func gap() throws {
        let link = try Link(options: SRTPKeyOptions(indices: 10...19))
        try link.addKey(first: 7, options: SRTPKeyOptions(indices: 30...39))
        for sequence: UInt16 in [9, 20, 29, 40] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(link.sending.refuses(packet, with: .noKey(sample)))
            #expect(link.receiving.refuses(try Sending.wire(packet), with: .noKey(sample)))
        }
        for sequence: UInt16 in [10, 19, 30, 39] { try link.rtp(SamplePackets.rtp(sequence: sequence)) }
        #expect(link.receiving.context.key(of: sample)?.number == 2)
    }

    @Test("a key with a range goes before one without, and a range that is activated before others")
    func precedence() throws {
        let link = try Link()
        let ranged = try link.addKey(first: 7, options: SRTPKeyOptions(indices: 10...19))
        let other = try link.addKey(first: 14, options: SRTPKeyOptions(indices: 15...29))
        for (sequence, key): (UInt16, UInt32) in [(9, 1), (10, 2), (14, 2), (15, 3), (29, 3), (30, 1)] {
            try link.rtp(SamplePackets.rtp(sequence: sequence))
            #expect(link.receiving.latestKey?.number == key)
        }
        try link.sending.context.activateKey(ranged)
        for (sequence, key): (UInt16, UInt32) in [(16, 2), (17, 2), (20, 3)] {
            try link.rtp(SamplePackets.rtp(sequence: sequence))
            #expect(link.receiving.latestKey?.number == key)
        }
        #expect(link.sending.refuses(SamplePackets.rtp(sequence: 31), with: .noKey(sample)))
        // Without an active key, ranges still name theirs.
        try link.sending.context.removeKey(ranged)
        #expect(link.sending.activeKey == nil)
        try link.rtp(SamplePackets.rtp(sequence: 21))
        #expect(link.receiving.latestKey == other)
    }

    @Test("ranges say when a key with an identifier is to be used")
    func withIdentifiers() throws {
        let link = try Link(options: SRTPKeyOptions(mki: [1], indices: 0...9))
        try link.addKey(first: 7, options: SRTPKeyOptions(mki: [2], indices: 10...20))
        for sequence: UInt16 in [8, 10, 9, 11] {
            try link.rtp(SamplePackets.rtp(sequence: sequence))
            #expect(link.receiving.latestKey?.number == (sequence < 10 ? 1 : 2))
        }
        // An index outside the range of the key that the packet names.
        let foreign = try Sending(options: SRTPKeyOptions(mki: [1])).rtp(SamplePackets.rtp(sequence: 12)).get()
        #expect(link.receiving.refuses(foreign, with: .noKey(sample)))
    }
}
