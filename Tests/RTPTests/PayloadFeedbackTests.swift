// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("PSFB: PLI, SLI, RPSI, FIR, TSTR, TSTN, VBCM, AFB, REMB")
struct PayloadFeedbackTests {
    private static let ssrcs = "00000001 00000002"

    private func expect(_ message: PayloadFeedback.Message, _ format: UInt8, _ information: String) throws {
        let packet = RTCPPacket.payloadFeedback(PayloadFeedback(sender: 1, mediaSource: 2, message: message))
        try expectRTCP(packet, 206, format, Self.ssrcs + information)
    }

    private func decode(_ format: UInt8, _ information: String) throws -> PayloadFeedback.Message {
        guard case .payloadFeedback(let packet) = try decodedRTCP(206, format, Self.ssrcs + information) else {
            throw RTPError.missing(.payloadFeedback)
        }
        return packet.message
    }

    @Test("PLI has no control information")
    func pictureLoss() throws {
        try expect(.pictureLoss, 1, "")
        #expect(throws: RTPError.invalidLength(.payloadFeedback, bytes: 4)) { try decode(1, "00000000") }
    }

    @Test("SLI: 13, 13 and 6 bits")
    func sliceLoss() throws {
        let losses = [
            try SliceLoss(first: 8191, number: 0, pictureID: 63), try SliceLoss(first: 1, number: 8191, pictureID: 0),
        ]
        try expect(.sliceLoss(losses), 2, "fff8003f 000fffc0")
        #expect(throws: RTPError.valueOutOfRange(.sliceLoss, value: 8192, allowed: 0...8191)) {
            try SliceLoss(first: 8192, number: 0, pictureID: 0)
        }
        #expect(throws: RTPError.valueOutOfRange(.sliceLoss, value: 9000, allowed: 0...8191)) {
            try SliceLoss(first: 0, number: 9000, pictureID: 0)
        }
        #expect(throws: RTPError.valueOutOfRange(.sliceLoss, value: 64, allowed: 0...63)) {
            try SliceLoss(first: 0, number: 0, pictureID: 64)
        }
    }

    @Test(
        "RPSI: any number of bits, padded with zeros to the word",
        arguments: [
            (0, "10 60 0000"), (1, "0f 60 8000"), (15, "01 60 fffe"), (16, "00 60 ffff"),
            (17, "1f 60 ffff 80000000"), (48, "00 60 ffff ffffffff"),
        ])
    func referencePictureSelection(_ bitCount: Int, _ information: String) throws {
        let selection = try ReferencePictureSelection(
            payloadType: 96, octets: Array(repeating: 0xFF, count: 7), bitCount: bitCount)
        #expect(selection.bitCount == bitCount)
        #expect(selection.payloadType == 96)
        try expect(.referencePictureSelection(selection), 3, information)
    }

    @Test("RPSI: more padding than bits, a bit that is ignored, and what cannot be sent")
    func referencePictureLimits() throws {
        #expect(throws: RTPError.valueOutOfRange(.referencePicture, value: 17, allowed: 0...16)) {
            try decode(3, "11600000")
        }
        #expect(throws: RTPError.truncated(.referencePicture, neededBytes: 4, availableBytes: 0)) { try decode(3, "") }
        guard case .referencePictureSelection(let selection) = try decode(3, "08e0abff") else { return }
        #expect(selection.payloadType == 96)
        #expect(throws: RTPError.valueOutOfRange(.referencePicture, value: 128, allowed: 0...127)) {
            try ReferencePictureSelection(payloadType: 128, octets: [], bitCount: 0)
        }
        for bits in [-1, 9] {
            #expect(throws: RTPError.valueOutOfRange(.referencePicture, value: bits, allowed: 0...8)) {
                try ReferencePictureSelection(payloadType: 0, octets: [1], bitCount: bits)
            }
        }
    }

    @Test("FIR, TSTR and TSTN; the bits that are ignored are kept")
    func requests() throws {
        try expect(
            .fullIntraRequest([.init(ssrc: 3, sequenceNumber: 255), .init(ssrc: 4, sequenceNumber: 0)]), 4,
            "00000003 ff000000 00000004 00000000")
        let tradeOff = try TemporalSpatialTradeOff(ssrc: 3, sequenceNumber: 1, index: 31)
        try expect(.tradeOffRequest([tradeOff]), 5, "00000003 0100001f")
        try expect(.tradeOffNotification([tradeOff]), 6, "00000003 0100001f")
        #expect(throws: RTPError.valueOutOfRange(.tradeOff, value: 32, allowed: 0...31)) {
            try TemporalSpatialTradeOff(ssrc: 3, sequenceNumber: 1, index: 32)
        }
        guard case .fullIntraRequest(let requests) = try decode(4, "00000003 07abcdef"),
            case .tradeOffRequest(let tradeOffs) = try decode(5, "00000003 07abcdef")
        else {
            Issue.record("not decoded")
            return
        }
        #expect(requests[0].sequenceNumber == 7)
        #expect(tradeOffs[0].index == 15)
    }

    @Test("RTP-13 VBCM: messages of any length, and one that crosses the end")
    func videoBackChannel() throws {
        let messages = try (0...5).map {
            try VideoBackChannel(
                ssrc: SSRC(UInt32($0)), sequenceNumber: 1, payloadType: 127, octets: Array(repeating: 0xAA, count: $0))
        }
        try expect(
            .videoBackChannel(messages), 7,
            "00000000 017f0000 00000001 017f0001 aa000000 00000002 017f0002 aaaa0000 00000003 017f0003 aaaaaa00"
                + "00000004 017f0004 aaaaaaaa 00000005 017f0005 aaaaaaaa aa000000")
        _ = try decode(7, "00000001 01ff0001 aabbccdd")
        #expect(throws: RTPError.truncated(.videoBackChannel, neededBytes: 16, availableBytes: 12)) {
            try decode(7, "00000001 017f0005 aaaaaaaa")
        }
        #expect(throws: RTPError.truncated(.videoBackChannel, neededBytes: 65544, availableBytes: 8)) {
            try decode(7, "00000001 017fffff")
        }
        #expect(throws: RTPError.truncated(.videoBackChannel, neededBytes: 8, availableBytes: 4)) {
            try decode(7, "00000001 017f0000 00000002")
        }
        #expect(throws: RTPError.valueOutOfRange(.videoBackChannel, value: 65536, allowed: 0...65535)) {
            try VideoBackChannel(
                ssrc: 1, sequenceNumber: 1, payloadType: 0, octets: Array(repeating: 0, count: 65536))
        }
        #expect(throws: RTPError.valueOutOfRange(.videoBackChannel, value: 128, allowed: 0...127)) {
            try VideoBackChannel(ssrc: 1, sequenceNumber: 1, payloadType: 128, octets: [])
        }
    }

    @Test("an application's own message stays octets")
    func applicationLayer() throws {
        try expect(.applicationLayer(octets("52454d43 00000000")), 15, "52454d43 00000000")
        try expect(.applicationLayer([]), 15, "")
    }

    @Test("RTP-15 REMB: a rate, and as many sources as it says")
    func estimate() throws {
        let estimate = try ReceiverEstimatedMaximumBitRate(bitsPerSecond: 2_500_000, sources: [3, 4])
        #expect(estimate.bitRate.bitsPerSecond == 2_500_000)
        #expect(estimate.bitRate.mantissa == 156_250)
        #expect(estimate.bitRate.exponent == 4)
        try expect(
            .receiverEstimatedMaximumBitRate(estimate), 15, "52454d42 0212625a 00000003 00000004")
        let none = try ReceiverEstimatedMaximumBitRate(mantissa: 1, exponent: 0, sources: [])
        try expect(.receiverEstimatedMaximumBitRate(none), 15, "52454d42 00000001")
        #expect(throws: RTPError.truncated(.estimatedBitRate, neededBytes: 20, availableBytes: 16)) {
            try decode(15, "52454d42 03000001 00000003 00000004")
        }
        #expect(throws: RTPError.invalidLength(.estimatedBitRate, bytes: 16)) {
            try decode(15, "52454d42 01000001 00000003 00000004")
        }
        #expect(throws: RTPError.truncated(.estimatedBitRate, neededBytes: 8, availableBytes: 4)) {
            try decode(15, "52454d42")
        }
        #expect(throws: RTPError.valueOutOfRange(.estimatedBitRate, value: 256, allowed: 0...255)) {
            try ReceiverEstimatedMaximumBitRate(bitsPerSecond: 1, sources: Array(repeating: 1, count: 256))
        }
        #expect(throws: RTPError.valueOutOfRange(.estimatedBitRate, value: 0x4_0000, allowed: 0...0x3_FFFF)) {
            try ReceiverEstimatedMaximumBitRate(mantissa: 0x4_0000, exponent: 0, sources: [])
        }
    }

    @Test(
        "RTP-15 a rate beyond 64 bits is the largest number",
        arguments: [
            (1, 63, 1 << 63), (2, 63, .max), (0x3_FFFF, 46, 0x3_FFFF << 46), (0x3_FFFF, 47, .max),
            (0x3_FFFF, 63, .max), (0, 63, 0),
        ] as [(UInt32, UInt8, UInt64)])
    func overflow(_ mantissa: UInt32, _ exponent: UInt8, _ rate: UInt64) throws {
        let estimate = try ReceiverEstimatedMaximumBitRate(mantissa: mantissa, exponent: exponent, sources: [])
        #expect(estimate.bitRate.bitsPerSecond == rate)
        let packet = RTCPPacket.payloadFeedback(
            PayloadFeedback(sender: 1, mediaSource: 0, message: .receiverEstimatedMaximumBitRate(estimate)))
        #expect(try decodedRTCP(encodedRTCP(packet)) == packet)
    }
}
