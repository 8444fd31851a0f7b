// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import RTP
import TestSupport
import Testing
import WireBytes

@testable import SRTP

@Suite("SRTCP with authenticated ciphers, mixed suites, and looking without opening")
struct ControlPacketTests {
    static let authenticated = builtSuites.filter(\.cipher.isAuthenticated)

    @Test(
        "SRTP-18 unencrypted SRTCP under an authenticated cipher: all of it and the index word are associated data",
        arguments: authenticated)
    func unencrypted(_ suite: SRTPSuite) throws {
        let setup = Setup(suite) { $0.rtcpEncryption = .off }
        let report = SamplePackets.rtcp()
        let wire = try BothSenders(setup).rtcp(report).get()
        #expect(Array(wire.prefix(report.count)) == report)
        #expect(wire.count == report.count + 16 + 4)
        #expect(Array(wire.suffix(4)) == [0, 0, 0, 0])
        // RFC 7714 section 9.3, by hand: AAD = packet || word, no plaintext, and the tag before the word.
        var cipher = try Keystream.cipher(suite, suite.cipher.kind, key: 3, salt: 5, 12)
        var tag = Array(wire[report.count..<report.count + 16])
        let associated = report + wire.suffix(4)
        var span = tag.mutableSpan
        var bytes = span.mutableBytes
        let opened = cipher.openAEAD(
            counter: CounterBlock(high: UInt64(sample.rawValue), low: 0), associatedData: associated.span.bytes,
            in: &bytes)
        #expect(opened == .opened)

        let receiver = try BothReceivers(setup)
        for bit in 0..<wire.count * 8 {
            var forged = wire
            forged[bit / 8] ^= 1 << (bit % 8)
            guard case .failure = receiver.rtcp(forged) else {
                Issue.record("bit \(bit) flipped, and accepted")
                return
            }
        }
        var exact = [UInt8](repeating: 0, count: report.count)
        var context = try setup.makeReceiver()
        do {
            var span = exact.mutableSpan
            var bytes = span.mutableBytes
            let length = try context.unprotectRTCP(wire.span.bytes, into: &bytes)
            #expect(length == report.count)
        }
        #expect(exact == report, "the output has neither tag nor word")
    }

    @Test(
        "SRTP-20 after a failed open in place the packet can be tried again with another counter",
        arguments: builtSuites)
    func triedAgain(_ suite: SRTPSuite) throws {
        let packet = SamplePackets.rtp(sequence: 9, payload: Array(0..<100))
        let wire = try Sending.wire(packet, rolloverCounter: 1, suite: suite)
        var receiver = try SRTPReceiver(masterKey: sampleKey(suite))
        var buffer = wire
        for counter: UInt32 in 0...1 {
            try receiver.setRolloverCounter(counter, of: sample)
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            var refused: SRTPError?
            var length = 0
            do throws(SRTPError) {
                length = try receiver.unprotectRTP(&bytes, length: wire.count)
            } catch { refused = error }
            if counter == 0 {
                let left = buffer
                #expect(refused == .authenticationFailed(sample))
                #expect(left == wire)
            } else {
                #expect(refused == nil)
                #expect(Array(buffer.prefix(length)) == packet)
            }
        }
    }

    /// Pairs of suites with keys of one length.
    static let mixed = [
        ("AEAD_AES_128_GCM", "AES_CM_128_HMAC_SHA1_80"), ("AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"),
        ("AES_CM_128_HMAC_SHA1_32", "NULL_HMAC_SHA1_80"), ("NULL_HMAC_SHA1_32", "AEAD_AES_128_GCM"),
        ("F8_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_80"), ("AEAD_AES_256_GCM", "AES_256_CM_HMAC_SHA1_80"),
        ("SRTP_ARIA_128_CTR_HMAC_SHA1_80", "SRTP_AEAD_ARIA_128_GCM"),
    ]

