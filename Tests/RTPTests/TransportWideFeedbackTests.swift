// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("RTPFB: transport-wide congestion control")
struct TransportWideFeedbackTests {
    private static let ssrcs = "00000001 00000002"

    private func decode(_ information: String) throws -> TransportWideFeedback {
        try feedback(in: decodedRTCP(205, 15, Self.ssrcs + information))
    }

    private func feedback(in packet: RTCPPacket) throws -> TransportWideFeedback {
        guard case .transportFeedback(let packet) = packet, case .transportWide(let feedback) = packet.message else {
            throw RTPError.missing(.transportWide)
        }
        return feedback
    }

    @Test("run length and both status vectors, small, large and negative deltas")
    func statuses() throws {
        // Two received by a run, a one-bit vector for 14, a two-bit vector of which the count takes 5.
        let feedback = try decode("fffe 0015 ffffff 07  2002 a001 d2c0  01 02 03 04 ff 0100 000000")
        #expect(feedback.baseSequenceNumber == 0xFFFE)
        #expect(feedback.packetStatusCount == 21)
        #expect(feedback.referenceTime == -1)
        #expect(feedback.feedbackPacketCount == 7)
        let statuses = feedback.statuses
        #expect(statuses.count == 21)
        #expect(statuses[0...1] == [.received(delta: 1), .received(delta: 2)])
        #expect(statuses[2] == .received(delta: 3))
        #expect(statuses[3..<15].allSatisfy { $0 == .notReceived })
        #expect(statuses[15] == .received(delta: 4))
        #expect(
            statuses[16...] == [
                .received(delta: 255), .notReceived, .received(delta: 256), .receivedWithoutDelta, .notReceived,
            ])
    }

    @Test("arrival times add up from the reference time")
    func arrivalTimes() throws {
        let feedback = try TransportWideFeedback(
            baseSequenceNumber: 1, referenceTime: -2, feedbackPacketCount: 0,
            statuses: [
                .received(delta: 10), .notReceived, .received(delta: -20), .receivedWithoutDelta, .received(delta: 300),
            ])
        #expect(feedback.arrivalTimes == [-502, nil, -522, nil, -222])
        #expect(feedback.deltas == [10, -20, 300])
    }

    @Test("a long run is one chunk, mixed ones are vectors, and they come back")
    func encoding() throws {
        func chunks(_ statuses: [TransportWideFeedback.Status]) throws -> [UInt16] {
            try TransportWideFeedback(
                baseSequenceNumber: 0, referenceTime: 0, feedbackPacketCount: 0, statuses: statuses
            ).chunks.map(\.rawValue)
        }
        let small = TransportWideFeedback.Status.received(delta: 1)
        let large = TransportWideFeedback.Status.received(delta: -1)
        #expect(try chunks(Array(repeating: small, count: 8192)) == [0x3FFF, 0x2001])
        #expect(try chunks(Array(repeating: .notReceived, count: 5)) == [0x0005])
        #expect(try chunks([small, .notReceived]) == [0xA000])
        #expect(try chunks([large, small, .notReceived, .receivedWithoutDelta]) == [0xC000 | 0b10_01_00_11 << 6])
        #expect(try chunks(Array(repeating: large, count: 7)) == [0x4007])
        var random = SeededGenerator(seed: 5)
        for _ in 0..<300 {
            let feedback = try random.transportWideFeedback()
            let again = try TransportWideFeedback(
                baseSequenceNumber: feedback.baseSequenceNumber, referenceTime: feedback.referenceTime,
                feedbackPacketCount: feedback.feedbackPacketCount, statuses: feedback.statuses)
            #expect(again == feedback)
        }
    }

    @Test(
        "RTP-14 statuses, chunks and deltas that do not agree",
        arguments: [
            ("", .truncated(.transportWide, neededBytes: 8, availableBytes: 0)),
            ("0000 0001 000000 00", .truncated(.transportWideChunk, neededBytes: 2, availableBytes: 0)),
            ("0000 0010 000000 00 2001 0000", .truncated(.transportWideChunk, neededBytes: 2, availableBytes: 0)),
            ("0000 ffff 000000 00 3fff 3fff", .truncated(.transportWideChunk, neededBytes: 2, availableBytes: 0)),
            ("0000 0004 000000 00 2004 0101", .truncated(.transportWideDelta, neededBytes: 4, availableBytes: 2)),
            ("0000 0002 000000 00 4002 0101", .truncated(.transportWideDelta, neededBytes: 4, availableBytes: 2)),
            ("0000 0001 000000 00 2001 0100 00000000", .invalidLength(.transportWide, bytes: 16)),
            ("0000 0001 000000 00 2001 0107", .valueOutOfRange(.transportWide, value: 7, allowed: 0...0)),
            ("0000 0000 000000 00 00000000", .invalidLength(.transportWide, bytes: 12)),
        ] as [(String, RTPError)])
    func malformed(_ information: String, _ error: RTPError) {
        #expect(throws: error) { try decode(information) }
    }

    @Test("RTP-14 runs of nothing, and symbols beyond the count, are passed over and written again")
    func unusual() throws {
        #expect(try decode("0000 0000 000000 00").statuses == [])
        // A run of 0, then a run of 8191 of which the count takes one.
        #expect(try decode("0000 0001 000000 00 0000 3fff 05 000000").statuses == [.received(delta: 5)])
        // A vector whose first symbol counts, and thirteen that do not.
        #expect(try decode("0000 0001 000000 00 bfff 05 00").statuses == [.received(delta: 5)])
    }

    @Test("RTP-14 the largest packet takes memory in proportion to its octets")
    func largest() throws {
        // 65,535 statuses by the fewest octets.
        let runs = String(repeating: "1fff", count: 8) + "0007"
        let feedback = try decode("0000 ffff 000000 00" + runs + "0000")
        #expect(feedback.statuses.count == 65535)
        #expect(feedback.deltas.isEmpty)
        // A datagram of nothing but chunks: each one is looked at once.
        let chunks = String(repeating: "00000000", count: 16_000) + "2001 01 00"
        #expect(try decode("0000 0001 000000 00" + chunks).chunks.count == 32_001)
    }

    @Test("RTP-09 libwebrtc pads transport-wide feedback by octets with the P bit; no other packet may")
    func paddingByOctets() throws {
        var bytes = rtcpOctets(205, 15, Self.ssrcs + "0000 0001 000000 00 2001 05 01")
        bytes[0] |= 0x20
        let compound = try RTCPCompound(parsing: bytes.span.bytes, form: .reducedSize)
        #expect(compound.padding == [1])
        #expect(try compound.encoded(form: .reducedSize) == bytes)
        #expect(compound.encodedByteCount == bytes.count)
        #expect(try feedback(in: compound.packets[0]).statuses == [.received(delta: 5)])
        // Without padding the same message is filled with zeros, alone and before another packet.
        #expect(try encodedRTCP(compound.packets[0]).suffix(2) == [5, 0])
        let pair = RTCPCompound([compound.packets[0], .receiverReport(ReceiverReport(ssrc: 1))])
        #expect(try pair.encoded(form: .reducedSize).count == pair.encodedByteCount)
        for padding in 1...7 {
            for zeros in 0...3 where (19 + zeros + padding) % 4 == 0 {
                let body = Self.ssrcs + "0000 0001 000000 00 2001 05" + String(repeating: "00", count: zeros)
                var bytes = rtcpOctets(
                    205, 15, body + String(repeating: "aa", count: padding - 1) + "0\(padding)")
                bytes[0] |= 0x20
                let compound = try RTCPCompound(parsing: bytes.span.bytes, form: .reducedSize)
                #expect(try compound.encoded(form: .reducedSize) == bytes)
            }
        }
        let other = octets("a1cd0003") + octets(Self.ssrcs) + octets("00000001")
        #expect(throws: RTPError.invalidPadding(count: 1, availableBytes: 12)) {
            try RTCPCompound(parsing: other.span.bytes, form: .reducedSize)
        }
    }

    @Test("values that cannot be sent are refused when made")
    func limits() {
        func make(_ time: Int32, _ count: Int) throws -> TransportWideFeedback {
            try TransportWideFeedback(
                baseSequenceNumber: 0, referenceTime: time, feedbackPacketCount: 0,
                statuses: Array(repeating: .notReceived, count: count))
        }
        #expect(throws: Never.self) { try make(-0x80_0000, 65535) }
        #expect(throws: RTPError.valueOutOfRange(.transportWide, value: 65536, allowed: 1...65535)) {
            try make(0, 65536)
        }
        #expect(throws: RTPError.valueOutOfRange(.transportWide, value: 0, allowed: 1...65535)) { try make(0, 0) }
        #expect(
            throws: RTPError.valueOutOfRange(.transportWide, value: 0x80_0000, allowed: -0x80_0000...0x7F_FFFF)
        ) { try make(0x80_0000, 1) }
    }
}
