// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// Room for items of one size, all zeros at first, that grows without a long pause.
///
/// While it is small it moves to twice the place. Then it moves once more, to address space for all items that there can be, which
/// takes memory only as it is touched: a million streams moved at once would hold up a packet by a tenth of a second.
@safe  // Safety: one owner, and nobody gets the memory but by `start`, which says so.
struct GrowingMemory: ~Copyable, @unchecked Sendable {
    private var memory: ZeroedMemory
    /// Where the items lie, until there is room for more.
    @unsafe private(set) var start: UnsafeMutableRawPointer
    /// How many items there is room for.
    private(set) var capacity = 4
    /// The octets of an item.
    let stride: Int
    private let limit: Int

    /// Room for a few items of `stride` octets, and later for up to `limit`.
    init(stride: Int, limit: Int) {
        self.stride = stride
        self.limit = limit
        memory = Self.memory(capacity * stride)
        unsafe start = memory.start
    }

    /// Makes room for an item more, or for many. Allocates, and may move what there is.
    mutating func grow() {
        let (whole, overflow) = max(limit, capacity * 2).multipliedReportingOverflow(by: stride)
        var larger: ZeroedMemory?
        if capacity * 2 * stride > ZeroedMemory.largestCleared, !overflow { larger = ZeroedMemory(byteCount: whole) }
        let moved = larger ?? Self.memory(capacity * 2 * stride)
        unsafe moved.start.copyMemory(from: start, byteCount: capacity * stride)
        memory = moved
        unsafe start = moved.start
        capacity = moved.byteCount / stride
    }

    private static func memory(_ byteCount: Int) -> ZeroedMemory {
        guard let memory = ZeroedMemory(byteCount: byteCount) else { fatalError("out of memory") }
        return memory
    }
}
