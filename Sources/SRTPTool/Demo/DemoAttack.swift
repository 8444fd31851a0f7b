// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP

/// What an attacker makes of the packets that came by.
struct DemoAttack {
    /// How many packets are forged, and how many at most are replayed.
    private static let count = 200

    /// How many packets were sent.
    struct Counts {
        let forged: Int
        /// Under the keys in use.
        let replayed: Int
        /// Under those before.
        let replayedOfFormerKeys: Int
    }

    let layout: DemoPacketLayout
    let seen: [[UInt8]]

    /// Packets that could come next, made from the last ones: the number moved on, a bit changed, key identifier and tag as they
    /// were.
    func forgeries() -> [[UInt8]] {
        var last: [DemoNetwork.Stream: [UInt8]] = [:]
        for packet in seen { if let stream = DemoNetwork.stream(of: packet) { last[stream] = packet } }
        let models = last.sorted {
            ($0.key.ssrc.rawValue, $0.key.kind.rawValue) < ($1.key.ssrc.rawValue, $1.key.kind.rawValue)
        }
        var chance = Impairment(rates: .none, seed: 7)
        return (0..<Self.count).map { number in
            let (stream, model) = models[number % models.count]
            var packet = model
            let start = DemoPacketLayout.headerByteCount(of: packet, stream.kind)
            let end = layout.bodyEnd(of: packet, stream.kind)
            // The low half of the sequence number, or of the SRTCP index behind the body.
            let place = stream.kind == .rtp ? 2 : end + 2
            let moved = (UInt16(packet[place]) << 8 | UInt16(packet[place + 1])) &+ UInt16(1 + number / models.count)
            packet[place] = UInt8(moved >> 8)
            packet[place + 1] = UInt8(moved & 0xFF)
            if end > start {
                let bit = start * 8 + chance.random(below: (end - start) * 8)
                packet[bit / 8] ^= 1 << (bit % 8)
            }
            return packet
        }
    }

    /// True copies of packets that arrived: the last ones, half of them those under former keys.
    func replays(lost: [[UInt8]], currentMKI mki: [UInt8]) -> (former: [[UInt8]], current: [[UInt8]]) {
        let lost = Set(lost)
        let arrived = seen.filter { !lost.contains($0) }
        return (
            arrived.filter { layout.mki(of: $0) != mki }.suffix(Self.count / 2),
            arrived.filter { layout.mki(of: $0) == mki }.suffix(Self.count / 2)
        )
    }
}
