// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What was sent under each index of a sender's window: 16 octets of the MAC, or of the tag of an authenticated
/// cipher, over the encrypted packet.
///
/// Two packets under one index are the same packet exactly when these agree, since the MAC is keyed.
struct FingerprintSlab: Sendable {
    private struct Fingerprint: Hashable, Sendable {
        var high: UInt64 = 0
        var low: UInt64 = 0

        init() {}

        init(_ mac: RawSpan) {
            for position in 0..<8 { high = high << 8 | UInt64(mac.octet(at: position) ?? 0) }
            for position in 8..<16 { low = low << 8 | UInt64(mac.octet(at: position) ?? 0) }
        }
    }

    private let perStream: Int
    private var fingerprints: [Fingerprint] = []

    /// A slab for windows of `width` packets.
    init(width: Int) { perStream = RingWindow.wordCount(width: width) * 64 }

    /// Makes room for a stream in this slot: a new one, or one whose slot another had.
    mutating func prepare(_ slot: Int) {
        let end = (slot + 1) * perStream
        if fingerprints.count < end {
            fingerprints.append(contentsOf: repeatElement(Fingerprint(), count: end - fingerprints.count))
        } else {
            for place in slot * perStream..<end { fingerprints[place] = Fingerprint() }
        }
    }

    /// Notes what is sent under `index`, or says whether a repeat is what was sent before.
    mutating func admits(_ mac: RawSpan, _ index: UInt64, at slot: Int, isRepeat: Bool) -> Bool {
        let place = slot * perStream + Int(truncatingIfNeeded: index) & (perStream - 1)
        if isRepeat { return fingerprints[place] == Fingerprint(mac) }
        fingerprints[place] = Fingerprint(mac)
        return true
    }
}
