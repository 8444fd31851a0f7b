// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// Finds a stream's slot by its SSRC: open addressing with linear probing, and the last hit remembered.
///
/// The place of an SSRC depends on a random seed, so that a peer cannot choose SSRCs that collide.
struct StreamDirectory: Sendable {
    /// An SSRC in the upper half and its slot plus one in the lower; 0 is a free place.
    private var places: [UInt64]
    private var shift: UInt64
    private let seed: UInt64
    private var lastHit: UInt64 = 0
    private(set) var count = 0

    init() throws(CryptoError) {
        places = Array(repeating: 0, count: 8)
        shift = 64 - 3
        seed = try SecureRandom.number() | 1
    }

    /// The slot of `ssrc`, if it has one.
    @inline(__always)
    mutating func slot(of ssrc: SSRC) -> Int? {
        let wanted = UInt64(ssrc.rawValue)
        if lastHit >> 32 == wanted, lastHit != 0 { return Int(truncatingIfNeeded: lastHit & 0xFFFF_FFFF) - 1 }
        guard let found = find(wanted) else { return nil }
        lastHit = found
        return Int(truncatingIfNeeded: found & 0xFFFF_FFFF) - 1
    }

    /// Gives `slot` to `ssrc`, which has none yet. May allocate.
    mutating func insert(_ ssrc: SSRC, slot: Int) {
        if (count + 1) * 2 > places.count { grow() }
        place(UInt64(ssrc.rawValue) << 32 | UInt64(slot + 1))
        count += 1
    }

    /// Forgets `ssrc`, which has a slot.
    mutating func remove(_ ssrc: SSRC) {
        guard var hole = place(of: UInt64(ssrc.rawValue)) else { return }
        lastHit = 0
        count -= 1
        // What was pushed behind the hole by what lay there moves up, so that no search ends at the hole.
        var next = hole
        while true {
            next = (next + 1) & (places.count - 1)
            guard places[next] != 0 else { break }
            let home = home(of: places[next] >> 32)
            guard (next - home) & (places.count - 1) >= (next - hole) & (places.count - 1) else { continue }
            places[hole] = places[next]
            hole = next
        }
        places[hole] = 0
    }

    private func find(_ wanted: UInt64) -> UInt64? { place(of: wanted).map { places[$0] } }

    private func place(of wanted: UInt64) -> Int? {
        var place = home(of: wanted)
        while places[place] != 0 {
            if places[place] >> 32 == wanted { return place }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    private mutating func place(_ entry: UInt64) {
        var place = home(of: entry >> 32)
        while places[place] != 0 { place = (place + 1) & (places.count - 1) }
        places[place] = entry
    }

    private mutating func grow() {
        let old = places
        places = Array(repeating: 0, count: old.count * 2)
        shift -= 1
        for entry in old where entry != 0 { place(entry) }
    }

    /// Multiplicative hashing: the product's top bits.
    @inline(__always)
    private func home(of ssrc: UInt64) -> Int {
        // The first product spreads the seed's secret over the word, the second brings it to the top.
        let mixed = (ssrc ^ seed) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: ((mixed ^ mixed >> 29) &* seed) >> shift)
    }
}
