// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// A packet of a batch between the look at its header and the note of what came of it.
struct PendingPacket {
    /// Its place among the slots.
    let position: Int
    /// Its length once it is sealed or opened.
    let resultByteCount: Int
    let kind: PacketKind
    let ssrc: SSRC
    let stream: Int
    /// Its index, unwrapped.
    let index: UInt64
    let key: Int
}

/// The packets of a batch that wait for the engine.
///
/// A batch has the effect of the single calls in slot order, while the engine takes many packets at a time. So packets are looked
/// at in order and put off, up to 64 of them; the engine does its work on all; what came of each is noted in order. Whatever
/// could see the difference lets the engine run first: a packet that takes a way of its own, and one whose octets overlap with
/// some that wait.
@safe  // Safety: `packets` is owned, freed once, and read only below the number of jobs, which `append` compares.
struct BatchPlan: ~Copyable, @unchecked Sendable {
    /// Frees the packets' memory. A class, as that of `Slab`.
    @safe  // Safety: allocated and freed once; the packets are plain values.
    private final class Memory {
        let packets: UnsafeMutablePointer<PendingPacket>

        init() { unsafe packets = .allocate(capacity: PacketBatch.capacity) }

        deinit { unsafe packets.deallocate() }
    }

    var jobs: PacketBatch
    private let memory = Memory()
    private let packets: UnsafeMutablePointer<PendingPacket>
    /// Octets of the buffer between which those of all that wait lie.
    private var lowest = Int.max
    private var highest = 0

    init(engine: BatchEngine) {
        jobs = PacketBatch(engine: engine)
        unsafe packets = memory.packets
    }

    /// The slots whose streams are fetched into the cache together.
    static let lookahead = 32

    // What is asked for each packet says that it changes the plan, although it does not: the optimiser (6.3.1) copies the whole
    // plan for a call that says that it only reads.

    var count: Int {
        @inline(__always) mutating get { jobs.count }
    }

    /// Whether the engine has to do its work before the packet of `slot` can be looked at: there is no room, or octets of the slot
    /// belong to a packet that waits.
    @inline(__always)
    mutating func mustFinish(before slot: PacketSlot, _ slots: borrowing MutableSpan<PacketSlot>) -> Bool {
        if count == PacketBatch.capacity { return true }
        guard slot.offset < highest, slot.end > lowest else { return false }
        return overlapsAny(slot, slots)
    }

    @inline(never)
    private mutating func overlapsAny(_ slot: PacketSlot, _ slots: borrowing MutableSpan<PacketSlot>) -> Bool {
        for position in 0..<count {
            let waiting = slots[self[position].position]
            if waiting.offset < slot.end && waiting.end > slot.offset { return true }
        }
        return false
    }

    /// Adds the packet of `slot`, which lies in `buffer`.
    ///
    /// - Precondition: there is room, and the slot's octets lie in the buffer, which stays where it is until the engine was
    ///   called.
    @unsafe
    @inline(__always)
    mutating func append(
        _ packet: PendingPacket, _ job: PacketJob, _ cipher: borrowing PacketCipher, _ slot: PacketSlot,
        in buffer: UnsafeMutableRawPointer
    ) {
        // First, since it checks for room.
        unsafe jobs.append(job, cipher, packet: buffer + slot.offset, byteCount: slot.capacity)
        unsafe (packets + (jobs.count - 1)).initialize(to: packet)
        lowest = min(lowest, slot.offset)
        highest = max(highest, slot.end)
    }

    /// A packet that waits.
    ///
    /// - Precondition: there is one at `position`.
    subscript(position: Int) -> PendingPacket {
        @inline(__always) mutating get {
            precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "no such packet")
            return unsafe packets[position]
        }
    }

    /// What came of sealing a packet.
    @inline(__always)
    mutating func sealed(_ position: Int) -> Bool { jobs.sealed(position) }

    /// What came of opening a packet.
    @inline(__always)
    mutating func opened(_ position: Int) -> PacketCipher.Opened { jobs.opened(position) }

    /// Forgets all packets.
    mutating func removeAll() {
        jobs.removeAll()
        lowest = .max
        highest = 0
    }
}

extension MutableSpan<PacketSlot> {
    /// What is asked of the slot at `position`, read field by field: as a whole it would go over the stack (6.3.1).
    @inline(__always)
    func request(at position: Int) -> PacketSlot {
        PacketSlot(
            offset: self[position].offset, length: self[position].length, capacity: self[position].capacity,
            kind: self[position].kind)
    }
}
