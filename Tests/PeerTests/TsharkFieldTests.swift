// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Field by field: what `srtp inspect` says of packets, and what tshark says of them.
@Suite("tshark and srtp inspect", .needs(.tshark))
struct TsharkFieldTests {
    private static let oracles = TestVectors.folder.deletingLastPathComponent().appending(path: "scripts/oracles").path

    /// Runs one of the scripts and returns what it prints, the table of compared fields for example.
    private func oracle(_ name: String, _ arguments: [String]) async throws -> String {
        let output = try await Program.run(
            URL(filePath: "/usr/bin/env"), ["python3", "\(Self.oracles)/\(name)"] + arguments)
        try #require(output.exitCode == 0, "\(output.text)\(output.error)")
        return output.text
    }

    /// The captures in a folder.
    private func captures(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }.map { "\(folder)/\($0)" }
    }

    /// The recordings of GStreamer's rtpbin, two captures of packets that share no code with ours, and those in the folder
    /// that the environment names.
    @Test("They agree on every field of every RTP and RTCP packet, and no type is left out")
    func everyField() async throws {
        let folder = try Folder()
        var captures = try captures(in: TestVectors.folder.appending(path: "captures").path)
        for seed in 1...2 {
            let capture = folder.file("generated-\(seed).pcap")
            _ = try await oracle("rtcp_generator.py", [capture, "--seed", "\(seed)"])
            captures.append("\(capture)@5004,5005")
        }
        if let extra = ProcessInfo.processInfo.environment["SRTP_EXTRA_CAPTURES"] {
            captures += try self.captures(in: extra)
        }
        let table = try await oracle("compare_with_tshark.py", ["--every-type", TsharkTests.tool.path] + captures)
        print(table)
        #expect(table.hasSuffix(", 0 differences\n"))
    }
}
