// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import Testing

/// Adds one octet, the number of packets accepted so far; refuses packets that begin with 0xFF.
private struct CountingTransform: PacketTransform, ~Copyable {
    enum Failure: Int, PacketTransformFailure {
        case refused = 1, noRoom, slot
        var code: Int { rawValue }
        static var invalidSlot: Self { .slot }
    }

    var count: UInt8 = 0
    var maximumOverhead: Int { 1 }

    mutating func transformRTP(_ packet: inout MutableRawSpan, length: Int) throws(Failure) -> Int {
        guard length > 0, packet.unsafeLoad(as: UInt8.self) != 0xFF else { throw .refused }
        guard length < packet.byteCount else { throw .noRoom }
        count += 1
        packet.storeBytes(of: count, toByteOffset: length, as: UInt8.self)
        return length + 1
    }

    mutating func transformRTCP(_ packet: inout MutableRawSpan, length: Int) throws(Failure) -> Int {
        _ = try transformRTP(&packet, length: length)
        packet.storeBytes(of: 0x80 | count, toByteOffset: length, as: UInt8.self)
        return length + 1
    }

    mutating func transformRTP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(Failure) -> Int {
        throw .refused
    }

    mutating func transformRTCP(_ packet: RawSpan, into output: inout MutableRawSpan) throws(Failure) -> Int {
        throw .refused
    }
}

@Suite("PacketTransform")
struct PacketTransformTests {
    private func batch<T: PacketTransform & ~Copyable>(
        _ transform: inout T, _ buffer: inout [UInt8], _ slots: inout [PacketSlot]
    ) {
        var bytes = buffer.mutableSpan
        var raw = bytes.mutableBytes
        var span = slots.mutableSpan
        transform.transformBatch(&raw, slots: &span)
    }

    @Test("a new slot has no result")
    func newSlot() {
        let slot = PacketSlot(offset: 1, length: 2, capacity: 3, kind: .rtcp)
        #expect(slot.result == PacketSlot.notTransformed)
        #expect(!slot.isAccepted)
    }

    @Test("slots that do not lie inside the buffer are refused, and those beside them are not")
    func badSlots() {
        var transform = PlainTransform()
        var buffer = [UInt8](0..<10)
        let bad: [PacketSlot] = [
            PacketSlot(offset: -1, length: 1, capacity: 1, kind: .rtp),
            PacketSlot(offset: 0, length: -1, capacity: 1, kind: .rtp),
            PacketSlot(offset: 0, length: 2, capacity: 1, kind: .rtp),
            PacketSlot(offset: 0, length: 1, capacity: 11, kind: .rtp),
            PacketSlot(offset: 9, length: 1, capacity: 2, kind: .rtcp),
            PacketSlot(offset: 11, length: 0, capacity: 0, kind: .rtp),
            PacketSlot(offset: .max, length: .max, capacity: .max, kind: .rtp),
            PacketSlot(offset: .min, length: .min, capacity: .min, kind: .rtp),
            PacketSlot(offset: 1, length: 1, capacity: .max, kind: .rtp),
        ]
        let good: [PacketSlot] = [
            PacketSlot(offset: 0, length: 10, capacity: 10, kind: .rtp),
            PacketSlot(offset: 10, length: 0, capacity: 0, kind: .rtcp),
            PacketSlot(offset: 3, length: 2, capacity: 5, kind: .rtcp),
        ]
        var slots = good + bad + good
        batch(&transform, &buffer, &slots)
        #expect(
            slots.map(\.result) == [10, 0, 2] + bad.map { _ in -PlainTransform.Failure.invalidSlot.code } + [10, 0, 2])
        #expect(buffer == [UInt8](0..<10))
    }

    @Test("an empty batch is fine")
    func empty() {
        var transform = PlainTransform()
        var buffer: [UInt8] = []
        var slots: [PacketSlot] = []
        batch(&transform, &buffer, &slots)
        #expect(slots.isEmpty)
    }

    @Test("a failing slot in the middle changes nothing for those behind it; the effect is that of the single calls")
    func failureInTheMiddle() throws {
        let packets: [(octets: [UInt8], kind: PacketKind)] = [
            ([1], .rtp), ([0xFF, 2], .rtp), ([3, 3], .rtcp), ([4], .rtp),
        ]
        var buffer: [UInt8] = []
        var slots: [PacketSlot] = []
        for (packet, kind) in packets {
            slots.append(PacketSlot(offset: buffer.count, length: packet.count, capacity: packet.count + 1, kind: kind))
            buffer += packet + [0]
        }
        slots[3].capacity = 1
        slots.append(slots[0])
        slots[4].length = 2
        slots[4].capacity = 3

        var single = CountingTransform()
        var expected = buffer
        var results: [Int] = []
        for slot in slots {
            var packet = Array(expected[slot.offset..<slot.offset + slot.capacity])
            do throws(CountingTransform.Failure) {
                var span = packet.mutableSpan
                var bytes = span.mutableBytes
                results.append(
                    slot.kind == .rtp
                        ? try single.transformRTP(&bytes, length: slot.length)
                        : try single.transformRTCP(&bytes, length: slot.length))
            } catch {
                results.append(-error.code)
            }
            expected.replaceSubrange(slot.offset..<slot.offset + slot.capacity, with: packet)
        }

        var transform = CountingTransform()
        batch(&transform, &buffer, &slots)
        #expect(slots.map(\.result) == results)
        #expect(results == [2, -1, 3, -2, 3])
        #expect(buffer == expected)
        #expect(buffer == [1, 1, 3, 2, 0, 3, 3, 0x82, 4, 0], "the last slot overlaps the first two")
        let (count, singleCount) = (transform.count, single.count)
        #expect(count == singleCount)
        #expect(slots.map(\.isAccepted) == [true, false, true, false, true])
    }

    @Test("the plain transform keeps packets, and refuses lengths beyond the buffer")
    func plain() throws {
        var transform = PlainTransform()
        #expect(transform.maximumOverhead == 0)
        var packet: [UInt8] = [1, 2, 3]
        for length in [0, 3] {
            var span = packet.mutableSpan
            var bytes = span.mutableBytes
            #expect(try transform.transformRTP(&bytes, length: length) == length)
            #expect(try transform.transformRTCP(&bytes, length: length) == length)
        }
        for length in [-1, 4, .max] {
            #expect(throws: PlainTransform.Failure.bufferTooSmall) {
                var transform = PlainTransform()
                var span = packet.mutableSpan
                var bytes = span.mutableBytes
                _ = try transform.transformRTP(&bytes, length: length)
            }
        }
        #expect(packet == [1, 2, 3])

        var output = [UInt8](repeating: 9, count: 4)
        var span = output.mutableSpan
        var bytes = span.mutableBytes
        let count = try transform.transformRTCP(packet.span.bytes, into: &bytes)
        #expect(count == 3)
        #expect(output == [1, 2, 3, 9])
        #expect(throws: PlainTransform.Failure.bufferTooSmall) {
            var transform = PlainTransform()
            var small: [UInt8] = [0, 0]
            var span = small.mutableSpan
            var bytes = span.mutableBytes
            _ = try transform.transformRTP(packet.span.bytes, into: &bytes)
        }
    }
}
