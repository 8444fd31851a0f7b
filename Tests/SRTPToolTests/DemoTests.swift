// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// One at a time, as each of them uses the loopback network.
@Suite(.serialized) struct DemoTests {
    /// What `--json` prints.
    private struct Report: Decodable {
        struct Check: Decodable {
            let claim: String
            let holds: Bool
        }

        struct Stream: Decodable {
            let kind, ssrc: String
            let sent, lost, duplicated, overtaken, delivered, equal: Int
            let rolloverCounter: Int?
        }

        struct Keys: Decodable {
            let mki: String
            let offerOctets, answerOctets, speakerPackets, listenerPackets: Int
        }

        struct Keying: Decodable {
            let media, offeredAtPacket, answeredAtPacket, acknowledgedAtPacket, packetCount: Int
            let keys: [Keys]
        }

        let suite, capture: String
        let keying: Keying
        let streams: [Stream]
        let checks: [Check]
        let refused: [String: Int]
        let forged, replayed, replayedOfFormerKeys, reportsBack: Int
    }

    private func demo(_ more: [String], capture: String = Capture.recording) async throws -> Tool.Result {
        try await Tool.run(["demo", capture, "--speed", "50"] + more)
    }

    private func report(_ more: [String], capture: String = Capture.recording) async throws -> Report {
        let result = try await demo(more + ["--json"], capture: capture)
        #expect(result.exitCode == 0 && result.error.isEmpty, "\(result)")
        return try result.json()
    }

    @Test(
        "Everything that must hold does",
        arguments: [
            "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AEAD_AES_256_GCM", "SRTP_ARIA_256_CTR_HMAC_SHA1_80",
            "NULL_HMAC_SHA1_80",
        ])
    func suites(suite: String) async throws {
        let report = try await report(["--suite", suite])
        #expect(report.suite == suite && report.capture == "gstreamer-pcmu-h264.pcap")
        #expect(report.checks.count == 11)
        for check in report.checks { #expect(check.holds, "\(check.claim)") }
        #expect(report.streams.map(\.kind) == ["RTP", "RTCP", "RTP", "RTCP"])
        #expect(report.streams.map(\.sent) == [218, 13, 634, 13] && report.reportsBack == 29)
        for stream in report.streams {
            #expect(stream.delivered == stream.sent - stream.lost && stream.equal == stream.delivered)
            #expect(stream.rolloverCounter == (stream.kind == "RTP" ? 1 : nil))
        }
        let sums = [\Report.Stream.lost, \.duplicated, \.overtaken].map { part in
            report.streams.reduce(0) { $0 + $1[keyPath: part] }
        }
        #expect(sums.allSatisfy { $0 > 0 }, "the network is a bad one")
        #expect(report.refused == ["authentication failed": report.forged, "replayed": report.replayed + sums[1]])
        #expect(report.replayed == 200 && report.replayedOfFormerKeys == 100)
    }

    @Test("Keys are agreed on by MIKEY, and once more while packets flow") func keying() async throws {
        let keying = try await report([]).keying
        #expect(keying.media == 2 && keying.packetCount == 907 && keying.keys.map(\.mki) == ["00000001", "00000002"])
        // Packets flow between the messages.
        #expect(keying.offeredAtPacket == 434 && keying.answeredAtPacket == 454 && keying.acknowledgedAtPacket == 474)
        #expect(keying.keys.allSatisfy { $0.speakerPackets > 400 && $0.listenerPackets > 10 })
        #expect(keying.keys.map(\.speakerPackets).reduce(0, +) == 878)
        #expect(keying.keys.map(\.listenerPackets).reduce(0, +) == 29)
        // An update has neither RAND nor policies.
        #expect(keying.keys[1].offerOctets < keying.keys[0].offerOctets && keying.keys[1].answerOctets > 0)
    }

    @Test("In a long run the former keys are wiped, and packets under them are still refused") func formerKeys()
        async throws
    {
        let folder = try Folder()
        let frames = Frame.stream(0..<10_000)
        let report = try await report(["--speed", "4"], capture: folder.file("in", Capture.pcap(frames)))
        #expect(report.refused["unknown MKI"] == 100 && report.replayedOfFormerKeys == 100)
        #expect(report.keying.keys.map(\.speakerPackets) == [5000, 5000])
    }

    @Test("A recording of one packet: the keys are replaced before it") func onePacket() async throws {
        let folder = try Folder()
        let capture = folder.file("in", Capture.pcap(Frame.stream(1...1)))
        let report = try await report(["--loss", "0"], capture: capture)
        #expect(report.keying.keys.map(\.speakerPackets) == [0, 1])
    }

    @Test("A suite that MIKEY has no number for") func noKeysForSuite() async throws {
        let result = try await demo(["--suite", "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM"])
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.error.contains("MIKEY has no number for it"))
    }