    @Test("SRTP-35 SRTP by one suite and SRTCP by another, as each alone would have it", arguments: mixed)
    func mixedSuites(_ rtp: String, _ rtcp: String) throws {
        let rtcpSuite = try #require(SRTPSuite.named(rtcp))
        let setup = try Setup(rtp) { $0.rtcpSuite = rtcpSuite }
        // Key and salt are those of the SRTP suite; the other one's salt is its length of them, so compare where they agree.
        let (sender, receiver) = (try BothSenders(setup), try BothReceivers(setup))
        let packet = SamplePackets.rtp(sequence: 1)
        let wire = try sender.rtp(packet).get()
        #expect(wire == (try Sending.wire(packet, suite: setup.suite)))
        #expect(receiver.rtp(wire) == .success(packet))
        let report = SamplePackets.rtcp()
        let control = try sender.rtcp(report).get()
        #expect(control.count == report.count + 4 + rtcpSuite.rtcpTagByteCount)
        #expect((control.prefix(report.count) == report[...]) == (rtcpSuite.cipher == .null))
        for bit in 0..<control.count * 8 {
            var forged = control
            forged[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: SRTPError.self) { try receiver.rtcp(forged).get() }
        }
        #expect(receiver.rtcp(control) == .success(report))
        if rtcpSuite.masterSaltByteCount == setup.suite.masterSaltByteCount {
            #expect(control == (try Sending.wireRTCP(report, index: 0, suite: rtcpSuite)))
        }
    }

    @Test("SRTP-35 suites with other keys are refused together")
    func incompatible() throws {
        for (rtp, rtcp) in [
            ("AES_CM_128_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_80"), ("AEAD_AES_128_GCM", "SRTP_AEAD_ARIA_128_GCM"),
            ("AEAD_AES_256_GCM", "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM"),
            ("AES_CM_128_HMAC_SHA1_80", "AEAD_AES_256_GCM"),
        ] {
            let other = try #require(SRTPSuite.named(rtcp))
            let setup = try Setup(rtp) { $0.rtcpSuite = other }
            #expect(throws: SRTPError.incompatibleSuites(rtp: rtp, rtcp: rtcp)) { _ = try setup.makeSender() }
        }
    }

    @Test("SRTP-36 reduced-size RTCP of any type passes as a compound does", arguments: builtSuites)
    func reducedSize(_ suite: SRTPSuite) throws {
        let (sender, receiver) = (try BothSenders(Setup(suite)), try BothReceivers(Setup(suite)))
        let reports: [[UInt8]] = [
            [0x81, 205, 0, 3, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1, 0, 5, 0, 0],
            [0x81, 206, 0, 2, 0x11, 0x22, 0x33, 0x44, 0, 0, 0, 1],
            [0x81, 203, 0, 1, 0x11, 0x22, 0x33, 0x44], SamplePackets.rtcp(),
        ]
        for report in reports { #expect(receiver.rtcp(try sender.rtcp(report).get()) == .success(report)) }
    }

    @Test("a relay's check says what unprotecting would, and notes nothing", arguments: builtSuites)
    func relay(_ suite: SRTPSuite) throws {
        var receiver = try SRTPReceiver(masterKey: sampleKey(suite))
        let sending = try Sending(suite)
        let fresh = receiver.snapshot
        let packets = try (1...5).map { try sending.rtp(SamplePackets.rtp(sequence: $0)).get() }
        let report = try sending.rtcp(SamplePackets.rtcp()).get()
        for _ in 0..<3 {
            for packet in packets { #expect(refusal(of: packet, .rtp, by: &receiver) == nil) }
            #expect(refusal(of: report, .rtcp, by: &receiver) == nil)
        }
        let (later, statistics) = (receiver.snapshot, receiver.statistics)
        #expect(later == fresh)
        #expect(statistics.rtpPackets == 0 && statistics.refusedPackets == 0)
        for position in packets[0].indices {
            var forged = packets[0]
            forged[position] ^= 1
            #expect(refusal(of: forged, .rtp, by: &receiver) != nil)
        }
        let refused = receiver.statistics.refusedPackets
        #expect(refused == UInt64(packets[0].count))
        _ = try receiver.unprotectRTP(packets[4])
        _ = try receiver.unprotectRTCP(report)
        #expect(refusal(of: packets[4], .rtp, by: &receiver) == .replayed(sample, index: 5))
        #expect(refusal(of: report, .rtcp, by: &receiver) == .replayed(sample, index: 0))
        let clear = try Sending.wireRTCP(SamplePackets.rtcp(), index: 7, suite: suite, encrypted: false)
        #expect(
            refusal(of: clear, .rtcp, by: &receiver) == (suite.cipher == .null ? nil : .encryptionRequired(sample)))
        #expect(refusal(of: Array(report.prefix(9)), .rtcp, by: &receiver) != nil)
        #expect(refusal(of: packets[0], .rtp, by: &receiver) == nil)
    }

    private func refusal(of packet: [UInt8], _ kind: PacketKind, by receiver: inout SRTPReceiver) -> SRTPError? {
        do throws(SRTPError) {
            switch kind {
            case .rtp: try receiver.authenticateRTP(packet.span.bytes)
            case .rtcp: try receiver.authenticateRTCP(packet.span.bytes)
            }
        } catch { return error }
        return nil
    }
}
