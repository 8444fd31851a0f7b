// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTPBenchmarks
import TestSupport
import Testing

/// `scripts/compare-benchmarks` on results that are made up.
struct CompareBenchmarksTests {
    private struct Outcome {
        let code: Int32
        let output: String
    }

    /// A result with a ratio to the floor for each of these rows.
    private static func results(_ ratios: [String: Double], memory: Double = 200) throws -> String {
        func spread(_ value: Double) -> [String: Double] {
            ["minimum": value * 0.9, "median": value, "maximum": value * 1.1]
        }
        var rows: [[String: Any]] = ratios.sorted { $0.key < $1.key }.map { id, ratio in
            ["id": id, "unit": "ns", "sides": ["swift-srtp": spread(1000)], "ratios": ["floor": spread(ratio)]]
        }
        rows.append([
            "id": "memory", "unit": "octets a stream", "sides": ["swift-srtp": spread(memory)],
            "ratios": [String: Any](),
        ])
        let whole: [String: Any] = ["format": 1, "machine": ["cpu": "made up"], "rows": rows]
        return String(decoding: try JSONSerialization.data(withJSONObject: whole), as: UTF8.self)
    }

    private static func compare(_ old: String?, _ new: String, _ arguments: String...) throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "srtp-compare-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = [folder.appending(path: "old.json"), folder.appending(path: "new.json")]
        if let old { try Data(old.utf8).write(to: files[0]) }
        try Data(new.utf8).write(to: files[1])
        let process = Process()
        process.executableURL = TestVectors.folder.deletingLastPathComponent()
            .appending(path: "scripts/compare-benchmarks")
        process.arguments = arguments + files.map(\.path)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Outcome(code: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
    }

    @Test func aRatioThatIsATenthSlowerFails() throws {
        let old = try Self.results(["a": 1.0, "b": 1.0, "c": 1.0])
        let outcome = try Self.compare(old, Self.results(["a": 1.09, "b": 1.12, "c": 0.5]))
        #expect(outcome.code == 1)
        #expect(outcome.output.contains("SLOWER") && outcome.output.contains("+12.0 %"))
        #expect(outcome.output.contains("4 ratios, 2 moved by more than 10 %, 1 of them slower"))
        #expect(try Self.compare(old, Self.results(["a": 1.09, "b": 1.12, "c": 0.5]), "--allow", "15").code == 0)
    }

    @Test func aStreamThatTakesMoreMemoryFails() throws {
        let old = try Self.results(["a": 1.0])
        #expect(try Self.compare(old, Self.results(["a": 1.0], memory: 210)).code == 0)
        #expect(try Self.compare(old, Self.results(["a": 1.0], memory: 230)).code == 1)
    }

    @Test func rowsThatAreMissingOrNewAreNamed() throws {
        let outcome = try Self.compare(Self.results(["a": 1.0, "b": 1.0]), Self.results(["b": 1.0, "c": 9.0]))
        #expect(outcome.code == 0)
        #expect(outcome.output.contains("missing: a\n") && outcome.output.contains("new: c\n"))
    }

    @Test func whatIsNoResultIsOneLine() throws {
        let good = try Self.results(["a": 1.0])
        for bad in ["", "[]", "{\"format\": 2}", "{\"format\": 1, \"machine\": {}, \"rows\": [{}]}"] {
            let outcome = try Self.compare(bad, good)
            #expect(outcome.code == 65 && outcome.output.split(separator: "\n").count == 1, "\(bad): \(outcome.output)")
        }
        #expect(try Self.compare(nil, good).code == 66)
    }
}
