// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Every stream's state, side by side in memory that one owner changes in place.
///
/// An array would do the same, but asks before each change whether it is shared. Slots are only ever added.
@safe  // Safety: one owner; the first `count` elements are initialised, and a slot is compared with `count`.
struct StreamSlab: ~Copyable, @unchecked Sendable {
    /// Frees the memory. A class, since the compiler (6.3.1) does not survive a `deinit` of the slab itself.
    @safe  // Safety: allocated and freed once.
    private final class Memory {
        let states: UnsafeMutablePointer<StreamState>
        let capacity: Int

        init(capacity: Int) {
            self.capacity = capacity
            unsafe states = .allocate(capacity: capacity)
        }

        deinit { unsafe states.deallocate() }  // states are plain numbers
    }

    private var memory = Memory(capacity: 4)
    /// The memory's own pointer, one step nearer.
    private var states: UnsafeMutablePointer<StreamState>
    /// The number of slots.
    private(set) var count = 0

    init() { unsafe states = memory.states }

    /// Adds a slot. May allocate.
    mutating func append(_ state: StreamState) {
        if count == memory.capacity {
            let larger = Memory(capacity: count * 2)
            unsafe larger.states.initialize(from: states, count: count)
            memory = larger
            unsafe states = larger.states
        }
        unsafe (states + count).initialize(to: state)
        count += 1
    }

    /// The state in a slot.
    ///
    /// - Precondition: the slot was added.
    subscript(slot: Int) -> StreamState {
        @inline(__always) _read {
            precondition(slot >= 0 && slot < count, "no such slot")
            yield unsafe states[slot]
        }
        @inline(__always) _modify {
            precondition(slot >= 0 && slot < count, "no such slot")
            yield unsafe &states[slot]
        }
    }
}
