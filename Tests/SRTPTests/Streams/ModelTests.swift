// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

/// A sender, a network that loses, doubles and reorders, and a receiver, with operations on keys and streams at random.
///
/// What must hold is said without a look at how it is done: packets hold zeros, so that what the cipher makes of them is the keystream
/// itself, and the same octets twice are an index used twice under one key.
@Suite("Random lives of sender and receiver")
struct ModelTests {
    @Test("no keystream is used twice, nothing is accepted twice, and a refusal changes nothing", arguments: 0..<12)
    func safety(_ seed: UInt64) throws {
        var world = try World(seed: seed, hasIdentifiers: seed % 2 == 0)
        for _ in 0..<(runsLong ? 8_000 : 2500) { try world.step(mayDisturb: true) }
        #expect(world.sent > 300)
        #expect(world.accepted > 100)
    }

    @Test("a packet is accepted exactly where the model says so, whatever keys come and go", arguments: 0..<8)
    func acceptance(_ seed: UInt64) throws {
        var world = try World(seed: 1000 + seed, hasIdentifiers: seed % 2 == 0)
        for _ in 0..<(runsLong ? 8_000 : 2500) { try world.step(mayDisturb: false) }
        #expect(world.sent > 1000)
        #expect(world.accepted > 1000)
    }
}

/// What a packet is about.
private struct Kind: Hashable {
    let ssrc: UInt32
    let isRTCP: Bool
}

private struct World {
    private struct Packet {
        let kind: Kind
        /// Counted on past every wrap.
        let index: UInt64
        let key: UInt32
        let plain: [UInt8]
        let wire: [UInt8]
    }

    private let link: Link
    private let hasIdentifiers: Bool
    private var generator: SeededGenerator
    private var next: [UInt32: UInt16] = [:]
    private var keysMade: UInt8 = 0
    private var network: [Packet] = []
    private var keystreams: Set<[UInt8]> = []
    private var taken: Set<[UInt8]> = []
    // The model of the receiver: what it has accepted.
    private var seen: [Kind: Set<UInt64>] = [:]
    private(set) var sent = 0
    private(set) var accepted = 0

    private static let window: UInt64 = 64
    private static let ssrcs: [UInt32] = [0, 1, .max]

