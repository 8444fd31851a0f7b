// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTP
import TestSupport
import Testing

@Suite("ReceptionStatistics: RFC 3550 A.3 and A.8")
struct ReceptionStatisticsTests {
    struct LossVector: Decodable, Sendable {
        var kind: String
        var baseSeq, maxSeq, cycles, received, expectedPrior, receivedPrior: UInt64
        var extendedMax, expected: UInt64
        var cumulativeLost: Int32
        var fractionLostByte: UInt8
    }

    struct JitterVector: Decodable, Sendable {
        struct Step: Decodable, Sendable {
            var arrival, timestamp, reported: UInt32
            var scaledJitter: UInt64
        }
        var kind: String
        var steps: [Step]
    }

    @Test("the loss rows of rfc3550.json", arguments: try TestVectors.rows("rfc3550.json") as [LossVector])
    func lossVectors(_ vector: LossVector) {
        #expect(vector.cycles << 16 + vector.maxSeq == vector.extendedMax)
        let count = LossCount(expected: vector.extendedMax - vector.baseSeq + 1, received: vector.received)
        #expect(count.expected == vector.expected)
        #expect(count.cumulativeLost == vector.cumulativeLost)
        let prior = LossCount(expected: vector.expectedPrior, received: vector.receivedPrior)
        #expect(count.fractionLost(since: prior) == vector.fractionLostByte)
    }

    @Test("the jitter rows of rfc3550.json", arguments: try TestVectors.rows("rfc3550.json") as [JitterVector])
    func jitterVectors(_ vector: JitterVector) {
        // The same deviations from any instant and timestamp, over both wraps.
        for offset: UInt32 in [0, 0xFFFF_FF00, 0x7FFF_FF00] {
            var estimator = JitterEstimator()
            for step in vector.steps {
                estimator.update(timestamp: step.timestamp &- offset, arrival: step.arrival &+ offset)
                #expect(estimator.scaledJitter == step.scaledJitter)
                #expect(estimator.jitter == step.reported)
            }
        }
    }

    @Test("vectors were found")
    func vectorsFound() throws {
        #expect(try (TestVectors.rows("rfc3550.json") as [LossVector]).count == 4)
        #expect(try (TestVectors.rows("rfc3550.json") as [JitterVector]).count == 1)
    }

    @Test("loss is clamped to 24 bits, and fractions to 0...255, whatever the counts")
    func lossEdges() {
        #expect(LossCount(expected: 0x7F_FFFF).cumulativeLost == 0x7F_FFFF)
        #expect(LossCount(expected: 0x80_0000).cumulativeLost == 0x7F_FFFF)
        #expect(LossCount(received: 0x80_0000).cumulativeLost == -0x80_0000)
        #expect(LossCount(received: 0x80_0001).cumulativeLost == -0x80_0000)
        #expect(LossCount(expected: .max).cumulativeLost == 0x7F_FFFF)
        #expect(LossCount(received: .max).cumulativeLost == -0x80_0000)
        let none = LossCount()
        #expect(none.fractionLost(since: none) == 0)
        #expect(LossCount(expected: 9).fractionLost(since: none) == 255, "all lost: 256 does not fit")
        #expect(LossCount(expected: 1000, received: 1).fractionLost(since: none) == 255)
        #expect(LossCount(expected: 256, received: 255).fractionLost(since: none) == 1)
        #expect(LossCount(expected: 9, received: 10).fractionLost(since: none) == 0)
        for (now, prior) in [(none, LossCount(expected: .max, received: .max)), (LossCount(received: .max), none)] {
            #expect(now.fractionLost(since: prior) == 0)
        }
        #expect(LossCount(expected: .max).fractionLost(since: LossCount(received: .max)) == 255)
    }

    @Test("jitter at the wraps and at its largest")
    func jitterEdges() {
        var estimator = JitterEstimator()
        estimator.update(timestamp: 0, arrival: 0)
        #expect(estimator.scaledJitter == 0, "a transit of 0 is a value")
        for index in 0..<2_000 { estimator.update(timestamp: index.isMultiple(of: 2) ? 0x8000_0000 : 0, arrival: 0) }
        #expect(estimator.jitter <= 0x8000_0000)
        #expect(estimator.jitter >= 0x7FFF_FFF0)
        var changed = JitterEstimator()
        changed.update(timestamp: 0, arrival: 0)
        changed.update(timestamp: 0, arrival: 160)
        let before = changed.scaledJitter
        changed.restartTransit()
        changed.update(timestamp: 0x4000_0000, arrival: 7)
        #expect(changed.scaledJitter == before)
    }

    @Test("a time becomes units of the media clock without rounding twice")
    func units() {
        #expect(JitterEstimator.units(seconds: 1, nanoseconds: 0, clockRateHz: 8000) == 8000)
        #expect(JitterEstimator.units(seconds: 0, nanoseconds: 999_999_999, clockRateHz: 90000) == 89999)
        #expect(JitterEstimator.units(seconds: -1, nanoseconds: 0, clockRateHz: 8000) == 0 &- 8000)
        #expect(JitterEstimator.units(seconds: .max, nanoseconds: .max, clockRateHz: .max) != 1)
        let second = JitterEstimator.units(seconds: 1_795_231_678, nanoseconds: 5, clockRateHz: 44100)
        let first = JitterEstimator.units(seconds: 1_795_231_677, nanoseconds: 5, clockRateHz: 44100)
        #expect(second &- first == 44100)
    }

