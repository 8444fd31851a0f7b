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

    /// The name and version of libsrtp; `nil` where the program is missing.
    static var version: String? {
        get async {
            guard let program = await Peer.libsrtp.program else { return nil }
            return try? await Program.run(program, ["--version"]).text.trimmingCharacters(in: .newlines)
        }
    }

    /// What libsrtp did with the packets, in the order given.
    static func run(_ call: Call, _ packets: [MediaPacket], _ setting: Setting) async throws -> Outcome {
        var input = Array(call.rawValue.utf8) + (try words(for: setting))
        if let counter = setting.rolloverCounter {
            for ssrc in Set(packets.map(\.ssrc.rawValue)) {
                input += Array("R".utf8) + SamplePackets.bigEndian(ssrc) + SamplePackets.bigEndian(counter)
            }
        }
        for (place, packet) in packets.enumerated() {
            input += Array((packet.kind == .rtp ? "T" : "C").utf8)
            input.append(call == .protect ? UInt8(setting.keyNumber(at: place)) : 0)
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

    /// The setting as the program reads it, behind what it is to do.
    private static func words(for setting: Setting) throws -> [UInt8] {
        let suite = setting.suite
        let cipher =
            switch suite.cipher {
            case .null: "N"
            case .aesCM: "C"
            case .aesGCM: "G"
            default: try #require(nil as String?, "libsrtp does not have \(suite)")
            }
        let identifiers = setting.configuration.headerEncryption?.identifiers ?? []
        let numbers = [
            suite.masterKeyByteCount, suite.masterSaltByteCount, suite.rtpTagByteCount, setting.rtcpTagByteCount,
            identifiers.count,
        ]
        var words = Array(cipher.utf8) + numbers.map { UInt8($0) } + identifiers.sorted()
        words += [setting.mkis[0].count, setting.mkis.count].map { UInt8($0) }
        for (number, mki) in setting.mkis.enumerated() { words += mki + SharedKey.octets(suite, number: number) }
        return words
    }

    /// libsrtp's status in our words, where there are some.
    private static func reason(_ status: UInt8) -> String {
        switch status {
        case 7: SRTPRefusal.authenticationFailed.name
        case 9, 10: SRTPRefusal.replayed.name
        case 14: "cannot check"
        case 21: "parse error"
        case 25: "bad MKI"
        default: "status \(status)"
        }
    }
}
