// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A set of octets that needs no allocation.
struct OctetSet {
    private var words: InlineArray<4, UInt64> = .init(repeating: 0)

    /// Every octet.
    static var all: OctetSet {
        var all = OctetSet()
        all.words = .init(repeating: .max)
        return all
    }

    func contains(_ octet: UInt8) -> Bool { words[Int(octet >> 6)] & 1 << UInt64(octet & 63) != 0 }

    /// Adds `octet`; `false` where it is there already.
    mutating func insert(_ octet: UInt8) -> Bool {
        guard !contains(octet) else { return false }
        words[Int(octet >> 6)] |= 1 << UInt64(octet & 63)
        return true
    }

    /// Adds all that `other` has.
    mutating func formUnion(_ other: OctetSet) {
        for place in words.indices { words[place] |= other.words[place] }
    }
}
