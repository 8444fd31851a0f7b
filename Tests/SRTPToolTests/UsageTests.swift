// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

struct UsageTests {
    static let commands = ["demo", "keygen", "suites", "protect", "unprotect", "inspect", "conformance"]

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

struct SuitesTests {
    private struct Row: Decodable {
        let name, cipher, status: String
        let dtlsProfile: String?
        let masterKeyOctets, masterSaltOctets, rtpTagOctets, rtcpTagOctets: Int
    }

    @Test func jsonListsEverySuiteOnce() async throws {
        let result = try await Tool.run(["suites", "--json"])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        let rows: [Row] = try result.json()
        #expect(Set(rows.map(\.name)).count == rows.count)
        #expect(Set(rows.compactMap(\.dtlsProfile)).count == rows.count { $0.dtlsProfile != nil })
        #expect(Set(rows.filter { ["built", "weak"].contains($0.status) }.map(\.name)) == Set(Suites.usable))
        #expect(Set(rows.map(\.status)) == ["built", "weak", "not built", "left out on purpose"])
        let short = try #require(rows.first { $0.name == "AES_CM_128_HMAC_SHA1_32" })
        #expect(short.dtlsProfile == "0x0002" && short.cipher == "AES-CM")
        #expect(
            [short.masterKeyOctets, short.masterSaltOctets, short.rtpTagOctets, short.rtcpTagOctets] == [16, 14, 4, 10])
    }

    @Test func theTableHasALineForEachSuite() async throws {
        let rows: [Row] = try await Tool.run(["suites", "--json"]).json()
        let lines = try await Tool.run(["suites"]).output.split(separator: "\n")
        #expect(lines.count == rows.count + 2)
        for (row, line) in zip(rows, lines.dropFirst(2)) {
            #expect(line.hasPrefix(row.name) && line.hasSuffix(row.status))
        }
    }
}
