// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Files that cannot be read or written, and what is left behind.
struct CaptureFileTests {
    private func protect(
        _ folder: Folder, _ input: String, _ output: String, _ more: [String] = [],
        setting: Tool.Setting = Tool.Setting()
    ) async throws -> Tool.Result {
        try await Tool.run(["protect", input, output, "--key-file", folder.key()] + more, setting: setting)
    }

    private static let recording = FileManager.default.contents(atPath: Capture.recording).map { [UInt8]($0) } ?? []

    @Test func aMissingInput() async throws {
        let folder = try Folder()
        for input in [folder.file("none.pcap"), folder.path] {
            let result = try await protect(folder, input, folder.file("out"))
            #expect(result.exitCode == 66 && result.isOneErrorLine && result.error.contains(input))
        }
        #expect(folder.names == ["key"])
    }

    @Test("No capture", arguments: ["", "abc", "{\"vectors\":[]}", "\u{1}\u{2}\u{3}\u{4}\u{5}"])
    func noCapture(text: String) async throws {
        let folder = try Folder()
        let result = try await protect(folder, folder.file("in", Array(text.utf8)), folder.file("out"))
        #expect(result.exitCode == 65 && result.isOneErrorLine && result.error.contains("not a capture file"))
        #expect(folder.names == ["in", "key"])
    }

    @Test("A capture that ends too early", arguments: [10, 24 + 7, 24 + 16 + 3, 200_000, recording.count - 1])
    func truncated(count: Int) async throws {
        let folder = try Folder()
        let input = folder.file("in", Array(Self.recording.prefix(count)))
        let result = try await protect(folder, input, folder.file("out"))
        #expect(result.exitCode == 65 && result.isOneErrorLine && result.output.isEmpty)
        #expect(result.error.contains(/at octet \d+ truncated: \d+ octets needed, \d+ available/), "\(result.error)")
        #expect(folder.names == ["in", "key"])
    }

    @Test func aCaptureWithoutPackets() async throws {
        let folder = try Folder()
        let result = try await protect(folder, folder.file("in", Capture.pcap([])), folder.file("out"))
        #expect(result.exitCode == 65 && result.isOneErrorLine && result.error.contains("none of its 0 packets"))
        #expect(folder.names == ["in", "key"])
    }

    @Test func aFileThatIsThereStays() async throws {
        let folder = try Folder()
        let kept = folder.file("out", Array("kept".utf8))
        let refused = try await protect(folder, Capture.recording, kept)
        #expect(refused.exitCode == 74 && refused.isOneErrorLine && refused.error.contains("--force"))
        #expect(folder.octets("out") == Array("kept".utf8))
        #expect(try await protect(folder, Capture.recording, kept, ["--force"]).exitCode == 0)
        #expect(try Capture.payloads(kept).count == 907)
        #expect(folder.names == ["key", "out"])
    }

    @Test func theInputMayBeReplaced() async throws {
        let folder = try Folder()
        let file = folder.file("call.pcap", Self.recording)
        #expect(try await protect(folder, file, file).exitCode == 74)
        #expect(try await protect(folder, file, file, ["--force"]).exitCode == 0)
        let back = try await Tool.run(["unprotect", file, file, "--force", "--key-file", folder.file("key")])
        #expect(back.exitCode == 0)
        #expect(try Capture.payloads(file) == Capture.payloads(Capture.recording))
        #expect(folder.names == ["call.pcap", "key"])
    }

    @Test func aPlaceWhereNoFileCanBe() async throws {
        let folder = try Folder()
        #if os(Linux)
        let places = [folder.file("no/out"), folder.file("key/out"), folder.path, "/proc/srtp-out"]
        #else
        let places = [folder.file("no/out"), folder.file("key/out"), folder.path]
        #endif
        for place in places {
            let result = try await protect(folder, Capture.recording, place)
            #expect(result.exitCode == 74 && result.isOneErrorLine && result.error.contains(place))
        }
        #expect(folder.names == ["key"])
    }

    @Test(.disabled(if: geteuid() == 0, "the superuser may write into any folder"))
    func aFolderThatTakesNothing() async throws {
        let folder = try Folder()
        let place = folder.file("closed")
        try FileManager.default.createDirectory(
            atPath: place, withIntermediateDirectories: false, attributes: [.posixPermissions: NSNumber(value: 0o555)])
        let result = try await protect(folder, Capture.recording, place + "/out")
        #expect(result.exitCode == 74 && result.isOneErrorLine)
    }

    @Test func aFullDisk() async throws {
        let folder = try Folder()
        let kept = folder.file("out", Array("kept".utf8))
        let result = try await FullDisk.run(
            ["protect", Capture.recording, kept, "--force", "--key-file", folder.key()])
        #expect(result.exitCode == 74 && result.isOneErrorLine)
        #expect(folder.octets("out") == Array("kept".utf8))
        #expect(folder.names == ["key", "out"])
    }

    @Test("An end while the input is waited for leaves nothing", arguments: [SIGINT, SIGTERM])
    func interrupt(signal: Int32) async throws {
        let folder = try Folder()
        let setting = Tool.Setting { process, input in
            // Enough for the tool to have begun to write, and less than the whole.
            try input.write(contentsOf: Data(Self.recording.dropLast(1000)))
            try await eventually {
                folder.names.contains { $0.hasSuffix(".partial") && !folder.octets($0).isEmpty }
            }
            kill(process, signal)
        }
        let result = try await protect(folder, "-", folder.file("out"), setting: setting)
        #expect(result.exitCode == 74 && result.isOneErrorLine && result.error.contains("interrupted"))
        #expect(folder.names == ["key"])
    }
}
