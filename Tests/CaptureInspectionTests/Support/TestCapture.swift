// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import Foundation
import RTPCaptures
import TestSupport

/// A capture made octet by octet: raw IPv4 frames with their times.
struct TestCapture {
    /// An address and port, `192.0.2.host:port`.
    struct End {
        var host: UInt8 = 1
        var port: UInt16 = 5004
    }

    private var octets: [UInt8]
    private(set) var frameCount = 0

    init() {
        // pcap in nanoseconds, raw IP.
        octets = Self.little(0xA1B2_3C4D) + [2, 0, 4, 0] + Self.little(0) + Self.little(0) + Self.little(262_144)
        octets += Self.little(101)
    }

    private static func little(_ number: UInt32) -> [UInt8] { SamplePackets.bigEndian(number).reversed() }

    /// Appends a datagram that was captured `seconds` after the year 2001 or so began.
    mutating func add(
        _ payload: [UInt8], at seconds: Double, from source: End = End(host: 1, port: 40_000),
        to destination: End = End(host: 2)
    ) {
        let nanoseconds = Int64((seconds * 1e9).rounded()) + 1_000_000_000_000_000_000
        let udp =
            SamplePackets.bigEndian(source.port) + SamplePackets.bigEndian(destination.port)
            + SamplePackets.bigEndian(UInt16(8 + payload.count)) + [0, 0] + payload
        let frame =
            [0x45, 0] + SamplePackets.bigEndian(UInt16(20 + udp.count)) + [
                0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, source.host,
            ]
            + [192, 0, 2, destination.host] + udp
        addFrame(frame, nanoseconds)
    }

    mutating func addFrame(_ frame: [UInt8], _ nanoseconds: Int64 = 0) {
        octets += Self.little(UInt32(nanoseconds / 1_000_000_000)) + Self.little(UInt32(nanoseconds % 1_000_000_000))
        octets += Self.little(UInt32(frame.count)) + Self.little(UInt32(frame.count)) + frame
        frameCount += 1
    }

    /// What is found in it.
    func report(_ options: InspectionOptions = InspectionOptions()) throws -> InspectionReport {
        try withFile { try Self.report($0, options) }
    }

    /// The list of its packets.
    func packets(_ options: InspectionOptions = InspectionOptions()) throws -> [PacketRecord] {
        try withFile { path in
            let lister = PacketLister(options, after: try Self.report(path, options))
            var reader = try CaptureReader(path: path)
            var records: [PacketRecord] = []
            while let packet = try reader.next() {
                if let record = lister.record(of: packet) { records.append(record) }
            }
            return records
        }
    }

    private func withFile<Result>(_ body: (String) throws -> Result) throws -> Result {
        let path = NSTemporaryDirectory() + "inspection-" + UUID().uuidString
        try Data(octets).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    /// What is found in a file.
    static func report(_ path: String, _ options: InspectionOptions = InspectionOptions()) throws -> InspectionReport {
        var inspector = CaptureInspector(options)
        var reader = try CaptureReader(path: path)
        while let packet = try reader.next() { inspector.examine(packet) }
        return inspector.report
    }
}

extension InspectionReport {
    /// The stream of an SSRC; the first one where it has several.
    func stream(_ ssrc: String) -> StreamReport? { streams.first { $0.ssrc == ssrc } }
    /// The sender of RTCP with an SSRC.
    func sender(_ ssrc: String) -> RTCPReport? { senders.first { $0.ssrc == ssrc } }
}
