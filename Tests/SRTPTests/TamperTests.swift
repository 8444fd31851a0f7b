// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

/// Every way to cut a packet short and every single bit, over a spread of shapes.
@Suite("Tampering")
struct TamperTests {
    /// Twenty RTP packets, no two of one shape.
    static let packets: [[UInt8]] = (0..<20).map { number in
        var generator = SeededGenerator(seed: UInt64(number))
        let csrcs = (0..<[0, 1, 2, 15][number % 4]).map { UInt32($0) &* 0x0101_0101 }
        let words: [UInt32]? = [nil, [], [0x1000_0000], [1, 2, 3]][number / 4 % 4]
        return SamplePackets.rtp(
            sequence: [0, 1, 32_767, 32_768, 65_535][number % 5], ssrc: [0x1122_3344, 0, .max][number % 3],
            payload: generator.octets([0, 1, 15, 16, 17, 33, 60, 100][number % 8]), timestamp: UInt32(number) * 160,
            payloadType: UInt8(number * 6), marker: number.isMultiple(of: 2), csrcs: csrcs, extensionWords: words,
            padding: number % 7 == 3 ? 4 : 0)
    }

    /// Ten RTCP packets.
    static let reports: [[UInt8]] = (0..<10).map { number in
        number == 0
            ? [0x80, 201, 0, 1, 0, 0, 0, 1]
            : SamplePackets.rtcp(ssrc: UInt32(number), cname: String(repeating: "x", count: number * 5))
    }

    @Test(
        "SRTP-36 every strict prefix and every flipped bit of 20 SRTP packets is refused, and changes nothing",
        arguments: builtSuites)
    func rtp(_ suite: SRTPSuite) throws {
        for packet in Self.packets {
            let sequence = UInt16(number(packet[2..<4]))
            let receiving = try Receiving(suite)
            // The stream is known, and its newest packet is another one.
            let first = SamplePackets.rtp(sequence: sequence &- 1, ssrc: ssrc(of: packet).rawValue)
            try receiving.context.setRolloverCounter(sequence == 0 ? 6 : 7, of: ssrc(of: packet))
            _ = try receiving.rtp(try Sending.wire(first, rolloverCounter: sequence == 0 ? 6 : 7, suite: suite)).get()
            let wire = try Sending.wire(packet, rolloverCounter: 7, suite: suite)
            try expectRefusals(of: wire, by: { receiving.rtp($0) }, state: { receiving.state })
            #expect(receiving.rtp(wire) == .success(packet))
        }
    }

    @Test(
        "SRTP-36 every strict prefix and every flipped bit of 10 SRTCP packets is refused, and changes nothing",
        arguments: builtSuites)
    func rtcp(_ suite: SRTPSuite) throws {
        for (position, report) in Self.reports.enumerated() {
            let receiving = try Receiving(suite)
            _ = try receiving.rtcp(try Sending.wireRTCP(report, index: 0, suite: suite)).get()
            let wire = try Sending.wireRTCP(report, index: UInt32(position) * 1000 + 5, suite: suite)
            try expectRefusals(of: wire, by: { receiving.rtcp($0) }, state: { receiving.state })
            #expect(receiving.rtcp(wire) == .success(report))
        }
    }

    /// Refused with a typed error whatever is cut or flipped, and the saved state the same before and after.
    private func expectRefusals(
        of wire: [UInt8], by receive: ([UInt8]) -> Result<[UInt8], SRTPError>, state: () -> SRTPStateSnapshot
    ) throws {
        let before = state()
        for length in 0..<wire.count {
            guard case .failure = receive(Array(wire[..<length])) else {
                Issue.record("a prefix of \(length) of \(wire.count) octets was accepted")
                return
            }
        }
        for bit in 0..<wire.count * 8 {
            var flipped = wire
            flipped[bit / 8] ^= 1 << (7 - bit % 8)
            guard case .failure = receive(flipped) else {
                Issue.record("bit \(bit) flipped, and accepted")
                return
            }
        }
        #expect(state() == before)
    }

    @Test("SRTP-36 inputs of 0 to 40 octets of anything are refused", arguments: builtSuites)
    func shortInputs(_ suite: SRTPSuite) throws {
        var generator = SeededGenerator(seed: 36)
        let receiving = try Receiving(suite)
        let fresh = receiving.state
        for length in 0...40 {
            for first: UInt8 in [0x80, 0x8F, 0x90, 0x9F, 0xBF, 0x00, 0xFF] {
                var input = generator.octets(length)
                if length > 0 { input[0] = first }
                #expect(throws: SRTPError.self) { try receiving.rtp(input).get() }
                #expect(throws: SRTPError.self) { try receiving.rtcp(input).get() }
            }
        }
        #expect(receiving.state == fresh)
    }
}
