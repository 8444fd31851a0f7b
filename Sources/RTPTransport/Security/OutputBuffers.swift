// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import NIOCore
internal import RTP

/// Buffers for transformed packets that are on their way out, used again once the socket has let go of them.
///
/// A written packet cannot be transformed where it lies: whoever calls `write` still refers to its storage, so that the
/// first change would copy it. It is transformed into one of these instead.
struct OutputBuffers {
    /// Buffers kept at most. What is written beyond them before a flush gets buffers of its own.
    static let countLimit = 64
    /// The room of the largest packet whose buffer is kept.
    static let byteCountLimit = 2048

    /// In the order of use. They come free in this order too, so that only the next one needs to be looked at.
    private var buffers: [ByteBuffer] = []
    private var next = 0

    /// Transforms `packet`, which is only read, into a buffer with room for `capacity` octets.
    mutating func transform<Transform: PacketTransform & ~Copyable>(
        _ packet: borrowing ByteBuffer, kind: PacketKind, capacity: Int, with transform: inout Transform,
        allocator: ByteBufferAllocator
    ) throws(Transform.Failure) -> ByteBuffer {
        guard capacity <= Self.byteCountLimit else {
            var output = allocator.buffer(capacity: capacity)
            try Self.transform(packet, kind: kind, capacity: capacity, into: &output, with: &transform)
            return output
        }
        let position = takePosition(capacity: capacity, allocator: allocator)
        // Taken out of the array, so that there is one reference to it while it is written.
        var output = exchange(&buffers[position], with: ByteBuffer())
        output.clear(minimumCapacity: capacity)
        defer { buffers[position] = output }
        try Self.transform(packet, kind: kind, capacity: capacity, into: &output, with: &transform)
        return output
    }

    /// The position of the next buffer: one that nobody else refers to, where there is one or room for one more.
    private mutating func takePosition(capacity: Int, allocator: ByteBufferAllocator) -> Int {
        if next == buffers.count { next = 0 }
        let isFree = !buffers.isEmpty && buffers[next].modifyIfUniquelyOwned { _ in true } == true
        if !isFree, buffers.count < Self.countLimit {
            buffers.insert(allocator.buffer(capacity: capacity), at: next)
        }
        defer { next += 1 }
        return next
    }

    private static func transform<Transform: PacketTransform & ~Copyable>(
        _ packet: borrowing ByteBuffer, kind: PacketKind, capacity: Int, into output: inout ByteBuffer,
        with transform: inout Transform
    ) throws(Transform.Failure) {
        let input = packet.readableBytesSpan
        // Safety: the memory is the buffer's own, at least `capacity` octets that nobody else refers to, and the span
        // ends with the closure. What the transform does not write, the buffer does not show.
        try unsafe output.writeWithUnsafeMutableBytes(minimumWritableBytes: capacity) {
            (memory: UnsafeMutableRawBufferPointer) throws(Transform.Failure) -> Int in
            var target = unsafe MutableRawSpan(_unsafeBytes: memory)
            return switch kind {
            case .rtp: try transform.transformRTP(input, into: &target)
            case .rtcp: try transform.transformRTCP(input, into: &target)
            }
        }
    }
}
