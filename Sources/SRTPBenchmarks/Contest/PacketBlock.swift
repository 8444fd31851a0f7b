// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The packets of one turn, side by side in one buffer: every side works on the same octets at the same addresses, so that
/// none has the warmer cache.
struct PacketBlock: ~Copyable {
    let stride: Int
    let count: Int
    let octets: UnsafeMutableRawBufferPointer
    /// The SSRC and the index of each packet, for sides that do not find them out.
    let ssrcs: UnsafeMutableBufferPointer<UInt32>
    let indices: UnsafeMutableBufferPointer<UInt64>

    init(count: Int, stride: Int) {
        self.stride = stride
        self.count = count
        octets = .allocate(byteCount: stride * count, alignment: 64)
        octets.initializeMemory(as: UInt8.self, repeating: 0)
        ssrcs = .allocate(capacity: count)
        ssrcs.initialize(repeating: 0)
        indices = .allocate(capacity: count)
        indices.initialize(repeating: 0)
    }

    deinit {
        octets.deallocate()
        ssrcs.deallocate()
        indices.deallocate()
    }

    /// The octets that belong to a packet.
    @inline(__always)
    func packet(_ position: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: octets[position * stride..<(position + 1) * stride])
    }

    /// The octets that belong to `count` packets from a position on.
    @inline(__always)
    func packets(_ position: Int, count: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: octets[position * stride..<(position + count) * stride])
    }

    /// As many packets as stay in the first-level cache, at most 128, in whole batches.
    static func count(stride: Int, batch: Int = 1) -> Int {
        let fitting = min(128, max(8, 24 * 1024 / stride))
        return max(batch, fitting / batch * batch)
    }
}
