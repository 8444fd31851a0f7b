// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP
import TestSupport
import Testing

@Suite("tshark", .needs(.tshark))
struct TsharkTests {
    /// The repository's recording: 852 RTP and 55 RTCP packets, and nothing else.
    static let recording = TestVectors.folder.appending(path: "captures/gstreamer-pcmu-h264.pcap").path

    /// What of each packet is compared.
    static let fields = [
        "frame.number", "frame.time_epoch", "ip.src", "ip.dst", "udp.srcport", "udp.dstport",
        "rtp.version", "rtp.padding", "rtp.ext", "rtp.cc", "rtp.marker", "rtp.p_type", "rtp.seq", "rtp.timestamp",
        "rtp.ssrc", "rtp.payload", "rtcp.pt", "rtcp.senderssrc", "rtcp.timestamp.rtp", "rtcp.sender.packetcount",
        "rtcp.ssrc.identifier", "rtcp.ssrc.jitter", "rtcp.sdes.text",
    ]

    /// Runs tshark on a capture of the recording's ports.
    private func tshark(_ capture: String, _ arguments: [String]) async throws -> [Substring] {
        let media = [5004, 5006].flatMap { ["-d", "udp.port==\($0),rtp"] }
        let reports = [5005, 5007, 5015, 5017].flatMap { ["-d", "udp.port==\($0),rtcp"] }
        let output = try await Program.run(Peer.tshark.required(), ["-n", "-r", capture] + media + reports + arguments)
        try #require(output.exitCode == 0, "\(output.error)")
        return output.text.split(separator: "\n")
    }

    private func values(_ capture: String) async throws -> [Substring] {
        try await tshark(capture, ["-T", "fields"] + Self.fields.flatMap { ["-e", $0] })
    }

    @Test(
        "tshark reads what `srtp unprotect` writes as the original, and warns of nothing",
        arguments: [SRTPSuite.aesCM128_HMACSHA1_80, .aesCM128_HMACSHA1_32, .null_HMACSHA1_80])
    func unprotected(_ suite: SRTPSuite) async throws {
        let folder = try Folder()
        let (secure, plain) = (folder.file("secure.pcap"), folder.file("plain.pcap"))
        let key = ["--suite", suite.name, "--key-file", folder.file("key", Array(SharedKey.hex.utf8), mode: 0o600)]
        for arguments in [["protect", Self.recording, secure], ["unprotect", secure, plain]] {
            let output = try await Program.run(Self.tool, arguments + key)
            try #require(output.exitCode == 0, "\(output.error)")
        }

        let (original, again) = (try await values(Self.recording), try await values(plain))
        #expect(again == original)
        // As many of each kind as there are: tshark has taken none for something else.
        let columns = again.map { $0.split(separator: "\t", omittingEmptySubsequences: false) }
        for (field, count) in [("rtp.seq", 852), ("rtcp.pt", 55)] {
            let column = try #require(Self.fields.firstIndex(of: field))
            #expect(columns.count { !$0[column].isEmpty } == count)
        }

        let checks = ["-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-q", "-z", "expert,warn"]
        #expect(try await tshark(plain, checks) == [])
    }

    /// The product `srtp`, which is built beside the tests.
    static let tool: URL = {
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
        let isInside = bundle.bundleURL.pathExtension == "xctest"
        return (isInside ? bundle.bundleURL.deletingLastPathComponent() : bundle.bundleURL).appending(path: "srtp")
    }()
}
