// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

struct ConformanceTests {
    /// What `--json` prints.
    struct Report: Decodable, Equatable {
        struct File: Decodable, Equatable {
            let path: String
            let passed, failed, skipped: Int
        }

        struct Failure: Decodable, Equatable {
            let file: String
            let line: Int
            let id: String?
            let reason: String
        }

        let files: [File]
        let failures: [Failure]
        let passed, failed, skipped: Int
    }

    /// A row that passes.
    private static let row: String = {
        let file = TestVectors.folder.appending(path: "model/srtp-rfc3711.jsonl")
        let text = try? String(contentsOf: file, encoding: .utf8)
        return (text ?? "").split(separator: "\n").first.map(String.init) ?? ""
    }()
    /// The same with another digit at the end of its last field.
    private static var wrong: String { row.dropLast(3) + (row.dropLast(2).hasSuffix("0") ? "1" : "0") + "\"}" }
    private static let notBuilt = #"{"type":"mikey-exchange","mode":"DH","messages":["AAAA"],"accepted":true}"#

    private func folder(_ files: [String: String]) throws -> Folder {
        let folder = try Folder()
        for (name, text) in files { _ = folder.file(name, Array((text + "\n").utf8)) }
        return folder
    }

    private func lines(_ result: Tool.Result) -> [String] {
        result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func theRepositoryPasses() async throws {
        let result = try await Tool.run(["conformance", TestVectors.folder.path])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        let lines = lines(result)
        #expect(lines.last?.isEmpty == true)
        #expect(lines.dropLast().last?.wholeMatch(of: /\d+ passed, 0 failed, \d+ skipped/) != nil)
        #expect(lines.contains { $0.hasSuffix(" other files") })
    }

    @Test func aFailureNamesItsPlace() async throws {
        let folder = try folder(["rows.jsonl": Self.row + "\n\n" + Self.wrong])
        let result = try await Tool.run(["conformance", folder.file("rows.jsonl")])
        #expect(result.exitCode == 1 && result.error.isEmpty)
        let lines = lines(result)
        #expect(lines.count == 4)
        #expect(lines[0] == "\(folder.file("rows.jsonl")): 1 passed, 1 failed, 0 skipped")
        let prefix = "\(folder.file("rows.jsonl")):3: rtp: srtp: expected "
        #expect(lines[1].hasPrefix(prefix) && lines[1].contains(", got "), "\(lines[1])")
        #expect(lines[2] == "1 passed, 1 failed, 0 skipped")
    }

    @Test func aMalformedRowIsAFailedOne() async throws {
        let folder = try folder(["rows.jsonl": "{\"type\":\"rtp\"}\nnothing\n{\"type\":\"none\"}"])
        let result = try await Tool.run(["conformance", folder.path])
        #expect(result.exitCode == 1 && lines(result).contains("0 passed, 3 failed, 0 skipped"))
    }

    @Test func skipsAreNoFailures() async throws {
        let folder = try folder(["rows.jsonl": Self.row + "\n" + Self.notBuilt])
        let result = try await Tool.run(["conformance", folder.path])
        #expect(result.exitCode == 0)
        #expect(lines(result).contains { $0.hasPrefix("skipped: not built: ") })
        #expect(lines(result).dropLast().last == "1 passed, 0 failed, 1 skipped")
        let strict = try await Tool.run(["conformance", folder.path, "--no-skips"])
        #expect(strict.exitCode == 1 && lines(strict).dropLast().last == "1 passed, 1 failed, 0 skipped")
    }

    @Test func aFolderIsWalked() async throws {
        let folder = try folder(["a.jsonl": Self.row, "b.json": "{\"vectors\":[]}", "c.txt": Self.row, "README.md": ""])
        try FileManager.default.createDirectory(atPath: folder.file("deep"), withIntermediateDirectories: false)
        _ = folder.file("deep/d.jsonl", Array(Self.row.utf8))
        let result = try await Tool.run(["conformance", folder.path])
        #expect(result.exitCode == 0)
        #expect(lines(result).contains("2 other files"))
        #expect(lines(result).dropLast().last == "2 passed, 0 failed, 0 skipped")
        let named = try await Tool.run(["conformance", folder.file("c.txt")])
        #expect(named.exitCode == 0 && lines(named).dropLast().last == "1 passed, 0 failed, 0 skipped")
    }

    @Test func noRowAtAll() async throws {
        let folder = try folder(["a.jsonl": "", "b.txt": Self.row])
        let result = try await Tool.run(["conformance", folder.path])
        #expect(result.exitCode == 65 && result.isOneErrorLine && result.error.contains(folder.path))
        #expect(lines(result).dropLast().last == "0 passed, 0 failed, 0 skipped")
    }

    @Test func aMissingPath() async throws {
        let folder = try folder(["a.jsonl": Self.wrong])
        for options in [[], ["--json"]] {
            let result = try await Tool.run(["conformance", folder.path, folder.file("none")] + options)
            #expect(result.exitCode == 66 && result.isOneErrorLine && result.error.contains(folder.file("none")))
            #expect(!result.error.contains("Problem"))
        }
    }

    @Test func json() async throws {
        let folder = try folder(["a.jsonl": Self.row + "\n" + Self.wrong + "\nnothing", "b.jsonl": Self.notBuilt])
        let result = try await Tool.run(["conformance", folder.path, "--json"])
        #expect(result.exitCode == 1 && result.error.isEmpty)
        let report: Report = try result.json()
        #expect(
            report.files == [
                .init(path: folder.file("a.jsonl"), passed: 1, failed: 2, skipped: 0),
                .init(path: folder.file("b.jsonl"), passed: 0, failed: 0, skipped: 1),
            ])
        #expect(report.passed == 1 && report.failed == 2 && report.skipped == 1)
        #expect(report.failures.map(\.line) == [2, 3])
        #expect(report.failures[0].id?.hasPrefix("rtp-0001") == true && report.failures[1].id == nil)
        #expect(report.failures.allSatisfy { $0.file == folder.file("a.jsonl") && $0.reason.contains("expected ") })
    }
}
