// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Lifetimes of master keys")
struct KeyLifetimeTests {
    @Test("SRTP-55 a lifetime counts the packets of all streams, RTP and RTCP apart", arguments: [true, false])
    func overAllStreams(isRTCP: Bool) throws {
        let lifetime =
            isRTCP ? SRTPKeyLifetime(rtcpPackets: 6, notice: 2) : SRTPKeyLifetime(rtpPackets: 6, notice: 2)
        let link = try Link(options: SRTPKeyOptions(lifetime: lifetime))
        let key = try #require(link.sending.activeKey)
        var switches = [[SRTPEvent]](repeating: [], count: 2)
        for number: UInt16 in 1...6 {
            let ssrc = UInt32(number % 3)
            // The other kind does not count.
            try link.rtp(SamplePackets.rtp(sequence: number, ssrc: ssrc))
            if isRTCP { try link.rtcp(SamplePackets.rtcp(ssrc: ssrc)) }
            let limits = { (event: SRTPEvent) in
                if case .streamAdded = event { false } else { true }
            }
            switches[0] += link.sending.events().filter(limits)
            switches[1] += link.receiving.events().filter(limits)
            let soon: [SRTPEvent] = number < 4 ? [] : [.keyNearsItsEnd(key)]
            let expected = number < 6 ? soon : soon + [.keyExhausted(key)]
            #expect(switches == [expected, expected], "after \(number) packets")
        }
        #expect(link.sending.keys.map(\.isExhausted) == [true])
        #expect(link.receiving.keys.map(\.isExhausted) == [true])
    }

    @Test("SRTP-55 the end of a key does not wear off")
    func forEver() throws {
        let options = SRTPKeyOptions(lifetime: SRTPKeyLifetime(rtpPackets: 2))
        let link = try Link(options: options)
        let key = try #require(link.sending.activeKey)
        try link.rtp(SamplePackets.rtp(sequence: 1))
        try link.rtp(SamplePackets.rtp(sequence: 2))
        let isOver = {
            let isOver =
                try link.sending.refuses(SamplePackets.rtp(sequence: 3), with: .keyExhausted(sample))
                && link.sending.refuses(SamplePackets.rtp(sequence: 3, ssrc: 4), with: .keyExhausted(4))
                && link.sending.refuses(SamplePackets.rtcp(), isRTCP: true, with: .keyExhausted(sample))
                && link.receiving.refuses(
                    try Sending.wire(SamplePackets.rtp(sequence: 3)), with: .keyExhausted(sample))
                && link.receiving.refuses(
                    try Sending.wireRTCP(SamplePackets.rtcp(), index: 3), isRTCP: true, with: .keyExhausted(sample))
            return isOver
        }
        #expect(try isOver())
        try link.addKey(first: 0, options: options)
        #expect(try isOver())
        try link.replaceKey(first: 0, options: options)
        #expect(try isOver())
        try link.sending.context.activateKey(key)
        try link.sending.context.setRolloverCounter(1, of: sample)
        try link.receiving.context.setRolloverCounter(1, of: sample)
        #expect(try isOver())
        try link.sending.context.removeStream(sample)
        try link.receiving.context.removeStream(sample)
        #expect(try isOver())
        #expect(link.sending.events().filter { $0 == .keyExhausted(key) }.count == 1)

        // Another key, and back.
        let next = try link.addKey(first: 7)
        try link.sending.context.activateKey(next)
        try link.rtp(SamplePackets.rtp(sequence: 3))
        try link.sending.context.activateKey(key)
        #expect(link.sending.refuses(SamplePackets.rtp(sequence: 4), with: .keyExhausted(sample)))
        try link.sending.context.removeKey(key)
        #expect(throws: SRTPError.keyReused) { try link.sending.addKey(first: 0, options: options) }
    }

    @Test("a key of one packet takes one, without an announcement")
    func onePacket() throws {
        let link = try Link(options: SRTPKeyOptions(lifetime: SRTPKeyLifetime(rtpPackets: 1)))
        try link.rtp(SamplePackets.rtp(sequence: 1))
        #expect(link.sending.refuses(SamplePackets.rtp(sequence: 2), with: .keyExhausted(sample)))
        let key = SRTPKeyID(number: 1)
        #expect(link.sending.events() == [.streamAdded(sample), .keyExhausted(key)])
        #expect(link.receiving.events() == [.streamAdded(sample), .keyExhausted(key)])
    }

    @Test("every lifetime of more than one packet is announced once, by default", arguments: [2, 15, 16, 100])
    func announced(_ packets: UInt64) throws {
        let sending = try Sending(options: SRTPKeyOptions(lifetime: SRTPKeyLifetime(rtpPackets: packets)))
        for sequence in 0..<UInt16(packets) { _ = try sending.rtp(SamplePackets.rtp(sequence: sequence)).get() }
        let key = SRTPKeyID(number: 1)
        #expect(sending.events() == [.streamAdded(sample), .keyNearsItsEnd(key), .keyExhausted(key)])
    }

    @Test("a key at its end takes nothing from another one that is still good", arguments: [[], [1]] as [[UInt8]])
    func anotherIsGood(_ mki: [UInt8]) throws {
        let short = SRTPKeyOptions(mki: mki, lifetime: SRTPKeyLifetime(rtpPackets: 1))
        let link = try Link(options: short)
        let next = try link.addKey(first: 7, options: SRTPKeyOptions(mki: mki.map { $0 + 1 }))
        try link.rtp(SamplePackets.rtp(sequence: 1))
        #expect(link.sending.refuses(SamplePackets.rtp(sequence: 2), with: .keyExhausted(sample)))
        let wire = try Sending(options: SRTPKeyOptions(mki: mki)).rtp(SamplePackets.rtp(sequence: 2)).get()
        #expect(link.receiving.refuses(wire))
        try link.sending.context.activateKey(next)
        try link.rtp(SamplePackets.rtp(sequence: 2))
        try link.rtcp(SamplePackets.rtcp())
        #expect(link.receiving.keys.map(\.rtpPackets) == [1, 1])
    }

    @Test("where all of several keys are at their end, that is the reason given")
    func allAtTheirEnd() throws {
        let short = SRTPKeyOptions(lifetime: SRTPKeyLifetime(rtpPackets: 1))
        let link = try Link(options: short)
        let next = try link.addKey(first: 7, options: short)
        try link.rtp(SamplePackets.rtp(sequence: 1))
        try link.sending.context.activateKey(next)
        try link.rtp(SamplePackets.rtp(sequence: 2))
        #expect(
            link.receiving.refuses(try Sending.wire(SamplePackets.rtp(sequence: 3)), with: .keyExhausted(sample)))
        #expect(
            link.receiving.refuses(
                try Sending.wireRTCP(SamplePackets.rtcp(), index: 0), isRTCP: true, with: .keyExhausted(sample)))
    }
}
