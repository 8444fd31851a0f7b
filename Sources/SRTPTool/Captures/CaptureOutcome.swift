// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

/// What became of the packets of a capture.
struct CaptureOutcome {
    /// All packets of the capture.
    var packets = 0
    private(set) var rtp = 0
    private(set) var rtcp = 0
    /// Packets that were not selected.
    var others = 0
    private var rejected: [SRTPRefusal: Int] = [:]
    private var firstRejection: (packetNumber: Int, error: SRTPError)?

    var accepted: Int { rtp + rtcp }
    var rejectedCount: Int { rejected.values.reduce(0, +) }
    var selected: Int { accepted + rejectedCount }

    mutating func accept(_ kind: PacketKind) {
        switch kind {
        case .rtp: rtp += 1
        case .rtcp: rtcp += 1
        }
    }

    mutating func reject(_ error: SRTPError, packetNumber: Int) {
        rejected[error.refusal ?? .malformed, default: 0] += 1
        if firstRejection == nil { firstRejection = (packetNumber, error) }
    }

    /// Counts by reason, the most frequent first, and the first packet that was rejected.
    var reasons: String {
        let counts = rejected.sorted { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }
            .map { "\($0.value) \($0.key.name)" }.joined(separator: ", ")
        return counts + (firstRejection.map { " (first: packet \($0.packetNumber): \($0.error))" } ?? "")
    }

    /// Prints the counts, the rejected ones on standard error; throws where there were any.
    func report(_ verb: String, to output: String, json: Bool) throws {
        let isPipe = output == "-"
        if json {
            let counts = Counts(
                packets: packets, rtp: rtp, rtcp: rtcp, others: others,
                rejected: Dictionary(uniqueKeysWithValues: rejected.map { ($0.key.name, $0.value) }))
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

    private struct Counts: Encodable {
        let packets, rtp, rtcp, others: Int
        let rejected: [String: Int]
    }
}
