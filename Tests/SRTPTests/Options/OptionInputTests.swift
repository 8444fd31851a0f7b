// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Any input, with every option")
struct OptionInputTests {
    /// A receiver that has been told of no stream.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let suite: String
        var configure: @Sendable (inout SRTPConfiguration) -> Void = { _ in }
        var mki: [UInt8] = []
        var rate: UInt32 = 0

        func setup() throws -> Setup {
            var setup = try Setup(suite, configure)
            setup.options.mki = mki
            setup.options.derivationRate = rate
            return setup
        }
    }

    private static let encryptElements: @Sendable (inout SRTPConfiguration) -> Void = {
        $0.headerEncryption = HeaderExtensionEncryption([1, 3])
    }

    static let cases = builtSuites.map(\.name).flatMap { suite -> [Case] in
        let isAEAD = SRTPSuite.named(suite)?.cipher.isAuthenticated == true
        let isDouble = SRTPSuite.named(suite)?.cipher == .doubleAESGCM
        var cases = [
            Case(testDescription: "\(suite), MKI", suite: suite, mki: [1, 2, 3]),
            Case(testDescription: "\(suite), KDR", suite: suite, rate: 16),
            Case(testDescription: "\(suite), elements", suite: suite, configure: encryptElements, mki: [9]),
        ]
        if !isDouble {
            cases.append(
                Case(testDescription: "\(suite), Cryptex", suite: suite, configure: { $0.cryptex = .required }))
            cases.append(
                Case(
                    testDescription: "\(suite), carried counter", suite: suite,
                    configure: {
                        $0.carriedRolloverCounter = CarriedRolloverCounter(isAEAD ? .unauthenticated : .authenticated)
                    }, mki: [7, 7]))
        }
        if !isAEAD {
            cases.append(
                Case(
                    testDescription: "\(suite), no tag", suite: suite, configure: { $0.leavesRTPUnauthenticated = true }
                ))
        }
        return cases
    }

    @Test("SRTP-36 inputs of 0 to 60 octets of anything are refused, with every option", arguments: cases)
    func shortInputs(_ test: Case) throws {
        var generator = SeededGenerator(seed: 36)
        var receiver = try test.setup().makeReceiver()
        let fresh = receiver.snapshot
        for length in 0...60 {
            for first: UInt8 in [0x80, 0x81, 0x8F, 0x90, 0x91, 0x9F, 0xBF, 0x00, 0xFF] {
                var input = generator.octets(length)
                if length > 0 { input[0] = first }
                // An extension of the encrypted kinds, of a length that may fit.
                let block = 12 + 4 * Int(first & 15)
                if first & 0x10 != 0, length >= block + 4 {
                    let words = UInt8((length - block) / 8)
                    input.replaceSubrange(block..<block + 4, with: [first & 1 == 0 ? 0xC0 : 0xBE, 0xDE, 0, words])
                }
                #expect(throws: SRTPError.self) { try receiver.unprotectRTP(input) }
                #expect(throws: SRTPError.self) { try receiver.unprotectRTCP(input) }
            }
        }
        let later = receiver.snapshot
        #expect(later == fresh)
    }

    @Test("SRTP-49 packets at any address, with every option", arguments: cases)
    func unaligned(_ test: Case) throws {
        let setup = try test.setup()
        let packet = SamplePackets.rtp(
            sequence: 4, payload: Array(0..<70), csrcs: [1, 2, 3], extensionWords: [0x1012_3000, 0x1122_3300])
        let expected = try BothSenders(setup).rtp(packet).get()
        for offset in 1..<8 {
            var sender = try setup.makeSender()
            var receiver = try setup.makeReceiver()
            try receiver.setRolloverCounter(0, of: sample)
            var memory = [UInt8](repeating: 0, count: offset) + packet
            memory += [UInt8](repeating: 0, count: sender.rtpOverhead)
            do {
                var span = memory.mutableSpan
                var bytes = span.mutableBytes
                var lent = bytes._mutatingExtracting(droppingFirst: offset)
                let length = try sender.protectRTP(&lent, length: packet.count)
                #expect(length == expected.count)
            }
            #expect(Array(memory[offset..<offset + expected.count]) == expected)
            do {
                var span = memory.mutableSpan
                var bytes = span.mutableBytes
                var lent = bytes._mutatingExtracting(droppingFirst: offset)
                let length = try receiver.unprotectRTP(&lent, length: expected.count)
                #expect(length == packet.count)
            }
            #expect(Array(memory[offset..<offset + packet.count]) == packet)
        }
    }

    @Test(
        "SRTP-55 a key at its end comes before a full table, for every option, RTP and RTCP",
        // What nobody vouches for does not count towards the key's end.
        arguments: cases.filter { !$0.testDescription.hasSuffix("no tag") })
    func endOfKey(_ test: Case) throws {
        var setup = try test.setup().with { $0.streamLimit = 1 }
        setup.options.lifetime = SRTPKeyLifetime(rtpPackets: 1)
        let receiver = try BothReceivers(setup)
        try receiver.setRolloverCounter(0, of: sample)
        let others = try BothSenders(try test.setup())
        let first = SamplePackets.rtp(sequence: 1)
        #expect(receiver.rtp(try others.rtp(first).get()) == .success(first))
        for ssrc: UInt32 in [sample.rawValue, 9] {
            let packet = try others.rtp(SamplePackets.rtp(sequence: 2, ssrc: ssrc)).get()
            #expect(receiver.rtp(packet) == .failure(.keyExhausted(SSRC(ssrc))))
            let report = try others.rtcp(SamplePackets.rtcp(ssrc: ssrc)).get()
            #expect(receiver.rtcp(report) == .failure(.keyExhausted(SSRC(ssrc))))
        }
    }
}
