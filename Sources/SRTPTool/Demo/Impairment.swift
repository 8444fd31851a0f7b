// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a bad network does to datagrams: loses some, sends some twice, lets some be overtaken.
///
/// The same seed does the same, so that a demonstration can be repeated.
struct Impairment {
    /// What happens to a share of the datagrams, each in hundredths.
    struct Rates: Equatable {
        var loss = 3
        var duplication = 3
        var reordering = 4

        static let none = Rates(loss: 0, duplication: 0, reordering: 0)
    }

    /// What happened to one datagram.
    enum Fate {
        case passed
        case lost
        case duplicated
        case overtaken
    }

    private let rates: Rates
    private var state: UInt64
    private var held: [(datagram: [UInt8], remaining: Int)] = []

    init(rates: Rates, seed: UInt64) {
        self.rates = rates
        state = seed
    }

    /// What comes out of the network when `datagram` goes in, and what became of it.
    mutating func pass(_ datagram: [UInt8]) -> (out: [[UInt8]], fate: Fate) {
        let draw = random(below: 100)
        let fate: Fate =
            draw < rates.loss
            ? .lost
            : draw < rates.loss + rates.duplication
                ? .duplicated
                : draw < rates.loss + rates.duplication + rates.reordering ? .overtaken : .passed
        var out: [[UInt8]] = []
        switch fate {
        case .lost: break
        case .passed: out.append(datagram)
        case .duplicated: out += [datagram, datagram]
        case .overtaken: held.append((datagram, 2 + random(below: 5)))
        }
        // What is lost overtakes nothing.
        if fate == .passed || fate == .duplicated { out += release() }
        return (out, fate)
    }

    /// What is still on its way.
    mutating func drain() -> [[UInt8]] {
        defer { held = [] }
        return held.map(\.datagram)
    }

    /// Held datagrams that enough others have overtaken.
    private mutating func release() -> [[UInt8]] {
        for position in held.indices { held[position].remaining -= 1 }
        let due = held.filter { $0.remaining <= 0 }.map(\.datagram)
        held.removeAll { $0.remaining <= 0 }
        return due
    }

    /// splitmix64: a repeatable choice, not a secret.
    mutating func random(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ mixed >> 31) % UInt64(limit))
    }
}
