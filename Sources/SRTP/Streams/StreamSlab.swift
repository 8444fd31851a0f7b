// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// Plain numbers of the same kind for each of many streams, changed in place, up to a limit that is known from the start.
///
/// An element of 64 octets is one cache line.
@safe  // Safety: one owner; the first `count` elements are initialised, and a position is compared with `count`.
struct StreamSlab<Element: Sendable>: ~Copyable, Sendable {
    private var memory: GrowingMemory
    /// The number of elements.
    private(set) var count = 0

    /// A slab of up to `limit` elements.
    init(limit: Int) { memory = GrowingMemory(stride: MemoryLayout<Element>.stride, limit: limit) }

    /// Adds an element. May allocate.
    mutating func append(_ element: Element) {
        if count == memory.capacity { memory.grow() }
        unsafe memory.start.advanced(by: count * MemoryLayout<Element>.stride)
            .initializeMemory(as: Element.self, to: element)
        count += 1
    }

    /// Where an element lies, until the next one is added.
    ///
    /// - Precondition: there is one at `position`.
    @unsafe
    @inline(__always)
    func address(of position: Int) -> UnsafeMutablePointer<Element> {
        precondition(UInt(bitPattern: position) < UInt(bitPattern: count), "no such element")
        return unsafe memory.start.assumingMemoryBound(to: Element.self) + position
    }

    /// An element.
    subscript(position: Int) -> Element {
        @inline(__always) get { unsafe address(of: position).pointee }
        @inline(__always) set { unsafe address(of: position).pointee = newValue }
    }
}
