// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// Finds a stream's slot by its SSRC, the last hit first.
///
/// When three quarters of the places are taken, of a few places already one in eight, the entries move to twice as many: little by
/// little, some with each stream that comes, so that no packet waits for all of them.
struct StreamDirectory: ~Copyable, Sendable {
    private var table: PlaceTable
    /// The places that entries still move away from, in the order of the places. Runs of entries without a free place between them
    /// move as a whole, so that those that are left are found as before.
    private var former: PlaceTable
    /// How many of its places are left to be looked at, and which is next: a free one, or the first of a run.
    private var formerLeft = 0
    private var formerNext = 0
    private let hash: SSRCHash
    private var lastHit = PlaceTable.Entry.none
    private(set) var count = 0

    /// How many places are looked at with each stream that comes, or a few more. All are, long before there is need of more places.
    private static let step = 16

    init(_ hash: SSRCHash) {
        self.hash = hash
        table = PlaceTable(size: 8, hash)
        former = PlaceTable(size: 0, hash)
    }

    // MARK: Finding

    /// The slot of `ssrc`, if it has one.
    @inline(__always)
    mutating func slot(of ssrc: SSRC) -> Int? {
        if lastHit.ssrc == ssrc, !lastHit.isNone { return lastHit.slot }
        let found = entry(of: ssrc)
        guard !found.isNone else { return nil }
        lastHit = found
        return found.slot
    }

    /// The same, and nothing is remembered.
    func find(_ ssrc: SSRC) -> Int? {
        let found = entry(of: ssrc)
        return found.isNone ? nil : found.slot
    }

    /// Has the memory fetched that is looked at for `ssrc`.
    @inline(__always)
    func prefetch(_ ssrc: SSRC) {
        table.prefetch(ssrc)
        if formerLeft > 0 { former.prefetch(ssrc) }
    }

    @inline(__always)
    private func entry(of ssrc: SSRC) -> PlaceTable.Entry {
        let found = table[table.place(of: ssrc)]
        return !found.isNone || formerLeft == 0 ? found : former[former.place(of: ssrc)]
    }

    /// Calls `body` with each SSRC and its slot, in no order.
    func forEach(_ body: (SSRC, Int) -> Void) {
        for place in 0..<table.size where !table[place].isNone { body(table[place].ssrc, table[place].slot) }
        guard formerLeft > 0 else { return }
        for place in 0..<former.size where !former[place].isNone { body(former[place].ssrc, former[place].slot) }
    }

    // MARK: Coming and going

    /// Gives `slot` to `ssrc`, which has none yet. May allocate.
    mutating func insert(_ ssrc: SSRC, slot: Int) {
        if formerLeft > 0 { moveSome() }
        if count >= limit { grow() }
        table.insert(PlaceTable.Entry(ssrc, slot: slot))
        count += 1
    }

    /// Forgets `ssrc`, which has a slot.
    mutating func remove(_ ssrc: SSRC) {
        guard table.remove(ssrc) || (formerLeft > 0 && former.remove(ssrc)) else { return }
        lastHit = .none
        count -= 1
    }

    // MARK: Growing

    /// So many places are few: 16 kB. There an SSRC nearly always lies where it is looked for first, and the processor guesses so.
    private static let fewPlaces = 2048

    /// The entries that there are places for.
    private var limit: Int { table.size < Self.fewPlaces ? table.size / 8 : table.size / 4 * 3 }

    private mutating func grow() {
        precondition(formerLeft == 0, "entries are left behind")
        former = PlaceTable(size: table.size * 2, hash)
        swap(&former, &table)
        formerLeft = former.size
        // No run is cut at the end of the places.
        formerNext = 0
        while !former[formerNext].isNone { formerNext += 1 }
    }

    private mutating func moveSome() {
        var looked = 0
        while formerLeft > 0 {
            let entry = former[formerNext]
            if !entry.isNone {
                table.insert(entry)
                former[formerNext] = .none
            } else if looked >= Self.step {
                return
            }
            formerNext += 1
            formerLeft -= 1
            looked += 1
        }
        former = PlaceTable(size: 0, hash)
    }
}
