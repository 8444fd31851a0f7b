// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

/// What a side did with a number of packets.
struct Outcome {
    /// The results, in order, of those that it took.
    var results: [MediaPacket] = []
    /// The others, counted by reason.
    var refusals: [String: Int] = [:]

    /// The results of one kind.
    func octets(_ kind: PacketKind) -> [[UInt8]] { results.filter { $0.kind == kind }.map(\.octets) }

    /// How many packets were sent, how many of them were accepted, how many came out as they were, and why the others did not.
    func summary(of plain: [MediaPacket]) -> String {
        var left = plain.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        var equal = 0
        for result in results {
            guard let count = left[result], count > 0 else { continue }
            left[result] = count - 1
            equal += 1
        }
        let reasons = refusals.sorted { $0.key < $1.key }.map { ", \($0.value) refused (\($0.key))" }.joined()
        return "\(plain.count) sent, \(results.count) accepted, \(equal) equal" + reasons
    }
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
    _ packets: [MediaPacket], _ setting: Setting, prepare: (inout SRTPSender) throws -> Void = { _ in }
) throws -> [MediaPacket] {
    var sender = try SRTPSender(
        masterKey: SharedKey.master(setting.suite), options: setting.options(0), configuration: setting.configuration)
    var keys = [sender.activeKey]
    for number in setting.mkis.indices.dropFirst() {
        keys.append(
            try sender.addKey(SharedKey.master(setting.suite, number: number), options: setting.options(number)))
    }
    if let counter = setting.rolloverCounter {
        for ssrc in Set(packets.map(\.ssrc)) { try sender.setRolloverCounter(counter, of: ssrc) }
    }
    try prepare(&sender)
    var wire: [MediaPacket] = []
    for (place, packet) in packets.enumerated() {
        let key = keys[setting.keyNumber(at: place)]
        if let key, key != sender.activeKey { try sender.activateKey(key) }
        wire.append(try sender.protect(packet))
    }
    return wire
}

/// Unprotects packets in the order given.
func unprotect(_ packets: [MediaPacket], _ setting: Setting) throws -> Outcome {
    var receiver = try SRTPReceiver(
        masterKey: SharedKey.master(setting.suite), options: setting.options(0), configuration: setting.configuration)
    for number in setting.mkis.indices.dropFirst() {
        try receiver.addKey(SharedKey.master(setting.suite, number: number), options: setting.options(number))
    }
    if let counter = setting.rolloverCounter {
        for ssrc in Set(packets.map(\.ssrc)) { try receiver.setRolloverCounter(counter, of: ssrc) }
    }
    return receiver.unprotect(packets)
}
