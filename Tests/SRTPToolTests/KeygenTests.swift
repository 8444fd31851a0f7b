// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP
import Testing

struct KeygenTests {
    @Test("A line decodes to a master key of 16 and a salt of 14 octets", arguments: ["hex", "base64", "inline"])
    func forms(form: String) async throws {
        let result = try await Tool.run(["keygen", "--format", form])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        #expect(result.output.hasSuffix("\n"))
        let line = String(result.output.dropLast())
        #expect(!line.contains("\n"))
        let count =
            switch form {
            case "hex": line.wholeMatch(of: /[0-9a-f]+/).map { $0.output.count / 2 }
            case "inline": line.hasPrefix("inline:") ? Data(base64Encoded: String(line.dropFirst(7)))?.count : nil
            default: Data(base64Encoded: line)?.count
            }
        #expect(count == 30)
    }

    @Test func everyKeyIsANewOne() async throws {
        let first = try await Tool.run(["keygen"])
        let second = try await Tool.run(["keygen"])
        #expect(first.output != second.output)
    }

    @Test func aFileIsMadeForItsOwnerOnly() async throws {
        let folder = try Folder()
        let result = try await Tool.run(["keygen", "--output", folder.file("key")])
        #expect(result.exitCode == 0 && result.output.isEmpty && result.error.isEmpty)
        #expect(folder.mode("key") == 0o600)
        #expect(folder.names == ["key"])
        let other = try await Tool.run([
            "protect", Capture.recording, folder.file("out"), "--key-file", folder.file("key"),
        ])
        #expect(other.exitCode == 0 && other.error.isEmpty)
    }

    @Test func aFileThatIsThereStays() async throws {
        let folder = try Folder()
        let path = folder.file("key", Array("kept".utf8))
        let refused = try await Tool.run(["keygen", "--output", path])
        #expect(refused.exitCode == 74 && refused.isOneErrorLine && refused.error.contains("--force"))
        #expect(folder.octets("key") == Array("kept".utf8))
        let forced = try await Tool.run(["keygen", "--output", path, "--force"])
        #expect(forced.exitCode == 0 && folder.octets("key") != Array("kept".utf8))
        #expect(folder.mode("key") == 0o600)
        #expect(folder.names == ["key"])
    }

    @Test func whatCannotBeWrittenLeavesNothing() async throws {
        let folder = try Folder()
        let missing = try await Tool.run(["keygen", "--output", folder.file("no/key")])
        #expect(missing.exitCode == 74 && missing.isOneErrorLine)
        let device = try await Tool.run(["keygen", "--output", "/dev/null", "--force"])
        #expect(device.exitCode == 74 && device.isOneErrorLine)
        let kept = folder.file("key", Array("kept".utf8))
        let full = try await FullDisk.run(["keygen", "--output", kept, "--force"])
        #expect(full.exitCode == 74 && full.isOneErrorLine)
        #expect(folder.octets("key") == Array("kept".utf8))
        #expect(folder.names == ["key"])
    }

    @Test func anUnknownSuiteIsAnsweredWithTheUsableOnes() async throws {
        let result = try await Tool.run(["keygen", "--suite", "AES_CM_129"])
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.output.isEmpty)
        for suite in SRTPSuite.all where suite.isUsable { #expect(result.error.contains(suite.name)) }
    }

    @Test func aSuiteThatIsLeftOut() async throws {
        let result = try await Tool.run(["keygen", "--suite", "SEED_128_GCM_96"])
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.output.isEmpty)
        #expect(result.error.contains("left out on purpose"))
    }
}

/// A place where no file takes an octet.
enum FullDisk {
    static func run(_ arguments: [String]) async throws -> Tool.Result {
        // The limit is not for `cat`, which writes the error line.
        let script = #"(trap '' XFSZ; ulimit -f 0; exec "$0" "$@") 2>&1 | cat >&2; exit ${PIPESTATUS[0]}"#
        return try await Tool.run(
            ["-c", script, Tool.executable.path] + arguments,
            setting: Tool.Setting(executable: URL(filePath: "/bin/bash")))
    }
}