    @Test("a report block takes the counts, and begins the next interval")
    func reportBlock() {
        var statistics = ReceptionStatistics(minimumSequential: 1)
        for number in [65534, 65535, 1] as [UInt16] {
            statistics.receive(sequenceNumber: number, timestamp: 0, arrival: 0)
        }
        let first = statistics.makeReportBlock(source: 7, lastSenderReport: 8, delaySinceLastSenderReport: 9)
        #expect(
            first
                == ReportBlock(
                    source: 7, fractionLost: 64, cumulativeLost: 1, extendedHighestSequenceNumber: 0x1_0001, jitter: 0,
                    lastSenderReport: 8, delaySinceLastSenderReport: 9))
        #expect(statistics.makeReportBlock(source: 7).fractionLost == 0)
        let unheard = ReceptionStatistics()
        var copy = unheard
        #expect(copy.makeReportBlock(source: 7) == ReportBlock(source: 7))
        #expect(copy == unheard)
    }

    @Test("PCMU of the recording: nothing lost, and the jitter that tshark finds")
    func recording() throws {
        var statistics = ReceptionStatistics(minimumSequential: 1)
        let speech = Recording.datagrams.filter { $0.destinationPort == 5004 }
        for datagram in speech {
            let header = try RTPHeader(parsing: datagram.payload.span.bytes)
            statistics.receive(
                sequenceNumber: header.sequenceNumber, timestamp: header.timestamp,
                seconds: Int64(datagram.seconds), nanoseconds: datagram.microseconds * 1000, clockRateHz: 8000)
        }
        #expect(statistics.count == LossCount(expected: 634, received: 634))
        #expect(statistics.sequence.duplicateCount == 0)
        #expect(statistics.sequence.reorderedCount == 0)
        // tshark: at most 0.288 ms, which is 2.3 units, and 0.043 ms in the mean.
        #expect(statistics.jitter.jitter <= 2)
    }

    struct Stream: Decodable, Sendable, CustomTestStringConvertible {
        var id, packets: String
        var minSequential: Int
        var reports: [[Int64]]
        var valid: Bool
        var refused: UInt64
        var base: UInt16?
        var extended, expected, received, duplicates, reordered, restarts, scaledJitter: UInt64?
        var lost: Int64?
        var testDescription: String { id }

        static func all(_ lines: String) throws -> [Stream] {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try lines.split(separator: "\n").map { try decoder.decode(Stream.self, from: Data($0.utf8)) }
        }
    }

    @Test("60 synthetic streams count as an independent walk of A.1, A.3 and A.8 does")
    func streams() throws {
        let file = TestVectors.folder.appending(path: "model/rtp-statistics.ndjson")
        let streams = try Stream.all(String(contentsOf: file, encoding: .utf8))
        #expect(streams.count == 60)
        for stream in streams { check(stream) }
    }

    @Test("1,000 synthetic streams, made now", .enabled(if: Oracle.python != nil, "python3 is not here"))
    func manyStreams() throws {
        let python = try #require(Oracle.python)
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: python)
        process.arguments = [Oracle.script, "--streams", "1000", "--seed", "20260", "--longest", "260"]
        process.standardOutput = pipe
        try process.run()
        let lines = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let streams = try Stream.all(String(decoding: lines, as: UTF8.self))
        #expect(streams.count == 1000)
        for stream in streams { check(stream) }
    }

    private func check(_ stream: Stream) {
        let digits = Array(stream.packets.utf8)
        func number(_ range: Range<Int>) -> UInt32 {
            digits[range].reduce(0) { $0 << 4 | UInt32($1 < 0x3A ? $1 - 0x30 : $1 - 0x57) }
        }
        var statistics = ReceptionStatistics(minimumSequential: stream.minSequential)
        var reports = stream.reports[...]
        for (position, start) in stride(from: 0, to: digits.count, by: 20).enumerated() {
            statistics.receive(
                sequenceNumber: UInt16(number(start..<start + 4)), timestamp: number(start + 4..<start + 12),
                arrival: number(start + 12..<start + 20))
            while let report = reports.first, report[0] == position + 1 {
                let block = statistics.makeReportBlock(source: 1)
                let found = [
                    Int64(block.fractionLost), Int64(block.cumulativeLost), Int64(block.extendedHighestSequenceNumber),
                    Int64(block.jitter),
                ]
                #expect(found == Array(report.dropFirst()), "\(stream.id) after packet \(position + 1)")
                reports.removeFirst()
            }
        }
        #expect(reports.isEmpty)
        let sequence = statistics.sequence
        #expect(sequence.isValid == stream.valid)
        #expect(sequence.refusedCount == stream.refused)
        guard stream.valid else { return }
        #expect(sequence.baseSequenceNumber == stream.base)
        #expect(sequence.extendedHighestSequenceNumber == stream.extended)
        #expect(statistics.count.expected == stream.expected)
        #expect(statistics.count.received == stream.received)
        #expect(statistics.count.lost == stream.lost)
        #expect(sequence.duplicateCount == stream.duplicates)
        #expect(sequence.reorderedCount == stream.reordered)
        #expect(sequence.restartCount == stream.restarts)
        #expect(statistics.jitter.scaledJitter == stream.scaledJitter)
    }
}

/// The independent walk, where it can be run.
private enum Oracle {
    static let script = TestVectors.folder.deletingLastPathComponent()
        .appending(path: "scripts/oracles/rtp_statistics.py").path

    static let python: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}
