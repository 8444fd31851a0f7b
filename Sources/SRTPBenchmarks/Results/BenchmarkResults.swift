// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a run found. The same in every build, and the form of `--json`.
public struct BenchmarkResults: Codable, Sendable {
    /// The version of this form.
    public var format = 1
    public var machine: Machine
    public var options: Options
    /// The libsrtps that were measured beside.
    public var libsrtp: [Libsrtp] = []
    /// What was left out, and why.
    public var notes: [String] = []
    public var rows: [Row] = []

    /// Where the figures come from.
    public struct Machine: Codable, Sendable {
        public var cpu: String
        public var coreCount: Int
        public var kernel: String
        /// The libcrypto under the product.
        public var libcrypto: String
        public var compiler: String
        /// Whether the program was compiled with optimisation: figures of others mean nothing.
        public var isOptimized: Bool
        /// The multi-buffer library in use; `nil` in builds without it.
        public var multiBuffer: String?
        public var date: String
    }

    /// How it was measured.
    public struct Options: Codable, Sendable {
        public var rounds: Int
        public var packetsPerRound: Int
    }

    /// A libsrtp that takes part.
    public struct Libsrtp: Codable, Sendable {
        /// Its name in the rows.
        public var name: String
        public var version: String
        public var prefix: String
        public var library: String
        /// What is known of how it was built.
        public var build: String?
        /// The file that its primitives come from.
        public var cryptoLibrary: String
        /// Whether that is the libcrypto which the product uses.
        public var isCryptoLibraryOurs: Bool
    }

    /// One comparison.
    public struct Row: Codable, Sendable {
        /// What identifies the row in every run.
        public var id: String
        public var group: BenchmarkGroup
        public var suite: String?
        /// `rtp` or `rtcp`.
        public var packet: String?
        public var direction: BenchmarkDirection?
        public var payload: Int?
        public var streams: Int?
        public var batch: Int?
        /// What `sides` counts.
        public var unit = "ns"
        /// What each side took, by its name.
        public var sides: [String: Spread]
        /// The product's time divided by another one, by that one's name: below 1, the product is the faster one. Formed round by
        /// round.
        public var ratios: [String: Spread] = [:]
    }

    /// One JSON object, keys in alphabetical order, a line for each row.
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        func text(_ value: some Encodable) throws -> String {
            String(decoding: try encoder.encode(value), as: UTF8.self)
        }
        var head = self
        head.rows = []
        // "rows" is the last key, so that this ends with an empty array and a brace.
        return try text(head).dropLast(2) + "\n" + rows.map(text).joined(separator: ",\n") + "\n]}"
    }
}
