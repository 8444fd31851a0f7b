// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTPCaptures
import TestSupport

/// Capture files made octet by octet, and what is in those that the tool made.
enum Capture {
    static let ethernet: UInt32 = 1
    static let rawIP: UInt32 = 101

    /// The repository's recording: 852 RTP and 55 RTCP packets, and nothing else.
    static let recording = TestVectors.folder.appending(path: "captures/gstreamer-pcmu-h264.pcap").path

    /// A pcap file, one frame each millisecond.
    static func pcap(_ frames: [[UInt8]], linkType: UInt32 = ethernet) -> [UInt8] {
        var file = little(0xA1B2_C3D4) + [2, 0, 4, 0] + little(0) + little(0) + little(262_144) + little(linkType)
        for (number, frame) in frames.enumerated() {
            file +=
                little(1) + little(UInt32(number) * 1000) + little(UInt32(frame.count)) + little(UInt32(frame.count))
            file += frame
        }
        return file
    }

    /// A pcapng file with one interface.
    static func pcapng(_ frames: [[UInt8]], linkType: UInt32 = ethernet) -> [UInt8] {
        var file = block(0x0A0D_0D0A, little(0x1A2B_3C4D) + [1, 0, 0, 0] + little(.max) + little(.max))
        file += block(1, little(linkType) + little(0))
        for (number, frame) in frames.enumerated() {
            let head = little(0) + little(0) + little(UInt32(number) * 1000)
            file += block(6, head + little(UInt32(frame.count)) + little(UInt32(frame.count)) + frame)
        }
        return file
    }

    private static func block(_ type: UInt32, _ body: [UInt8]) -> [UInt8] {
        let padding = [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
        let length = little(UInt32(12 + body.count + padding.count))
        return little(type) + length + body + padding + length
    }

    private static func little(_ number: UInt32) -> [UInt8] { SamplePackets.bigEndian(number).reversed() }

    /// One frame of a capture.
    struct Packet: Equatable {
        let frame: [UInt8]
        /// The UDP payload; `nil` for another frame.
        let payload: [UInt8]?
    }

    /// Every frame of a capture.
    static func packets(_ path: String) throws -> [Packet] {
        var reader = try CaptureReader(path: path)
        var packets: [Packet] = []
        while let packet = try reader.next() {
            let frame = packet.bytes.withUnsafeBytes { [UInt8]($0) }
            let datagram = try? UDPDatagram(parsing: packet.bytes, linkType: packet.linkType)
            packets.append(Packet(frame: frame, payload: datagram.map { [UInt8](frame[$0.payloadRange]) }))
        }
        return packets
    }

    static func payloads(_ path: String) throws -> [[UInt8]] { try packets(path).compactMap(\.payload) }
}

/// Frames made octet by octet.
enum Frame {
    static func ethernet(_ payload: [UInt8], type: UInt16 = 0x0800, vlan: UInt16? = nil) -> [UInt8] {
        [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2]
            + (vlan.map { SamplePackets.bigEndian(0x8100 as UInt16) + SamplePackets.bigEndian($0) } ?? [])
            + SamplePackets.bigEndian(type) + payload
    }

    static func ipv4(_ payload: [UInt8], protocol number: UInt8 = 17) -> [UInt8] {
        [0x45, 0] + SamplePackets.bigEndian(UInt16(20 + payload.count)) + [0, 1, 0, 0, 64, number, 0, 0] + [
            192, 0, 2, 1, 192, 0, 2, 2,
        ]
            + payload
    }

    static func ipv6(_ payload: [UInt8]) -> [UInt8] {
        let address: [UInt8] = [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11)
        return [0x60, 0, 0, 0] + SamplePackets.bigEndian(UInt16(payload.count)) + [17, 64] + address + [1] + address + [
            2
        ] + payload
    }

    static func udp(_ payload: [UInt8], from source: UInt16 = 40_000, to destination: UInt16 = 5004) -> [UInt8] {
        SamplePackets.bigEndian(source) + SamplePackets.bigEndian(destination)
            + SamplePackets.bigEndian(UInt16(8 + payload.count)) + [0, 0]
            + payload
    }

    /// RTP or RTCP in UDP, IPv4 and Ethernet.
    static func media(_ payload: [UInt8], to port: UInt16 = 5004) -> [UInt8] { ethernet(ipv4(udp(payload, to: port))) }

    /// RTP packets of one stream.
    static func stream(_ numbers: some Sequence<Int>, ssrc: UInt32 = 0x1122_3344) -> [[UInt8]] {
        numbers.map {
            media(
                SamplePackets.rtp(
                    sequence: UInt16(truncatingIfNeeded: $0), ssrc: ssrc,
                    payload: [UInt8](repeating: UInt8(truncatingIfNeeded: $0), count: 40)))
        }
    }
}
