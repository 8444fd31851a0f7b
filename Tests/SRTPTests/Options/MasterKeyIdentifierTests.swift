// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Master key identifiers, RFC 3711 section 3.1")
struct MasterKeyIdentifierTests {
    /// Settings that decide where the identifier lies.
    struct Case: CustomTestStringConvertible, Sendable {
        let suite: SRTPSuite
        let mki: [UInt8]
        var carried: CarriedRolloverCounter?

        var testDescription: String { "\(suite), MKI of \(mki.count)\(carried == nil ? "" : ", carried counter")" }

        var setup: Setup {
            var setup = Setup(suite) { $0.carriedRolloverCounter = carried }
            setup.options.mki = mki
            return setup
        }
    }

    static let cases = builtSuites.flatMap { suite in
        [1, 4, 128, 255].flatMap { count -> [Case] in
            let mki = (0..<count).map { UInt8(truncatingIfNeeded: 0x80 &+ $0) }
            let plain = Case(suite: suite, mki: mki)
            let carried = CarriedRolloverCounter(
                suite.cipher.isAuthenticated ? .unauthenticated : .authenticated, rate: 2)
            return suite.cipher == .doubleAESGCM ? [plain] : [plain, Case(suite: suite, mki: mki, carried: carried)]
        }
    }

    private func packet(_ sequence: UInt16) -> [UInt8] { SamplePackets.rtp(sequence: sequence, csrcs: [1]) }

    @Test(
        "SRTP-45 the identifier lies before a MAC, behind the tag of an authenticated cipher, and in SRTCP behind the index",
        arguments: cases)
    func position(_ test: Case) throws {
        let suite = test.suite
        let isAEAD = suite.cipher.isAuthenticated
        let (sender, receiver) = (try BothSenders(test.setup), try BothReceivers(test.setup))
        var bare = test.setup
        bare.options.mki = []
        let without = try BothSenders(bare)
        for sequence: UInt16 in 1...2 {
            // The identifier is in no MAC: the packet is the one without it, and it in between.
            var expected = try without.rtp(packet(sequence)).get()
            let isCarried = test.carried != nil && sequence == 2
            // Of a carried counter's ten octets four are the counter, before the MAC.
            let macByteCount = test.carried == nil ? suite.rtpTagByteCount : 10
            let behind = isAEAD ? isCarried ? 4 : 0 : macByteCount
            expected.insert(contentsOf: test.mki, at: expected.count - behind)
            #expect(sender.rtp(packet(sequence)) == .success(expected))
            #expect(receiver.rtp(expected) == .success(packet(sequence)))
        }
        let report = SamplePackets.rtcp()
        var expected = try without.rtcp(report).get()
        expected.insert(contentsOf: test.mki, at: expected.count - (isAEAD ? 0 : suite.rtcpTagByteCount))
        #expect(sender.rtcp(report) == .success(expected))
        #expect(receiver.rtcp(expected) == .success(report))
    }

    @Test("SRTP-45 another identifier is an unknown one, in every bit of it, and changes nothing", arguments: cases)
    func unknown(_ test: Case) throws {
        let (sender, receiver) = (try BothSenders(test.setup), try BothReceivers(test.setup))
        let wire = try sender.rtp(packet(2)).get()
        let report = try sender.rtcp(SamplePackets.rtcp()).get()
        for (octets, isRTP) in [(wire, true), (report, false)] {
            let starts = (0...octets.count - test.mki.count).filter {
                Array(octets[$0..<$0 + test.mki.count]) == test.mki
            }
            // A short one may be found by chance as well.
            guard let start = starts.count == 1 ? starts.first : nil else { continue }
            for bit in 0..<8 * test.mki.count where test.mki.count < 10 || bit.isMultiple(of: 97) {
                var forged = octets
                forged[start + bit / 8] ^= 1 << (bit % 8)
                let result = isRTP ? receiver.rtp(forged) : receiver.rtcp(forged)
                #expect(result == .failure(.unknownMKI(sample)))
            }
        }
        #expect(receiver.state.streams.isEmpty)
        #expect(receiver.rtp(wire) == .success(packet(2)))
    }

    @Test(
        "SRTP-45 a packet without room for identifier and tag is truncated, whatever it holds", arguments: cases
    )
    func truncated(_ test: Case) throws {
        let receiver = try BothReceivers(test.setup)
        let wire = try BothSenders(test.setup).rtp(SamplePackets.rtp(sequence: 1, payload: [])).get()
        #expect(
            wire.count == 12 + test.mki.count
                + (test.carried == nil || test.suite.cipher.isAuthenticated
                    ? test.suite.rtpTagByteCount : 10) + (test.suite.cipher == .doubleAESGCM ? 1 : 0))
        for length in 0..<wire.count {
            let cut = Array(wire.prefix(length))
            guard length >= 12 else {
                #expect(throws: SRTPError.self) { try receiver.rtp(cut).get() }
                continue
            }
            #expect(receiver.rtp(cut) == .failure(.truncated(neededBytes: wire.count, availableBytes: length)))
        }
        let report = try BothSenders(test.setup).rtcp([0x80, 201, 0, 1, 0x11, 0x22, 0x33, 0x44]).get()
        for length in 0..<report.count {
            #expect(
                receiver.rtcp(Array(report.prefix(length)))
                    == .failure(.truncated(neededBytes: report.count, availableBytes: length)))
        }
    }

    @Test("SRTP-45 one of 256 octets, or of another length than the others, is refused")
    func lengths() throws {
        var setup = try Setup("AES_CM_128_HMAC_SHA1_80")
        setup.options.mki = [UInt8](repeating: 0, count: 256)
        #expect(throws: SRTPError.invalidMKI(byteCount: 256, expectedByteCount: nil)) { _ = try setup.makeSender() }
        setup.options.mki = [1, 2]
        let receiver = try BothReceivers(setup)
        #expect(receiver.state.keys.count == 1)
        var context = try setup.makeReceiver()
        var other = SRTPKeyOptions()
        for mki in [[], [1], [1, 2, 3]] as [[UInt8]] {
            other.mki = mki
            #expect(throws: SRTPError.invalidMKI(byteCount: mki.count, expectedByteCount: 2)) {
                try context.addKey(sampleKey(first: 1), options: other)
            }
        }
        // The same identifier for another key.
        other.mki = [1, 2]
        #expect(throws: SRTPError.self) { try context.addKey(sampleKey(first: 1), options: other) }
    }
}
