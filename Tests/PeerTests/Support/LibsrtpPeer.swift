// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTP
import SRTP
import TestSupport
import Testing

/// `Tests/Peers/libsrtp_peer.c`: a session of libsrtp that takes packets one after the other.
enum LibsrtpPeer {
    enum Call: String {
        case protect = "P"
        case unprotect = "U"
    }

    /// What libsrtp did with the packets, in the order given.
    static func run(_ call: Call, _ packets: [MediaPacket], _ suite: SRTPSuite) async throws -> Outcome {
        let profile = try #require(suite.dtlsProfile)
        var input = Array(call.rawValue.utf8) + SamplePackets.bigEndian(profile) + SharedKey.octets
        for packet in packets {
            input += Array((packet.kind == .rtp ? "T" : "C").utf8)
            input += SamplePackets.bigEndian(UInt16(packet.octets.count)) + packet.octets
        }
        let output = try await Program.run(Peer.libsrtp.required(), [], input: input)
        try #require(output.exitCode == 0, "\(output.error)")
        var answers = output.octets[...]
        var outcome = Outcome()
        for packet in packets {
            let head = Array(answers.prefix(3))
            try #require(head.count == 3, "libsrtp_peer gave fewer answers than there were packets")
            let octets = answers.dropFirst(3).prefix(Int(head[1]) << 8 | Int(head[2]))
            answers = answers.dropFirst(3 + octets.count)
            if head[0] == 0 {
                outcome.results.append(MediaPacket(kind: packet.kind, octets: Array(octets)))
            } else {
                outcome.refusals["\(packet.kind): \(reason(head[0]))", default: 0] += 1
            }
        }
        return outcome
    }

    /// libsrtp's status in our words, where there are some.
    private static func reason(_ status: UInt8) -> String {
        switch status {
        case 7: SRTPRefusal.authenticationFailed.name
        case 9, 10: SRTPRefusal.replayed.name
        default: "status \(status)"
        }
    }
}
