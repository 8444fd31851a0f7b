// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTP
import SRTP

/// The key that both sides have.
enum SharedKey {
    static let octets = [UInt8](100..<130)
    static let hex = octets.map { String($0, radix: 16) }.joined()
    static let base64 = Data(octets).base64EncodedString()

    static func master(_ suite: SRTPSuite) throws -> SRTPMasterKey {
        try SRTPMasterKey(suite: suite, keyAndSalt: octets.span)
    }
}

/// What a side did with a number of packets.
struct Outcome {
    /// The results, in order, of those that it took.
    var results: [MediaPacket] = []
    /// The others, counted by reason.
    var refusals: [String: Int] = [:]

    /// The results of one kind.
    func octets(_ kind: PacketKind) -> [[UInt8]] { results.filter { $0.kind == kind }.map(\.octets) }
}

extension SRTPReceiver {
    /// Unprotects packets in the order given.
    mutating func unprotect(_ packets: [MediaPacket]) -> Outcome {
        var outcome = Outcome()
        for packet in packets {
            do throws(SRTPError) {
                let octets =
                    switch packet.kind {
                    case .rtp: try unprotectRTP(packet.octets)
                    case .rtcp: try unprotectRTCP(packet.octets)
                    }
                outcome.results.append(MediaPacket(kind: packet.kind, octets: octets))
            } catch {
                outcome.refusals["\(packet.kind): \(error.refusal?.name ?? "\(error)")", default: 0] += 1
            }
        }
        return outcome
    }
}

extension SRTPSender {
    /// Protects a packet of either kind.
    mutating func protect(_ packet: MediaPacket) throws(SRTPError) -> MediaPacket {
        let octets =
            switch packet.kind {
            case .rtp: try protectRTP(packet.octets)
            case .rtcp: try protectRTCP(packet.octets)
            }
        return MediaPacket(kind: packet.kind, octets: octets)
    }
}

/// Protects packets in the order given.
func protect(
    _ packets: [MediaPacket], _ suite: SRTPSuite, _ configuration: SRTPConfiguration = SRTPConfiguration(),
    prepare: (inout SRTPSender) throws -> Void = { _ in }
) throws -> [MediaPacket] {
    var sender = try SRTPSender(masterKey: SharedKey.master(suite), configuration: configuration)
    try prepare(&sender)
    var wire: [MediaPacket] = []
    for packet in packets { wire.append(try sender.protect(packet)) }
    return wire
}

/// Unprotects packets in the order given.
func unprotect(
    _ packets: [MediaPacket], _ suite: SRTPSuite, _ configuration: SRTPConfiguration = SRTPConfiguration()
) throws -> Outcome {
    var receiver = try SRTPReceiver(masterKey: SharedKey.master(suite), configuration: configuration)
    return receiver.unprotect(packets)
}
