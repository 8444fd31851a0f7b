// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// The session keys of one master key for one kind of packet: those in use, a bounded number of them.
///
/// Without a key derivation rate there is one entry, made with the key. With a rate, streams are at different quotients and late
/// packets at the one before, so that the latest used are kept. New keys come in at position 0, a place more, and only there until
/// a packet has authenticated under them: what strangers send cannot push out what is in use.
struct SessionCache: ~Copyable, Sendable {
    private struct Entry: ~Copyable, Sendable {
        let quotient: UInt64
        /// When a packet was sent or accepted under these keys, counted in such packets; 0 for never.
        var lastUse: UInt64 = 0
        var keys: SessionKeys
    }

    /// Quotients in use whose keys are kept, at most.
    static let capacity = 64

    private var entries = Slab<Entry>()
    private var clock: UInt64 = 0

    init(_ first: consuming SessionKeys) { entries.append(Entry(quotient: 0, keys: first)) }

    /// Where the keys for `quotient` are.
    @inline(__always)
    func position(of quotient: UInt64) -> Int? {
        for position in 0..<entries.count where entries[position].quotient == quotient { return position }
        return nil
    }

    /// Takes further keys, to position 0.
    mutating func insert(_ keys: consuming SessionKeys, quotient: UInt64) {
        let entry = Entry(quotient: quotient, keys: keys)
        guard entries[0].lastUse > 0 else { return entries.replace(0, with: entry) }
        if entries.count <= Self.capacity {
            entries.append(entry)
            entries.swap(0, entries.count - 1)
        } else {
            var oldest = 0
            for position in 1..<entries.count where entries[position].lastUse < entries[oldest].lastUse {
                oldest = position
            }
            entries.swap(0, oldest)
            entries.replace(0, with: entry)
        }
    }

    /// Notes that a packet was sent or accepted under the keys at `position`.
    mutating func noteUse(of position: Int) {
        clock += 1
        entries[position].lastUse = clock
    }

    subscript(position: Int) -> SessionKeys {
        @inline(__always) _read { yield entries[position].keys }
        @inline(__always) _modify { yield &entries[position].keys }
    }
}
