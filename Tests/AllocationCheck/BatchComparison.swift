// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import RTP
import SRTP

/// Batches against single calls: the same octets, the same results, the same state, over batch sizes 1 to 128.
///
/// Each size has its own contexts, and packets of four SSRCs, RTP and RTCP, in random order. Among them are neighbours of one
/// SSRC, duplicates, wraps of the sequence number, changes of the master key by range of indices, and slots that are refused in
/// the middle of a batch; how often is counted, and must not be never. Twenty thousand packets in all, and a million where
/// `SRTP_LONG_TESTS` is set.
enum BatchComparison {
    /// What happened inside batches, by name.
    private struct Cases {
        var sameSSRC: UInt64 = 0
        var duplicates: UInt64 = 0
        var wraps: UInt64 = 0
        var keySwitches: UInt64 = 0
        var failures: UInt64 = 0
    }

    /// How the contexts of a run are keyed.
    private enum Keying: CaseIterable {
        case oneKey
        case keyIdentifiers
        case indexRanges
    }

    private static let keyRange: UInt64 = 1 << 16

    static func check(_ tally: inout Tally) throws {
        let packets = getenv("SRTP_LONG_TESTS") == nil ? 20_000 : 1_000_000
        var differences: UInt64 = 0
        var compared = 0
        var cases = Cases()
        for size in 1...128 {
            let name = size.isMultiple(of: 2) ? "AES_CM_128_HMAC_SHA1_80" : "AEAD_AES_128_GCM"
            guard let suite = SRTPSuite.named(name) else { continue }
            var run = try Run(suite, Keying.allCases[size % 3], seed: UInt64(size))
            while compared < packets * size / 128 {
                differences += try run.compare(size: size, &cases)
                compared += size
            }
        }
        tally.note(
            "PERF-02", "\(compared) packets in batches of 1 to 128 against single calls, differences", expected: 0,
            found: differences)
        let counts = [cases.sameSSRC, cases.duplicates, cases.wraps, cases.keySwitches, cases.failures]
        print(
            "within batches: \(counts[0]) neighbours of one SSRC, \(counts[1]) duplicates, \(counts[2]) sequence wraps,",
            "\(counts[3]) key switches, \(counts[4]) refused slots")
        tally.note(
            "PERF-02", "cases that never happened within a batch", expected: 0,
            found: UInt64(counts.count(where: { $0 == 0 })))
    }

    /// A sender and a receiver twice over: one for batches, one for single calls.
    private struct Run: ~Copyable {
        private var batchSender: SRTPSender
        private var singleSender: SRTPSender
        private var batchReceiver: SRTPReceiver
        private var singleReceiver: SRTPReceiver
        private var generator: Generator
        private var sequences: [UInt16]
        private var latest: [UInt8] = []

        init(_ suite: SRTPSuite, _ keying: Keying, seed: UInt64) throws {
            let firstSender = try Self.sender(suite, keying)
            let secondSender = try Self.sender(suite, keying)
            let firstReceiver = try Self.receiver(suite, keying)
            let secondReceiver = try Self.receiver(suite, keying)
            batchSender = firstSender
            singleSender = secondSender
            batchReceiver = firstReceiver
            singleReceiver = secondReceiver
            generator = Generator(state: seed)
            sequences = (0..<4).map { UInt16(65_536 - 8 * ($0 + 1)) }
        }

        /// Options of the `number`-th key, which is for as many 2^16 indices where ranges say which key it is.
        private static func options(_ keying: Keying, _ number: Int) -> SRTPKeyOptions {
            var options = SRTPKeyOptions()
            switch keying {
            case .oneKey: break
            case .keyIdentifiers: options.mki = [0xA5, UInt8(truncatingIfNeeded: number)]
            case .indexRanges:
                let first = UInt64(number) * keyRange
                options.validIndices = first...first + keyRange - 1
            }
            return options
        }

        private static func keyCount(_ keying: Keying) -> Int { keying == .indexRanges ? 8 : 1 }

