// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import RTP
internal import WireBytes

/// The packets of one read burst, one behind the other in a buffer that is used again for the next burst.
struct ReadBatch {
    /// Where a packet came from.
    struct Origin {
        let remoteAddress: SocketAddress
        let metadata: AddressedEnvelope<ByteBuffer>.Metadata?
    }

    /// One a packet; after ``transform(with:)`` with its outcome.
    private(set) var slots: [PacketSlot] = []
    /// One a slot.
    private(set) var origins: [Origin] = []
    /// The octets in use.
    private(set) var byteCount = 0
    private var storage: [UInt8] = []

    /// Whether there is no packet.
    var isEmpty: Bool { slots.isEmpty }

    /// Copies a packet behind the others, with room to grow by `overhead` octets.
    mutating func append(_ packet: RawSpan, kind: PacketKind, overhead: Int, from origin: Origin) {
        let start = byteCount
        let capacity = packet.byteCount + overhead
        let end = start + capacity
        if end > storage.count {
            let target = max(end, 2 * storage.count, 2048)
            storage.append(contentsOf: repeatElement(0, count: target - storage.count))
        }
        var span = storage.mutableSpan
        var bytes = unsafe span.mutableBytes
        bytes.store(packet, count: packet.byteCount, at: start)
        slots.append(PacketSlot(offset: start, length: packet.byteCount, capacity: capacity, kind: kind))
        origins.append(origin)
        byteCount = end
    }

    /// Transforms all packets as one batch.
    mutating func transform<Transform: PacketTransform & ~Copyable>(with transform: inout Transform) {
        // Taken out for the call: the compiler sees spans of two properties as two accesses to the whole.
        var slots = exchange(&self.slots, with: [])
        defer { self.slots = slots }
        var span = storage.mutableSpan
        var bytes = unsafe span.mutableBytes
        var slotSpan = slots.mutableSpan
        transform.transformBatch(&bytes, slots: &slotSpan)
    }

    /// Replaces the contents of `buffer` by the packets that were accepted, one behind the other in their order.
    ///
    /// Copies once more, on purpose: the octets of refused packets stay in here, whatever a later handler does with its
    /// buffer, and a flood of refused packets cannot make a few accepted ones keep a large buffer alive.
    func copyAccepted(into buffer: inout ByteBuffer) {
        var total = 0
        for slot in slots where slot.isAccepted { total += slot.result }
        if buffer.storageCapacity > Self.reusableByteCount(for: total) { buffer = ByteBuffer() }
        // Storage that is still shared with packets of earlier bursts is left to them.
        buffer.clear(minimumCapacity: total)
        let bytes = unsafe storage.span.bytes
        for slot in slots where slot.isAccepted {
            buffer.writeBytes(bytes.extracting(slot.offset..<slot.offset + slot.result))
        }
    }

    /// How large a buffer may be that is used again for `byteCount` octets.
    private static func reusableByteCount(for byteCount: Int) -> Int { max(4096, 4 * byteCount) }

    /// Forgets the packets and keeps the memory.
    mutating func removeAll() {
        slots.removeAll(keepingCapacity: true)
        origins.removeAll(keepingCapacity: true)
        byteCount = 0
    }
}
