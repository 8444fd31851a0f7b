// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import Foundation

/// A report as one JSON document, written piece by piece: streams and packets are never all in memory as text.
struct InspectJSON {
    let file: String
    let report: InspectionReport
    let problem: String?

    /// Writes the document.
    ///
    /// - Parameter packets: Gives each packet for the last member, `packets`; `nil` for a document without it.
    func write(
        to output: inout StandardOutput, packets: (((PacketRecord) throws -> Void) throws -> Void)?
    ) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        func member(_ name: String, _ value: some Encodable) throws {
            try output.write(",\n\"\(name)\":")
            try output.write(Array(encoder.encode(value)))
        }
        func list(_ name: String, _ values: [some Encodable]) throws {
            try output.write(",\n\"\(name)\":[")
            for (position, value) in values.enumerated() {
                try output.write(position > 0 ? ",\n" : "\n")
                try output.write(Array(encoder.encode(value)))
            }
            try output.write("]")
        }
        try output.write("{\"file\":")
        try output.write(Array(encoder.encode(file)))
        try member("link_layers", report.linkLayers)
        try member("frames", report.frames)
        if let time = report.firstTime { try member("first_time", time) }
        if let time = report.lastTime { try member("last_time", time) }
        try list("streams", report.streams)
        try list("rtcp", report.senders)
        let counts = report.datagrams.found.map { ($0.kind.rawValue, $0.count) }
        try member("datagrams", Dictionary(uniqueKeysWithValues: counts))
        try list("not_looked_at", report.refused)
        try member("datagrams_of_other_ports", report.unselectedDatagrams)
        try member("rtcp_untracked", report.untrackedRTCP)
        try member("gaps_not_listed", report.unlistedGaps)
        if let problem { try member("problem", problem) }
        if let packets {
            try output.write(",\n\"packets\":[")
            var buffer: [UInt8] = []
            var separator = "\n"
            try packets { record in
                buffer.removeAll(keepingCapacity: true)
                buffer += separator.utf8
                separator = ",\n"
                Self.write(record, to: &buffer)
                try output.write(buffer)
            }
            try output.write("]")
        }
        try output.write("}\n")
    }

    private static func write(_ record: PacketRecord, to buffer: inout [UInt8]) {
        buffer += "{\"frame\":\(record.frame)".utf8
        if let time = record.time { buffer += ",\"time\":\(PacketText.seconds(time))".utf8 }
        buffer += ",\"source\":\"\(record.flow.sourceText)\",\"destination\":\"\(record.flow.destinationText)\",".utf8
        switch record.content {
        case .rtp(let fields):
            buffer += "\"rtp\":".utf8
            ExplainedJSON.write(fields, to: &buffer)
        case .rtpHeader(let fields):
            buffer += "\"rtp_header\":".utf8
            ExplainedJSON.write(fields, to: &buffer)
        case .srtcp(let fields):
            buffer += "\"srtcp\":".utf8
            ExplainedJSON.write(fields, to: &buffer)
        case .rtcp(let packets):
            buffer += "\"rtcp\":[".utf8
            for (position, packet) in packets.enumerated() {
                buffer += "\(position > 0 ? "," : ""){\"type\":\"\(packet.type)\",\"fields\":".utf8
                ExplainedJSON.write(packet.fields, to: &buffer)
                buffer += "}".utf8
            }
            buffer += "]".utf8
        }
        buffer += "}".utf8
    }
}
