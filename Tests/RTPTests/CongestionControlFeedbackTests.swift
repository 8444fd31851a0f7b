// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("RTPFB: congestion control feedback of RFC 8888")
struct CongestionControlFeedbackTests {
    private typealias Metric = CongestionControlFeedback.Metric

    @Test("streams with an even, an odd and no number of metrics, then the timestamp")
    func layout() throws {
        let feedback = CongestionControlFeedback(
            sender: 1,
            streams: [
                .init(
                    ssrc: 2, beginSequenceNumber: 0xFFFF,
                    metrics: [.received(ecn: 3, offset: 512), .notReceived]),
                .init(ssrc: 3, beginSequenceNumber: 7, metrics: [.received(offset: nil)]),
                .init(ssrc: 4, beginSequenceNumber: 8, metrics: []),
            ], reportTimestamp: 0x0102_0304)
        try expectRTCP(
            .congestionControlFeedback(feedback), 205, 11,
            "00000001 00000002 ffff0002 e2000000 00000003 00070001 9fff0000 00000004 00080000 01020304")
        let nothing = CongestionControlFeedback(sender: 1, streams: [], reportTimestamp: 9)
        try expectRTCP(.congestionControlFeedback(nothing), 205, 11, "00000001 00000009")
    }

    @Test("a metric's bits")
    func metrics() {
        let metric = Metric(rawValue: 0xD234)
        #expect(metric.isReceived)
        #expect(metric.ecn == 2)
        #expect(metric.arrivalTimeOffset == 0x1234)
        #expect(!Metric.notReceived.isReceived)
        #expect(Metric.received(offset: 8189).arrivalTimeOffset == 0x1FFD)
        #expect(Metric.received(offset: 8190).arrivalTimeOffset == Metric.offsetOutOfRange)
        #expect(Metric.received(offset: .max).arrivalTimeOffset == Metric.offsetOutOfRange)
        #expect(Metric.received(offset: -1).arrivalTimeOffset == Metric.offsetUnavailable)
        #expect(Metric.received(ecn: 255, offset: 0).rawValue == 0xE000)
    }

    @Test("what a receiver ignores is kept: bits of a packet not received, the octets behind an odd number")
    func ignoredBits() throws {
        let bytes = rtcpOctets(205, 11, "00000001 00000002 00000001 7fffdead 00000000")
        guard case .congestionControlFeedback(var feedback) = try decodedRTCP(bytes) else {
            Issue.record("not a CCFB")
            return
        }
        #expect(!feedback.streams[0].metrics[0].isReceived)
        feedback.streams[0].metrics[0] = .notReceived
        #expect(
            try encodedRTCP(.congestionControlFeedback(feedback))
                == rtcpOctets(205, 11, "00000001 00000002 00000001 00000000 00000000"))
    }

    @Test(
        "RTP-14 reports that the packet does not hold, and more than RFC 8888 allows",
        arguments: [
            ("", .truncated(.congestionControl, neededBytes: 8, availableBytes: 0)),
            ("00000001", .truncated(.congestionControl, neededBytes: 8, availableBytes: 4)),
            ("00000001 00000002 00000000", .truncated(.congestionControl, neededBytes: 4, availableBytes: 0)),
            ("00000001 00000002 00000001 00000009", .truncated(.congestionControl, neededBytes: 8, availableBytes: 4)),
            (
                "00000001 00000002 00004000 00000009",
                .truncated(.congestionControl, neededBytes: 32772, availableBytes: 4)
            ),
            (
                "00000001 00000002 00004001 00000009",
                .valueOutOfRange(.congestionControl, value: 16385, allowed: 0...16384)
            ),
            ("00000001 00000002 0000ffff 00", .valueOutOfRange(.congestionControl, value: 65535, allowed: 0...16384)),
        ] as [(String, RTPError)])
    func malformed(_ body: String, _ error: RTPError) {
        let whole = body.hasSuffix(" 00") ? body + "000009" : body
        #expect(throws: error) { try decodedRTCP(205, 11, whole) }
    }

    @Test("RTP-14 16,384 metrics are written, one more is refused")
    func limit() throws {
        var feedback = CongestionControlFeedback(
            sender: 1, streams: [.init(ssrc: 2, beginSequenceNumber: 0, metrics: [])], reportTimestamp: 0)
        feedback.streams[0].metrics = Array(repeating: .received(offset: 1), count: 16384)
        let packet = RTCPPacket.congestionControlFeedback(feedback)
        #expect(try decodedRTCP(encodedRTCP(packet)) == packet)
        feedback.streams[0].metrics.append(.notReceived)
        #expect(throws: RTPError.valueOutOfRange(.congestionControl, value: 16385, allowed: 0...16384)) {
            try encodedRTCP(.congestionControlFeedback(feedback))
        }
    }
}
