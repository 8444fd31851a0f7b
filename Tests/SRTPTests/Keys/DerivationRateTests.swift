// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Key derivation rate, RFC 3711 section 4.3.1")
struct DerivationRateTests {
    private static let rates: [UInt32] = [1, 2, 4, 64, 1 << 10, 1 << 16, 1 << 20, 1 << 24]
    private static let zeros = [UInt8](repeating: 0, count: 16)

    /// What 16 zeros become at an index, by key derivation and cipher alone.
    private func keystream(index: UInt64, rate: UInt32, isRTCP: Bool = false) throws -> [UInt8] {
        let key = try sampleKey()
        let quotient = index / UInt64(rate)
        let label: UInt8 = isRTCP ? 3 : 0
        let sessionKey = try key.sessionKey(label: label, quotient: quotient, count: 16)
        let salt = try key.sessionKey(label: label + 2, quotient: quotient, count: 14)
        let authenticationKey = try key.sessionKey(label: label + 1, quotient: quotient, count: 20)
        var cipher = try PacketCipher(
            kind: .aesCM, encryptionKey: SecretBytes(copying: sessionKey.span.bytes),
            salt: SecretBytes(copying: salt.span.bytes),
            authenticationKey: SecretBytes(copying: authenticationKey.span.bytes))
        var stream = Self.zeros
        var span = stream.mutableSpan
        var bytes = span.mutableBytes
        let counter = CounterBlock(high: UInt64(sample.rawValue), low: index << 16)
        let isMade = cipher.keystream(counter: counter, into: &bytes)
        #expect(isMade)
        return stream
    }

    private func report(_ content: [UInt8] = zeros) -> [UInt8] {
        [0x80, 204, 0, 5] + SamplePackets.bigEndian(sample.rawValue) + content
    }

    @Test("SRTP-54 SRTP keys change exactly where the quotient of index and rate does", arguments: rates)
    func boundaries(_ rate: UInt32) throws {
        let link = try Link(options: SRTPKeyOptions(rate: rate))
        // The second multiple of the rate that can be reached, and the packets about it, out of order.
        let boundary = max(UInt64(rate), 1 << 17)
        try link.sending.context.setRolloverCounter(UInt32((boundary - 2) >> 16), of: sample)
        try link.receiving.context.setRolloverCounter(UInt32((boundary - 2) >> 16), of: sample)
        for index in [boundary - 2, boundary + 1, boundary - 1, boundary + 3, boundary, boundary - 3] {
            let packet = SamplePackets.rtp(sequence: UInt16(truncatingIfNeeded: index), payload: Self.zeros)
            let wire = try link.sending.rtp(packet).get()
            #expect(wire[12..<28].elementsEqual(try keystream(index: index, rate: rate)), "index \(index)")
            #expect(link.receiving.rtp(wire) == .success(packet))
        }
    }

    @Test("SRTP-54 SRTCP keys change where the quotient of the 31-bit index and the rate does", arguments: rates)
    func reportBoundaries(_ rate: UInt32) throws {
        let link = try Link(options: SRTPKeyOptions(rate: rate))
        let boundary = max(rate, 4) * 4
        try link.sending.context.setNextRTCPIndex(boundary - 3, of: sample)
        var wires: [[UInt8]] = []
        for index in boundary - 3..<boundary + 3 {
            let wire = try link.sending.rtcp(report()).get()
            #expect(
                wire[8..<24].elementsEqual(try keystream(index: UInt64(index), rate: rate, isRTCP: true)),
                "index \(index)")
            wires.append(wire)
        }
        for place in [0, 4, 1, 5, 3, 2] { #expect(link.receiving.rtcp(wires[place]) == .success(report())) }
        for wire in wires { #expect(link.receiving.refuses(wire, isRTCP: true)) }
    }

    @Test("SRTP-54 many streams at quotients of their own share the keys, each packet under the right ones")
    func manyStreams() throws {
        var generator = SeededGenerator(seed: 54)
        let link = try Link(options: SRTPKeyOptions(rate: 16))
        var next = (0..<100).map { _ in UInt16.random(in: 0..<20_000, using: &generator) }
        var waiting: [(packet: [UInt8], wire: [UInt8])] = []
        for _ in 0..<3000 {
            let stream = Int.random(in: 0..<next.count, using: &generator)
            next[stream] += 1
            let packet = SamplePackets.rtp(sequence: next[stream], ssrc: UInt32(stream))
            waiting.append((packet, try link.sending.rtp(packet).get()))
            guard waiting.count > 40 else { continue }
            let (sent, wire) = waiting.remove(at: .random(in: 0..<waiting.count, using: &generator))
            #expect(link.receiving.rtp(wire) == .success(sent))
        }
        #expect(link.receiving.context.statistics.refusedPackets == 0)
    }

    @Test("SRTP-54 forged packets from anywhere push no keys in use out, and change nothing")
    func forged() throws {
        var generator = SeededGenerator(seed: 3)
        let link = try Link(options: SRTPKeyOptions(rate: 1))
        let kept = UInt16(SessionCache.capacity)
        for sequence in 0..<kept { try link.rtp(SamplePackets.rtp(sequence: sequence)) }
        for _ in 0..<kept { try link.rtcp(report()) }
        let quotients = { (sequences: Range<UInt64>) in
            sequences.map { link.receiving.context.context.keys[0].rtp.position(of: $0) != nil }
                + sequences.map { link.receiving.context.context.keys[0].rtcp.position(of: $0) != nil }
        }
        let allKept = [Bool](repeating: true, count: Int(kept) * 2)
        #expect(quotients(0..<UInt64(kept)) == allKept)
        for _ in 0..<500 {
            let sequence = UInt16.random(in: kept...30_000, using: &generator)
            let forged = SamplePackets.rtp(sequence: sequence, payload: generator.octets(30))
            #expect(link.receiving.refuses(forged, with: .authenticationFailed(sample)))
            let index = UInt32.random(in: UInt32(kept)..<1 << 31, using: &generator)
            let forgedReport =
                report(generator.octets(16)) + SamplePackets.bigEndian(index | 1 << 31) + generator.octets(10)
            #expect(link.receiving.refuses(forgedReport, isRTCP: true, with: .authenticationFailed(sample)))
            // Strangers too.
            let strange = SamplePackets.rtp(sequence: sequence, ssrc: 77, payload: generator.octets(30))
            #expect(link.receiving.refuses(strange, with: .authenticationFailed(77)))
        }
        #expect(quotients(0..<UInt64(kept)) == allKept)
        try link.rtp(SamplePackets.rtp(sequence: kept))
        try link.rtcp(report())
    }

    @Test("SRTP-54 every suite takes a rate, with an identifier", arguments: builtSuites)
    func everySuite(_ suite: SRTPSuite) throws {
        let link = try Link(suite, options: SRTPKeyOptions(mki: [1, 2], rate: 4))
        for sequence: UInt16 in [0, 5, 3, 8, 7, 4, 12, 1] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(try link.rtp(packet) == packet)
            #expect(try link.rtcp(SamplePackets.rtcp()) == SamplePackets.rtcp())
        }
    }
}
