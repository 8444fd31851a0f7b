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

    @Test("A bad key file", arguments: ["00", "nothing", "", "inline:\(Key.base64)|1:4", "\(Key.hex)\n\(Key.hex)"])
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
            ["--replay-window", "63"], ["--replay-window", "32769"], ["--replay-window", "many"], ["--mki", "01"],
            ["--kdr", "1"], ["--roc", "-1"], ["--roc", "4294967296"], ["--ssrc", "+1"], ["--ssrc", "123456789"],
            ["--ssrc", "xyz"], ["--port", "65536"], ["--port", "-1"], ["--suite", "none"],
            ["--suite", "SEED_128_GCM_96"], ["--nonsense"],
        ], ["protect", "unprotect"])
    func usage(more: [String], command: String) async throws {
        let folder = try Folder()
        let files = [folder.file("in"), folder.file("out")]
        let result = try await Tool.run([command] + files + ["--key-file", folder.file("key")] + more)
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.output.isEmpty, "\(result)")
        if ["--mki", "--kdr", "--suite"].contains(more[0]) {
            let reasons = ["not built", "expected one of", "left out on purpose"]
            #expect(reasons.contains { result.error.contains($0) })
        }
        if more[0] == "--replay-window", more[1] != "many" { #expect(result.error.contains("64 to 32768")) }
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
