// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTPConformance
import Testing

/// The repository's own vector files.
enum TestVectors {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "TestVectors").path

    /// A row of a `.json` file, by its id.
    static func vector(_ file: String, _ id: String) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(filePath: "\(folder)/\(file)"))
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let vectors = try #require(document["vectors"] as? [[String: Any]])
        return try #require(vectors.first { "\($0["id"] ?? "")" == id })
    }

    /// The rows of a `.jsonl` file.
    static func rows(_ file: String) throws -> [[String: Any]] {
        try String(contentsOfFile: "\(folder)/model/\(file)", encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// The first row of a `.jsonl` file for which `condition` holds.
    static func row(_ file: String, where condition: ([String: Any]) -> Bool) throws -> [String: Any] {
        try #require(try rows(file).first(where: condition))
    }
}

/// A folder that goes away with its value.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "conformance-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives back its path.
    func write(_ text: String, to name: String) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: URL(filePath: file).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: file))
        return file
    }
}

/// A row as one line of JSON.
func line(_ row: [String: Any]) throws -> String {
    String(decoding: try JSONSerialization.data(withJSONObject: row, options: [.sortedKeys]), as: UTF8.self)
}

/// The report on one row: in a `.jsonl` file where it has a `type`, else in a `.json` file.
func report(
    on row: [String: Any], options: ConformanceRunner.Options = .init()
) throws -> ConformanceReport {
    row["type"] == nil
        ? try report(onDocument: "{\"vectors\":[\(try line(row))]}", options: options)
        : try report(onLines: try line(row), options: options)
}

/// The report on the text of a `.jsonl` file.
func report(onLines text: String, options: ConformanceRunner.Options = .init()) throws -> ConformanceReport {
    let folder = try TemporaryFolder()
    return ConformanceRunner(options: options).run([try folder.write(text, to: "rows.jsonl")])
}

/// The report on the text of a `.json` file.
func report(onDocument text: String, options: ConformanceRunner.Options = .init()) throws -> ConformanceReport {
    let folder = try TemporaryFolder()
    return ConformanceRunner(options: options).run([try folder.write(text, to: "vectors.json")])
}

/// `hex` with its last digit changed.
func flipped(_ hex: String) -> String { hex.dropLast() + (hex.last == "0" ? "1" : "0") }

/// Pieces of the keys and salts of a row, and of what tells them, in hex: none may be in a report.
func secrets(in row: [String: Any]) -> Set<String> {
    let names: Set<String> = [
        "master_key", "master_salt", "session_key", "session_salt", "auth_key", "header_key", "header_salt", "kek",
        "key_data", "key", "gcm_hash_key_h", "gcm_k0", "iv", "key_mask_m", "key_xor_mask", "srtp_key", "srtp_auth",
        "srtp_salt", "srtcp_key", "srtcp_auth", "srtcp_salt", "base64", "key_param",
    ]
    var pieces: Set<String> = []
    for (name, value) in row {
        for object in value as? [[String: Any]] ?? [] { pieces.formUnion(secrets(in: object)) }
        // The IV of f8 has no salt in it.
        let isPublic = name == "iv" && row["kind"] as? String == "aes-f8"
        guard names.contains(name) && !isPublic || name == "output" && row["prf"] != nil, let text = value as? String,
            text.count >= 8
        else { continue }
        let length = min(16, text.count)
        for start in 0...text.count - length { pieces.insert(String(text.dropFirst(start).prefix(length))) }
    }
    return pieces
}

/// Counts as a report gives them.
struct Counts: Equatable, CustomStringConvertible {
    var passed = 0
    var failed = 0
    var skipped = 0

    init(passed: Int = 0, failed: Int = 0, skipped: Int = 0) {
        self.passed = passed
        self.failed = failed
        self.skipped = skipped
    }

    init(_ report: ConformanceReport) {
        self.init(passed: report.passed, failed: report.failed, skipped: report.skipped)
    }

    var description: String { "\(passed) passed, \(failed) failed, \(skipped) skipped" }
}
