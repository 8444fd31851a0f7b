// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What was sent under each index of a sender's window: 16 octets of the MAC, or of the tag of an authenticated
/// cipher, over the encrypted packet.
///
/// Two packets under one index are the same packet exactly when these agree, since the MAC is keyed.
@safe  // Safety: one owner; a slot is compared with what there is room for.
struct FingerprintSlab: ~Copyable, Sendable {
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
    private var memory: GrowingMemory

    /// A slab for windows of `width` packets, for up to `limit` streams.
    init(width: Int, limit: Int) {
        perStream = RingWindow.wordCount(width: width) * 64
        memory = GrowingMemory(stride: perStream * MemoryLayout<Fingerprint>.stride, limit: limit)
    }

    /// Makes room for a stream in this slot: a new one, or one whose slot another had.
    mutating func prepare(_ slot: Int) {
        while slot >= memory.capacity { memory.grow() }
        let fingerprints = unsafe fingerprints(of: slot)
        for place in 0..<perStream { unsafe fingerprints[place] = Fingerprint() }
    }

    /// Notes what is sent under `index`, or says whether a repeat is what was sent before.
    mutating func admits(_ mac: RawSpan, _ index: UInt64, at slot: Int, isRepeat: Bool) -> Bool {
        let place = unsafe fingerprints(of: slot) + Int(truncatingIfNeeded: index) & (perStream - 1)
        if isRepeat { return unsafe place.pointee == Fingerprint(mac) }
        unsafe place.pointee = Fingerprint(mac)
        return true
    }

    @unsafe
    private func fingerprints(of slot: Int) -> UnsafeMutablePointer<Fingerprint> {
        precondition(slot >= 0 && slot < memory.capacity, "no such stream")
        return unsafe memory.start.advanced(by: slot * memory.stride).assumingMemoryBound(to: Fingerprint.self)
    }
}
