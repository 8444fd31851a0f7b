// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import Foundation
import TestSupport
import Testing

/// Captures whose figures others have computed or reported.
@Suite("Figures of real captures")
struct RealCaptureTests {
    static let folder = ProcessInfo.processInfo.environment["SRTP_EXTRA_CAPTURES"]
    static let sipTester = "/usr/share/sip-tester"

    /// What an independent walk over the packets has counted.
    struct Truth: CustomTestStringConvertible {
        let file, ssrc: String
        let packets: UInt64
        let expected: UInt64
        let lost: Int64
        let highest: UInt64
        let jitter: Double
        let clockRate: UInt32
        let origin: ClockRate.Origin
        var testDescription: String { file }
    }

    @Test(
        "packets, loss and jitter", .enabled(if: folder != nil, "SRTP_EXTRA_CAPTURES is not set"),
        arguments: [
            Truth(
                file: "asterisk_ulaw_sr_rr_sdes.pcap", ssrc: "6a1b26d7", packets: 274, expected: 274, lost: 0,
                highest: 274, jitter: 2.62, clockRate: 8000, origin: .staticPayloadType),
            Truth(
                file: "opus48k_29_lost.pcapng", ssrc: "3760bfaa", packets: 2971, expected: 3000, lost: 29,
                highest: 16399, jitter: 1.57, clockRate: 48000, origin: .guessed),
        ])
    func figures(truth: Truth) throws {
        let report = try TestCapture.report(try #require(Self.folder) + "/" + truth.file)
        try #require(report.streams.count == 1)
        let stream = report.streams[0]
        #expect(stream.ssrc == truth.ssrc)
        #expect(stream.packets == truth.packets && stream.received == truth.packets)
        #expect(stream.expected == truth.expected && stream.lost == truth.lost)
        #expect(stream.extendedHighestSequenceNumber == truth.highest)
        #expect(stream.clockRate == truth.clockRate && stream.clockRateFrom == truth.origin)
        #expect(abs(try #require(stream.jitter).units - truth.jitter) < 0.01)
        #expect(stream.duplicates == 0 && stream.reordered == 0 && stream.restarts == 0 && stream.farOff == 0)
    }

    @Test("RTCP of a call through Asterisk", .enabled(if: folder != nil, "SRTP_EXTRA_CAPTURES is not set"))
    func asterisk() throws {
        let report = try TestCapture.report(try #require(Self.folder) + "/asterisk_ulaw_sr_rr_sdes.pcap")
        let sender = try #require(report.sender("6a1b26d7"))
        #expect(report.senders.count == 1)
        #expect(sender.cname == "nr" && sender.datagrams == 2)
        #expect(sender.packets.map(\.type) == ["SR", "RR", "SDES"] && sender.packets.map(\.packets) == [2, 2, 2])
        #expect(sender.sent?.packetCount == 274 && sender.sent?.octetCount == 43840)
        #expect(sender.sent?.ntpTime.contains("2083") == true)
        #expect(report.streams[0].bodyOctets == 43840)
        #expect(report.streams[0].protection.verdict == .plain)
    }

    @Test("a port that STUN, DTLS, SRTP and SRTCP share", .enabled(if: folder != nil, "SRTP_EXTRA_CAPTURES is not set"))
    func multiplexed() throws {
        let report = try TestCapture.report(try #require(Self.folder) + "/google_meet_stun_dtls_srtp_mux.pcapng")
        #expect(report.datagrams[.srtcp] == 29 && report.datagrams[.rtcp] == 0 && report.datagrams[.malformedRTCP] == 0)
        #expect(report.datagrams[.stun] == 87 && report.datagrams[.dtls] == 55 && report.datagrams[.rtp] == 191)
        #expect(report.datagrams.found.reduce(0) { $0 + $1.count } == 362)
        #expect(report.streams.count == 6 && report.streams.allSatisfy { $0.protection.verdict == .srtp })
        let protected = report.senders.compactMap(\.protected)
        #expect(protected.count == report.senders.count && protected.reduce(0) { $0 + $1.datagrams } == 29)
        #expect(protected.allSatisfy { $0.tagOctets == 16 && $0.mkiOctets == 0 && $0.encrypted })
    }

    @Test(
        "recordings of the package sip-tester",
        .enabled(if: FileManager.default.fileExists(atPath: sipTester), "the package sip-tester is not installed"))
    func sipp() throws {
        let speech = try TestCapture.report(Self.sipTester + "/g711a.pcap")
        try #require(speech.streams.count == 1)
        #expect(speech.streams[0].packets == 236 && speech.streams[0].lost == 0)
        #expect(speech.streams[0].payloadTypes.map(\.encoding) == ["PCMA"])
        #expect(abs(try #require(speech.streams[0].jitter).units - 2.92) < 0.01)
        // The last packet of an event comes three times (RFC 4733 section 2.5.1.4).
        let event = try TestCapture.report(Self.sipTester + "/dtmf_2833_1.pcap")
        try #require(event.streams.count == 1)
        #expect(event.streams[0].lost == -2 && event.streams[0].duplicates == 2 && event.streams[0].expected == 8)
    }

    /// The recording holds what its senders count of themselves at its end.
    @Test func aRecordingAgreesWithItsSenderReports() throws {
        let path = TestVectors.folder.appending(path: "captures/gstreamer-pcmu-h264.pcap").path
        let report = try TestCapture.report(path)
        #expect(report.frames == 907 && report.datagrams[.rtp] == 852 && report.datagrams[.rtcp] == 55)
        #expect(report.streams.count == 2 && report.senders.count == 4)
        for (ssrc, clockRate) in [("c1004c85", UInt32(8000)), ("45539bdd", 90000)] {
            let stream = try #require(report.stream(ssrc))
            let sender = try #require(report.sender(ssrc))
            #expect(stream.packets == UInt64(try #require(sender.sent).packetCount))
            #expect(stream.bodyOctets == UInt64(try #require(sender.sent).octetCount))
            #expect(stream.lost == 0 && stream.clockRate == clockRate && stream.protection.verdict == .plain)
            #expect(sender.goodbye == "" && sender.cname == "speaker@example.invalid")
            let receivers = report.senders.filter { $0.reception.contains { $0.source == ssrc } }
            try #require(receivers.count == 1)
            let trip = try #require(receivers[0].reception[0].roundTrip)
            // Over the loopback interface.
            #expect(trip.measurements > 5 && trip.maximumMilliseconds < 5)
            let reported = try #require(receivers[0].reception[0].jitterMilliseconds)
            #expect(abs(try #require(stream.jitter).milliseconds - reported) < 0.5)
        }
    }
}