        private static func key(_ suite: SRTPSuite, _ number: Int) throws -> SRTPMasterKey {
            let count = suite.masterKeyByteCount + suite.masterSaltByteCount
            let octets = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ number) }
            return try SRTPMasterKey(suite: suite, keyAndSalt: octets.span)
        }

        private static func sender(_ suite: SRTPSuite, _ keying: Keying) throws -> SRTPSender {
            var sender = try SRTPSender(masterKey: key(suite, 0), options: options(keying, 0))
            for number in 1..<keyCount(keying) {
                try sender.addKey(key(suite, number), options: options(keying, number))
            }
            return sender
        }

        private static func receiver(_ suite: SRTPSuite, _ keying: Keying) throws -> SRTPReceiver {
            var receiver = try SRTPReceiver(masterKey: key(suite, 0), options: options(keying, 0))
            for number in 1..<keyCount(keying) {
                try receiver.addKey(key(suite, number), options: options(keying, number))
            }
            return receiver
        }

        /// Sends and receives one batch in both ways. Returns how often they differed.
        mutating func compare(size: Int, _ cases: inout Cases) throws -> UInt64 {
            var packets: [(octets: [UInt8], kind: PacketKind)] = []
            for _ in 0..<size { packets.append(next(&cases)) }
            var differences: UInt64 = 0

            let sent = Self.batched(&batchSender, packets)
            var wires: [(octets: [UInt8], kind: PacketKind)] = []
            for (position, packet) in packets.enumerated() {
                let single = Self.single(&singleSender, packet)
                if sent[position] != single { differences += 1 }
                if single.result < 0 {
                    cases.failures += 1
                } else {
                    wires.append((single.octets, packet.kind))
                }
            }
            if batchSender.snapshot != singleSender.snapshot { differences += 1 }

            // On the way some are repeated, altered, or change places.
            for position in wires.indices {
                switch generator.number(below: 16) {
                case 0: wires[position] = wires[generator.number(below: wires.count)]
                case 1: wires[position].octets[wires[position].octets.count - 1] ^= 1
                case 2: wires.swapAt(position, generator.number(below: wires.count))
                default: break
                }
            }
            let received = Self.batched(&batchReceiver, wires)
            for (position, wire) in wires.enumerated() {
                let single = Self.single(&singleReceiver, wire)
                if received[position] != single { differences += 1 }
                if single.result < 0 { cases.failures += 1 }
            }
            if batchReceiver.snapshot != singleReceiver.snapshot { differences += 1 }
            cases.keySwitches += keySwitches()
            return differences
        }

        /// The key switches that the receiver for batches tells of.
        private mutating func keySwitches() -> UInt64 {
            var count: UInt64 = 0
            while let event = batchReceiver.nextEvent() {
                if case .keySwitched = event { count += 1 }
            }
            while singleReceiver.nextEvent() != nil {}
            while batchSender.nextEvent() != nil {}
            while singleSender.nextEvent() != nil {}
            return count
        }

        private mutating func next(_ cases: inout Cases) -> (octets: [UInt8], kind: PacketKind) {
            let source = generator.number(below: 4)
            let choice = generator.number(below: 32)
            if choice == 0, !latest.isEmpty {
                cases.duplicates += 1
                return (latest, .rtp)
            }
            let ssrc: [UInt8] = [0, 0, 0, UInt8(source)]
            let payload = (0..<generator.number(below: 200)).map { _ in UInt8(generator.number(below: 256)) }
            if choice < 3 { return ([0x80, 200, 0, 6] + ssrc + payload, .rtcp) }
            if choice == 3 { return ([0x40, 0, 0, 1, 0, 0, 0, 0] + ssrc, .rtp) }
            if latest.count > 11, latest[11] == UInt8(source) { cases.sameSSRC += 1 }
            // Now and then a leap, so that the sequence number wraps often; always less than half of its range.
            let step = generator.number(below: 8) == 0 ? UInt16(generator.number(below: 4096)) : 1
            let (sequence, isWrapped) = sequences[source].addingReportingOverflow(step)
            if isWrapped { cases.wraps += 1 }
            sequences[source] = sequence
            latest = [0x80, 0, UInt8(sequence >> 8), UInt8(sequence & 255), 0, 0, 0, 0] + ssrc + payload
            return (latest, .rtp)
        }

        private struct Result: Equatable {
            var result: Int
            var octets: [UInt8]
        }

        private static let room = 36

        private static func batched<Transform: PacketTransform & ~Copyable>(
            _ transform: inout Transform, _ packets: [(octets: [UInt8], kind: PacketKind)]
        ) -> [Result] {
            var buffer: [UInt8] = []
            var slots: [PacketSlot] = []
            for packet in packets {
                slots.append(
                    PacketSlot(
                        offset: buffer.count, length: packet.octets.count, capacity: packet.octets.count + room,
                        kind: packet.kind))
                buffer += packet.octets + [UInt8](repeating: 0, count: room)
            }
            do {
                var span = buffer.mutableSpan
                var bytes = span.mutableBytes
                var lent = slots.mutableSpan
                transform.transformBatch(&bytes, slots: &lent)
            }
            return slots.map { slot in
                Result(result: slot.result, octets: Array(buffer[slot.offset..<slot.offset + max(slot.result, 0)]))
            }
        }

        private static func single<Transform: PacketTransform & ~Copyable>(
            _ transform: inout Transform, _ packet: (octets: [UInt8], kind: PacketKind)
        ) -> Result {
            var buffer = packet.octets + [UInt8](repeating: 0, count: room)
            var result = 0
            do {
                var span = buffer.mutableSpan
                var bytes = span.mutableBytes
                do throws(Transform.Failure) {
                    result =
                        switch packet.kind {
                        case .rtp: try transform.transformRTP(&bytes, length: packet.octets.count)
                        case .rtcp: try transform.transformRTCP(&bytes, length: packet.octets.count)
                        }
                } catch {
                    result = -error.code
                }
            }
            return Result(result: result, octets: Array(buffer.prefix(max(result, 0))))
        }
    }

    /// Numbers that look random and are the same every time (SplitMix64).
    private struct Generator {
        var state: UInt64

        mutating func number(below limit: Int) -> Int {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return Int(truncatingIfNeeded: (mixed ^ mixed >> 31) % UInt64(limit))
        }
    }
}