    init(seed: UInt64, hasIdentifiers: Bool) throws {
        generator = SeededGenerator(seed: seed)
        self.hasIdentifiers = hasIdentifiers
        link = try Link(options: SRTPKeyOptions(mki: hasIdentifiers ? [0] : [])) {
            $0.replayWindow = Int(Self.window)
            $0.rtcpReplayWindow = Int(Self.window)
            $0.keyGrace = 200
        }
        for ssrc in Self.ssrcs {
            next[ssrc] = .random(in: 0...UInt16.max, using: &generator)
            // Some start close to the last of all indices.
            let counter = Bool.random(using: &generator) ? UInt32.max - 1 : 0
            try link.sending.context.setRolloverCounter(counter, of: SSRC(ssrc))
            try link.receiving.context.setRolloverCounter(counter, of: SSRC(ssrc))
            if counter > 0 { try link.sending.context.setNextRTCPIndex(0x7FFF_FFF0, of: SSRC(ssrc)) }
        }
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &generator) == 0 }

    mutating func step(mayDisturb: Bool) throws {
        let ssrc = Self.ssrcs[Int.random(in: 0..<Self.ssrcs.count, using: &generator)]
        if chance(40) { try operateOnKeys() }
        if mayDisturb, chance(30) { try disturb(ssrc) }
        try send(Kind(ssrc: ssrc, isRTCP: chance(4)))
        if network.count > 30 || chance(2) { try deliver(isModelled: !mayDisturb) }
    }

    // MARK: Operations

    private mutating func operateOnKeys() throws {
        let options = SRTPKeyOptions(mki: hasIdentifiers ? [keysMade &+ 1] : [])
        let ids = link.sending.keys.map(\.id)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0 where ids.count < 6 && keysMade < .max:
            keysMade += 1
            try link.addKey(first: keysMade, options: options)
        case 1 where keysMade < .max:
            keysMade += 1
            try link.replaceKey(first: keysMade, options: options)
        case 2:
            if let id = ids.randomElement(using: &generator) { try link.sending.context.activateKey(id) }
        case 3 where ids.count > 1:
            let id = ids[0]
            try link.sending.context.removeKey(id)
            if link.receiving.keys.contains(where: { $0.id == id }) {
                try link.receiving.context.removeKey(id)
            }
            if link.sending.activeKey == nil { try link.sending.context.activateKey(ids[ids.count - 1]) }
        default: break
        }
    }

    /// What a model of the receiver would have to follow step by step: removals, counters, jumps.
    private mutating func disturb(_ ssrc: UInt32) throws {
        let name = SSRC(ssrc)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: try? link.sending.context.removeStream(name)
        case 1: try? link.receiving.context.removeStream(name)
        case 2:
            let counter = link.sending.context.rolloverCounter(of: name) ?? 0
            let further = counter &+ .random(in: 0...2, using: &generator)
            try? link.sending.context.setRolloverCounter(further, of: name)
            try? link.receiving.context.setRolloverCounter(further, of: name)
        case 3: try? link.sending.context.setRolloverCounter(.max, of: name)
        case 4:
            let index = link.sending.context.nextRTCPIndex(of: name)
            try? link.sending.context.setNextRTCPIndex(index &+ .random(in: 0...1 << 30, using: &generator), of: name)
        case 5: next[ssrc] = .random(in: 0...UInt16.max, using: &generator)
        default: next[ssrc, default: 0] &-= 40
        }
    }

    // MARK: Packets

    private mutating func send(_ kind: Kind) throws {
        let zeros = [UInt8](repeating: 0, count: 16)
        var plain: [UInt8]
        if kind.isRTCP {
            plain = [0x80, 204, 0, 5] + SamplePackets.bigEndian(kind.ssrc) + zeros
        } else {
            // Sometimes one is left out for later, or comes again.
            let step: UInt16 = chance(10) ? .random(in: 0...5, using: &generator) : 1
            let back: UInt16 = chance(10) ? .random(in: 0...80, using: &generator) : 0
            next[kind.ssrc, default: 0] &+= step
            plain = SamplePackets.rtp(
                sequence: next[kind.ssrc, default: 0] &- back, ssrc: kind.ssrc, payload: zeros,
                timestamp: UInt32(sent))
        }
        let before = link.sending.state
        guard case .success(let wire) = kind.isRTCP ? link.sending.rtcp(plain) : link.sending.rtp(plain) else {
            #expect(link.sending.state == before, "a refused packet changed the sender")
            return
        }
        sent += 1
        let start = kind.isRTCP ? 8 : 12
        let keystream = Array(wire[start..<start + 16])
        #expect(keystreams.insert(keystream).inserted, "keystream used twice: \(kind)")
        let stream = try #require(link.sending.state.streams.first { $0.ssrc.rawValue == kind.ssrc })
        let index =
            kind.isRTCP
            ? stream.nextRTCP - 1
            : PacketIndex(
                of: UInt16(number(plain[2..<4])), highest: PacketIndex(unwrapped: stream.rtp.newest)
            ).unwrapped
        let key = try #require(link.sending.activeKey).number
        let packet = Packet(kind: kind, index: index, key: key, plain: plain, wire: wire)
        if !chance(30) { network.append(packet) }
        if chance(30) { network.append(packet) }
    }

    private mutating func deliver(isModelled: Bool) throws {
        guard !network.isEmpty else { return }
        let packet = network.remove(at: .random(in: 0..<network.count, using: &generator))
        let isExpected = isModelled && expects(packet)
        let before = link.receiving.state
        let result = packet.kind.isRTCP ? link.receiving.rtcp(packet.wire) : link.receiving.rtp(packet.wire)
        let expected = isExpected ? packet.plain : nil
        if isModelled { #expect((try? result.get()) == expected, "\(packet.kind) \(packet.index)") }
        guard case .success(let plain) = result else {
            #expect(link.receiving.state == before, "a refused packet changed the receiver")
            return
        }
        accepted += 1
        #expect(plain == packet.plain)
        #expect(taken.insert(packet.wire).inserted, "accepted twice: \(packet.kind)")
        #expect(link.receiving.latestKey?.number == packet.key)
        seen[packet.kind, default: []].insert(packet.index)
    }

    /// Whether the receiver is to accept a packet: its key is there, and it is young and new.
    private func expects(_ packet: Packet) -> Bool {
        guard link.receiving.keys.contains(where: { $0.id.number == packet.key }) else { return false }
        guard let seen = seen[packet.kind], let newest = seen.max() else { return true }
        return packet.index > newest || newest - packet.index < Self.window && !seen.contains(packet.index)
    }
}
