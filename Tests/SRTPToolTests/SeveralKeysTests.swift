// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP
import TestSupport
import Testing

/// Captures whose streams have keys of their own.
struct SeveralKeysTests {
    /// A key and salt of 30 octets in hex.
    private static func hex(_ first: Int) -> String {
        (first..<first + 30).map { String(format: "%02x", $0) }.joined()
    }

    private static let (one, two, three) = (hex(1), hex(65), hex(129))

    /// What `--json` counts for each stream.
    private struct Counts: Decodable {
        struct Stream: Decodable, Equatable {
            let ssrc: String
            let accepted: Int
            let rejected: [String: Int]
        }
        let streams: [Stream]
    }

    /// Streams `a` and `b` on the ports 5004 and 6004, and RTCP of both.
    private static let frames: [[UInt8]] =
        (1...4).flatMap { number in
            [(0xAAAA_AAAA as UInt32, 5004 as UInt16), (0xBBBB_BBBB, 6004)].map { ssrc, port in
                Frame.media(SamplePackets.rtp(sequence: UInt16(number), ssrc: ssrc), to: port)
            }
        } + [0xAAAA_AAAA, 0xBBBB_BBBB].map { Frame.media(SamplePackets.rtcp(ssrc: $0), to: 5005) }

    private func run(
        _ command: String, _ folder: Folder, _ input: String, _ output: String, keys: [String], _ more: [String] = []
    ) async throws -> Tool.Result {
        let files = keys.enumerated().flatMap { ["--key-file", folder.key($1 + "\n", "key\($0)")] }
        return try await Tool.run([command, folder.file(input), folder.file(output), "--force"] + files + more)
    }

    @Test(
        "Each stream has its key",
        arguments: [
            ["\(one) ssrc=aaaaaaaa\n\(two) ssrc=bbbbbbbb"], ["\(one) ssrc=0xAAAAAAAA,5", "\(two)"],
            ["\(two)", "# first\n\(one)\tssrc=aaaaaaaa roc=0 # its own"],
            ["\(one) ssrc=aaaaaaaa\n\(two) port=6004,5005"],
        ])
    func bindings(keys: [String]) async throws {
        let folder = try Folder()
        _ = folder.file("plain", Capture.pcap(Self.frames))
        let there = try await run("protect", folder, "plain", "secure", keys: keys)
        #expect(there.exitCode == 0 && there.output.contains("8 RTP and 2 RTCP packets, 0 others"), "\(there)")
        #expect(try await run("unprotect", folder, "secure", "again", keys: keys).exitCode == 0)
        #expect(try Capture.payloads(folder.file("again")) == Capture.payloads(folder.file("plain")))
        // The other key opens nothing of a stream.
        let swapped = ["\(Self.two) ssrc=aaaaaaaa", "\(Self.one) ssrc=bbbbbbbb"]
        #expect(try await run("unprotect", folder, "secure", "again", keys: swapped).exitCode == 65)
    }

    @Test func unboundKeysAreAllTried() async throws {
        let folder = try Folder()
        _ = folder.file("plain", Capture.pcap(Self.frames))
        let bound = ["\(Self.one) ssrc=aaaaaaaa", "\(Self.two) ssrc=bbbbbbbb suite=AES_CM_128_HMAC_SHA1_32"]
        #expect(try await run("protect", folder, "plain", "secure", keys: bound).exitCode == 0)
        let unbound = [Self.three, "\(Self.two) suite=AES_CM_128_HMAC_SHA1_32\n\(Self.one)"]
        let back = try await run("unprotect", folder, "secure", "again", keys: unbound)
        #expect(back.exitCode == 0 && back.error.isEmpty)
        #expect(try Capture.payloads(folder.file("again")) == Capture.payloads(folder.file("plain")))
    }

    @Test func aKeyMayChangeInTheMiddle() async throws {
        let folder = try Folder()
        var frames: [[UInt8]] = []
        for (key, numbers) in [(Self.one, 1...5), (Self.two, 6...9)] {
            _ = folder.file("plain", Capture.pcap(Frame.stream(numbers)))
            #expect(try await run("protect", folder, "plain", "secure", keys: [key]).exitCode == 0)
            frames += try Capture.packets(folder.file("secure")).map(\.frame)
        }
        // A repeated packet of the first key is one that was accepted before.
        _ = folder.file("secure", Capture.pcap(frames + [frames[0]]))
        let back = try await run("unprotect", folder, "secure", "again", keys: [Self.one, Self.two], ["--json"])
        #expect(back.exitCode == 2)
        let counts: Counts = try back.json()
        try #require(counts.streams.count == 1)
        #expect(counts.streams[0].accepted == 9 && counts.streams[0].rejected.values.reduce(0, +) == 1)
        #expect(try Capture.payloads(folder.file("again")).count == 9)
    }

    @Test func packetsThatNoKeyIsForAreLeftOut() async throws {
        let folder = try Folder()
        _ = folder.file("plain", Capture.pcap(Self.frames))
        let there = try await run("protect", folder, "plain", "secure", keys: ["\(Self.one) ssrc=aaaaaaaa port=5004"])
        #expect(there.exitCode == 0 && there.output.contains("4 RTP and 0 RTCP packets, 6 others"))
        let none = try await run("protect", folder, "plain", "secure", keys: ["\(Self.one) port=9"])
        #expect(none.exitCode == 65 && none.isOneErrorLine)
    }