    @Test func aPersonReadsATable() async throws {
        let result = try await demo([])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        #expect(result.output.contains("AES_CM_128_HMAC_SHA1_80") && !result.output.contains("FAILED"))
        #expect(result.output.split(separator: "\n").count { $0.hasPrefix("ok  ") } == 11)
        #expect(result.output.contains("MIKEY in SDP") && result.output.contains("answered at 454"))
    }

    @Test func theSameSeedLosesTheSame() async throws {
        let first = try await report(["--seed", "9"])
        let second = try await report(["--seed", "9"])
        #expect(first.streams.map(\.lost).reduce(0, +) == second.streams.map(\.lost).reduce(0, +))
    }

    @Test func aNetworkThatLosesEverything() async throws {
        let report = try await report(["--loss", "100", "--duplication", "0", "--reordering", "0"])
        #expect(report.streams.allSatisfy { $0.delivered == 0 && $0.lost == $0.sent } && report.replayed == 0)
    }

    @Test func aNetworkThatDoesNothing() async throws {
        let report = try await report(["--loss", "0", "--duplication", "0", "--reordering", "0"])
        #expect(report.streams.allSatisfy { $0.delivered == $0.sent && $0.duplicated == 0 && $0.overtaken == 0 })
    }

    @Test func aCaptureThatHoldsEveryPacketTwice() async throws {
        let folder = try Folder()
        let frames = Frame.stream(1...50).flatMap { [$0, $0] } + [Frame.media(SamplePackets.rtcp(), to: 5005)]
        let report = try await report([], capture: folder.file("in", Capture.pcapng(frames)))
        #expect(report.streams.map(\.sent) == [50, 1])
    }

    @Test func aPacketThatCannotBeSent() async throws {
        let folder = try Folder()
        let result = try await demo([], capture: folder.file("in", Capture.pcap(Frame.stream([1, 500, 2]))))
        #expect(result.exitCode == 65 && result.isOneErrorLine && result.output.isEmpty)
    }

    @Test func aCaptureWithoutRTP() async throws {
        let folder = try Folder()
        for frames in [[], [Frame.media(SamplePackets.rtcp())], [Frame.media([1, 2, 3])]] {
            let result = try await demo([], capture: folder.file("in", Capture.pcap(frames)))
            #expect(result.exitCode == 65 && result.isOneErrorLine && result.error.contains("holds no RTP packet"))
        }
        #expect(try await demo([], capture: folder.file("text", [1, 2, 3, 4, 5])).exitCode == 65)
    }

    @Test func aMissingCapture() async throws {
        let folder = try Folder()
        let result = try await demo([], capture: folder.file("none"))
        #expect(result.exitCode == 66 && result.isOneErrorLine && result.error.contains(folder.file("none")))
    }

    @Test func outsideTheRepositoryACaptureMustBeNamed() async throws {
        let folder = try Folder()
        let copy = URL(filePath: folder.file("srtp"))
        try FileManager.default.copyItem(at: Tool.executable, to: copy)
        let result = try await Tool.run(["demo"], setting: Tool.Setting(executable: copy, folder: folder.path))
        #expect(result.exitCode == 66 && result.isOneErrorLine && result.error.contains("name a capture"))
        let named = Tool.Setting(executable: copy, folder: folder.path)
        #expect(try await Tool.run(["demo", Capture.recording, "--speed", "100"], setting: named).exitCode == 0)
    }

    @Test(
        "What is refused",
        arguments: [
            ["--speed", "0"], ["--speed", "-1"], ["--speed", "nan"], ["--speed", "1001"], ["--loss", "-1"],
            ["--loss", "101"], ["--loss", "50", "--duplication", "51"], ["--suite", "none"],
            ["--loss", "9223372036854775807", "--duplication", "9223372036854775807"], ["--seed", "-1"],
        ])
    func usage(options: [String]) async throws {
        let result = try await Tool.run(["demo", "none.pcap"] + options)
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.output.isEmpty)
    }
}
