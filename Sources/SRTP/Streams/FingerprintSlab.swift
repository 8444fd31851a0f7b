// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// What was sent under each index of a sender's window: 16 octets of the MAC over the encrypted packet.
///
/// Two packets under one index are the same packet exactly when these agree, since the MAC is keyed.
struct FingerprintSlab: Sendable {
    private struct Fingerprint: Hashable, Sendable {
        var high: UInt64 = 0
        var low: UInt64 = 0

        init() {}

        init(_ mac: HMACSHA1.MAC) {
            for position in 0..<8 { high = high << 8 | UInt64(mac[position]) }
            for position in 8..<16 { low = low << 8 | UInt64(mac[position]) }
        }
    }

    private let perStream: Int
    private var fingerprints: [Fingerprint] = []

    /// A slab for windows of `width` packets.
    init(width: Int) { perStream = RingWindow.wordCount(width: width) * 64 }

    /// Makes room for one more stream.
    mutating func append() { fingerprints.append(contentsOf: repeatElement(Fingerprint(), count: perStream)) }

    /// Notes what is sent under `index`, or says whether a repeat is what was sent before.
    mutating func admits(_ mac: HMACSHA1.MAC, _ index: UInt64, at slot: Int, isRepeat: Bool) -> Bool {
        let place = slot * perStream + Int(truncatingIfNeeded: index) & (perStream - 1)
        if isRepeat { return fingerprints[place] == Fingerprint(mac) }
        fingerprints[place] = Fingerprint(mac)
        return true
    }
}
