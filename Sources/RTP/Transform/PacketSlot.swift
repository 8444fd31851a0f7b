// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Whether a packet is media or control.
@frozen
public enum PacketKind: UInt8, Hashable, Sendable {
    /// An RTP packet.
    case rtp
    /// An RTCP packet, compound or reduced-size.
    case rtcp
}

/// One packet of a batch: where it lies in the shared buffer, and what became of it.
///
/// Plain integers, so that a batch of them needs neither allocation nor reference counting.
@frozen
public struct PacketSlot: Hashable, Sendable {
    /// Where the packet starts in the buffer, in octets.
    public var offset: Int
    /// The packet's length in octets.
    public var length: Int
    /// The octets that belong to this slot from `offset` on: the packet and room for it to grow.
    public var capacity: Int
    /// Which of the two transforms the packet takes.
    public var kind: PacketKind
    /// After the call: the packet's new length, or the negated ``PacketTransformFailure/code`` of the error that the single
    /// call would have thrown.
    public var result: Int

    /// A slot that no transform has seen; its result is ``notTransformed``.
    @inlinable
    public init(offset: Int, length: Int, capacity: Int, kind: PacketKind) {
        self.offset = offset
        self.length = length
        self.capacity = capacity
        self.kind = kind
        self.result = Self.notTransformed
    }

    /// Whether the slot and its packet lie inside a buffer of this many octets.
    @inlinable
    @inline(__always)
    package func lies(within byteCount: Int) -> Bool {
        offset >= 0 && length >= 0 && capacity >= length && offset <= byteCount && capacity <= byteCount - offset
    }

    /// Where the slot ends. Only for slots that lie in a buffer.
    @inlinable
    package var end: Int {
        @inline(__always) get { offset + capacity }
    }

    /// The result of a slot that no transform has seen.
    public static let notTransformed = Int.min

    /// Whether the packet was transformed.
    @inlinable public var isAccepted: Bool { result >= 0 }
}
