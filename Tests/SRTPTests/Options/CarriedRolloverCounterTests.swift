// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("A carried rollover counter, RFC 4771")
struct CarriedRolloverCounterTests {
    static let suites = [
        "AES_CM_128_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32", "F8_128_HMAC_SHA1_80", "NULL_HMAC_SHA1_80",
        "SRTP_ARIA_128_CTR_HMAC_SHA1_80",
    ]
    static let authenticated = ["AEAD_AES_128_GCM", "SRTP_AEAD_ARIA_256_GCM"]

    private func setup(_ name: String, _ carried: CarriedRolloverCounter, mki: [UInt8] = []) throws -> Setup {
        var setup = try Setup(name) { $0.carriedRolloverCounter = carried }
        setup.options.mki = mki
        return setup
    }

    private func packet(_ sequence: UInt16) -> [UInt8] {
        SamplePackets.rtp(sequence: sequence, payload: [UInt8](0..<30))
    }

    @Test(
        "tag lengths: the counter's octets are part of the tag, and other packets have it whole or not at all",
        arguments: suites)
    func tagLengths(_ name: String) throws {
        for mki in [[], [1, 2, 3]] as [[UInt8]] {
            for tag in [4, 8, 14, 20, 24] {
                for mode in [CarriedRolloverCounter.Mode.unauthenticatedBetween, .authenticated] {
                    let setup = try setup(name, CarriedRolloverCounter(mode, rate: 5, tagByteCount: tag), mki: mki)
                    let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
                    try sender.setRolloverCounter(0x0102_0304, of: sample)
                    try receiver.setRolloverCounter(0x0102_0304, of: sample)
                    #expect(sender.rtpOverhead == tag + mki.count)
                    for sequence: UInt16 in 10...21 {
                        let plain = packet(sequence)
                        let wire = try sender.rtp(plain).get()
                        let isCarried = sequence % 5 == 0
                        let expected = isCarried ? tag : mode == .authenticated ? min(tag, 20) : 0
                        #expect(wire.count == plain.count + mki.count + expected)
                        let trailer = wire[plain.count...]
                        #expect(Array(trailer.prefix(mki.count)) == mki)
                        if isCarried { #expect(Array(trailer.dropFirst(mki.count).prefix(4)) == [1, 2, 3, 4]) }
                        #expect(receiver.rtp(wire) == .success(plain))
                    }
                }
            }
            let setup = try setup(name, CarriedRolloverCounter(.unauthenticated, rate: 5), mki: mki)
            let sender = try BothSenders(setup)
            try sender.setRolloverCounter(0x0102_0304, of: sample)
            #expect(try sender.rtp(packet(10)).get().suffix(4 + mki.count) == mki + [1, 2, 3, 4])
            #expect(try sender.rtp(packet(11)).get().count == packet(11).count + mki.count)
        }
    }

    @Test(
        "with an authenticated cipher the counter follows tag and MKI, and every packet is authentic",
        arguments: authenticated)
    func behindTag(_ name: String) throws {
        let setup = try setup(name, CarriedRolloverCounter(.unauthenticated, rate: 2), mki: [0xAB])
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        try sender.setRolloverCounter(7, of: sample)
        let wire = try sender.rtp(packet(2)).get()
        #expect(wire.count == packet(2).count + 16 + 1 + 4)
        #expect(Array(wire.suffix(5)) == [0xAB, 0, 0, 0, 7])
        // Nothing was said to the receiver, and no packet is believed before it has authenticated.
        for bit in 0..<wire.count * 8 {
            var forged = wire
            forged[bit / 8] ^= 1 << (bit % 8)
            guard case .failure = receiver.rtp(forged) else {
                Issue.record("bit \(bit) flipped, and accepted")
                return
            }
        }
        #expect(receiver.rtp(wire) == .success(packet(2)))
        #expect(receiver.rolloverCounter(of: sample) == 7)
        let plain = try sender.rtp(packet(3)).get()
        #expect(plain.count == packet(3).count + 16 + 1)
        #expect(receiver.rtp(plain) == .success(packet(3)))
    }

    @Test("modes 1 and 2 leave nothing to learn from what does not authenticate", arguments: suites, [1, 2])
    func learned(_ name: String, _ mode: Int) throws {
        let carried = CarriedRolloverCounter(try #require(.init(rawValue: mode)), rate: 4, tagByteCount: 14)
        let setup = try setup(name, carried)
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        try sender.setRolloverCounter(0xFFFF_FFF0, of: sample)
        // Without a counter a stream is not begun: mode 2 tries counter 0, mode 1 has no MAC to try.
        let early = try sender.rtp(packet(1)).get()
        #expect(
            receiver.rtp(early) == .failure(mode == 2 ? .authenticationFailed(sample) : .unauthenticated(sample)))
        let wire = try sender.rtp(packet(4)).get()
        for bit in 0..<wire.count * 8 {
            var forged = wire
            forged[bit / 8] ^= 1 << (bit % 8)
            guard case .failure = receiver.rtp(forged) else {
                Issue.record("bit \(bit) flipped, and accepted")
                return
            }
        }
        #expect(receiver.state.streams.isEmpty)
        #expect(receiver.rtp(wire) == .success(packet(4)))
        #expect(receiver.rolloverCounter(of: sample) == 0xFFFF_FFF0)
        #expect(receiver.nextEvent() == .streamAdded(sample))
        #expect(receiver.nextEvent() == .rolloverCounterLearned(sample, 0xFFFF_FFF0))
        for sequence: UInt16 in 5...9 {
            #expect(receiver.rtp(try sender.rtp(packet(sequence)).get()) == .success(packet(sequence)))
        }
        #expect(receiver.nextEvent() == nil)
    }

    @Test(
        "SRTP-05 a late packet that carries an older counter is accepted and sets nothing back",
        arguments: suites + authenticated)
    func lateCounter(_ name: String) throws {
        let isAuthenticated = Self.authenticated.contains(name)
        let setup = try setup(
            name, CarriedRolloverCounter(isAuthenticated ? .unauthenticated : .authenticated, rate: 1))
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        try sender.setRolloverCounter(8, of: sample)
        let late = try sender.rtp(packet(65_530)).get()
        let newer = try [0, 1].map { try sender.rtp(packet($0)).get() }
        for (sequence, wire) in newer.enumerated() { #expect(receiver.rtp(wire) == .success(packet(UInt16(sequence)))) }
        #expect(receiver.rolloverCounter(of: sample) == 9)
        #expect(receiver.rtp(late) == .success(packet(65_530)))
        #expect(receiver.rolloverCounter(of: sample) == 9)
        #expect(receiver.rtp(try sender.rtp(packet(2)).get()) == .success(packet(2)))
        for wire in [late] + newer {
            guard case .failure(.replayed) = receiver.rtp(wire) else {
                Issue.record("a packet was accepted twice")
                continue
            }
        }
    }

    @Test(
        "SRTP-05 a late packet from before the counter's own wrap is late, and not 2^48 ahead",
        arguments: suites + authenticated)
    func lateAcrossTheWrap(_ name: String) throws {
        let isAuthenticated = Self.authenticated.contains(name)
        let setup = try setup(
            name, CarriedRolloverCounter(isAuthenticated ? .unauthenticated : .authenticated, rate: 1))
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        try sender.setRolloverCounter(0xFFFF_FFFF, of: sample)
        let late = try sender.rtp(packet(65_530)).get()
        let wire = try sender.rtp(packet(1)).get()
        #expect(receiver.rtp(wire) == .success(packet(1)))
        #expect(receiver.rolloverCounter(of: sample) == 0)
        #expect(receiver.rtp(late) == .success(packet(65_530)))
        #expect(receiver.rolloverCounter(of: sample) == 0)
        #expect(receiver.rtp(try sender.rtp(packet(2)).get()) == .success(packet(2)))
    }

    @Test("after a long outage the next packet that carries the counter goes on", arguments: suites)
    func outage(_ name: String) throws {
        let setup = try setup(name, CarriedRolloverCounter(.authenticated, rate: 10, tagByteCount: 14))
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        #expect(receiver.rtp(try sender.rtp(packet(1)).get()) == .success(packet(1)))
        try sender.setRolloverCounter(3, of: sample)
        #expect(receiver.rtp(try sender.rtp(packet(5)).get()) == .failure(.authenticationFailed(sample)))
        #expect(receiver.rtp(try sender.rtp(packet(10)).get()) == .success(packet(10)))
        #expect(receiver.rtp(try sender.rtp(packet(11)).get()) == .success(packet(11)))
    }

    @Test(
        "mode 3 with HMAC: nothing is authentic, so the carried counter is believed only where there is none yet",
        arguments: suites)
    func unauthenticated(_ name: String) throws {
        let setup = try setup(name, CarriedRolloverCounter(.unauthenticated, rate: 1))
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        try sender.setRolloverCounter(5, of: sample)
        let wires = try (1...6).map { try sender.rtp(packet($0)).get() }
        // Of a stream that nobody spoke of, no packet is taken.
        #expect(receiver.rtp(wires[0]) == .failure(.unauthenticated(sample)))
        try receiver.setRolloverCounter(5, of: sample)
        #expect(receiver.rtp(wires[0]) == .success(packet(1)))
        // Another counter in the packet does not matter: the stream's own is taken.
        var altered = wires[1]
        altered[altered.count - 1] = 99
        #expect(receiver.rtp(altered) == .success(packet(2)))
        #expect(receiver.rolloverCounter(of: sample) == 5)
        // Nor may anyone move the stream by 2^15 or more.
        let far = try BothSenders(setup)
        try far.setRolloverCounter(5, of: sample)
        #expect(receiver.rtp(try far.rtp(packet(2 + 32_768)).get()) == .failure(.unauthenticated(sample)))
        #expect(receiver.rtp(wires[2]) == .success(packet(3)))
        // The application says that the stream is out of step, and the next counter is believed.
        try receiver.resynchronize(sample)
        try sender.setRolloverCounter(9, of: sample)
        #expect(receiver.rtp(try sender.rtp(packet(7)).get()) == .success(packet(7)))
        #expect(receiver.rolloverCounter(of: sample) == 9)
    }

    @Test("SRTCP is never touched", arguments: suites + authenticated)
    func rtcp(_ name: String) throws {
        let carried = try setup(name, CarriedRolloverCounter(.unauthenticated, rate: 1))
        let report = SamplePackets.rtcp()
        let wire = try BothSenders(carried).rtcp(report).get()
        #expect(wire == (try BothSenders(try Setup(name)).rtcp(report).get()))
        #expect(try BothReceivers(carried).rtcp(wire) == .success(report))
    }

    @Test(
        "what the RFC does not have is refused: rate 0, other tag lengths, modes 1 and 2 with an authenticated cipher")
    func validation() throws {
        let wrong: [(String, CarriedRolloverCounter)] = [
            ("AES_CM_128_HMAC_SHA1_80", CarriedRolloverCounter(.authenticated, rate: 0)),
            ("AES_CM_128_HMAC_SHA1_80", CarriedRolloverCounter(.authenticated, tagByteCount: 3)),
            ("AES_CM_128_HMAC_SHA1_80", CarriedRolloverCounter(.authenticated, tagByteCount: 25)),
            ("AES_CM_128_HMAC_SHA1_80", CarriedRolloverCounter(.unauthenticated, tagByteCount: 10)),
            ("AEAD_AES_128_GCM", CarriedRolloverCounter(.authenticated)),
            ("AEAD_AES_128_GCM", CarriedRolloverCounter(.unauthenticatedBetween)),
        ]
        for (name, carried) in wrong {
            let setup = try setup(name, carried)
            let expected = SRTPError.invalidCarriedCounter(
                mode: carried.mode.rawValue, rate: carried.rate, tagBytes: carried.tagByteCount)
            #expect(throws: expected) { _ = try setup.makeSender() }
            #expect(throws: expected) { _ = try setup.makeReceiver() }
        }
    }
}
