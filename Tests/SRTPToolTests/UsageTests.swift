// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

struct UsageTests {
    static let commands = ["demo", "keygen", "suites", "protect", "unprotect", "inspect", "conformance", "bench"]

    @Test("Help has an example that can be copied", arguments: commands)
    func help(command: String) async throws {
        let result = try await Tool.run([command, "--help"])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        let heading = try #require(lines.firstIndex(of: "Example:"))
        #expect(lines[heading + 1].hasPrefix("  srtp \(command)"))
        #expect(lines[heading + 2].isEmpty, "the example is one line")
        #expect(try await Tool.run(["help", command]).output == result.output)
    }

    @Test func theProgramListsItsCommands() async throws {
        let result = try await Tool.run(["--help"])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        for command in Self.commands { #expect(result.output.contains("  \(command) ")) }
        #expect(try await Tool.run([]).output == result.output)
        #expect(try await Tool.run(["--version"]).output.hasPrefix("swift-srtp "))
    }

    @Test(
        "What is not understood",
        arguments: [["nonsense"], ["--nonsense"], ["keygen", "more"], ["keygen", "--format", "x"]])
    func unknown(arguments: [String]) async throws {
        let result = try await Tool.run(arguments)
        #expect(result.exitCode == 64 && result.isOneErrorLine && result.output.isEmpty)
        #expect(result.error.contains(arguments.last ?? "") && result.error.contains("--help"))
    }
}
