// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("XR: the seven blocks of RFC 3611")
struct ExtendedReportTests {
    private func expect(_ block: ExtendedReport.Block, _ octets: String) throws {
        try expectRTCP(.extendedReport(ExtendedReport(ssrc: 1, blocks: [block])), 207, 0, "00000001" + octets)
    }

    private func decode(_ octets: String) throws -> ExtendedReport {
        guard case .extendedReport(let report) = try decodedRTCP(207, 0, "00000001" + octets) else {
            throw RTPError.missing(.extendedReport)
        }
        return report
    }

    private func runLength(_ octets: String) throws -> RunLengthReport {
        guard case .lossRunLengths(let report) = try decode(octets).blocks.first else {
            throw RTPError.missing(.runLength)
        }
        return report
    }

    /// 45 packets from 13,821 on, without those at these places (RFC 3611 section 4.1).
    private func trace(without lost: [Int]) -> [Bool] { (0..<45).map { !lost.contains($0) } }

    @Test("RTP-13 no block, and several; block lengths that cross the end")
    func framing() throws {
        try expectRTCP(.extendedReport(ExtendedReport(ssrc: 1)), 207, 0, "00000001")
        #expect(try decode("04000002 0000000100000002 05000000 0a0b0000").blocks.map(\.blockType) == [4, 5, 10])
        #expect(throws: RTPError.truncated(.extendedReport, neededBytes: 4, availableBytes: 0)) {
            try decodedRTCP(207, 0, "")
        }
        #expect(throws: RTPError.truncated(.extendedReportBlock, neededBytes: 12, availableBytes: 8)) {
            try decode("0a000002 00000000")
        }
        #expect(throws: RTPError.truncated(.extendedReportBlock, neededBytes: 262_144, availableBytes: 4)) {
            try decode("0a00ffff")
        }
    }

    @Test("RTP-13 blocks of length 0 end, however many there are")
    func emptyBlocks() throws {
        #expect(try decode(String(repeating: "0a000000", count: 65_534)).blocks.count == 65_534)
        for type in ["01", "02", "03", "04", "06", "07"] {
            #expect(throws: RTPError.self) { try decode(type + "000000") }
        }
    }

    @Test("RTP-16 the types without a structure keep their octets")
    func otherBlocks() throws {
        for type: UInt8 in [0, 8, 12, 13, 255] {
            try expect(
                .other(.init(blockType: type, typeSpecific: 7, contents: octets("aabbccdd"))),
                hex([type]) + "070001 aabbccdd")
        }
        let odd = ExtendedReport.Block.other(.init(blockType: 9, typeSpecific: 0, contents: [1]))
        #expect(throws: RTPError.invalidLength(.extendedReportBlock, bytes: 1)) { try expect(odd, "") }
    }

    @Test("the header's reserved bits and those of blocks are kept")
    func reservedBits() throws {
        _ = try decodedRTCP(207, 31, "00000001 04ff0002 0000000100000002 05ff0000 01f50002 00000001 00000000")
        let report = try runLength("01f50002 00000001 00000000")
        #expect(report.thinning == 5)
    }

    @Test("RTP-13 the two encodings that RFC 3611 prints for one trace are read alike")
    func rfcTrace() throws {
        let head = "01000004 00000009 35fd 362a"
        let vectors = try runLength(head + "ffff febf ffff 0000")
        let runs = try runLength(head + "4015 afff 4009 0000")
        for report in [vectors, runs] {
            #expect(report.source == 9)
            #expect(report.chunks.count == 3, "the null chunk is only there to fill the word")
            #expect(report.marks.map(\.mark) == trace(without: [21, 23]))
            #expect(report.marks.first?.sequenceNumber == 13821)
            #expect(report.marks.last?.sequenceNumber == 13865)
        }
    }

    @Test("the thinned trace of RFC 3611: every fourth packet, and bits beyond the range")
    func thinnedTrace() throws {
        let report = try runLength("01020003 00000009 35fd 362a fde0 0000")
        #expect(report.thinning == 2)
        #expect(report.marks.map(\.sequenceNumber) == Array(stride(from: 13824, through: 13864, by: 4)))
        #expect(
            report.marks.map(\.mark) == [true, true, true, true, true, false, true, true, true, true, false])
    }

    @Test("marks are written as runs and vectors, and come back")
    func encoding() throws {
        let range = SequenceRange(begin: 13821, end: 13866)
        let report = try RunLengthReport(source: 9, range: range, marks: trace(without: [21, 23]))
        try expect(.lossRunLengths(report), "01000004 00000009 35fd362a 4015afff 40090000")
        try expect(.duplicateRunLengths(report), "02000004 00000009 35fd362a 4015afff 40090000")
        var random = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            let begin: UInt16 = random.number()
            let range = SequenceRange(begin: begin, end: begin &+ UInt16(random.below(3000)))
            let thinning = UInt8(random.below(5))
            let numbers = range.sequenceNumbers(thinning: thinning)
            let rare = random.below(40) + 1
            let marks = numbers.map { _ in random.below(rare) > 0 }
            let report = try RunLengthReport(source: 1, range: range, thinning: thinning, marks: marks)
            #expect(report.marks.map(\.mark) == marks)
            #expect(report.marks.map(\.sequenceNumber) == numbers)
        }
    }

    @Test("a range counts over the wrap, and thinning picks the multiples")
    func ranges() {
        #expect(SequenceRange(begin: 65534, end: 2).sequenceNumbers(thinning: 0) == [65534, 65535, 0, 1])
        #expect(SequenceRange(begin: 65533, end: 3).sequenceNumbers(thinning: 1) == [65534, 0, 2])
        #expect(SequenceRange(begin: 5, end: 5).sequenceNumbers(thinning: 0).isEmpty)
        #expect(SequenceRange(begin: 1, end: 0).sequenceNumbers(thinning: 15) == [32768])
        #expect(SequenceRange(begin: 0, end: 65535).count == 65535)
    }

    @Test("RTP-13 chunks of any number and kind are read in proportion to the range")
    func unusualChunks() throws {
        // Runs of 16,383 for 65,535 packets at most, a run of none, a null in the middle.
        let many = try runLength("01000802 00000009 0000ffff" + String(repeating: "7fff7fff", count: 0x800))
        #expect(many.marks.count == 65535)
        let gaps = try runLength("01000004 00000009 00000003 4000 0000 4002 8000")
        #expect(gaps.marks.map(\.mark) == [true, true, false])
        #expect(try runLength("01000003 00000009 00000003 0000 0000").marks.isEmpty)
        #expect(try runLength("01000002 00000009 00000003").chunks.isEmpty)
        #expect(throws: RTPError.truncated(.runLength, neededBytes: 8, availableBytes: 4)) {
            try runLength("01000001 00000009")
        }
    }

    @Test("what a run length block cannot hold is refused when made")
    func runLengthLimits() {
        func make(_ count: UInt16, _ thinning: UInt8, _ marks: Int) throws -> RunLengthReport {
            try RunLengthReport(
                source: 1, range: .init(begin: 0, end: count), thinning: thinning,
                marks: Array(repeating: true, count: marks))
        }
        #expect(throws: Never.self) { try make(65533, 0, 65533) }
        #expect(throws: RTPError.valueOutOfRange(.runLength, value: 65534, allowed: 0...65533)) {
            try make(65534, 0, 65534)
        }
        #expect(throws: RTPError.valueOutOfRange(.runLength, value: 16, allowed: 0...15)) { try make(1, 16, 1) }
        #expect(throws: RTPError.valueOutOfRange(.runLength, value: 4, allowed: 5...5)) { try make(5, 0, 4) }
    }

    @Test("packet receipt times")
    func receiptTimes() throws {
        let block = try PacketReceiptTimes(source: 9, range: .init(begin: 65535, end: 1), times: [1, 0xFFFF_FFFF])
        try expect(.packetReceiptTimes(block), "03000004 00000009 ffff0001 00000001 ffffffff")
        // As many times as the block holds, whatever its range says.
        #expect(try decode("03000003 00000009 00000063 00000001").blocks.count == 1)
        #expect(throws: RTPError.valueOutOfRange(.receiptTimes, value: 0, allowed: 2...2)) {
            try PacketReceiptTimes(source: 9, range: .init(begin: 65535, end: 1), times: [])
        }
        #expect(throws: RTPError.valueOutOfRange(.receiptTimes, value: 99, allowed: 0...15)) {
            try PacketReceiptTimes(source: 9, range: .init(begin: 0, end: 0), thinning: 99, times: [])
        }
    }

    @Test("RTP-13 receiver reference time and DLRR: fixed length, whole sub-blocks, also none")
    func roundTrip() throws {
        try expect(
            .receiverReferenceTime(.init(ntpTimestamp: NTPTimestamp(seconds: 1, fraction: 2))),
            "04000002 00000001 00000002")
        #expect(throws: RTPError.invalidLength(.referenceTime, bytes: 12)) {
            try decode("04000003 000000010000000200000003")
        }
        #expect(throws: RTPError.truncated(.referenceTime, neededBytes: 8, availableBytes: 4)) {
            try decode("04000001 00000001")
        }
        typealias SubBlock = DelaySinceLastReceiverReport.SubBlock
        let answers = [SubBlock(ssrc: 5, lastReceiverReport: 6, delaySinceLastReceiverReport: 7), SubBlock(ssrc: 8)]
        try expect(
            .delaySinceLastReceiverReport(.init(answers)),
            "05000006 00000005 00000006 00000007 00000008 00000000 00000000")
        try expect(.delaySinceLastReceiverReport(.init([])), "05000000")
        for words in [1, 2, 4, 5] {
            #expect(throws: RTPError.invalidLength(.receiverDelay, bytes: 4 * words)) {
                try decode("0500000\(words)" + String(repeating: "00000000", count: words))
            }
        }
        #expect(answers[1].roundTripTime(at: NTPTimestamp(rawValue: 1 << 40)) == nil)
        #expect(answers[0].roundTripTime(at: NTPTimestamp(rawValue: 20 << 16)) == 7)
        #expect(answers[0].roundTripTime(at: NTPTimestamp(rawValue: 12 << 16)) == 0)
    }

    @Test("statistics: only what the flags report")
    func statistics() throws {
        var block = StatisticsSummary(source: 9, range: .init(begin: 1, end: 3))
        let zeros = String(repeating: "00", count: 28)
        try expect(.statisticsSummary(block), "06000009 00000009 00010003" + zeros)
        block.lostPackets = 1
        block.duplicatePackets = 2
        block.jitter = .init(minimum: 3, maximum: 4, mean: 5, deviation: 6)
        block.timeToLive = .ipv6(.init(minimum: 7, maximum: 8, mean: 9, deviation: 10))
        let fields = "00000001 00000002 00000003 00000004 00000005 00000006 0708090a"
        try expect(.statisticsSummary(block), "06f00009 00000009 00010003" + fields)
        block.timeToLive = .ipv4(.init(minimum: 7, maximum: 8, mean: 9, deviation: 10))
        try expect(.statisticsSummary(block), "06e80009 00000009 00010003" + fields)
        // Ignored as the RFC asks, and kept: fields without their flag, and the flag's undefined value.
        for flags in ["70", "b0", "d0", "e0", "f8"] {
            #expect(try decode("06\(flags)0009 00000009 00010003" + fields).blocks.map(\.isOther) == [true])
        }
        #expect(throws: RTPError.truncated(.statisticsSummary, neededBytes: 36, availableBytes: 32)) {
            try decode("06000008 00000009 00010003" + zeros.dropLast(8))
        }
        #expect(throws: RTPError.invalidLength(.statisticsSummary, bytes: 40)) {
            try decode("0600000a 00000009 00010003" + zeros + "00000000")
        }
    }

    @Test("RTP-13 VoIP metrics have eight words behind the first, no more and no fewer")
    func voip() throws {
        var block = VoIPMetrics(source: 9)
        try expect(
            .voipMetrics(block),
            "07000008 00000009 00000000 00000000 00000000 7f7f7f10 7f7f7f7f 00000000 00000000")
        (block.lossRate, block.discardRate, block.burstDensity, block.gapDensity) = (12, 12, 84, 10)
        (block.burstDurationMilliseconds, block.gapDurationMilliseconds) = (120, 520)
        (block.roundTripDelayMilliseconds, block.endSystemDelayMilliseconds) = (0x1234, 0x5678)
        (block.signalLevel, block.noiseLevel) = (-18, -70)
        (block.residualEchoReturnLoss, block.rFactor, block.externalRFactor) = (45, 94, 127)
        (block.listeningQuality, block.conversationalQuality, block.receiverConfiguration) = (41, 40, 0xB5)
        (block.jitterBufferNominalMilliseconds, block.jitterBufferMaximumMilliseconds) = (1, 2)
        block.jitterBufferAbsoluteMaximumMilliseconds = 3
        try expect(
            .voipMetrics(block),
            "07000008 00000009 0c0c540a 00780208 12345678 eeba2d10 5e7f2928 b5000001 00020003")
        #expect(block.lossConcealment == .enhanced)
        for words in [0, 7, 9] {
            #expect(throws: RTPError.self) {
                try decode("0700000\(words)" + String(repeating: "00000000", count: words))
            }
        }
    }
}

extension ExtendedReport.Block {
    fileprivate var isOther: Bool {
        if case .other = self { return true }
        return false
    }
}
