// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("SDES's UNENCRYPTED_SRTP and UNAUTHENTICATED_SRTP, RFC 4568 section 6.3")
struct UnprotectedTests {
    /// The suites with a MAC of their own.
    static let suites = builtSuites.filter { !$0.cipher.isAuthenticated }

    @Test("unencrypted SRTP is authenticated all the same", arguments: suites)
    func unencrypted(_ suite: SRTPSuite) throws {
        let setup = Setup(suite) { $0.encryptsRTP = false }
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let plain = SamplePackets.rtp(sequence: 1, payload: Array(0..<50), csrcs: [1])
        let wire = try sender.rtp(plain).get()
        #expect(wire.prefix(plain.count) == plain[...])
        #expect(wire.count == plain.count + suite.rtpTagByteCount)
        for bit in 0..<wire.count * 8 {
            var forged = wire
            forged[bit / 8] ^= 1 << (bit % 8)
            guard case .failure = receiver.rtp(forged) else {
                Issue.record("bit \(bit) flipped, and accepted")
                return
            }
        }
        #expect(receiver.rtp(wire) == .success(plain))
        // SRTCP stays as the suite has it.
        let report = SamplePackets.rtcp()
        let control = try sender.rtcp(report).get()
        #expect((control.prefix(report.count) == report[...]) == (suite.cipher == .null))
        #expect(receiver.rtcp(control) == .success(report))
    }

    @Test("SRTP-22 without a tag only streams that were announced are taken, each packet once", arguments: suites)
    func unauthenticated(_ suite: SRTPSuite) throws {
        let setup = Setup(suite) { $0.leavesRTPUnauthenticated = true }
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let packets = (1...4).map { SamplePackets.rtp(sequence: $0, payload: Array(0..<50)) }
        let wires = try packets.map { try sender.rtp($0).get() }
        #expect(wires.map(\.count) == packets.map(\.count))
        #expect(wires.enumerated().allSatisfy { ($1 == packets[$0]) == (suite.cipher == .null) })
        for ssrc in 0..<1000 as Range<UInt32> {
            let stranger = SamplePackets.rtp(sequence: 1, ssrc: ssrc)
            #expect(receiver.rtp(stranger) == .failure(.unauthenticated(SSRC(ssrc))))
        }
        #expect(receiver.state.streams.isEmpty)
        try receiver.setRolloverCounter(0, of: sample)
        for (packet, wire) in zip(packets, wires) { #expect(receiver.rtp(wire) == .success(packet)) }
        for wire in wires {
            guard case .failure(.replayed) = receiver.rtp(wire) else {
                Issue.record("accepted twice")
                continue
            }
        }
        #expect(receiver.state.streams.count == 1)
    }

    @Test("SRTP-22 what is not authentic cannot move a stream by 2^15 or more, nor back a counter", arguments: suites)
    func farAhead(_ suite: SRTPSuite) throws {
        let setup = Setup(suite) { $0.leavesRTPUnauthenticated = true }
        let receiver = try BothReceivers(setup)
        try receiver.setRolloverCounter(1, of: sample)
        #expect(throws: Never.self) { try receiver.rtp(SamplePackets.rtp(sequence: 100)).get() }
        #expect(receiver.rtp(SamplePackets.rtp(sequence: 100 + 32_768)) == .failure(.unauthenticated(sample)))
        // 2^15 behind, by the sequence number: of the counter before, and too old.
        guard case .failure(.replayed) = receiver.rtp(SamplePackets.rtp(sequence: 100 + 32_769)) else {
            Issue.record("accepted")
            return
        }
        #expect(throws: Never.self) { try receiver.rtp(SamplePackets.rtp(sequence: 100 + 32_767)).get() }
        #expect(receiver.rolloverCounter(of: sample) == 1)
    }

    @Test("SRTP-22 SRTCP keeps its tag where SRTP has none, and does not announce a stream", arguments: suites)
    func control(_ suite: SRTPSuite) throws {
        let setup = Setup(suite) { $0.leavesRTPUnauthenticated = true }
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let report = SamplePackets.rtcp()
        let wire = try sender.rtcp(report).get()
        #expect(wire.count == report.count + 4 + suite.rtcpTagByteCount)
        for position in wire.indices {
            var forged = wire
            forged[position] ^= 1
            #expect(throws: SRTPError.self) { try receiver.rtcp(forged).get() }
        }
        #expect(receiver.rtcp(wire) == .success(report))
        #expect(receiver.rtp(SamplePackets.rtp(sequence: 1)) == .failure(.unauthenticated(sample)))
    }

    @Test("neither is to be had with an authenticated cipher, nor no tag with options that need one")
    func validation() throws {
        for name in ["AEAD_AES_256_GCM", "SRTP_AEAD_ARIA_128_GCM", "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM"] {
            for setup in [
                try Setup(name) { $0.encryptsRTP = false }, try Setup(name) { $0.leavesRTPUnauthenticated = true },
            ] {
                #expect(throws: SRTPError.self) { _ = try setup.makeSender() }
                #expect(throws: SRTPError.self) { _ = try setup.makeReceiver() }
            }
        }
        let setup = try Setup("AES_CM_128_HMAC_SHA1_80") {
            $0.leavesRTPUnauthenticated = true
            $0.carriedRolloverCounter = CarriedRolloverCounter(.authenticated)
        }
        #expect(throws: SRTPError.self) { _ = try setup.makeSender() }
    }

    @Test(
        "SRTP-29 repeats are known by the whole MAC, also where packets carry little or nothing of it",
        arguments: suites)
    func repeats(_ suite: SRTPSuite) throws {
        let configurations: [(inout SRTPConfiguration) -> Void] = [
            { $0.leavesRTPUnauthenticated = true },
            { $0.encryptsRTP = false },
            { $0.carriedRolloverCounter = CarriedRolloverCounter(.unauthenticated, rate: 2) },
            { $0.carriedRolloverCounter = CarriedRolloverCounter(.unauthenticatedBetween, rate: 2, tagByteCount: 4) },
            { $0.carriedRolloverCounter = CarriedRolloverCounter(.authenticated, rate: 2, tagByteCount: 4) },
        ]
        for configure in configurations {
            let sender = try BothSenders(Setup(suite, configure).with { $0.repeatedPackets = .allowedWhenIdentical })
            for sequence: UInt16 in 1...2 {
                let packet = SamplePackets.rtp(sequence: sequence, payload: Array(0..<40))
                let wire = try sender.rtp(packet).get()
                #expect(sender.rtp(packet) == .success(wire))
                for position in [1, 4, 12, 51] {
                    var other = packet
                    other[position] ^= 1
                    #expect(sender.rtp(other) == .failure(.indexReused(sample, index: UInt64(sequence))))
                }
            }
        }
    }
}
