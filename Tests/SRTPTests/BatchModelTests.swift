// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

/// Batches against the single calls in slot order, on a second pair of contexts and a second copy of the buffer: all octets of the
/// buffer, all results, the whole state, counts and events.
@Suite("Batches under every setting")
struct BatchModelTests {
    struct Setting: CustomTestStringConvertible {
        let name: String
        var suite = SRTPSuite.aesCM128_HMACSHA1_80
        var configuration = SRTPConfiguration()
        var options = [SRTPKeyOptions()]
        var rounds = 40
        /// A lifetime for the receiver's keys alone.
        var receiverLifetime: SRTPKeyLifetime?

        var testDescription: String { name }

        func key(_ number: Int) throws -> SRTPMasterKey {
            let count = suite.masterKeyByteCount + suite.masterSaltByteCount
            let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number &* 7) }
            return try SRTPMasterKey(suite: suite, keyAndSalt: octets.span)
        }

        func sender() throws -> SRTPSender {
            var sender = try SRTPSender(masterKey: key(0), options: options[0], configuration: configuration)
            for number in options.indices.dropFirst() {
                _ = try sender.addKey(key(number), options: options[number])
            }
            return sender
        }

        func receiver() throws -> SRTPReceiver {
            var options = options
            if let receiverLifetime { for number in options.indices { options[number].lifetime = receiverLifetime } }
            var receiver = try SRTPReceiver(masterKey: key(0), options: options[0], configuration: configuration)
            for number in options.indices.dropFirst() {
                _ = try receiver.addKey(key(number), options: options[number])
            }
            return receiver
        }
    }

    private static func setting(
        _ name: String, _ suite: String = "AES_CM_128_HMAC_SHA1_80", rounds: Int = 40, mki: Int = 0, keys: Int = 1,
        options change: ((inout SRTPKeyOptions, Int) -> Void)? = nil,
        configure: ((inout SRTPConfiguration) -> Void)? = nil
    ) -> Setting {
        var setting = Setting(name: name)
        setting.suite = SRTPSuite.named(suite) ?? setting.suite
        setting.rounds = rounds
        configure?(&setting.configuration)
        setting.options = (0..<keys).map { number in
            var options = SRTPKeyOptions()
            options.mki = [UInt8](repeating: UInt8(number + 1), count: mki)
            change?(&options, number)
            return options
        }
        return setting
    }

    static let settings: [Setting] =
        builtSuites.map { setting($0.name, $0.name, rounds: 25) } + [
            setting("an MKI", mki: 4), setting("an MKI of one octet", mki: 1),
            setting("an MKI and four octets of tag", "AES_CM_128_HMAC_SHA1_32", mki: 2),
            setting("a long MKI", "AEAD_AES_128_GCM", mki: 40), setting("several keys by MKI", mki: 3, keys: 3),
            setting("several keys without MKI", keys: 3),
            setting(
                "keys by range of indices", keys: 4,
                options: { options, number in
                    options.validIndices = UInt64(number) << 16...UInt64(number) << 16 | 0xFFFF
                }),
            setting("a derivation rate", "AEAD_AES_256_GCM", options: { options, _ in options.derivationRate = 16 }),
            setting(
                "a short lifetime",
                options: { options, _ in
                    options.lifetime = SRTPKeyLifetime(rtpPackets: 700, rtcpPackets: 40, notice: 90)
                }),
            setting(
                "a short life of streams",
                configure: {
                    $0.limits.rtpPackets = 150
                    $0.limits.rtcpPackets = 30
                }),
            setting("a wide window", configure: { $0.replayWindow = 1024 }),
            setting("a narrow window", "AEAD_AES_128_GCM", configure: { $0.replayWindow = 64 }),
            setting("one stream", configure: { $0.streamLimit = 1 }),
            setting(
                "streams that make room", "AEAD_AES_128_GCM",
                configure: {
                    $0.streamLimit = 3
                    $0.fullTable = .evictIdle
                }),
            setting("a search for the counter", configure: { $0.rolloverCounterSearch = 2 }),
            setting("identical repeats", configure: { $0.repeatedPackets = .allowedWhenIdentical }),
            setting("Cryptex", "AEAD_AES_128_GCM", configure: { $0.cryptex = .offered }),
            setting(
                "a carried counter", configure: { $0.carriedRolloverCounter = CarriedRolloverCounter(.authenticated) }),
            setting("no encryption of SRTP", configure: { $0.encryptsRTP = false }),
            setting("no authentication of SRTP", configure: { $0.leavesRTPUnauthenticated = true }),
            shortReceiving,
        ]

    static let shortReceiving: Setting = {
        var setting = Self.setting("a short lifetime at the receiver", mki: 2)
        setting.receiverLifetime = SRTPKeyLifetime(rtpPackets: 333, rtcpPackets: 20, notice: 90)
        return setting
    }()

    /// Packets in one buffer; the slots may lie in any order, and over one another.
    private struct Batch {
        var buffer: [UInt8] = []
        var slots: [PacketSlot] = []

        mutating func append(_ packet: [UInt8], _ kind: PacketKind, room: Int) {
            slots.append(
                PacketSlot(offset: buffer.count, length: packet.count, capacity: packet.count + room, kind: kind))
            buffer += packet + [UInt8](repeating: 0x5A, count: room)
        }

        /// Disturbs slots: their order, their room, where they lie.
        mutating func disturb(_ generator: inout SeededGenerator) {
            if Int.random(in: 0..<3, using: &generator) == 0 { slots.shuffle(using: &generator) }
            for position in slots.indices where Int.random(in: 0..<20, using: &generator) == 0 {
                switch Int.random(in: 0..<5, using: &generator) {
                case 0: slots[position].offset -= min(slots[position].offset, 7)
                case 1: slots[position].capacity += 30
                case 2: slots[position].length = Int.random(in: -1...40, using: &generator)
                case 3: slots[position] = slots[Int.random(in: slots.indices, using: &generator)]
                default: slots[position].capacity = slots[position].length + 3
                }
            }
        }

        mutating func run<Transform: PacketTransform & ~Copyable>(_ transform: inout Transform) {
            var slots = self.slots
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            var lent = slots.mutableSpan
            transform.transformBatch(&bytes, slots: &lent)
            self.slots = slots
        }

        mutating func runOneByOne<Transform: PacketTransform & ~Copyable>(_ transform: inout Transform) {
            for position in slots.indices {
                var slot = slots[position]
                var span = buffer.mutableSpan
                var bytes = span.mutableBytes
                transform.transformSlot(&bytes, &slot)
                slots[position] = slot
            }
        }

        /// The packets that were transformed, as they are now.
        var packets: [(octets: [UInt8], kind: PacketKind)] {
            slots.filter(\.isAccepted).map { (Array(buffer[$0.offset..<$0.offset + $0.result]), $0.kind) }
        }
    }

    private struct Source {
        var sequence: UInt16
        var latest: [UInt8] = []
    }

    @Test("a batch has the effect of the single calls", arguments: settings)
    func equalsSingleCalls(_ setting: Setting) throws {
        var generator = SeededGenerator(seed: 77)
        var sender = try setting.sender()
        var referenceSender = try setting.sender()
        var receiver = try setting.receiver()
        var referenceReceiver = try setting.receiver()
        let room = max(sender.rtpOverhead, sender.rtcpOverhead)
        if setting.configuration.leavesRTPUnauthenticated {
            for ssrc: UInt32 in 1...3 {
                try receiver.setRolloverCounter(0, of: SSRC(rawValue: ssrc))
                try referenceReceiver.setRolloverCounter(0, of: SSRC(rawValue: ssrc))
            }
        }
        var sources = (0..<3).map { Source(sequence: UInt16(65_300 + 70 * $0)) }
        for round in 0..<setting.rounds {
            var batch = Batch()
            for _ in 0..<[1, 3, 8, 32, 70, 128][round % 6] {
                let source = Int.random(in: 0..<3, using: &generator)
                let ssrc = UInt32(source + 1)
                if Int.random(in: 0..<12, using: &generator) == 0 {
                    batch.append(SamplePackets.rtcp(ssrc: ssrc), .rtcp, room: room)
                    continue
                }
                switch Int.random(in: 0..<24, using: &generator) {
                case 0: sources[source].sequence &+= UInt16.random(in: 100...9000, using: &generator)
                case 1: sources[source].sequence &-= UInt16.random(in: 1...200, using: &generator)
                case 2: break
                default: sources[source].sequence &+= 1
                }
                var packet = SamplePackets.rtp(
                    sequence: sources[source].sequence, ssrc: ssrc,
                    payload: generator.octets(Int.random(in: 0...300, using: &generator)))
                if Int.random(in: 0..<40, using: &generator) == 0 { packet[0] = 0x40 }
                batch.append(packet, .rtp, room: room)
            }
            batch.disturb(&generator)
            var single = batch
            batch.run(&sender)
            single.runOneByOne(&referenceSender)
            #expect(batch.slots == single.slots)
            #expect(batch.buffer == single.buffer)
            let sent = sender.snapshot == referenceSender.snapshot
            #expect(sent)
            #expect(Self.counts(sender.statistics) == Self.counts(referenceSender.statistics))
            var incoming = Batch()
            for packet in batch.packets {
                var octets = packet.octets
                switch Int.random(in: 0..<16, using: &generator) {
                case 0: octets[Int.random(in: octets.indices, using: &generator)] ^= 1
                case 1: incoming.append(octets, packet.kind, room: 0)
                default: break
                }
                incoming.append(octets, packet.kind, room: 0)
                if Int.random(in: 0..<8, using: &generator) == 0, incoming.slots.count > 1 {
                    let last = incoming.slots.count - 1
                    incoming.slots.swapAt(last, Int.random(in: 0..<last, using: &generator))
                }
            }
            incoming.disturb(&generator)
            var singleIncoming = incoming
            incoming.run(&receiver)
            singleIncoming.runOneByOne(&referenceReceiver)
            #expect(incoming.slots == singleIncoming.slots)
            #expect(incoming.buffer == singleIncoming.buffer)
            let received = receiver.snapshot == referenceReceiver.snapshot
            #expect(received)
            #expect(Self.counts(receiver.statistics) == Self.counts(referenceReceiver.statistics))
            #expect(receiver.latestKey == referenceReceiver.latestKey)
            while let event = referenceReceiver.nextEvent() { #expect(receiver.nextEvent() == event) }
            #expect(receiver.nextEvent() == nil)
            while let event = referenceSender.nextEvent() { #expect(sender.nextEvent() == event) }
            #expect(sender.nextEvent() == nil)
            // Keys come and go between batches.
            if round == setting.rounds / 2, setting.options.count == 1,
                setting.configuration.repeatedPackets == .refused
            {
                try replaceKey(setting, &sender, &referenceSender, &receiver, &referenceReceiver)
            }
        }
    }

    @Test("a packet that comes to light in another one's payload is taken in its turn", arguments: [false, true])
    func packetInAPacket(_ isSending: Bool) throws {
        var sender = try SRTPSender(masterKey: sampleKey())
        var receiver = try SRTPReceiver(masterKey: sampleKey())
        var other = try SRTPSender(masterKey: sampleKey())
        for sequence: UInt16 in [1, 100] {
            for ssrc: UInt32 in [1, 2] {
                let packet = try other.protectRTP(SamplePackets.rtp(sequence: sequence, ssrc: ssrc))
                if sequence == 1 { _ = try receiver.unprotectRTP(packet) }
            }
        }
        // The inner packet's octets are a packet's before the outer one is sealed, and after it is opened.
        let inner =
            try isSending
            ? SamplePackets.rtp(sequence: 7, ssrc: 2)
            : other.protectRTP(
                SamplePackets.rtp(sequence: 101, ssrc: 2))
        let outer = SamplePackets.rtp(sequence: 101, ssrc: 1, payload: inner)
        var batch = Batch()
        batch.append(isSending ? outer : try other.protectRTP(outer), .rtp, room: 10)
        batch.slots.append(
            PacketSlot(offset: outer.count - inner.count, length: inner.count, capacity: inner.count + 10, kind: .rtp))
        if isSending {
            // The outer packet's ciphertext has no version that fits, or is another packet: never the inner one.
            var reference = try SRTPSender(masterKey: sampleKey())
            var single = batch
            batch.run(&sender)
            single.runOneByOne(&reference)
            #expect(batch.slots == single.slots)
            #expect(batch.buffer == single.buffer)
        } else {
            batch.run(&receiver)
            #expect(batch.slots.map(\.isAccepted) == [true, true])
        }
    }

    private func replaceKey(
        _ setting: Setting, _ sender: inout SRTPSender, _ otherSender: inout SRTPSender,
        _ receiver: inout SRTPReceiver, _ otherReceiver: inout SRTPReceiver
    ) throws {
        var options = setting.options[0]
        options.mki = [UInt8](repeating: 9, count: options.mki.count)
        _ = try sender.replaceKey(with: setting.key(9), options: options)
        _ = try otherSender.replaceKey(with: setting.key(9), options: options)
        _ = try receiver.replaceKey(with: setting.key(9), options: options)
        _ = try otherReceiver.replaceKey(with: setting.key(9), options: options)
    }

    private static func counts(_ statistics: SRTPStatistics) -> [UInt64] {
        [statistics.rtpPackets, statistics.rtcpPackets, statistics.evictedStreams]
            + SRTPRefusal.allCases.map { statistics[$0] }
    }
}
