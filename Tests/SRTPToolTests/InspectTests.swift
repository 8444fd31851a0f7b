// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

struct InspectTests {
    /// What `--json` prints, as far as it is looked at here.
    struct Document: Decodable {
        struct Jitter: Decodable { let units, milliseconds: Double }
        struct Gap: Decodable { let milliseconds: Double }
        struct Stream: Decodable {
            let ssrc, source, destination: String
            let packets, lost, duplicates: Int
            let clockRate: Int?
            let clockRateFrom: String?
            let jitter: Jitter?
            let gaps: [Gap]?
        }
        struct Sender: Decodable { let ssrc: String, cname: String?, datagrams: Int }
        struct Refused: Decodable, Equatable {
            let reason: String
            let frames: Int
        }
        struct RTCPPacket: Decodable { let type: String }
        struct SRTCP: Decodable { let ssrc: String, index: Int }
        struct RTP: Decodable { let ssrc: String, sequenceNumber: Int }
        struct Packet: Decodable {
            let frame: Int
            let time: Double
            let source, destination: String
            let rtp: RTP?
            let rtcp: [RTCPPacket]?
            let srtcp: SRTCP?
        }
        let file: String
        let linkLayers: [String]
        let frames: Int
        let streams: [Stream]
        let rtcp: [Sender]
        let datagrams: [String: Int]
        let notLookedAt: [Refused]
        let problem: String?
        let packets: [Packet]?
    }

    private func document(_ arguments: [String], exitCode: Int32 = 0) async throws -> Document {
        let result = try await Tool.run(["inspect", "--json"] + arguments)
        try #require(result.exitCode == exitCode, "\(result)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Document.self, from: Data(result.outputOctets))
    }

    /// RTP of this many streams, five packets each.
    private static func streams(_ count: Int) -> [[UInt8]] {
        (1...5).flatMap { number in (1...count).flatMap { Frame.stream([number], ssrc: UInt32($0)) } }
    }

