// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// What became of the rows of some vector files.
public struct ConformanceReport: Hashable, Sendable {
    /// The counts of one file.
    public struct File: Hashable, Sendable {
        /// The path, as it was given or found.
        public let path: String
        /// Rows for which the package does what they say.
        public internal(set) var passed = 0
        /// Rows for which it does not, and malformed rows.
        public internal(set) var failed = 0
        /// Rows that were not run.
        public internal(set) var skipped = 0
    }

    /// A row that failed.
    public struct Failure: Hashable, Sendable {
        /// The file's path.
        public let file: String
        /// The line on which the row starts, counted from 1.
        public let line: Int
        /// The row's own name for itself, if it has one.
        public let id: String?
        /// `type: field: expected ..., got ...`
        public let reason: String
    }

    /// A path that could not be read, or not to its end.
    public struct Problem: Hashable, Sendable {
        /// The path.
        public let path: String
        /// What the system said.
        public let reason: String
    }

    /// The files that were read, in that order.
    public internal(set) var files: [File] = []
    /// The rows that failed, in the order of the files.
    public internal(set) var failures: [Failure] = []
    /// What could not be read.
    public internal(set) var problems: [Problem] = []
    /// How many rows were skipped, by reason: `not built: Cryptex`, `left out on purpose`.
    public internal(set) var skipReasons: [String: Int] = [:]
    /// How many files the folders hold that are not vector files.
    public internal(set) var otherFileCount = 0

    /// Rows that passed.
    public var passed: Int { files.reduce(0) { $0 + $1.passed } }
    /// Rows that failed.
    public var failed: Int { files.reduce(0) { $0 + $1.failed } }
    /// Rows that were not run.
    public var skipped: Int { files.reduce(0) { $0 + $1.skipped } }

    /// What a command that shows this report exits with: 66 where a path could not be read, 65 where there was no row at
    /// all, 1 where a row failed, else 0.
    public var exitCode: Int32 {
        if !problems.isEmpty { return 66 }
        if passed + failed + skipped == 0 { return 65 }
        return failed > 0 ? 1 : 0
    }

    /// The report for people: a line a file, the failures, why rows were skipped, and the sums in the last line.
    public var text: String {
        var lines = files.map { "\($0.path): \(Self.counts($0.passed, $0.failed, $0.skipped))" }
        lines += failures.map { "\($0.file):\($0.line): \($0.reason)" }
        lines += skipReasons.sorted { $0.key < $1.key }.map { "skipped: \($0.key) (\($0.value))" }
        lines += problems.map { "\($0.path): cannot be read: \($0.reason)" }
        if otherFileCount > 0 { lines.append("\(otherFileCount) other files") }
        lines.append(Self.counts(passed, failed, skipped))
        return lines.joined(separator: "\n") + "\n"
    }

    private static func counts(_ passed: Int, _ failed: Int, _ skipped: Int) -> String {
        "\(passed) passed, \(failed) failed, \(skipped) skipped"
    }
}

// MARK: JSON

extension ConformanceReport {
    /// The report for programs:
    /// `{"files":[{"path","passed","failed","skipped"}],"failures":[{"file","line","id","reason"}],"passed","failed","skipped"}`,
    /// where `id` is `null` for a row without one.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let shape = Shape(
            files: files.map { Shape.File(path: $0.path, passed: $0.passed, failed: $0.failed, skipped: $0.skipped) },
            failures: failures.map { Shape.Failure(file: $0.file, line: $0.line, id: $0.id, reason: $0.reason) },
            passed: passed, failed: failed, skipped: skipped)
        guard let data = try? encoder.encode(shape) else { preconditionFailure("texts and integers always encode") }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private struct Shape: Encodable {
        struct File: Encodable {
            let path: String
            let passed: Int
            let failed: Int
            let skipped: Int
        }

        struct Failure: Encodable {
            let file: String
            let line: Int
            let id: String?
            let reason: String

            enum CodingKeys: CodingKey {
                case file, line, id, reason
            }

            /// As made by the compiler, but with `id` always there.
            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: CodingKeys.self)
                try container.encode(file, forKey: .file)
                try container.encode(line, forKey: .line)
                try container.encode(id, forKey: .id)
                try container.encode(reason, forKey: .reason)
            }
        }

        let files: [File]
        let failures: [Failure]
        let passed: Int
        let failed: Int
        let skipped: Int
    }
}
