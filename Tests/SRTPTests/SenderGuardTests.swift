// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("No index is used twice")
struct SenderGuardTests {
    @Test("SRTP-29 the same index is refused, with the same and with another payload", arguments: builtSuites)
    func sameIndex(_ suite: SRTPSuite) throws {
        let sending = try Sending(suite)
        let packet = SamplePackets.rtp(sequence: 7)
        _ = try sending.rtp(packet).get()
        let before = sending.state
        for payload in ["payload", "another"] {
            #expect(
                sending.rtp(SamplePackets.rtp(sequence: 7, payload: Array(payload.utf8)))
                    == .failure(.indexReused(sample, index: 7)))
        }
        #expect(sending.state == before)
        #expect(sending.context.statistics[.indexReused] == 2)
    }

    @Test("SRTP-29 an older index inside the window that was never sent may be sent, once")
    func olderIndex() throws {
        let sending = try Sending()
        _ = try sending.rtp(SamplePackets.rtp(sequence: 500)).get()
        for lag: UInt16 in [1, 5, 127] {
            let packet = SamplePackets.rtp(sequence: 500 - lag)
            #expect(sending.rtp(packet) == .success(try Sending.wire(packet)))
            #expect(sending.rtp(packet) == .failure(.indexReused(sample, index: UInt64(500 - lag))))
        }
        #expect(
            sending.rtp(SamplePackets.rtp(sequence: 500 - 128)) == .failure(.indexTooOld(sample, index: 500 - 128)))
    }

    @Test(
        "SRTP-29 where repeats are allowed, the identical packet goes again, and only that one",
        arguments: builtSuites.filter { $0.cipher != .doubleAESGCM })
    func identicalRepeat(_ suite: SRTPSuite) throws {
        let sending = try Sending(suite) { $0.repeatedPackets = .allowedWhenIdentical }
        let packets = (0..<200).map {
            SamplePackets.rtp(sequence: UInt16($0), payload: [UInt8](repeating: 1, count: 50))
        }
        let wires = try packets.map { try sending.rtp($0).get() }
        let before = sending.state
        for number in 72..<200 {
            #expect(sending.rtp(packets[number]) == .success(wires[number]))
            for position in [1, 4, 12, 61] {
                var other = packets[number]
                other[position] ^= 1
                #expect(sending.rtp(other) == .failure(.indexReused(sample, index: UInt64(number))))
            }
            #expect(
                sending.rtp(packets[number] + [0]) == .failure(.indexReused(sample, index: UInt64(number))))
        }
        #expect(sending.rtp(packets[71]) == .failure(.indexTooOld(sample, index: 71)))
        #expect(sending.state == before)
    }

    @Test(
        "SRTP-29 a refused repeat leaves no octet under the used keystream",
        arguments: builtSuites.filter { $0.cipher != .doubleAESGCM })
    func refusedRepeatShowsNothing(_ suite: SRTPSuite) throws {
        var configuration = SRTPConfiguration()
        configuration.repeatedPackets = .allowedWhenIdentical
        var sender = try SRTPSender(masterKey: sampleKey(suite), configuration: configuration)
        _ = try sender.protectRTP(SamplePackets.rtp(sequence: 1, payload: [UInt8](repeating: 1, count: 40)))
        let other = SamplePackets.rtp(sequence: 1, payload: [UInt8](repeating: 2, count: 40))

        var inPlace = other + [UInt8](repeating: 0x5A, count: 16)
        let untouched = inPlace
        do {
            var span = inPlace.mutableSpan
            var bytes = span.mutableBytes
            let sent = try? sender.protectRTP(&bytes, length: other.count)
            #expect(sent == nil)
        }
        #expect(inPlace == untouched)

        var output = [UInt8](repeating: 0x5A, count: other.count + 16)
        do {
            var span = output.mutableSpan
            var bytes = span.mutableBytes
            let sent = try? sender.protectRTP(other.span.bytes, into: &bytes)
            #expect(sent == nil)
        }
        #expect(output.prefix(other.count).allSatisfy { $0 == 0 })
    }

    @Test("SRTP-29 repeats are known on streams that were set up before their first packet, too")
    func repeatsAfterSettingUp() throws {
        let sending = try Sending { $0.repeatedPackets = .allowedWhenIdentical }
        try sending.context.setRolloverCounter(3, of: 1)
        try sending.context.setNextRTCPIndex(3, of: 2)
        for ssrc: UInt32 in 1...3 {
            let packet = SamplePackets.rtp(sequence: 9, ssrc: ssrc)
            let wire = try sending.rtp(packet).get()
            #expect(sending.rtp(packet) == .success(wire))
            #expect(throws: SRTPError.self) {
                try sending.rtp(SamplePackets.rtp(sequence: 9, ssrc: ssrc, payload: [1])).get()
            }
        }
    }

    @Test("SRTP-30 a refused packet uses no index: the same number then goes", arguments: builtSuites)
    func refusalUsesNothing(_ suite: SRTPSuite) throws {
        var sender = try SRTPSender(masterKey: sampleKey(suite))
        let packet = SamplePackets.rtp(sequence: 3)
        let report = SamplePackets.rtcp()
        let fresh = sender.snapshot
        for isRTP in [true, false] {
            var short = isRTP ? packet : report
            var span = short.mutableSpan
            var bytes = span.mutableBytes
            let length = bytes.byteCount
            let sent =
                isRTP
                ? (try? sender.protectRTP(&bytes, length: length)) : (try? sender.protectRTCP(&bytes, length: length))
            #expect(sent == nil)
        }
        var broken = packet
        broken[0] = 0
        #expect((try? sender.protectRTP(broken)) == nil)
        #expect(sender.snapshot == fresh)
        #expect(try sender.protectRTP(packet) == Sending.wire(packet, suite: suite))
        #expect(try sender.protectRTCP(report) == Sending.wireRTCP(report, index: 0, suite: suite))
    }

    @Test("SRTP-30 a jump of more than 2^15 is refused, and allowed once the counter is set")
    func longJump() throws {
        let sending = try Sending()
        _ = try sending.rtp(SamplePackets.rtp(sequence: 100)).get()
        let packet = SamplePackets.rtp(sequence: 40_000)
        #expect(sending.rtp(packet) == .failure(.indexTooOld(sample, index: (1 << 48) - 65_536 + 40_000)))
        try sending.context.setRolloverCounter(1, of: sample)
        #expect(sending.rtp(packet) == .success(try Sending.wire(packet, rolloverCounter: 1)))
    }

    @Test("no sequence of calls makes a sender use an (SSRC, index) twice")
    func randomCalls() throws {
        var generator = SeededGenerator(seed: 29)
        for _ in 0..<40 {
            let sending = try Sending { $0.replayWindow = 64 }
            // Every packet is sent with new content; a keystream used twice would show as two packets of one index.
            var sent: [SSRC: Set<UInt64>] = [:]
            var base: UInt16 = .random(in: 0...UInt16.max, using: &generator)
            for _ in 0..<600 {
                let ssrc = UInt32.random(in: 1...2, using: &generator)
                switch Int.random(in: 0..<20, using: &generator) {
                case 0:
                    let counter = UInt32.random(in: 0...3, using: &generator)
                    try? sending.context.setRolloverCounter(counter, of: SSRC(ssrc))
                case 1: base = .random(in: 0...UInt16.max, using: &generator)
                case 2: base &+= 30_000
                case 3..<7: base &-= UInt16.random(in: 0...80, using: &generator)
                default: base &+= 1
                }
                let packet = SamplePackets.rtp(sequence: base, ssrc: ssrc, payload: generator.octets(8))
                guard case .success = sending.rtp(packet) else { continue }
                let newest = try #require(sending.state.streams.first { $0.ssrc.rawValue == ssrc }).rtp.newest
                let index = PacketIndex(of: base, highest: PacketIndex(unwrapped: newest)).wire
                #expect(sent[SSRC(ssrc), default: []].insert(index).inserted, "index \(index) sent twice")
            }
        }
    }
}