    @Test func theTextFitsAScreen() async throws {
        let result = try await Tool.run(["inspect", Capture.recording])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count < 24 && lines.dropFirst().allSatisfy { $0.count <= 80 }, "\(result.output)")
        for text in ["c1004c85", "PCMU/8000", "634", "45539bdd", "90000?", "218", "852 rtp, 55 rtcp", "round trip"] {
            #expect(result.output.contains(text), "\(text)")
        }
    }

    @Test func whatDoesNotFitIsToldOf() async throws {
        let folder = try Folder()
        let input = folder.file("in.pcap", Capture.pcap(Self.streams(30)))
        let result = try await Tool.run(["inspect", input])
        #expect(result.exitCode == 0 && result.output.count { $0 == "\n" } < 24)
        let told = result.output.matches(of: #/000000[0-9a-f]{2}\s/#).count
        #expect(told > 5 && result.output.contains("and \(30 - told) more streams"))
        let all = try await Tool.run(["inspect", input, "--all"]).output
        #expect(all.matches(of: #/000000[0-9a-f]{2}\s/#).count == 30 && !all.contains("more streams"))
    }

    @Test func jsonHoldsStreamsAndReports() async throws {
        let document = try await document([Capture.recording])
        #expect(document.file == Capture.recording && document.frames == 907 && document.linkLayers == ["Ethernet (1)"])
        #expect(Set(document.streams.map(\.ssrc)) == ["c1004c85", "45539bdd"])
        #expect(document.streams.map(\.packets).reduce(0, +) == 852)
        #expect(document.rtcp.map(\.datagrams).reduce(0, +) == 55 && document.datagrams == ["rtp": 852, "rtcp": 55])
        #expect(document.notLookedAt == [] && document.problem == nil && document.packets == nil)
    }

    @Test func jsonListsPackets() async throws {
        let packets = try #require(try await document([Capture.recording, "--packets"]).packets)
        #expect(packets.map(\.frame) == Array(1...907))
        #expect(packets.count { $0.rtp != nil } == 852 && packets.count { $0.rtcp != nil } == 55)
        #expect(packets.allSatisfy { $0.source.hasPrefix("127.0.0.1:") && $0.destination.hasPrefix("127.0.0.1:") })
        #expect(zip(packets, packets.dropFirst()).allSatisfy { $0.time <= $1.time })
        let reports = packets.compactMap(\.rtcp)
        #expect(reports.allSatisfy { ["SR", "RR"].contains($0[0].type) && $0[1].type == "SDES" })
        let numbers = packets.compactMap(\.rtp).filter { $0.ssrc == "c1004c85" }.map(\.sequenceNumber)
        #expect(zip(numbers, numbers.dropFirst()).allSatisfy { ($0 + 1) & 0xFFFF == $1 })
    }

    @Test func textListsPackets() async throws {
        let result = try await Tool.run(["inspect", Capture.recording, "--packets"])
        #expect(result.exitCode == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.count { $0.contains(" RTP ") } == 852)
        #expect(lines.count { $0.hasSuffix(" RTCP") } == 55)
        #expect(lines.count { $0 == "  SR" } == 26 && lines.count { $0 == "  BYE" } == 2)
    }

    @Test func srtcpIsListedWithoutItsKey() async throws {
        let folder = try Folder()
        let secure = folder.file("secure.pcap")
        let made = try await Tool.run(["protect", Capture.recording, secure, "--key-file", folder.key()])
        try #require(made.exitCode == 0)
        let document = try await document([secure, "--packets", "--ssrc", "c1004c85"])
        let packets = try #require(document.packets)
        #expect(document.datagrams["srtcp"] == 13 && document.datagrams["not-selected"] == 218 + 42)
        #expect(packets.compactMap(\.srtcp).map(\.index) == Array(0..<13))
        #expect(packets.count { $0.rtp != nil } == 634)
        let text = try await Tool.run(["inspect", secure]).output
        #expect(text.contains("SRTP tag 10") && text.contains("SRTCP tag 10") && !text.contains("not SRTP"))
    }

    @Test(
        "What is selected",
        arguments: [
            (["--port", "5006"], ["45539bdd"], 0), (["--ssrc", "c1004c85"], ["c1004c85"], 27),
            (["--port", "5004", "--port", "5005"], ["c1004c85"], 13), (["--port", "9"], [], 0),
        ])
    func selection(options: [String], ssrcs: [String], reports: Int) async throws {
        let document = try await document([Capture.recording] + options)
        #expect(document.streams.map(\.ssrc) == ssrcs)
        #expect(document.rtcp.map(\.datagrams).reduce(0, +) == reports)
    }

    @Test func aClockRateMayBeNamed() async throws {
        let document = try await document([Capture.recording, "--clock-rate", "96=45000", "--clock-rate", "0=16000"])
        #expect(Set(document.streams.map(\.clockRate)) == [45000, 16000])
        #expect(document.streams.allSatisfy { $0.clockRateFrom == "option" })
    }

    @Test func pausesAreListed() async throws {
        let document = try await document([Capture.recording, "--gaps", "66"])
        let gaps = document.streams.compactMap(\.gaps).joined()
        #expect(!gaps.isEmpty && gaps.allSatisfy { $0.milliseconds > 66 })
        let text = try await Tool.run(["inspect", Capture.recording, "--gaps", "66"]).output
        #expect(text.matches(of: /up to frame \d+/).count == gaps.count)
    }

    @Test func standardInputIsRead() async throws {
        let octets = try #require(FileManager.default.contents(atPath: Capture.recording)).map { $0 }
        let result = try await Tool.run(["inspect", "-"], stdin: octets)
        #expect(result.exitCode == 0 && result.output.contains("852 rtp"))
    }

    @Test func aPipeCannotBeReadTwice() async throws {
        let setting = Tool.Setting { _, input in
            try input.write(contentsOf: Data(Capture.pcap(Self.streams(1))))
            try input.close()
        }
        let result = try await Tool.run(["inspect", "-", "--packets"], setting: setting)
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.error.contains("no pipe"))
    }

    @Test func aCaptureWithoutMediaIsTold() async throws {
        let folder = try Folder()
        let arp = Frame.ethernet([0, 1], type: 0x0806)
        let input = folder.file("in.pcap", Capture.pcap([arp, Frame.media(Array("hello".utf8))]))
        let result = try await Tool.run(["inspect", input])
        #expect(result.exitCode == 0 && result.output.contains("no RTP stream"))
        #expect(result.output.contains("1 not IP") && result.output.contains("1 other"))
        let document = try await document([input])
        #expect(document.notLookedAt == [.init(reason: "not IP", frames: 1)])
    }

    @Test func aCaptureThatEndsTooEarlyIsToldUpToThere() async throws {
        let folder = try Folder()
        let octets = try #require(FileManager.default.contents(atPath: Capture.recording)).dropLast(100_000)
        let input = folder.file("in.pcap", Array(octets))
        let result = try await Tool.run(["inspect", input])
        #expect(result.exitCode == 65 && result.isOneErrorLine && result.error.contains("truncated"))
        #expect(result.output.contains("c1004c85"))
        let document = try await document([input, "--packets"], exitCode: 65)
        #expect(document.problem?.contains("truncated") == true)
        #expect(document.packets?.count == document.frames)
    }

    @Test func badInput() async throws {
        let folder = try Folder()
        let missing = try await Tool.run(["inspect", folder.file("none")])
        #expect(missing.exitCode == 66 && missing.isOneErrorLine && missing.output.isEmpty)
        let text = try await Tool.run(["inspect", folder.file("text", Array("no capture".utf8)), "--json"])
        #expect(text.exitCode == 65 && text.isOneErrorLine && text.output.isEmpty)
    }

    @Test(
        "What is refused",
        arguments: [
            ["--clock-rate", "96"], ["--clock-rate", "128=8000"], ["--clock-rate", "96=0"],
            ["--clock-rate", "96=8000=1"],
            ["--gaps", "-1"], ["--gaps", "nan"], ["--stream-limit", "0"], ["--ssrc", "xyz"], ["--port", "65536"],
            ["--html", "-"],
        ])
    func usage(options: [String]) async throws {
        // With an equals sign, so that a minus is no option.
        let result = try await Tool.run(["inspect", Capture.recording, "\(options[0])=\(options[1])"])
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.output.isEmpty, "\(result)")
    }

    // MARK: The page

    @Test func thePageIsOneWholeFile() async throws {
        let folder = try Folder()
        let page = folder.file("call.html")
        #expect(try await Tool.run(["inspect", Capture.recording, "--html", page]).exitCode == 0)
        let text = String(decoding: folder.octets("call.html"), as: UTF8.self)
        #expect(text.hasPrefix("<!DOCTYPE html>") && text.hasSuffix("</html>\n"))
        // Three charts a stream.
        #expect(text.matches(of: #/<svg\s/#).count == 6 && text.matches(of: #/<polyline\s/#).count == 4)
        for outside in ["http:", "https:", "<script", "src=", "url(", "@import"] {
            #expect(!text.contains(outside), "\(outside)")
        }
        let refused = try await Tool.run(["inspect", Capture.recording, "--html", page])
        #expect(refused.exitCode == 74 && refused.isOneErrorLine && refused.output.isEmpty)
        #expect(try await Tool.run(["inspect", Capture.recording, "--html", page, "--force"]).exitCode == 0)
        #expect(folder.names == ["call.html"])
    }

    /// Names and reasons come from the network.
    @Test func whatTheNetworkSaysIsNeitherMarkupNorACommand() async throws {
        let folder = try Folder()
        let name = "<script>&\"'\u{1B}[2J\u{202E}"
        let frames = Frame.stream(1...5) + [Frame.media(SamplePackets.rtcp(cname: name), to: 5005)]
        let input = folder.file("<b>&.pcap", Capture.pcap(frames))
        let result = try await Tool.run(["inspect", input, "--html", folder.file("page.html")])
        #expect(result.exitCode == 0)
        #expect(!result.output.unicodeScalars.contains("\u{1B}") && !result.output.unicodeScalars.contains("\u{202E}"))
        #expect(result.output.contains(#"\u{1b}[2J\u{202e}"#))
        let page = String(decoding: folder.octets("page.html"), as: UTF8.self)
        #expect(page.contains("&lt;script&gt;&amp;&quot;&#39;") && !page.contains("<script"))
        #expect(page.contains("&lt;b&gt;&amp;.pcap") && !page.contains("<b>"))
        #expect(!page.unicodeScalars.contains("\u{1B}") && !page.unicodeScalars.contains("\u{202E}"))
        // JSON carries the name as it is.
        #expect(try await document([input]).rtcp.map(\.cname) == [name])
    }

    @Test func aFullDiskIsTold() async throws {
        let folder = try Folder()
        let result = try await FullDisk.run(["inspect", Capture.recording, "--html", folder.file("page.html")])
        #expect(result.exitCode == 74 && result.isOneErrorLine)
        #expect(folder.names.isEmpty)
    }
}
