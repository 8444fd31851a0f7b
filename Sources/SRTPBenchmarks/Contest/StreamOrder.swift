// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which stream each packet is of, and under which index: the streams take turns in a shuffled order that stays the same.
struct StreamOrder {
    /// The SSRC of the first stream; the others follow.
    static let firstSSRC: UInt32 = 0xCAFE_0000

    private let order: [UInt32]
    private var position = 0
    /// The index of the next packet. The first is 1, since libsrtp starts SRTCP there.
    private var index: UInt64 = 1

    init(streamCount: Int) {
        var generator = SplitMix(state: 1)
        order = (0..<UInt32(streamCount)).map { Self.firstSSRC &+ $0 }.shuffled(using: &generator)
    }

    var streamCount: Int { order.count }

    mutating func next() -> (ssrc: UInt32, index: UInt64) {
        defer {
            position += 1
            if position == order.count {
                position = 0
                index += 1
            }
        }
        return (order[position], index)
    }
}

/// The same numbers in every run (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
