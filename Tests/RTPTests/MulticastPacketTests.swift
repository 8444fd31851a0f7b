// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("IJ, RSI, TOKEN, IDMS, and the types without a structure")
struct MulticastPacketTests {
    @Test("IJ: as many jitters as the header counts, and nothing behind them")
    func interarrivalJitter() throws {
        try expectRTCP(.interarrivalJitter(.init([])), 195, 0, "")
        try expectRTCP(.interarrivalJitter(.init([1, 0xFFFF_FFFF])), 195, 2, "00000001 ffffffff")
        #expect(throws: RTPError.truncated(.interarrivalJitter, neededBytes: 8, availableBytes: 4)) {
            try decodedRTCP(195, 2, "00000001")
        }
        #expect(throws: RTPError.invalidLength(.interarrivalJitter, bytes: 8)) {
            try decodedRTCP(195, 1, "00000001 00000002")
        }
        #expect(throws: RTPError.valueOutOfRange(.interarrivalJitter, value: 32, allowed: 0...31)) {
            try encodedRTCP(.interarrivalJitter(.init(Array(repeating: 0, count: 32))))
        }
    }

    @Test("RTP-16 types without a structure keep count and octets", arguments: [192, 193, 194, 208] as [UInt8])
    func rawTypes(_ type: UInt8) throws {
        try expectRTCP(
            .raw(.init(packetType: .init(rawValue: type), count: 21, body: octets("0000000111223344"))), type, 21,
            "00000001 11223344")
    }

    private func summary(_ blocks: [ReceiverSummary.Block]) -> RTCPPacket {
        .receiverSummary(
            ReceiverSummary(
                ssrc: 1, summarizedSource: 2, ntpTimestamp: .init(seconds: 3, fraction: 4), blocks: blocks))
    }

    private static let summaryHead = "00000001 00000002 00000003 00000004"

    @Test("RSI: every block of RFC 5760")
    func receiverSummary() throws {
        func expect(_ block: ReceiverSummary.Block, _ octets: String) throws {
            try expectRTCP(summary([block]), 209, 0, Self.summaryHead + octets)
        }
        try expectRTCP(summary([]), 209, 0, Self.summaryHead)
        try expect(.feedbackTarget(try .init(.ipv4, address: [192, 0, 2, 1], port: 5005)), "0002138d c0000201")
        let six = octets("20010db8000000000000000000000001")
        try expect(.feedbackTarget(try .init(.ipv6, address: six, port: 1)), "01050001" + hex(six))
        for (name, octets) in [("a", "61000000"), ("a.ex", "612e6578"), ("a.exa", "612e6578 61000000")] {
            let words = 1 + octets.filter { $0 != " " }.count / 8
            try expect(
                .feedbackTarget(try .init(.dnsName, address: Array(name.utf8), port: 1)), "020\(words)0001" + octets)
        }
        let distribution = try SummaryDistribution(
            minimum: 0, maximum: 255, multiplicativeFactor: 3, bucketBitCount: 4, buckets: [1, 2, 3, 4, 5, 6, 7, 15])
        #expect(distribution.buckets == [1, 2, 3, 4, 5, 6, 7, 15])
        let kinds: [(String, ReceiverSummary.Block)] = [
            ("04", .loss(distribution)), ("05", .jitter(distribution)), ("06", .roundTripTime(distribution)),
            ("07", .cumulativeLoss(distribution)),
        ]
        for (type, block) in kinds { try expect(block, type + "040083 00000000 000000ff 1234567f") }
        try expect(.collisions(try .init([5, 6])), "08030000 00000005 00000006")
        try expect(
            .statistics(.init(medianFractionLost: 1, highestCumulativeLost: 2, medianJitter: 3)),
            "0a030000 01000002 00000003")
        try expect(
            .statistics(.init(medianFractionLost: nil, highestCumulativeLost: nil, medianJitter: nil)),
            "0a030000 ffffffff ffffffff")
        try expect(
            .bandwidth(.init(appliesToSenders: true, appliesToReceivers: false, kilobitsPerSecondTimes65536: 0x18000)),
            "0b028000 00018000")
        try expect(.groupSize(receiverCount: 1000, averagePacketByteCount: 90), "0c02005a 000003e8")
        try expect(.other(type: 3, contents: octets("aabb")), "0301aabb")
    }

    @Test(
        "RSI: blocks of length 0, across the end, or of another length than their type's",
        arguments: [
            ("", nil),
            ("03000000", .invalidLength(.summaryBlock, bytes: 0)),
            ("0302aabb", .truncated(.summaryBlock, neededBytes: 8, availableBytes: 4)),
            ("0001138d", .invalidLength(.summaryBlock, bytes: 4)),
            ("0003138d 00000000 00000000", .invalidLength(.summaryBlock, bytes: 12)),
            ("0102138d 00000000", .invalidLength(.summaryBlock, bytes: 8)),
            ("04020000 00000000", .truncated(.summaryBlock, neededBytes: 10, availableBytes: 6)),
            ("0a020000 00000000", .invalidLength(.summaryBlock, bytes: 8)),
            ("0b010000", .invalidLength(.summaryBlock, bytes: 4)),
            ("0c030000 00000000 00000000", .invalidLength(.summaryBlock, bytes: 12)),
        ] as [(String, RTPError?)])
    func malformedSummary(_ octets: String, _ error: RTPError?) throws {
        guard let error else {
            #expect(throws: RTPError.truncated(.receiverSummary, neededBytes: 16, availableBytes: 12)) {
                try decodedRTCP(209, 0, "00000001 00000002 00000003")
            }
            return
        }
        #expect(throws: error) { try decodedRTCP(209, 0, Self.summaryHead + octets) }
    }

    @Test("RSI: any number of buckets in any number of octets is read without a trap")
    func distributions() throws {
        for (head, width, buckets) in [
            ("0000", 0, []), ("0010", 32, [0x0102_0304]), ("0020", 16, [0x0102, 0x0304]), ("0030", 10, [4, 32, 193]),
            ("fff0", 0, Array(repeating: 0, count: 4095)),
        ] as [(String, Int, [UInt64])] {
            let packet = try decodedRTCP(209, 0, Self.summaryHead + "0404\(head) 00000000 00000000 01020304")
            guard case .receiverSummary(let summary) = packet, case .loss(let block) = summary.blocks[0] else {
                Issue.record("not an RSI")
                continue
            }
            #expect(block.bucketBitCount == width)
            #expect(block.buckets == buckets)
        }
        let wide = try decodedRTCP(
            209, 0, Self.summaryHead + "04060010 00000000 00000000" + String(repeating: "01", count: 12))
        guard case .receiverSummary(let summary) = wide, case .loss(let block) = summary.blocks[0] else { return }
        #expect(block.buckets == nil)
        func make(_ count: Int, _ width: Int, _ value: UInt64 = 0, _ maximum: UInt32 = 1) throws -> SummaryDistribution
        {
            try SummaryDistribution(
                minimum: 0, maximum: maximum, bucketBitCount: width, buckets: Array(repeating: value, count: count))
        }
        #expect(try make(2, 64, .max).buckets == [.max, .max])
        for (count, width, value, maximum) in [
            (0, 2, 0, 1), (4096, 2, 0, 1), (16, 3, 0, 1), (1, 66, 0, 1), (1, 16, 0, 1), (16, 2, 4, 1), (16, 2, 0, 0),
            (4080, 2, 0, 1),
        ] as [(Int, Int, UInt64, UInt32)] {
            #expect(throws: RTPError.self) { try make(count, width, value, maximum) }
        }
    }

    @Test("RSI: what cannot be sent is refused")
    func summaryLimits() {
        typealias Target = ReceiverSummary.FeedbackTarget
        #expect(throws: RTPError.valueOutOfRange(.summaryBlock, value: 0, allowed: 1...65535)) {
            try Target(.ipv4, address: [1, 2, 3, 4], port: 0)
        }
        let wrong: [(Target.Kind, [UInt8])] = [(.ipv4, [1]), (.ipv6, [1]), (.dnsName, []), (.dnsName, [0x61, 0])]
        for (kind, address) in wrong {
            #expect(throws: RTPError.invalidLength(.summaryBlock, bytes: address.count)) {
                try Target(kind, address: address, port: 1)
            }
        }
        #expect(throws: RTPError.valueOutOfRange(.summaryBlock, value: 255, allowed: 0...254)) {
            try ReceiverSummary.Collisions(Array(repeating: 1, count: 255))
        }
        for count in [0, 1, 3, 1020] {
            #expect(throws: RTPError.invalidLength(.summaryBlock, bytes: 2 + count)) {
                try encodedRTCP(summary([.other(type: 3, contents: Array(repeating: 0, count: count))]))
            }
        }
    }

    @Test("TOKEN: the four messages of RFC 6284, and others as octets")
    func portMapping() throws {
        func expect(_ message: PortMapping.Message, _ type: UInt8, _ body: String) throws {
            try expectRTCP(.portMapping(PortMapping(sender: 1, message: message)), 210, type, "00000001" + body)
        }
        try expect(.request(nonce: 0x0102_0304_0506_0708), 1, "01020304 05060708")
        let token = try PortMapping.Token([0xAA, 0xBB, 0xCC])
        // The packet types of RFC 6284 figure 5.
        let response = try PortMapping.Response(
            client: 2, nonce: 3, token: token, absoluteExpiration: .init(seconds: 4, fraction: 5),
            relativeExpirationSeconds: 6,
            packetTypes: [.transportFeedback, .payloadFeedback, .goodbye, .applicationDefined])
        try expect(
            .response(response), 2,
            "00000002 0000000000000003 0003aabbcc000000 0000000400000005 00000006 04cdcecb cc000000")
        try expect(
            .verification(nonce: 3, token: token, absoluteExpiration: .init(seconds: 4, fraction: 5)), 3,
            "0000000000000003 0003aabbcc000000 0000000400000005")
        let failure = try PortMapping.Failure(client: 2, packetType: .transportFeedback, format: 31, nonce: 3)
        try expect(.failure(failure), 4, "00000002 cdf80000 0000000000000003")
        try expect(.other(type: 31, body: octets("aabbccdd")), 31, "aabbccdd")
        // Bits that are ignored are kept.
        _ = try decodedRTCP(210, 4, "00000001 00000002 cdffffff 0000000000000003")
        _ = try decodedRTCP(210, 3, "00000001 0000000000000003 0003aabbccddeeff 0000000400000005")
    }

    @Test("TOKEN: fields that the packet does not hold, and more than they fill")
    func malformedPortMapping() {
        for (type, body) in [
            (1, "0102030405060708 00000000"), (1, "01020304"), (2, ""), (2, "00000002 0000000000000003 ffff0000"),
            (3, "0000000000000003 0003aabbcc000000 00000004"), (4, "00000002 cdf80000 00000000"),
        ] as [(UInt8, String)] {
            #expect(throws: RTPError.invalidLength(.portMapping, bytes: octets(body).count + 4)) {
                try decodedRTCP(210, type, "00000001" + body)
            }
        }
        #expect(throws: RTPError.truncated(.portMapping, neededBytes: 4, availableBytes: 0)) {
            try decodedRTCP(210, 1, "")
        }
        #expect(throws: RTPError.valueOutOfRange(.portMapping, value: 65536, allowed: 0...65535)) {
            try PortMapping.Token(Array(repeating: 0, count: 65536))
        }
        #expect(throws: RTPError.valueOutOfRange(.portMapping, value: 32, allowed: 0...31)) {
            try PortMapping.Failure(client: 1, packetType: .goodbye, format: 32, nonce: 0)
        }
        #expect(throws: RTPError.valueOutOfRange(.portMapping, value: 256, allowed: 0...255)) {
            try PortMapping.Response(
                client: 1, nonce: 0, token: PortMapping.Token([]), absoluteExpiration: .none,
                relativeExpirationSeconds: 0, packetTypes: Array(repeating: .goodbye, count: 256))
        }
    }

    @Test("IDMS settings: eight words")
    func synchronization() throws {
        let settings = SynchronizationSettings(
            sender: 1, mediaSource: 2, groupID: 3, received: .init(seconds: 4, fraction: 5), rtpTimestamp: 6,
            presented: .init(seconds: 7, fraction: 8))
        let body = "00000001 00000002 00000003 00000004 00000005 00000006 00000007 00000008"
        try expectRTCP(.synchronizationSettings(settings), 211, 0, body)
        _ = try decodedRTCP(211, 9, body)
        #expect(throws: RTPError.truncated(.synchronization, neededBytes: 32, availableBytes: 28)) {
            try decodedRTCP(211, 0, String(body.dropLast(9)))
        }
        #expect(throws: RTPError.invalidLength(.synchronization, bytes: 36)) {
            try decodedRTCP(211, 0, body + "00000000")
        }
    }
}
