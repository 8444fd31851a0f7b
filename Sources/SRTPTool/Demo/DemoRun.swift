// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RTP
import RTPTransport
import SRTP
import WireBytes

/// The demonstration: two parties, a bad network with an attacker on it, and a look at what came out.
struct DemoRun {
    let recording: Recording
    let capture: String
    let suite: SRTPSuite
    let speed: Double
    let impairment: Impairment

    /// How many packets the attacker forges and replays, each.
    private static let attacks = 200

    func run(_ progress: inout Progress) async throws -> DemoReport {
        let start = ContinuousClock.now
        let (mediaKey, mediaKeyThere) = try Self.agreedKey(suite)
        let (reportKey, reportKeyThere) = try Self.agreedKey(suite)
        let network = try await DemoNetwork.open(impairment: impairment)
        let speaker = try await DemoParty.open(sending: mediaKey.take(), receiving: reportKeyThere.take())
        let listener = try await DemoParty.open(sending: reportKey.take(), receiving: mediaKeyThere.take())
        guard let way = network.channel.localAddress else { throw ToolError(.network, "a socket has no address") }
        network.connect(speaker: try speaker.address, listener: try listener.address)

        for (number, packet) in recording.packets.enumerated() {
            try await Task.sleep(until: start + packet.time / speed)
            do {
                try await (packet.isFromSpeaker ? speaker : listener).send(packet.octets, to: way)
            } catch let error where error is SRTPError || error is SecureDatagramError {
                throw ToolError(.badData, "\(capture): packet of SSRC \(packet.ssrc): \(error)")
            }
            progress.update("\(number + 1) of \(recording.packets.count) packets")
        }
        try await settle(network, speaker, listener)
        let (forged, replayed) = try await attack(network, listener)
        let report = try await DemoExamination(
            run: self, network: network, speaker: speaker, listener: listener, forged: forged, replayed: replayed,
            duration: ContinuousClock.now - start
        ).report()
        for channel in [speaker.channel, listener.channel, network.channel] { try await channel.close() }
        return report
    }

    /// A key that both parties know, each in a value of its own.
    private static func agreedKey(_ suite: SRTPSuite) throws -> (HandedOver<SRTPMasterKey>, HandedOver<SRTPMasterKey>) {
        let key = try SRTPMasterKey.random(for: suite)
        var octets = key.withKeyAndSalt { Array(copying: $0) }
        defer { KeyFile.wipe(&octets) }
        let copy = try SRTPMasterKey(suite: suite, keyAndSalt: octets.span)
        return (HandedOver(key), HandedOver(copy))
    }

    /// Waits until everything sent has arrived where the network let it.
    private func settle(_ network: DemoNetwork, _ speaker: DemoParty, _ listener: DemoParty) async throws {
        let sent = recording.packets.filter(\.isFromSpeaker).count
        try await wait("the network") { network.seen.count == sent }
        network.drain()
        try await waitForAll(network, listener)
        try await waitForAll(network, speaker)
    }

    private func waitForAll(_ network: DemoNetwork, _ party: DemoParty) async throws {
        let address = try party.address
        try await wait("a party") { try await party.datagramsReceived() == network.forwarded(to: address) }
    }

    private func wait(_ place: String, until isDone: () async throws -> Bool) async throws {
        let limit = ContinuousClock.now + .seconds(5)
        while try await !isDone() {
            guard ContinuousClock.now < limit else {
                throw ToolError(.network, "datagrams on 127.0.0.1 did not reach \(place): try a lower --speed")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Sends forged packets, and true copies of packets that arrived.
    private func attack(_ network: DemoNetwork, _ listener: DemoParty) async throws -> (forged: Int, replayed: Int) {
        let seen = network.seen
        let lost = Set(network.lost)
        let forged = forgeries(from: seen)
        let replayed = Array(seen.filter { !lost.contains($0) }.suffix(Self.attacks))
        for burst in [forged, replayed] {
            network.inject(burst)
            try await waitForAll(network, listener)
        }
        return (forged.count, replayed.count)
    }

    /// Packets that could come next, made from the last ones: the number moved on, a bit changed, the tag as it was.
    private func forgeries(from seen: [[UInt8]]) -> [[UInt8]] {
        var last: [DemoNetwork.Stream: [UInt8]] = [:]
        for packet in seen { if let stream = DemoNetwork.stream(of: packet) { last[stream] = packet } }
        let models = last.sorted {
            ($0.key.ssrc.rawValue, $0.key.kind.rawValue) < ($1.key.ssrc.rawValue, $1.key.kind.rawValue)
        }
        var chance = Impairment(rates: .none, seed: 7)
        // Behind the SRTCP index is the MAC's tag; an authenticated cipher's is before it.
        let trailer = suite.cipher.isAuthenticated ? 0 : suite.rtcpTagByteCount
        return (0..<Self.attacks).map { number in
            let (stream, model) = models[number % models.count]
            var packet = model
            // The low half of the sequence number, or of the SRTCP index.
            let place = stream.kind == .rtp ? 2 : packet.count - trailer - 2
            let moved = (UInt16(packet[place]) << 8 | UInt16(packet[place + 1])) &+ UInt16(1 + number / models.count)
            packet[place] = UInt8(moved >> 8)
            packet[place + 1] = UInt8(moved & 0xFF)
            let start = stream.kind == .rtp ? 12 : 8
            let end = stream.kind == .rtp ? packet.count : packet.count - trailer - 4
            let bit = start * 8 + chance.random(below: (end - start) * 8)
            packet[bit / 8] ^= 1 << (bit % 8)
            return packet
        }
    }
}

/// A noncopyable value on its way into a function that takes it.
final class HandedOver<Value: ~Copyable & Sendable> {
    private var value: Value?

    init(_ value: consuming Value) { self.value = consume value }

    /// The value, once.
    func take() throws(ToolError) -> Value {
        guard let value = value.take() else { throw ToolError(.bug, "a key was handed over twice") }
        return value
    }
}
