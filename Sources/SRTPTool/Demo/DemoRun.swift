// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import NIOCore
import RTP
import RTPTransport
import SRTP

/// The demonstration: two parties, a bad network with an attacker on it, and a look at what came out.
struct DemoRun {
    let recording: Recording
    let capture: String
    let suite: SRTPSuite
    let speed: Double
    let impairment: Impairment
    /// What the two share: a new key, where it is not given.
    var preSharedKeys: (speaker: MIKEYKeyMaterial, listener: MIKEYKeyMaterial)?

    func run(_ progress: inout Progress) async throws -> DemoReport {
        let start = ContinuousClock.now
        let media = try DemoMedia(recording)
        let network = try await DemoNetwork.open(impairment: impairment)
        let speakerSockets = try await DemoSocket.open(media.all.count)
        let listenerSockets = try await DemoSocket.open(media.all.count)
        var keying = try agreeOnKeys(media, speakerSockets, listenerSockets)
        let speaker = try await DemoParty(speakerSockets, keys: keying.exchanges[0].speaker)
        let listener = try await DemoParty(listenerSockets, keys: keying.exchanges[0].listener)
        network.connect(try ways(media, speakerSockets, listenerSockets))

        let way = try network.channel.ownAddress()
        for (number, packet) in recording.packets.enumerated() {
            try await Task.sleep(until: start + packet.time / speed)
            try await keying.advance(to: number, speaker, listener)
            guard let medium = media.places[packet.ssrc] else { continue }
            do {
                try await (packet.isFromSpeaker ? speaker : listener).send(packet.octets, of: medium, to: way)
            } catch let error where error is SRTPError || error is SecureDatagramError {
                throw ToolError(.badData, "\(capture): packet of SSRC \(packet.ssrc): \(error)")
            }
            progress.update("\(number + 1) of \(recording.packets.count) packets")
        }
        try await settle(network, speaker, listener)
        let attack = try await attack(network, listener, keying.exchanges)
        let report = try await DemoExamination(
            run: self, media: media, network: network, speaker: speaker, listener: listener,
            exchanges: keying.exchanges, schedule: keying.schedule, attack: attack,
            duration: ContinuousClock.now - start
        ).report()
        try await speaker.close()
        try await listener.close()
        try await network.channel.close()
        return report
    }

    /// Agrees on the first keys, for media that are received at these sockets.
    private func agreeOnKeys(
        _ media: DemoMedia, _ speaker: [any Channel], _ listener: [any Channel]
    ) throws -> DemoKeying {
        let fresh = try MIKEYRandom.system.keyMaterial(32)
        let keys = preSharedKeys ?? (speaker: fresh, listener: fresh)
        return try DemoKeying(
            DemoOfferer(media, ports: speaker.map { try $0.ownPort() }, suite: suite, preSharedKey: keys.speaker),
            DemoAnswerer(media, ports: listener.map { try $0.ownPort() }, suite: suite, preSharedKey: keys.listener),
            DemoSchedule(packetCount: recording.packets.count))
    }

    /// Where the packets of each source go.
    private func ways(
        _ media: DemoMedia, _ speaker: [any Channel], _ listener: [any Channel]
    ) throws -> [SSRC: DemoNetwork.Way] {
        var ways: [SSRC: DemoNetwork.Way] = [:]
        for (ssrc, place) in media.places {
            let isSpeakers = media.all[place].ssrc == ssrc
            ways[ssrc] = DemoNetwork.Way(
                party: isSpeakers ? .listener : .speaker,
                address: try (isSpeakers ? listener : speaker)[place].ownAddress())
        }
        return ways
    }

    /// Waits until everything sent has arrived where the network let it.
    private func settle(_ network: DemoNetwork, _ speaker: DemoParty, _ listener: DemoParty) async throws {
        let sent = recording.packets.filter(\.isFromSpeaker).count
        try await wait("the network") { network.seen.count == sent }
        network.drain()
        try await waitForAll(network, .listener, listener)
        try await waitForAll(network, .speaker, speaker)
    }

    private func waitForAll(_ network: DemoNetwork, _ name: DemoNetwork.Party, _ party: DemoParty) async throws {
        try await wait("a party") { try await party.datagramsReceived() == network.forwarded(to: name) }
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
    private func attack(
        _ network: DemoNetwork, _ listener: DemoParty, _ exchanges: [DemoKeying.Exchange]
    ) async throws -> DemoAttack.Counts {
        let attack = DemoAttack(layout: DemoPacketLayout(suite: suite), seen: network.seen)
        let forged = attack.forgeries()
        let replayed = attack.replays(lost: network.lost, currentMKI: exchanges.last?.mki ?? [])
        for burst in [forged, replayed.former, replayed.current] {
            network.inject(burst)
            try await waitForAll(network, .listener, listener)
        }
        return DemoAttack.Counts(
            forged: forged.count, replayed: replayed.current.count, replayedOfFormerKeys: replayed.former.count)
    }
}
