// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The key file and the numbers beside it, as a command takes them.
struct KeyOptionTests {
    private func protect(
        _ folder: Folder, key: String, _ more: [String] = [], stdin: [UInt8] = []
    ) async throws -> Tool.Result {
        let input = folder.file("plain.pcap", Capture.pcap(Frame.stream(1...3)))
        let arguments = ["protect", input, folder.file("secure.pcap"), "--key-file", key]
        return try await Tool.run(arguments + more, stdin: stdin)
    }

    @Test func aKeyMayComeFromStandardInput() async throws {
        let folder = try Folder()
        let key = folder.key()
        #expect(try await protect(folder, key: "-", stdin: Array("# a comment\n\(Key.base64)\n".utf8)).exitCode == 0)
        let again = try await Tool.run(
            ["unprotect", folder.file("secure.pcap"), folder.file("again.pcap"), "--key-file", key])
        #expect(again.exitCode == 0)
    }

    @Test func standardInputIsReadOnce() async throws {
        let result = try await Tool.run(["protect", "-", "-", "--key-file", "-"], stdin: Array(Key.hex.utf8))
        #expect(result.exitCode == 64 && result.isOneErrorLine)
    }

    @Test("A bad key file", arguments: ["00", "nothing", "", "inline:\(Key.base64)|1:999", "\(Key.hex)\n\(Key.hex)"])
    func badKeys(text: String) async throws {
        let folder = try Folder()
        let result = try await protect(folder, key: folder.key(text))
        #expect(result.exitCode == 65 && result.isOneErrorLine && result.output.isEmpty)
        #expect(!result.error.contains(Key.hex.prefix(8)) && !result.error.contains(Key.base64.prefix(8)))
        #expect(folder.names == ["key", "plain.pcap"])
    }

    @Test func aMissingKeyFile() async throws {
        let folder = try Folder()
        let result = try await protect(folder, key: folder.file("none"))
        #expect(result.exitCode == 66 && result.isOneErrorLine && result.error.contains(folder.file("none")))
        #expect(try await protect(folder, key: folder.path).exitCode == 66)
        #expect(folder.names == ["plain.pcap"])
    }

    @Test func aKeyThatOthersCanReadIsWarnedOf() async throws {
        let folder = try Folder()
        let wide = try await protect(folder, key: folder.key(mode: 0o644))
        #expect(wide.exitCode == 0 && wide.isOneErrorLine)
        #expect(wide.error.contains("warning") && wide.error.contains("0644") && wide.error.contains("0600"))
        let own = try await protect(folder, key: folder.key(Key.hex, "own"), ["--force"])
        #expect(own.exitCode == 0 && own.error.isEmpty)
    }

    @Test func theModeIsThatOfTheFileBehindALink() async throws {
        let folder = try Folder()
        try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: folder.key())
        let result = try await protect(folder, key: folder.file("link"))
        #expect(result.exitCode == 0 && result.error.isEmpty)
    }

    @Test(
        "What is refused before any file is looked at",
        arguments: [
            ["--replay-window", "63"], ["--replay-window", "32769"], ["--replay-window", "many"], ["--mki", "0"],
            ["--kdr", "3"], ["--carried-roc", "4,1"], ["--carried-roc", "1"], ["--encrypted-header-id", "0"],
            ["--roc", "-1"], ["--roc", "4294967296"], ["--ssrc", "+1"], ["--ssrc", "123456789"],
            ["--ssrc", "xyz"], ["--port", "65536"], ["--port", "-1"], ["--suite", "none"],
            ["--suite", "SEED_128_CCM_80"],
            ["--nonsense"],
        ], ["protect", "unprotect"])
    func usage(more: [String], command: String) async throws {
        let folder = try Folder()
        let files = [folder.file("in"), folder.file("out")]
        let result = try await Tool.run([command] + files + ["--key-file", folder.file("key")] + more)
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.output.isEmpty, "\(result)")
        if more.last?.hasPrefix("SEED") == true { #expect(result.error.contains("left out on purpose")) }
        if ["--mki", "--kdr"].contains(more[0]) || more.last == "none" { #expect(result.error.contains("expected")) }
        if more[0] == "--replay-window", more[1] != "many" { #expect(result.error.contains("64 to 32768")) }
    }

    @Test(
        "There and back with",
        arguments: [
            ["--mki", "0102"], ["--kdr", "1"],
            ["--suite", "AEAD_AES_128_GCM", "--rtcp-suite", "AES_CM_128_HMAC_SHA1_80"],
            ["--cryptex", "offered"], ["--cryptex", "required"],
            ["--encrypted-header-id", "1", "--rfc6904", "libsrtp"],
            ["--carried-roc", "2,1"], ["--carried-roc", "2,1,14"],
        ])
    func options(more: [String]) async throws {
        let folder = try Folder()
        let key = folder.key(String(repeating: "07", count: more.contains("AEAD_AES_128_GCM") ? 28 : 30))
        let there = try await protect(folder, key: key, more)
        #expect(there.exitCode == 0, "\(there)")
        let back = try await Tool.run(
            ["unprotect", folder.file("secure.pcap"), folder.file("again.pcap"), "--key-file", key] + more)
        #expect(back.exitCode == 0, "\(back)")
        let bare = more[0] == "--suite" ? Array(more.prefix(2)) : []
        let other = try await Tool.run(
            ["unprotect", folder.file("secure.pcap"), folder.file("other.pcap"), "--key-file", key] + bare)
        // The capture is RTP, without an extension or CSRCs that Cryptex or RFC 6904 would touch.
        let changesNothing = ["--cryptex", "--encrypted-header-id", "--suite"].contains(more[0])
        #expect((other.exitCode == 0) == changesNothing, "\(other)")
    }

    @Test("A replay window", arguments: [64, 32768])
    func windows(width: Int) async throws {
        let folder = try Folder()
        #expect(try await protect(folder, key: folder.key(), ["--replay-window", "\(width)"]).exitCode == 0)
    }

    @Test func aKeyFileIsNeeded() async throws {
        let result = try await Tool.run(["protect", "in", "out"])
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.error.contains("--key-file"))
    }
}