    @Test func eachKeyHasItsRolloverCounter() async throws {
        let folder = try Folder()
        _ = folder.file("plain", Capture.pcap(Self.frames))
        let keys = ["\(Self.one) ssrc=aaaaaaaa roc=7", "\(Self.two) ssrc=bbbbbbbb"]
        #expect(try await run("protect", folder, "plain", "secure", keys: keys, ["--roc", "9"]).exitCode == 0)
        let other = ["\(Self.one) ssrc=aaaaaaaa roc=9", "\(Self.two) ssrc=bbbbbbbb roc=9"]
        let back = try await run("unprotect", folder, "secure", "again", keys: other, ["--json"])
        #expect(back.exitCode == 2)
        let counts: Counts = try back.json()
        // RTCP has no such counter.
        let failed = ["authentication failed": 4]
        #expect(counts.streams.filter { $0.rejected == failed }.map(\.ssrc) == ["aaaaaaaa"])
        #expect(counts.streams.map(\.accepted).reduce(0, +) == 4 + 2)
    }

    @Test func rejectionsAreToldByStream() async throws {
        let folder = try Folder()
        _ = folder.file("plain", Capture.pcap(Self.frames))
        #expect(try await run("protect", folder, "plain", "secure", keys: [Self.one]).exitCode == 0)
        let keys = ["\(Self.one) ssrc=aaaaaaaa", "\(Self.two) ssrc=bbbbbbbb"]
        let back = try await run("unprotect", folder, "secure", "again", keys: keys)
        #expect(back.exitCode == 2)
        let lines = back.error.split(separator: "\n")
        try #require(lines.count == 3)
        #expect(lines[0].contains("5 of 10 packets rejected: 5 authentication failed (first: packet 2:"))
        #expect(lines[1].contains("bbbbbbbb 192.0.2.1:40000 > 192.0.2.2:6004: 4 authentication failed; 0 accepted"))
        #expect(lines[2].contains("bbbbbbbb 192.0.2.1:40000 > 192.0.2.2:5005: 1 authentication failed; 0 accepted"))
    }

    @Test("Tags on SRTCP as short as on SRTP", arguments: [("registered", 14), ("same-as-rtp", 8)])
    func rtcpTag(name: String, overhead: Int) async throws {
        let folder = try Folder()
        let report = SamplePackets.rtcp()
        _ = folder.file("plain", Capture.pcap([Frame.media(report, to: 5005)]))
        let options = ["--suite", "AES_CM_128_HMAC_SHA1_32", "--rtcp-tag"]
        #expect(try await run("protect", folder, "plain", "secure", keys: [Self.one], options + [name]).exitCode == 0)
        #expect(try Capture.payloads(folder.file("secure")).map(\.count) == [report.count + overhead])
        for other in ["registered", "same-as-rtp"] {
            let back = try await run("unprotect", folder, "secure", "again", keys: [Self.one], options + [other])
            #expect(back.exitCode == (other == name ? 0 : 65))
        }
        #expect(try await run("protect", folder, "plain", "x", keys: [Self.one], ["--rtcp-tag", "4"]).exitCode == 64)
    }

    @Test(
        "A line that says something else",
        arguments: [
            "\(one) ssrc", "\(one) ssrc=", "\(one) ssrc=xyz", "\(one) ssrc=1,", "\(one) port=65536", "\(one) port=-1",
            "\(one) roc=4294967296", "\(one) roc=", "\(one) suite=none", "\(one) suite=AEAD_AES_256_GCM",
            "\(one) mki=1",
            "\(one) \(two)", "\(one) port=1 port=2", "ssrc=1 \(one)", "\(one)\n\(two) roc=x",
            "\(one) ssrc=1\n\(one) ssrc=2",
        ])
    func badLines(text: String) async throws {
        let folder = try Folder()
        _ = folder.file("plain", Capture.pcap(Self.frames))
        let result = try await run("protect", folder, "plain", "secure", keys: [text])
        #expect(result.exitCode == 65 && result.isOneErrorLine && result.error.contains("line "), "\(result)")
        for key in [Self.one, Self.two] {
            for start in stride(from: 0, to: 52, by: 8) {
                #expect(!result.error.contains(key.dropFirst(start).prefix(8)))
            }
        }
        #expect(folder.names == ["key0", "plain"])
    }

    @Test func oneOfAllComesFromStandardInput() async throws {
        let folder = try Folder()
        let files = [folder.file("plain", Capture.pcap(Self.frames)), folder.file("secure")]
        let twice = try await Tool.run(["protect"] + files + ["--key-file", "-", "--key-file", "-"])
        #expect(twice.exitCode == 64 && twice.isOneErrorLine)
        let mixed = try await Tool.run(
            ["protect"] + files + ["--key-file", "-", "--key-file", folder.key(Self.one + " ssrc=aaaaaaaa")],
            stdin: Array(Self.two.utf8))
        #expect(mixed.exitCode == 0 && mixed.output.contains("8 RTP and 2 RTCP"))
    }
}
