// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP
import TestSupport
import Testing

struct UnprotectTests {
    /// A folder with packets 1 to 5 of a stream, protected, and what is done to them before they are written.
    private func secured(_ change: (inout [[UInt8]]) -> Void = { _ in }) async throws -> Folder {
        let folder = try Folder()
        let plain = folder.file("plain.pcap", Capture.pcap(Frame.stream(1...5)))
        let made = try await Tool.run(["protect", plain, folder.file("made.pcap"), "--key-file", folder.key()])
        try #require(made.exitCode == 0)
        var frames = try Capture.packets(folder.file("made.pcap")).map(\.frame)
        change(&frames)
        _ = folder.file("secure.pcap", Capture.pcap(frames))
        try FileManager.default.removeItem(atPath: folder.file("made.pcap"))
        return folder
    }

    private func unprotect(_ folder: Folder, _ more: [String] = []) async throws -> Tool.Result {
        let files = [folder.file("secure.pcap"), folder.file("again.pcap")]
        return try await Tool.run(["unprotect"] + files + ["--key-file", folder.file("key")] + more)
    }

    private func again(_ folder: Folder) throws -> [[UInt8]] { try Capture.payloads(folder.file("again.pcap")) }
    private func plain(_ folder: Folder) throws -> [[UInt8]] { try Capture.payloads(folder.file("plain.pcap")) }

    @Test func everyPacketIsAccepted() async throws {
        let folder = try await secured()
        let result = try await unprotect(folder)
        #expect(result.exitCode == 0 && result.error.isEmpty)
        #expect(try again(folder) == plain(folder))
    }

    @Test("Another key, suite or counter", arguments: [0, 1, 2])
    func wrongKey(case number: Int) async throws {
        let folder = try await secured()
        if number == 0 { _ = folder.key(String(repeating: "00", count: 30)) }
        let options = [[], ["--suite", "NULL_HMAC_SHA1_80"], ["--roc", "1"]][number]
        let result = try await unprotect(folder, options + ["--json"])
        // The suites share the MAC: what they decrypt is only known to whoever looks.
        #expect(result.exitCode == (number == 1 ? 0 : 65))
        guard number != 1 else { return }
        #expect(result.isOneErrorLine && result.output.isEmpty)
        #expect(result.error.contains("all 5 selected packets were rejected: 5 authentication failed"))
        #expect(folder.names == ["key", "plain.pcap", "secure.pcap"])
    }

    @Test func aWrongKeyKeepsTheFileThatWasToBeReplaced() async throws {
        let folder = try await secured()
        _ = folder.key(String(repeating: "00", count: 30))
        let kept = folder.file("again.pcap", Array("kept".utf8))
        let result = try await unprotect(folder, ["--force"])
        #expect(result.exitCode == 65 && FileManager.default.contents(atPath: kept) == Data("kept".utf8))
    }

    @Test func oneChangedPacketIsLeftOut() async throws {
        let folder = try await secured { $0[2][60] ^= 1 }
        let result = try await unprotect(folder, ["--json", "--keep-others"])
        #expect(result.exitCode == 2 && result.isOneErrorLine)
        #expect(result.error.contains("1 of 5 packets rejected: 1 authentication failed (first: packet 3:"))
        let counts = ProtectTests.Counts(packets: 5, rtp: 4, rtcp: 0, others: 0, rejected: ["authentication failed": 1])
        #expect(try result.json() == counts)
        var expected = try plain(folder)
        expected.remove(at: 2)
        #expect(try again(folder) == expected)
    }

    @Test func reasonsAreCounted() async throws {
        let folder = try await secured { frames in
            let (second, last) = (frames[1], frames[4])
            frames[0][60] ^= 1
            frames[2][60] ^= 1
            frames += [second, last, Frame.media(SamplePackets.rtp(sequence: 6, payload: []))]
        }
        let result = try await unprotect(folder)
        #expect(result.exitCode == 2 && result.isOneErrorLine)
        // A packet without a tag, two changed ones, two that came again.
        #expect(result.error.contains("5 of 8 packets rejected:"), "\(result.error)")
        for count in ["2 authentication failed", "2 replayed", "1 malformed"] { #expect(result.error.contains(count)) }
        #expect(result.error.contains("(first: packet 1:"))
        #expect(try again(folder).count == 3)
    }

    @Test func aDuplicateIsReplayed() async throws {
        let folder = try await secured { $0.insert($0[1], at: 2) }
        let result = try await unprotect(folder)
        #expect(result.exitCode == 2 && result.error.contains("1 of 6 packets rejected: 1 replayed"))
        #expect(try again(folder) == plain(folder))
    }

    @Test func theReplayWindowIsAsWideAsAsked() async throws {
        let folder = try Folder()
        let plain = folder.file("plain.pcap", Capture.pcap(Frame.stream([1000] + Array(1001...1100))))
        let made = try await Tool.run(["protect", plain, folder.file("made.pcap"), "--key-file", folder.key()])
        #expect(made.exitCode == 0)
        var frames = try Capture.packets(folder.file("made.pcap")).map(\.frame)
        frames.append(frames.removeFirst())
        _ = folder.file("secure.pcap", Capture.pcap(frames))
        let narrow = try await unprotect(folder, ["--replay-window", "64"])
        #expect(narrow.exitCode == 2 && narrow.error.contains("1 replayed"))
        #expect(try await unprotect(folder, ["--replay-window", "101", "--force"]).exitCode == 0)
    }

    @Test func unencryptedSRTCPIsTakenWhereThatIsAsked() async throws {
        let folder = try Folder()
        var configuration = SRTPConfiguration()
        configuration.rtcpEncryption = .off
        let octets = Key.octets
        let key = try SRTPMasterKey(suite: .aesCM128_HMACSHA1_80, keyAndSalt: octets.span)
        var sender = try SRTPSender(masterKey: key, configuration: configuration)
        let report = SamplePackets.rtcp()
        let packet = try sender.protectRTCP(report)
        #expect(packet.starts(with: report))
        _ = folder.key()
        _ = folder.file("secure.pcap", Capture.pcap([Frame.media(packet, to: 5005)]))

        let refused = try await unprotect(folder)
        #expect(refused.exitCode == 65 && refused.isOneErrorLine && refused.error.contains("1 encryption required"))
        #expect(!folder.names.contains("again.pcap"))
        #expect(try await unprotect(folder, ["--unencrypted-rtcp"]).exitCode == 0)
        #expect(try again(folder) == [report])
    }
}
