// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import TestSupport
import Testing

/// What is counted of one stream.
struct StreamTests {
    /// A stream of PCMU with these numbers, 20 ms apart.
    private func stream(_ numbers: [Int], timestamps: ((Int) -> UInt32)? = nil) -> TestCapture {
        var capture = TestCapture()
        for (position, number) in numbers.enumerated() {
            let packet = SamplePackets.rtp(
                sequence: UInt16(truncatingIfNeeded: number), payload: [UInt8](repeating: 0, count: 160),
                timestamp: timestamps?(number) ?? UInt32(160 * number))
            capture.add(packet, at: 0.02 * Double(position))
        }
        return capture
    }

    private func only(_ report: InspectionReport) throws -> StreamReport {
        try #require(report.streams.count == 1)
        return report.streams[0]
    }

    @Test func whatIsLostComesTwiceOrLate() throws {
        let stream = try only(stream([1, 2, 3, 6, 5, 7, 7, 7, 10]).report())
        // 4, 8 and 9 are missing, 7 came three times.
        #expect(stream.expected == 10 && stream.received == 9 && stream.lost == 1)
        #expect(stream.duplicates == 2 && stream.reordered == 1 && stream.deepestReordering == 1)
        #expect(stream.packets == 9 && stream.octets == 9 * 172 && stream.bodyOctets == 9 * 160)
        #expect(stream.firstSequenceNumber == 1 && stream.extendedHighestSequenceNumber == 10)
    }

    @Test func numbersGoOverTheirEnd() throws {
        let stream = try only(stream(Array(65530...65545)).report())
        #expect(stream.lost == 0 && stream.expected == 16 && stream.extendedHighestSequenceNumber == 65545)
    }

    @Test func aRestartKeepsWhatWasCountedBefore() throws {
        let stream = try only(stream([1, 2, 4, 20_000, 20_001, 20_002, 20_004]).report())
        // The first packet of the new sequence is what the RFC's bad_seq waits for.
        #expect(stream.restarts == 1 && stream.farOff == 1 && stream.packets == 7)
        #expect(stream.expected == 4 + 4 && stream.received == 3 + 3 && stream.lost == 2)
    }

    @Test func aStrayNumberIsNotCountedAsLost() throws {
        let stream = try only(stream([1, 2, 3, 40_000, 4, 5]).report())
        #expect(stream.farOff == 1 && stream.restarts == 0 && stream.expected == 5 && stream.lost == 0)
    }

    @Test func steadyPacketsHaveNoJitter() throws {
        let stream = try only(stream(Array(1...100)).report())
        #expect(try #require(stream.jitter).maximumMilliseconds < 1e-6)
        // 100 packets of 172 octets in 99 spaces of 20 ms.
        let bitRate: Double = 8 * 172 * 100 / 1.98
        #expect(abs(try #require(stream.bitRate) - bitRate) < 1)
        let peak: Double = 8 * 172 * 50
        #expect(stream.peakBitRate == peak)
        #expect(abs(try #require(stream.longestGap).milliseconds - 20) < 1e-6)
    }

    /// J += (|D| - J) / 16 (RFC 3550 section 6.4.1).
    @Test func theJitterOfOneLatePacket() throws {
        var capture = TestCapture()
        for (number, time) in [0, 0.02, 0.045, 0.06, 0.08].enumerated() {
            let packet = SamplePackets.rtp(sequence: UInt16(number), timestamp: UInt32(160 * number))
            capture.add(packet, at: time)
        }
        let jitter = try #require(try only(capture.report()).jitter)
        // |D| of 0, 5, 5 and 0 ms.
        let first = 5.0 / 16
        let second = first + (5 - first) / 16
        let third = second - second / 16
        #expect(abs(jitter.milliseconds - third) < 1e-6 && abs(jitter.units - 8 * third) < 1e-5)
        #expect(abs(jitter.maximumMilliseconds - second) < 1e-6)
        #expect(abs(jitter.meanMilliseconds - (first + second + third) / 4) < 1e-6)
    }

