// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// A hash of SSRCs that depends on a random seed, so that a peer cannot choose SSRCs that collide.
struct SSRCHash: Sendable {
    private let offset: UInt64
    /// Both odd.
    private let first: UInt64
    private let second: UInt64

    init(seed: UInt64, _ other: UInt64) {
        offset = seed
        first = other | 1
        second = (seed ^ other) | 1
    }

    /// A hash that nobody can foresee.
    static func random() throws(CryptoError) -> SSRCHash {
        SSRCHash(seed: try SecureRandom.number(), try SecureRandom.number())
    }

    /// Two rounds of multiplication; what is between them is the upper half of the product folded into the lower one. The top
    /// bits are the good ones.
    @inline(__always)
    func callAsFunction(_ ssrc: SSRC) -> UInt64 {
        let product = (UInt64(ssrc.rawValue) ^ offset).multipliedFullWidth(by: first)
        return (product.high ^ product.low) &* second
    }
}
