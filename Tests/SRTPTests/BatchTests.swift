// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Batches")
struct BatchTests {
    /// Packets in one buffer, with room behind each.
    private struct Batch {
        var buffer: [UInt8] = []
        var slots: [PacketSlot] = []

        mutating func append(_ packet: [UInt8], _ kind: PacketKind, room: Int = 36) {
            slots.append(
                PacketSlot(offset: buffer.count, length: packet.count, capacity: packet.count + room, kind: kind))
            buffer += packet + [UInt8](repeating: 0, count: room)
        }

        mutating func run<Transform: PacketTransform & ~Copyable>(_ transform: inout Transform) {
            var slots = self.slots
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            var lent = slots.mutableSpan
            transform.transformBatch(&bytes, slots: &lent)
            self.slots = slots
        }

        func packet(_ position: Int) -> [UInt8] {
            Array(buffer[slots[position].offset..<slots[position].offset + max(slots[position].result, 0)])
        }
    }

    @Test("a batch has the effect of the single calls in slot order", arguments: builtSuites)
    func equalsSingles(_ suite: SRTPSuite) throws {
        var generator = SeededGenerator(seed: 5)
        var batched = try SRTPSender(masterKey: sampleKey(suite))
        let single = try Sending(suite)
        var unbatched = try SRTPReceiver(masterKey: sampleKey(suite))
        let singleReceiver = try Receiving(suite)
        var sequence: UInt16 = 65_400
        for _ in 0..<60 {
            var batch = Batch()
            var expected: [Result<[UInt8], SRTPError>] = []
            for _ in 0..<16 {
                let choice = Int.random(in: 0..<10, using: &generator)
                let ssrc = UInt32.random(in: 1...2, using: &generator)
                if choice == 0 {
                    batch.append(SamplePackets.rtcp(ssrc: ssrc), .rtcp)
                    expected.append(single.rtcp(SamplePackets.rtcp(ssrc: ssrc)))
                } else {
                    // Duplicates, malformed packets and a wrap among them.
                    if choice > 2 { sequence &+= 1 }
                    var packet = SamplePackets.rtp(
                        sequence: sequence, ssrc: ssrc, payload: generator.octets(choice * 20))
                    if choice == 1 { packet[0] = 0x40 }
                    batch.append(packet, .rtp)
                    expected.append(single.rtp(packet))
                }
            }
            batch.run(&batched)
            #expect(batched.snapshot == single.state)
            var incoming = Batch()
            var plain: [Result<[UInt8], SRTPError>] = []
            for position in expected.indices {
                switch expected[position] {
                case .success(let wire):
                    #expect(batch.packet(position) == wire)
                    var arriving = wire
                    if Int.random(in: 0..<5, using: &generator) == 0 { arriving[arriving.count - 1] ^= 1 }
                    incoming.append(arriving, batch.slots[position].kind, room: 0)
                    plain.append(
                        batch.slots[position].kind == .rtp
                            ? singleReceiver.rtp(arriving) : singleReceiver.rtcp(arriving))
                case .failure(let error):
                    #expect(batch.slots[position].result == -error.code)
                    #expect(SRTPRefusal(slotResult: batch.slots[position].result) == error.refusal)
                }
            }
            incoming.run(&unbatched)
            for position in plain.indices {
                switch plain[position] {
                case .success(let packet): #expect(incoming.packet(position) == packet)
                case .failure(let error): #expect(incoming.slots[position].result == -error.code)
                }
            }
            #expect(unbatched.snapshot == singleReceiver.state)
        }
    }

    @Test("slots that do not lie in the buffer are refused, and the others go on")
    func badSlots() throws {
        var sender = try SRTPSender(masterKey: sampleKey())
        var batch = Batch()
        for number: UInt16 in 0..<8 { batch.append(SamplePackets.rtp(sequence: number), .rtp) }
        batch.slots[1].offset = -1
        batch.slots[2].offset = .max
        batch.slots[3].capacity = .max
        batch.slots[4].length = batch.slots[4].capacity + 1
        batch.slots[5].length = -1
        batch.slots[6].offset = batch.buffer.count + 1
        batch.run(&sender)
        #expect(batch.slots.map(\.isAccepted) == [true, false, false, false, false, false, false, true])
        for slot in batch.slots[1...6] { #expect(SRTPRefusal(slotResult: slot.result) == .invalidSlot) }
    }
}
