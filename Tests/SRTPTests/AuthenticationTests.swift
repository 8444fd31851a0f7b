// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Authentication comes before state")
struct AuthenticationTests {
    @Test("SRTP-14 a forged packet changes nothing, known stream or not", arguments: builtSuites)
    func forgedChangesNothing(_ suite: SRTPSuite) throws {
        let receiving = try Receiving(suite)
        let packet = SamplePackets.rtp(sequence: 10)
        let report = SamplePackets.rtcp()
        for known in [false, true] {
            if known {
                _ = try receiving.rtp(try Sending.wire(packet, suite: suite)).get()
                _ = try receiving.rtcp(try Sending.wireRTCP(report, index: 3, suite: suite)).get()
            }
            let before = receiving.state
            let ssrcs = receiving.context.knownSSRCs
            for sequence: UInt16 in [11, 9, 200, 32_000] {
                var forged = try Sending.wire(SamplePackets.rtp(sequence: sequence), suite: suite)
                forged[13] ^= 1
                #expect(receiving.rtp(forged) == .failure(.authenticationFailed(sample)))
            }
            for index: UInt32 in [4, 2, 500, 0x7FFF_FFFF] {
                var forged = try Sending.wireRTCP(report, index: index, suite: suite)
                forged[9] ^= 1
                #expect(receiving.rtcp(forged) == .failure(.authenticationFailed(sample)))
            }
            #expect(receiving.state == before)
            #expect(receiving.context.knownSSRCs == ssrcs)
        }
        #expect(receiving.context.statistics[.authenticationFailed] == 16)
        #expect(receiving.context.statistics.rtpPackets == 1)
    }

    @Test("SRTP-14 one spoofed packet does not block the real ones")
    func spoofDoesNotBlock() throws {
        let receiving = try Receiving()
        var spoofed = SamplePackets.rtp(sequence: 30_000)
        spoofed += [UInt8](repeating: 0xAA, count: 10)
        #expect(receiving.rtp(spoofed) == .failure(.authenticationFailed(sample)))
        let packet = SamplePackets.rtp(sequence: 100)
        #expect(receiving.rtp(try Sending.wire(packet)) == .success(packet))
    }

    @Test("SRTP-15 spoofed SSRCs take no memory and no place")
    func spoofedSSRCs() throws {
        let receiving = try Receiving { $0.streamLimit = 4 }
        var spoofed = SamplePackets.rtp(sequence: 1) + [UInt8](repeating: 0, count: 10)
        for ssrc in 0..<100_000 as Range<UInt32> {
            spoofed.replaceSubrange(8..<12, with: SamplePackets.bigEndian(ssrc))
            guard case .failure(.authenticationFailed) = receiving.rtp(spoofed) else {
                Issue.record("SSRC \(ssrc) was not refused")
                return
            }
        }
        #expect(receiving.context.knownSSRCs.isEmpty)
        #expect(receiving.context.statistics[.authenticationFailed] == 100_000)
        for ssrc: UInt32 in 1...4 {
            #expect(throws: Never.self) {
                try receiving.rtp(try Sending.wire(SamplePackets.rtp(sequence: 1, ssrc: ssrc))).get()
            }
        }
    }

    @Test("SRTP-15 at the limit a new SSRC is refused, RTP and RTCP, and the known ones go on")
    func streamLimit() throws {
        let receiving = try Receiving { $0.streamLimit = 2 }
        let sending = try Sending { $0.streamLimit = 2 }
        for ssrc: UInt32 in 1...2 {
            _ = try receiving.rtp(try sending.rtp(SamplePackets.rtp(sequence: 1, ssrc: ssrc)).get()).get()
        }
        let before = receiving.state
        let third = SamplePackets.rtp(sequence: 1, ssrc: 3)
        #expect(receiving.rtp(try Sending.wire(third)) == .failure(.tooManyStreams(3, limit: 2)))
        let report = SamplePackets.rtcp(ssrc: 3)
        #expect(receiving.rtcp(try Sending.wireRTCP(report, index: 0)) == .failure(.tooManyStreams(3, limit: 2)))
        #expect(receiving.state == before)
        #expect(sending.rtp(third) == .failure(.tooManyStreams(3, limit: 2)))
        #expect(sending.rtcp(report) == .failure(.tooManyStreams(3, limit: 2)))
        #expect(throws: SRTPError.tooManyStreams(3, limit: 2)) {
            try receiving.context.setRolloverCounter(1, of: 3)
        }
        let known = SamplePackets.rtp(sequence: 2, ssrc: 2)
        #expect(receiving.rtp(try sending.rtp(known).get()) == .success(known))
    }

    @Test("SRTP-15 limits outside 1 to 2^24 are refused", arguments: [0, -1, 1 << 24 + 1])
    func streamLimitRange(limit: Int) {
        #expect(throws: SRTPError.invalidStreamLimit(limit)) { try Receiving { $0.streamLimit = limit } }
    }

    @Test("SRTP-19 a wrong tag is refused wherever it differs", arguments: builtSuites)
    func wrongTag(_ suite: SRTPSuite) throws {
        let receiving = try Receiving(suite)
        let packet = SamplePackets.rtp(sequence: 1)
        let wire = try Sending.wire(packet, suite: suite)
        let growth = suite.rtpTagByteCount + (suite.cipher == .doubleAESGCM ? 1 : 0)
        #expect(wire.count == packet.count + growth)
        for position in 0..<growth {
            var forged = wire
            forged[packet.count + position] ^= 0x80
            #expect(receiving.rtp(forged) == .failure(.authenticationFailed(sample)))
        }
        #expect(receiving.rtp(wire) == .success(packet))
    }

    @Test(
        "SRTP-21 a refused packet stays as it arrived, in place; out of place nothing is written",
        arguments: builtSuites)
    func refusedOctets(_ suite: SRTPSuite) throws {
        var key = try SRTPReceiver(masterKey: sampleKey(suite))
        var forged = try Sending.wire(SamplePackets.rtp(sequence: 1), suite: suite)
        forged[12] ^= 1
        var forgedReport = try Sending.wireRTCP(SamplePackets.rtcp(), index: 1, suite: suite)
        forgedReport[9] ^= 1
        for isRTP in [true, false] {
            let original = isRTP ? forged : forgedReport
            var inPlace = original
            var outOfPlace = [UInt8](repeating: 0x5A, count: original.count)
            do {
                var span = inPlace.mutableSpan
                var bytes = span.mutableBytes
                let length = bytes.byteCount
                let refused =
                    isRTP
                    ? (try? key.unprotectRTP(&bytes, length: length)) : (try? key.unprotectRTCP(&bytes, length: length))
                #expect(refused == nil)
            }
            do {
                var span = outOfPlace.mutableSpan
                var bytes = span.mutableBytes
                let refused =
                    isRTP
                    ? (try? key.unprotectRTP(original.span.bytes, into: &bytes))
                    : (try? key.unprotectRTCP(original.span.bytes, into: &bytes))
                #expect(refused == nil)
            }
            #expect(inPlace == original)
            #expect(outOfPlace == [UInt8](repeating: 0x5A, count: original.count))
        }
    }
}
