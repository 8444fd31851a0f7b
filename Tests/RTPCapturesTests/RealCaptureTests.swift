// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTPCaptures
import Testing

/// Captures that are not part of the package: every one in the folder that `SRTP_EXTRA_CAPTURES` names.
@Suite("Real captures")
struct RealCaptureTests {
    static let folder = ProcessInfo.processInfo.environment["SRTP_EXTRA_CAPTURES"]

    /// Well-known captures with nothing but UDP in them, all of its checksums right.
    static let datagramCounts = [
        "asterisk_ulaw_sr_rr_sdes.pcap": 276, "google_meet_stun_dtls_srtp_mux.pcapng": 362,
        "opus48k_29_lost.pcapng": 2971,
    ]

    @Test(
        "packet counts, and the same octets when rewritten",
        .enabled(if: folder != nil, "SRTP_EXTRA_CAPTURES is not set"))
    func counts() throws {
        let folder = try #require(Self.folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".pcap") || $0.hasSuffix(".pcapng") }
        try #require(!names.isEmpty)
        for name in names {
            let path = folder + "/" + name
            var reader = try CaptureReader(path: path)
            var rewriter = DatagramRewriter()
            var packets = 0
            var datagrams = 0
            var unchanged = 0
            while let packet = try reader.next() {
                packets += 1
                guard let datagram = try? UDPDatagram(parsing: packet.bytes, linkType: packet.linkType) else {
                    continue
                }
                datagrams += 1
                // Its own payload again gives the very frame, where the capturing host saw finished checksums.
                let payload = packet.bytes.extracting(datagram.payloadRange)
                let copy = try rewriter.rewrite(packet.bytes, datagram, payload: payload)
                let original = packet.bytes.extracting(first: datagram.payloadRange.upperBound)
                unchanged +=
                    copy.withUnsafeBytes { copy in original.withUnsafeBytes { copy.elementsEqual($0) } } ? 1 : 0
            }
            print("\(name): \(packets) packets, \(datagrams) datagrams, \(unchanged) rewritten to the same octets")
            if let expected = Self.datagramCounts[name] {
                #expect(datagrams == expected)
                #expect(unchanged == expected)
            }
            if let expected = try tsharkPacketCount(path) { #expect(packets == expected) }
        }
    }

    /// `nil` where there is no tshark.
    private func tsharkPacketCount(_ path: String) throws -> Int? {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        guard
            let tshark = folders.map({ $0 + "/tshark" }).first(where: {
                FileManager.default.isExecutableFile(atPath: String($0))
            })
        else { return nil }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: String(tshark))
        process.arguments = ["-r", path, "-T", "fields", "-e", "frame.number"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return output.count { $0 == UInt8(ascii: "\n") }
    }
}
