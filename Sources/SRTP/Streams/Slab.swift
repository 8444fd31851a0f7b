// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Values side by side in memory that one owner changes in place; an array for what cannot be copied.
@safe  // Safety: one owner; the first `count` elements are initialised, and a position is compared with `count`.
struct Slab<Element: ~Copyable>: ~Copyable, @unchecked Sendable {
    /// Frees the memory. A class, since the compiler (6.3.1) does not survive a `deinit` of the slab itself.
    @safe  // Safety: allocated and freed once.
    private final class Memory {
        let elements: UnsafeMutablePointer<Element>
        let capacity: Int
        var count = 0

        init(capacity: Int) {
            self.capacity = capacity
            unsafe elements = .allocate(capacity: capacity)
        }

        deinit {
            unsafe elements.deinitialize(count: count)
            unsafe elements.deallocate()
        }
    }

    private var memory = Memory(capacity: 2)
    /// The memory's own pointer, one step nearer.
    private var elements: UnsafeMutablePointer<Element>
    /// The number of elements.
    private(set) var count = 0

    init() { unsafe elements = memory.elements }

    /// Adds an element. May allocate.
    mutating func append(_ element: consuming Element) {
        if count == memory.capacity {
            let larger = Memory(capacity: count * 2)
            unsafe larger.elements.moveInitialize(from: elements, count: count)
            memory.count = 0
            larger.count = count
            memory = larger
            unsafe elements = larger.elements
        }
        unsafe (elements + count).initialize(to: element)
        count += 1
        memory.count = count
    }

    /// Takes an element out; the last one takes its place.
    mutating func remove(_ position: Int) -> Element {
        precondition(position >= 0 && position < count, "no such element")
        count -= 1
        memory.count = count
        let removed = unsafe (elements + position).move()
        if position < count { unsafe (elements + position).moveInitialize(from: elements + count, count: 1) }
        return removed
    }

    /// Puts another element in the place of one.
    mutating func replace(_ position: Int, with element: consuming Element) {
        precondition(position >= 0 && position < count, "no such element")
        // Not `_ = move()`: the optimiser (6.3.1) forgets to end what is moved out and not used, and keys would stay.
        unsafe (elements + position).deinitialize(count: 1)
        unsafe (elements + position).initialize(to: element)
    }

    /// Lets two elements change places.
    mutating func swap(_ first: Int, _ second: Int) {
        precondition(first >= 0 && first < count && second >= 0 && second < count, "no such element")
        guard first != second else { return }
        let held = unsafe (elements + first).move()
        unsafe (elements + first).moveInitialize(from: elements + second, count: 1)
        unsafe (elements + second).initialize(to: held)
    }

    /// An element.
    ///
    /// - Precondition: there is one at `position`.
    subscript(position: Int) -> Element {
        @inline(__always) _read {
            precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "no such element")
            yield unsafe elements[position]
        }
        @inline(__always) _modify {
            precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "no such element")
            yield unsafe &elements[position]
        }
    }

    /// The same by its address, for elements that cannot be copied: the optimiser (6.3.1) leaves coroutines over those as calls,
    /// and copies the others where it is given their address.
    subscript(addressed position: Int) -> Element {
        @inline(__always) unsafeAddress {
            precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "no such element")
            return unsafe UnsafePointer(elements + position)
        }
        @inline(__always) unsafeMutableAddress {
            precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "no such element")
            return unsafe elements + position
        }
    }
}
