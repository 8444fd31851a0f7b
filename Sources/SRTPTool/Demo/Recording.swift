// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTP
import RTPCaptures
import WireBytes

/// The RTP and RTCP packets of a capture, in the order in which they were sent.
struct Recording {
    /// One packet.
    struct Packet: Sendable {
        var octets: [UInt8]
        let kind: PacketKind
        let ssrc: SSRC
        /// Since the recording's first packet.
        let time: Duration
        /// Whether it is from the side that sends media; the other one sends reports only.
        var isFromSpeaker = true
    }

    private(set) var packets: [Packet] = []

    /// Reads a capture.
    init(path: String) throws(ToolError) {
        do throws(CaptureError) {
            var reader = try CaptureReader(path: path)
            var first: Duration?
            // A capture of several interfaces may hold every packet twice.
            var known: Set<[UInt8]> = []
            while let captured = try reader.next() {
                let time = captured.timestampNanoseconds.map { Duration.nanoseconds($0) } ?? first ?? .zero
                let start = first ?? time
                first = start
                if let packet = Self.packet(captured, time: max(.zero, time - start)),
                    known.insert(packet.octets).inserted
                {
                    packets.append(packet)
                }
            }
        } catch {
            throw ToolError(error, file: path)
        }
        guard packets.contains(where: { $0.kind == .rtp }) else {
            throw ToolError(.badData, "\(path): holds no RTP packet")
        }
        let speakers = Set(packets.filter { $0.kind == .rtp }.map(\.ssrc))
        for position in packets.indices {
            packets[position].isFromSpeaker = speakers.contains(packets[position].ssrc)
        }
    }

    private static func packet(_ captured: borrowing CapturedPacket, time: Duration) -> Packet? {
        guard let datagram = try? UDPDatagram(parsing: captured.bytes, linkType: captured.linkType) else { return nil }
        let payload = captured.bytes.extracting(datagram.payloadRange)
        switch DatagramClass(payload) {
        case .rtp:
            guard let header = try? RTPHeader(parsing: payload) else { return nil }
            return Packet(octets: Array(copying: payload), kind: .rtp, ssrc: header.ssrc, time: time)
        case .rtcp:
            guard let sender = payload.bigEndianUInt32(at: 4) else { return nil }
            return Packet(octets: Array(copying: payload), kind: .rtcp, ssrc: SSRC(sender), time: time)
        default:
            return nil
        }
    }

    /// Renumbers each RTP stream so that its sequence numbers wrap in its middle.
    mutating func forceSequenceWraps() {
        var counts: [SSRC: Int] = [:]
        for packet in packets where packet.kind == .rtp { counts[packet.ssrc, default: 0] += 1 }
        var shifts: [SSRC: UInt16] = [:]
        for position in packets.indices where packets[position].kind == .rtp {
            let ssrc = packets[position].ssrc
            let octets = packets[position].octets
            let number = UInt16(octets[2]) << 8 | UInt16(octets[3])
            let start = 0 &- UInt16(truncatingIfNeeded: (counts[ssrc] ?? 0) / 2)
            let shift = shifts[ssrc] ?? start &- number
            shifts[ssrc] = shift
            let shifted = number &+ shift
            packets[position].octets[2] = UInt8(shifted >> 8)
            packets[position].octets[3] = UInt8(shifted & 0xFF)
        }
    }

    /// The repository's own recording, looked for from the working directory and from the program upwards.
    static func bundled() -> String? {
        let name = "TestVectors/captures/gstreamer-pcmu-h264.pcap"
        let manager = FileManager.default
        let starts = [manager.currentDirectoryPath, URL(filePath: CommandLine.arguments[0]).standardizedFileURL.path]
        for start in starts {
            var folder = URL(filePath: start)
            while folder.path.count > 1 {
                let candidate = folder.appending(path: name).path
                if manager.fileExists(atPath: candidate) { return candidate }
                folder.deleteLastPathComponent()
            }
        }
        return nil
    }
}
