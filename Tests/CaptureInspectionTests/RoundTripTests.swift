// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import RTP
import TestSupport
import Testing

/// Times from reports that answer each other.
struct RoundTripTests {
    private typealias End = TestCapture.End
    private static let (a, b) = (End(host: 1, port: 5005), End(host: 2, port: 5005))

    private func senderReport(
        _ ssrc: SSRC, _ ntp: UInt64, about source: SSRC? = nil, lsr: UInt32 = 0, delay: Double = 0
    ) throws -> [UInt8] {
        let block = source.map {
            ReportBlock(
                source: $0, fractionLost: 3, cumulativeLost: -2, jitter: 16, lastSenderReport: lsr,
                delaySinceLastSenderReport: UInt32(delay * 65536))
        }
        let report = SenderReport(
            ssrc: ssrc, ntpTimestamp: NTPTimestamp(rawValue: ntp), rtpTimestamp: 0, packetCount: 0, octetCount: 0,
            reports: block.map { [$0] } ?? [])
        return try RTCPCompound([.senderReport(report)]).encoded(form: .reducedSize)
    }

    private static func lsr(_ ntp: UInt64) -> UInt32 { NTPTimestamp(rawValue: ntp).middle32Bits }

    /// The capture is 10 ms from A and 30 ms from B, one way. A sends at 0, B answers 500 ms after it has it, and A again.
    @Test func bothHalvesOfAPathAreMeasured() throws {
        let (first, second): (UInt64, UInt64) = (0xE000_0000_1234_5678, 0x0000_0001_8000_0000)
        var capture = TestCapture()
        capture.add(try senderReport(1, first), at: 0.010, from: Self.a, to: Self.b)
        capture.add(
            try senderReport(2, second, about: 1, lsr: Self.lsr(first), delay: 0.5), at: 0.570, from: Self.b, to: Self.a
        )
        capture.add(
            try senderReport(1, first + 1, about: 2, lsr: Self.lsr(second), delay: 0.25), at: 0.840, from: Self.a,
            to: Self.b)
        let report = try capture.report()
        let b = try #require(report.sender("00000002")?.reception.first)
        let a = try #require(report.sender("00000001")?.reception.first)
        // From the point of capture to the reporter and back.
        #expect(abs(try #require(b.roundTrip).meanMilliseconds - 60) < 0.1)
        #expect(abs(try #require(a.roundTrip).meanMilliseconds - 20) < 0.1)
        #expect(abs(try #require(a.pathRoundTripMilliseconds) - 80) < 0.1)
        #expect(b.pathRoundTripMilliseconds == a.pathRoundTripMilliseconds)
        #expect(b.fractionLost == 3 && b.cumulativeLost == -2 && b.jitter == 16 && b.jitterMilliseconds == nil)
    }

    @Test func aReportThatWasNotSeenMeasuresNothing() throws {
        var capture = TestCapture()
        capture.add(try senderReport(1, 0x1234_5678_0000), at: 0, from: Self.a, to: Self.b)
        for lsr in [0, 1] as [UInt32] {
            capture.add(try senderReport(2, 5, about: 1, lsr: lsr, delay: 0), at: 1, from: Self.b, to: Self.a)
        }
        let reception = try #require(try capture.report().sender("00000002")?.reception.first)
        #expect(reception.blocks == 2 && reception.roundTrip == nil && reception.pathRoundTripMilliseconds == nil)
    }

    @Test func aDelayLongerThanTheTimeIsNoNegativeTrip() throws {
        var capture = TestCapture()
        capture.add(try senderReport(1, 0x1234_5678_0000), at: 0, from: Self.a, to: Self.b)
        let answer = try senderReport(2, 5, about: 1, lsr: Self.lsr(0x1234_5678_0000), delay: 9)
        capture.add(answer, at: 1, from: Self.b, to: Self.a)
        let reception = try #require(try capture.report().sender("00000002")?.reception.first)
        #expect(reception.roundTrip?.lastMilliseconds == 0)
    }
}
