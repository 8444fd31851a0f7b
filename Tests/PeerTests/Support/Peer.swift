// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A program of others that packets are exchanged with.
enum Peer: String, CaseIterable {
    case libsrtp = "libsrtp_peer"
    case ffmpeg
    case gstreamer = "gst-launch-1.0"
    case tshark
    case gstreamerSDP = "python3 with GstSdp"

    /// How long the live ones send.
    static let seconds = ProcessInfo.processInfo.environment["SRTP_PEER_SECONDS"].flatMap(Int.init) ?? 5

    /// Whether a missing peer is a failure: where a green run is to mean that all of them were met.
    private static let isMandatory = ProcessInfo.processInfo.environment["CI"] != nil

    /// The program; `nil` where it is missing.
    var program: URL? {
        get async {
            if self == .gstreamer, await !Self.gstreamerIsComplete.value { return nil }
            if self == .gstreamerSDP { return await Self.pythonWithGStreamer.value }
            return path
        }
    }

    /// The program, for a test that is not run without it.
    func required() async throws -> URL { try #require(await program, "\(rawValue) is missing") }

    private var path: URL? {
        let built = TestVectors.folder.deletingLastPathComponent().appending(path: ".build/peers").path
        let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return (self == .libsrtp ? [built] : search.split(separator: ":").map(String.init))
            .map { URL(filePath: $0).appending(path: rawValue) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// Whether GStreamer has the elements that the tests use.
    private static let gstreamerIsComplete = Task {
        guard let launch = Peer.gstreamer.path else { return false }
        let inspect = launch.deletingLastPathComponent().appending(path: "gst-inspect-1.0")
        for element in ["srtpenc", "srtpdec", "rtpbin", "udpsink", "rtppcmupay", "mulawenc", "audiotestsrc", "tee"] {
            guard let run = try? await Program.run(inspect, ["--exists", element]), run.exitCode == 0 else {
                return false
            }
        }
        return true
    }

    /// What makes and reads MIKEY messages by GStreamer's code.
    static let gstreamerScript = TestVectors.folder.deletingLastPathComponent()
        .appending(path: "scripts/oracles/gstreamer_mikey.py").path

    /// A Python that has GStreamer's bindings: the system's first, as they are installed for that.
    private static let pythonWithGStreamer = Task { () -> URL? in
        let search = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        for folder in ["/usr/bin"] + search.split(separator: ":").map(String.init) {
            let python = URL(filePath: folder).appending(path: "python3")
            guard FileManager.default.isExecutableFile(atPath: python.path) else { continue }
            let run = try? await Program.run(python, [gstreamerScript, "version"])
            if run?.exitCode == 0 { return python }
        }
        return nil
    }

    /// Whether the tests with it are run.
    var isRun: Bool {
        get async {
            let program = await program
            return program != nil || Self.isMandatory
        }
    }
}

extension Trait where Self == ConditionTrait {
    /// Skips the test with one line where the peer is missing; in continuous integration it runs, and fails.
    static func needs(_ peer: Peer) -> Self {
        .enabled("\(peer.rawValue) is missing: scripts/install-packages --peers, then scripts/build-peers") {
            await peer.isRun
        }
    }
}
