// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import RTP
import SRTP

/// What became of the packets of a capture.
struct CaptureOutcome {
    /// Counts of packets by the reason for which they were rejected.
    struct Rejections {
        private var counts: [SRTPRefusal: Int] = [:]

        var total: Int { counts.values.reduce(0, +) }
        var byName: [String: Int] { Dictionary(uniqueKeysWithValues: counts.map { ($0.key.name, $0.value) }) }

        /// The most frequent first.
        var text: String {
            counts.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
                .map { "\($0.value) \($0.key.name)" }.joined(separator: ", ")
        }

        mutating func add(_ error: SRTPError) { counts[error.refusal ?? .malformed, default: 0] += 1 }
    }

    private struct Stream {
        var accepted = 0
        var rejected = Rejections()
    }

    /// Streams that are counted each. A capture may hold any number of forged ones.
    private static let streamLimit = 4096
    /// Streams that are told of in text.
    private static let toldStreams = 20

    /// All packets of the capture.
    var packets = 0
    private(set) var rtp = 0
    private(set) var rtcp = 0
    /// Packets that were not selected, or that no key is for.
    var others = 0
    private var rejected = Rejections()
    private var firstRejection: (packetNumber: Int, error: SRTPError)?
    private var positions: [StreamKey: Int] = [:]
    private var streams: [(key: StreamKey, counts: Stream)] = []

    var accepted: Int { rtp + rtcp }
    var rejectedCount: Int { rejected.total }
    var selected: Int { accepted + rejectedCount }

    mutating func accept(_ kind: PacketKind, of stream: StreamKey) {
        switch kind {
        case .rtp: rtp += 1
        case .rtcp: rtcp += 1
        }
        if let position = position(of: stream) { streams[position].counts.accepted += 1 }
    }

    mutating func reject(_ error: SRTPError, of stream: StreamKey, packetNumber: Int) {
        rejected.add(error)
        if let position = position(of: stream) { streams[position].counts.rejected.add(error) }
        if firstRejection == nil { firstRejection = (packetNumber, error) }
    }

    private mutating func position(of key: StreamKey) -> Int? {
        if let known = positions[key] { return known }
        guard streams.count < Self.streamLimit else { return nil }
        positions[key] = streams.count
        streams.append((key, Stream()))
        return streams.count - 1
    }

    /// Counts by reason, the most frequent first, and the first packet that was rejected; where there are several streams,
    /// a line for each that lost packets.
    var reasons: String {
        let total =
            rejected.text + (firstRejection.map { " (first: packet \($0.packetNumber): \($0.error))" } ?? "")
        guard streams.count > 1 else { return total }
        let told = streams.filter { $0.counts.rejected.total > 0 }
        let lines = told.prefix(Self.toldStreams).map { stream in
            "\n  \(stream.key.ssrc) \(stream.key.flow.sourceText) > \(stream.key.flow.destinationText): "
                + "\(stream.counts.rejected.text); \(stream.counts.accepted) accepted"
        }
        let rest = told.count - lines.count
        return total + lines.joined() + (rest > 0 ? "\n  and \(rest) more streams" : "")
    }

    /// Prints the counts, the rejected ones on standard error; throws where there were any.
    func report(_ verb: String, to output: String, json: Bool) throws {
        let isPipe = output == "-"
        if json {
            if isPipe {
                writeToStandardError("srtp: --json prints nothing where the capture goes to standard output\n")
            } else {
                try JSONOutput.print(counts)
            }
        } else if !isPipe {
            print("\(verb) \(rtp) RTP and \(rtcp) RTCP packets, \(others) others, to \(output)")
        }
        if rejectedCount > 0 {
            throw ToolError(.someRejected, "\(rejectedCount) of \(selected) packets rejected: \(reasons)")
        }
    }

    private var counts: Counts {
        Counts(
            packets: packets, rtp: rtp, rtcp: rtcp, others: others, rejected: rejected.byName,
            streams: streams.map {
                Counts.Stream(
                    ssrc: $0.key.ssrc.description, source: $0.key.flow.sourceText,
                    destination: $0.key.flow.destinationText, accepted: $0.counts.accepted,
                    rejected: $0.counts.rejected.byName)
            })
    }

    private struct Counts: Encodable {
        struct Stream: Encodable {
            let ssrc, source, destination: String
            let accepted: Int
            let rejected: [String: Int]
        }

        let packets, rtp, rtcp, others: Int
        let rejected: [String: Int]
        let streams: [Stream]
    }
}
