// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Replay protection, RFC 3711 section 3.3.2")
struct ReplayTests {
    static let widths = [64, 128, 1024, 32_767, 32_768]

    @Test("SRTP-23 a duplicate is refused", arguments: builtSuites)
    func duplicate(_ suite: SRTPSuite) throws {
        let receiving = try Receiving(suite)
        let wire = try Sending.wire(SamplePackets.rtp(sequence: 1), suite: suite)
        _ = try receiving.rtp(wire).get()
        let before = receiving.state
        #expect(receiving.rtp(wire) == .failure(.replayed(sample, index: 1)))
        #expect(receiving.state == before)
    }

    @Test("SRTP-23 a lag of one less than the width is accepted, of the width or one more refused", arguments: widths)
    func edge(width: Int) throws {
        let receiving = try Receiving { $0.replayWindow = width }
        let newest = 100_000
        try receiving.context.setRolloverCounter(UInt32(newest >> 16), of: sample)
        let wire = { (lag: Int) in
            let index = newest - lag
            return try Sending.wire(
                SamplePackets.rtp(sequence: UInt16(index & 0xFFFF)), rolloverCounter: UInt32(index >> 16))
        }
        _ = try receiving.rtp(wire(0)).get()
        #expect(throws: Never.self) { try receiving.rtp(wire(width - 1)).get() }
        for lag in [width, width + 1] {
            // Beyond 2^15 the estimate takes the packet for one of the next counter, whose tag it does not have.
            let expected: SRTPError =
                lag > 1 << 15 ? .authenticationFailed(sample) : .replayed(sample, index: UInt64(newest - lag))
            #expect(receiving.rtp(try wire(lag)) == .failure(expected))
        }
        #expect(receiving.rtp(try wire(width - 1)) == .failure(.replayed(sample, index: UInt64(newest - width + 1))))
    }

    @Test("SRTP-24 a jump by the width or more forgets nothing that could be replayed", arguments: [64, 128, 1024])
    func jumps(width: Int) throws {
        for jump in [width - 1, width, width + 1, 3 * width] {
            let receiving = try Receiving { $0.replayWindow = width }
            let wires = try (0..<3).map { try Sending.wire(SamplePackets.rtp(sequence: UInt16(1000 + $0))) }
            for wire in wires { _ = try receiving.rtp(wire).get() }
            let ahead = try Sending.wire(SamplePackets.rtp(sequence: UInt16(1002 + jump)))
            _ = try receiving.rtp(ahead).get()
            for wire in wires + [ahead] {
                #expect(throws: SRTPError.self) { try receiving.rtp(wire).get() }
            }
            // What lies between was never seen and is still accepted.
            let between = SamplePackets.rtp(sequence: UInt16(1002 + jump - 1))
            #expect(receiving.rtp(try Sending.wire(between)) == .success(between))
        }
    }

    @Test("SRTP-25 index 0 is accepted once, for RTP and for RTCP", arguments: builtSuites)
    func indexZero(_ suite: SRTPSuite) throws {
        let receiving = try Receiving(suite)
        let packet = SamplePackets.rtp(sequence: 0)
        let wire = try Sending.wire(packet, suite: suite)
        #expect(receiving.rtp(wire) == .success(packet))
        #expect(receiving.rtp(wire) == .failure(.replayed(sample, index: 0)))
        let report = SamplePackets.rtcp()
        let wireReport = try Sending.wireRTCP(report, index: 0, suite: suite)
        #expect(receiving.rtcp(wireReport) == .success(report))
        #expect(receiving.rtcp(wireReport) == .failure(.replayed(sample, index: 0)))
    }

    @Test(
        "SRTP-26 the SRTCP window is the SSRC's, by the 31-bit index, as wide as configured",
        arguments: [64, 128, 1024])
    func rtcpWindow(width: Int) throws {
        let receiving = try Receiving { $0.rtcpReplayWindow = width }
        let report = SamplePackets.rtcp()
        let wire = { (index: UInt32, ssrc: UInt32) in
            try Sending.wireRTCP(SamplePackets.rtcp(ssrc: ssrc), index: index)
        }
        let newest: UInt32 = 0x7FFF_FFFF
        #expect(receiving.rtcp(try wire(newest, sample.rawValue)) == .success(report))
        #expect(receiving.rtcp(try wire(newest - UInt32(width) + 1, sample.rawValue)) == .success(report))
        for lag in [UInt32(width) - 1, UInt32(width), newest] {
            #expect(
                receiving.rtcp(try wire(newest - lag, sample.rawValue))
                    == .failure(.replayed(sample, index: UInt64(newest - lag))))
        }
        // Another SSRC has a window of its own, and RTP indices do not meet RTCP ones.
        #expect(throws: Never.self) { try receiving.rtcp(wire(0, 9)).get() }
        #expect(throws: Never.self) { try receiving.rtp(try Sending.wire(SamplePackets.rtp(sequence: 5))).get() }
    }

    @Test("SRTP-27 the window goes by the 48-bit index: the same sequence number a counter later is another packet")
    func by48Bits() throws {
        let receiving = try Receiving()
        let sending = try Sending()
        // Steps below 2^15, round the sequence numbers and back to 1000.
        for sequence: UInt16 in [1000, 20_000, 40_000, 60_000, 1000] {
            let packet = SamplePackets.rtp(sequence: sequence)
            #expect(receiving.rtp(try sending.rtp(packet).get()) == .success(packet))
        }
        #expect(receiving.context.rolloverCounter(of: sample) == 1)
        // And the replay of the first one stays one.
        #expect(throws: SRTPError.self) {
            try receiving.rtp(try Sending.wire(SamplePackets.rtp(sequence: 1000))).get()
        }
    }

    @Test("SRTP-23 widths outside 64 to 32768 are refused", arguments: [-1, 0, 63, 32_769, .max])
    func widthRange(width: Int) {
        #expect(throws: SRTPError.invalidReplayWindow(width)) { try Receiving { $0.replayWindow = width } }
        #expect(throws: SRTPError.invalidReplayWindow(width)) { try Sending { $0.rtcpReplayWindow = width } }
    }
}