    @Test("A clock rate is guessed", arguments: [8000, 16000, 22050, 24000, 32000, 44100, 48000, 90000], [1, 7])
    func clock(hertz: Int, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var capture = TestCapture()
        for number in 0..<200 {
            let delay = Double.random(in: 0...0.01, using: &generator)
            let packet = SamplePackets.rtp(
                sequence: UInt16(number), timestamp: .max - 1000 &+ UInt32(number * hertz / 50), payloadType: 96)
            capture.add(packet, at: 0.02 * Double(number) + delay)
        }
        let stream = try only(capture.report())
        #expect(stream.clockRate == UInt32(hertz) && stream.clockRateFrom == .guessed)
        // Differences of two delays between 0 and 10 ms are 3.3 ms in the mean.
        #expect((1.5...5.5).contains(try #require(stream.jitter).meanMilliseconds))
    }

    @Test func noClockFitsTimestampsThatStand() throws {
        var capture = TestCapture()
        for number in 0..<200 {
            capture.add(SamplePackets.rtp(sequence: UInt16(number), payloadType: 96), at: 0.02 * Double(number))
        }
        let stream = try only(capture.report())
        #expect(stream.clockRate == nil && stream.clockRateFrom == nil && stream.jitter == nil)
        var options = InspectionOptions()
        options.clockRates = [96: 1000]
        let named = try only(capture.report(options))
        #expect(named.clockRate == 1000 && named.clockRateFrom == .option)
        #expect(abs(try #require(named.jitter).milliseconds - 20) < 0.1)
    }

    @Test func eventsGoByTheClockOfTheirStream() throws {
        var capture = TestCapture()
        for number in 0..<100 {
            let packet = SamplePackets.rtp(
                sequence: UInt16(number), timestamp: UInt32(160 * number), payloadType: number > 60 ? 101 : 8,
                marker: number == 61)
            capture.add(packet, at: 0.02 * Double(number))
        }
        let stream = try only(capture.report())
        #expect(stream.clockRate == 8000 && stream.clockRateFrom == .staticPayloadType && stream.markers == 1)
        #expect(stream.payloadTypes.map(\.payloadType) == [8, 101] && stream.payloadTypes.map(\.packets) == [61, 39])
        #expect(try #require(stream.jitter).maximumMilliseconds < 1e-6)
    }

    @Test func pausesAreListed() throws {
        var capture = TestCapture()
        for (number, time) in [(1, 0.0), (2, 0.02), (3, 0.04), (6, 0.64), (7, 0.66), (8, 0.96)] {
            capture.add(SamplePackets.rtp(sequence: UInt16(number)), at: time)
        }
        var options = InspectionOptions()
        options.gapThreshold = 100_000_000
        let stream = try only(capture.report(options))
        let gaps = try #require(stream.gaps)
        #expect(gaps.map(\.endFrame) == [4, 6] && gaps.map(\.skipped) == [2, 0])
        #expect(abs(gaps[0].milliseconds - 600) < 1e-6 && abs(gaps[1].milliseconds - 300) < 1e-6)
        #expect(stream.longestGap?.endFrame == 4)
        #expect(try only(capture.report()).gaps == nil)
    }

    @Test func theCourseOverTimeKeepsAllThatWasCounted() throws {
        var options = InspectionOptions()
        options.keepsSeries = true
        // Longer than 480 intervals of 100 ms, so that they are joined.
        let numbers = Array(1...20_000).filter { !$0.isMultiple(of: 100) }
        let stream = try only(stream(numbers).report(options))
        let series = try #require(stream.series)
        #expect(series.bitRates.count <= 480 && series.bitRates.count == series.lost.count)
        let octets = series.bitRates.reduce(0) { $0 + $1 * series.interval / 8 }
        #expect(abs(octets - Double(stream.octets)) < 1)
        #expect(series.lost.reduce(0, +) == Double(stream.lost) && stream.lost == 199)
        #expect(series.jitters.max().map { abs($0 - stream.jitterMaximum) < 0.01 } == true)
    }

    @Test func timesThatGoBackOrFarAreNoTrap() throws {
        var capture = TestCapture()
        for (number, time) in [0.0, -5, 3_000_000_000, 1, 2, -900_000_000].enumerated() {
            capture.add(SamplePackets.rtp(sequence: UInt16(number)), at: time)
        }
        var options = InspectionOptions()
        options.keepsSeries = true
        options.gapThreshold = 0
        let stream = try only(capture.report(options))
        #expect(stream.packets == 6 && stream.lost == 0)
    }
}

extension StreamReport {
    fileprivate var jitterMaximum: Double { jitter?.maximumMilliseconds ?? -1 }
}
