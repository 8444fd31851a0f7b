// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("RTPFB: NACK, TMMBR, TMMBN, SR-REQ, ECN")
struct TransportFeedbackTests {
    private static let ssrcs = "00000001 00000002"

    private func feedback(_ message: TransportFeedback.Message) -> RTCPPacket {
        .transportFeedback(TransportFeedback(sender: 1, mediaSource: 2, message: message))
    }

    @Test("RTP-13 generic NACK: a packet and which of the sixteen after it")
    func genericNACK() throws {
        let entries = [
            GenericNACK(packetID: 0x1234, followingLostPackets: 0x8001), GenericNACK(packetID: 0xFFFF),
        ]
        try expectRTCP(feedback(.genericNACK(entries)), 205, 1, Self.ssrcs + "1234 8001 ffff 0000")
        #expect(entries[0].sequenceNumbers == [0x1234, 0x1235, 0x1244])
        #expect(GenericNACK(packetID: 0xFFFE, followingLostPackets: 7).sequenceNumbers == [0xFFFE, 0xFFFF, 0, 1])
    }

    @Test("lost packets are named by the fewest entries, over the wrap as well")
    func nackEntries() {
        #expect(GenericNACK.entries(naming: []) == [])
        #expect(
            GenericNACK.entries(naming: [65530, 65530, 65535, 10, 11])
                == [
                    GenericNACK(packetID: 65530, followingLostPackets: 0x8010),
                    GenericNACK(packetID: 11),
                ])
        var random = SeededGenerator(seed: 1)
        for _ in 0..<100 {
            var number: UInt16 = random.number()
            let numbers = random.list(1...40) { random -> UInt16 in
                number &+= UInt16(1 + random.below(30))
                return number
            }
            #expect(GenericNACK.entries(naming: numbers).flatMap(\.sequenceNumbers) == numbers)
        }
    }

    @Test("TMMBR and TMMBN: exponent, mantissa and overhead in one word")
    func bitRateLimits() throws {
        let limit = try BitRateLimit(ssrc: 3, mantissa: 0x1_FFFF, exponent: 63, overheadByteCount: 0x155)
        try expectRTCP(feedback(.bitRateRequest([limit])), 205, 3, Self.ssrcs + "00000003 ffffff55")
        let small = try BitRateLimit(ssrc: 4, mantissa: 1, exponent: 2, overheadByteCount: 511)
        #expect(small.maximumBitRate.bitsPerSecond == 4)
        try expectRTCP(
            feedback(.bitRateNotification([limit, small])), 205, 4,
            Self.ssrcs + "00000003 ffffff55 00000004 080003ff")
        try expectRTCP(feedback(.bitRateNotification([])), 205, 4, Self.ssrcs)
        #expect(throws: RTPError.valueOutOfRange(.bitRateLimit, value: 512, allowed: 0...511)) {
            try BitRateLimit(ssrc: 1, maximumBitsPerSecond: 1, overheadByteCount: 512)
        }
        #expect(throws: RTPError.valueOutOfRange(.bitRateLimit, value: 0x2_0000, allowed: 0...0x1_FFFF)) {
            try BitRateLimit(ssrc: 1, mantissa: 0x2_0000, exponent: 0, overheadByteCount: 0)
        }
        #expect(throws: RTPError.valueOutOfRange(.bitRateLimit, value: 64, allowed: 0...63)) {
            try BitRateLimit(ssrc: 1, mantissa: 0, exponent: 64, overheadByteCount: 0)
        }
    }

    @Test(
        "a bit rate is rounded down to its mantissa",
        arguments: [
            (0, 0, 0), (1, 1, 0), (131_071, 131_071, 0), (131_072, 65536, 1), (131_073, 65536, 1),
            (64000, 64000, 0), (2_000_000, 125_000, 4), (.max, 0x1_FFFF, 47),
        ] as [(UInt64, UInt32, UInt8)])
    func rounding(_ rate: UInt64, _ mantissa: UInt32, _ exponent: UInt8) throws {
        let coded = try BitRateLimit(ssrc: 1, maximumBitsPerSecond: rate, overheadByteCount: 0).maximumBitRate
        #expect(coded.mantissa == mantissa)
        #expect(coded.exponent == exponent)
        #expect(coded.bitsPerSecond <= rate)
        #expect(rate - coded.bitsPerSecond <= rate >> 16)
    }

    @Test("RTP-13 SR-REQ has no control information, ECN feedback exactly twenty octets")
    func fixedLengths() throws {
        try expectRTCP(feedback(.senderReportRequest), 205, 5, Self.ssrcs)
        #expect(throws: RTPError.invalidLength(.transportFeedback, bytes: 4)) {
            try decodedRTCP(205, 5, Self.ssrcs + "00000000")
        }
        var ecn = ECNFeedback(extendedHighestSequenceNumber: 1)
        (ecn.ect0Count, ecn.ect1Count, ecn.congestionExperiencedCount) = (2, 3, 4)
        (ecn.notECTCount, ecn.lostPacketCount, ecn.duplicateCount) = (5, 6, 7)
        let body = Self.ssrcs + "00000001 00000002 00000003 0004 0005 0006 0007"
        try expectRTCP(feedback(.ecn(ecn)), 205, 8, body)
        #expect(throws: RTPError.invalidLength(.ecnFeedback, bytes: 24)) { try decodedRTCP(205, 8, body + "00000000") }
        #expect(throws: RTPError.truncated(.ecnFeedback, neededBytes: 20, availableBytes: 16)) {
            try decodedRTCP(205, 8, Self.ssrcs + "00000001 00000002 00000003 00040005")
        }
    }

    @Test(
        "RTP-13 entries that are not whole, and none where one must be",
        arguments: [
            (205, 1, "", .missing(.genericNACK)),
            (205, 3, "", .missing(.bitRateLimit)),
            (205, 3, "00000003", .invalidLength(.bitRateLimit, bytes: 4)),
            (205, 4, "00000003 00000000 00000000", .invalidLength(.bitRateLimit, bytes: 12)),
            (206, 2, "", .missing(.sliceLoss)),
            (206, 4, "", .missing(.fullIntraRequest)),
            (206, 4, "00000003", .invalidLength(.fullIntraRequest, bytes: 4)),
            (206, 5, "", .missing(.tradeOff)),
            (206, 5, "00000003", .invalidLength(.tradeOff, bytes: 4)),
            (206, 6, "", .missing(.tradeOff)),
            (206, 7, "", .missing(.videoBackChannel)),
        ] as [(UInt8, UInt8, String, RTPError)])
    func entries(_ type: UInt8, _ format: UInt8, _ information: String, _ error: RTPError) {
        #expect(throws: error) { try decodedRTCP(type, format, Self.ssrcs + information) }
    }

    @Test("a feedback message without entries is not written either")
    func noEntries() {
        for message: TransportFeedback.Message in [.genericNACK([]), .bitRateRequest([])] {
            #expect(throws: RTPError.self) { try encodedRTCP(feedback(message)) }
        }
        let empty: [PayloadFeedback.Message] = [
            .sliceLoss([]), .fullIntraRequest([]), .tradeOffRequest([]), .tradeOffNotification([]),
            .videoBackChannel([]),
        ]
        for message in empty {
            #expect(throws: RTPError.self) {
                try encodedRTCP(.payloadFeedback(PayloadFeedback(sender: 1, mediaSource: 0, message: message)))
            }
        }
    }

    @Test("RTP-16 formats without a structure keep sender, source and octets")
    func unknownFormats() throws {
        for number: UInt8 in [0, 2, 6, 7, 9, 10, 12, 30, 31] {
            let format = TransportFeedback.Format(rawValue: number)
            try expectRTCP(
                feedback(.other(format: format, information: octets("deadbeef"))), 205, number,
                Self.ssrcs + "deadbeef")
        }
        for number: UInt8 in [0, 8, 9, 10, 14, 16, 31] {
            let format = PayloadFeedback.Format(rawValue: number)
            let message = PayloadFeedback.Message.other(format: format, information: octets("01020304"))
            try expectRTCP(
                .payloadFeedback(PayloadFeedback(sender: 1, mediaSource: 2, message: message)), 206, number,
                Self.ssrcs + "01020304")
        }
        #expect(throws: RTPError.truncated(.transportFeedback, neededBytes: 8, availableBytes: 4)) {
            try decodedRTCP(205, 30, "00000001")
        }
        #expect(throws: RTPError.truncated(.payloadFeedback, neededBytes: 8, availableBytes: 0)) {
            try decodedRTCP(206, 1, "")
        }
        #expect(throws: RTPError.valueOutOfRange(.transportFeedback, value: 32, allowed: 0...31)) {
            try encodedRTCP(feedback(.other(format: .init(rawValue: 32), information: [])))
        }
        #expect(throws: RTPError.invalidLength(.transportFeedback, bytes: 11)) {
            try encodedRTCP(feedback(.other(format: .rapidAcquisition, information: [1, 2, 3])))
        }
    }

    @Test("formats know their abbreviations")
    func names() {
        let transport = (UInt8(0)...15).map { "\(TransportFeedback.Format(rawValue: $0))" }
        #expect(
            transport == [
                "FMT 0", "Generic NACK", "FMT 2", "TMMBR", "TMMBN", "RTCP-SR-REQ", "RAMS", "FMT 7", "RTCP-ECN-FB",
                "FMT 9", "FMT 10", "CCFB", "FMT 12", "FMT 13", "FMT 14", "TWCC",
            ])
        let payload = (UInt8(0)...8).map { "\(PayloadFeedback.Format(rawValue: $0))" }
        #expect(payload == ["FMT 0", "PLI", "SLI", "RPSI", "FIR", "TSTR", "TSTN", "VBCM", "FMT 8"])
        #expect("\(PayloadFeedback.Format.applicationLayer)" == "AFB")
    }
}
