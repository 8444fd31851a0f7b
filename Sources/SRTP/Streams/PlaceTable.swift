// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// Places that SSRCs and their slots lie in: open addressing with linear probing.
///
/// The number of places is a power of two, eight to a cache line, and one of them at least is free always.
@safe  // Safety: one owner; places are addressed modulo their number.
struct PlaceTable: ~Copyable, @unchecked Sendable {
    /// What lies in a place: an SSRC with its slot, or nothing.
    struct Entry: Sendable {
        /// The SSRC in the upper half, the slot plus one in the lower; 0 for nothing.
        private let bits: UInt64

        static let none = Entry()
        private init() { bits = 0 }

        @inline(__always)
        init(_ ssrc: SSRC, slot: Int) { bits = UInt64(ssrc.rawValue) << 32 | UInt64(slot + 1) }

        var isNone: Bool { @inline(__always) get { bits == 0 } }
        var ssrc: SSRC { @inline(__always) get { SSRC(UInt32(truncatingIfNeeded: bits >> 32)) } }
        /// The slot of an entry that is one.
        var slot: Int { @inline(__always) get { Int(bits & 0xFFFF_FFFF) - 1 } }
    }

    private let memory: ZeroedMemory
    private let places: UnsafeMutablePointer<Entry>
    /// The number of places less one.
    private let mask: Int
    /// How many bits of a hash are not its top ones.
    private let shift: UInt64
    private let hash: SSRCHash

    /// At least `size` free places.
    init(size wanted: Int, _ hash: SSRCHash) {
        var size = 8
        var shift: UInt64 = 64 - 3
        while size < wanted {
            size *= 2
            shift -= 1
        }
        guard let memory = ZeroedMemory(byteCount: size * MemoryLayout<Entry>.stride) else {
            fatalError("out of memory")
        }
        self.memory = memory
        unsafe places = memory.start.assumingMemoryBound(to: Entry.self)
        mask = size - 1
        self.shift = shift
        self.hash = hash
    }

    /// The number of places.
    var size: Int { mask + 1 }

    subscript(place: Int) -> Entry {
        @inline(__always) get { unsafe places[place & mask] }
        nonmutating set { unsafe places[place & mask] = newValue }
    }

    /// Where an SSRC is looked for first: its hash's top bits.
    @inline(__always)
    private func home(of ssrc: SSRC) -> Int { Int(truncatingIfNeeded: hash(ssrc) &>> shift) }

    /// Where an SSRC lies, or the free place that ends the search for it.
    @inline(__always)
    func place(of ssrc: SSRC) -> Int {
        var place = home(of: ssrc)
        while !self[place].isNone, self[place].ssrc != ssrc { place &+= 1 }
        return place
    }

    /// Has the memory fetched where an SSRC is looked for first.
    @inline(__always)
    func prefetch(_ ssrc: SSRC) { unsafe ZeroedMemory.prefetch(places + home(of: ssrc)) }

    /// Takes an entry whose SSRC is not here yet.
    func insert(_ entry: Entry) { self[place(of: entry.ssrc)] = entry }

    /// Takes an SSRC out; `false` if it is not here.
    func remove(_ ssrc: SSRC) -> Bool {
        var hole = place(of: ssrc)
        guard !self[hole].isNone else { return false }
        // What was pushed behind the hole by what lay there moves up, so that no search ends at the hole.
        var next = hole
        while true {
            next += 1
            guard !self[next].isNone else { break }
            guard (next - home(of: self[next].ssrc)) & mask >= next - hole else { continue }
            self[hole] = self[next]
            hole = next
        }
        self[hole] = .none
        return true
    }
}
