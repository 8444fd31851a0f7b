// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The checksum of IP and UDP: the complement of a ones' complement sum of 16-bit words (RFC 1071).
struct InternetChecksum {
    // 2^32 words of 32 bits fit, far more than a packet has.
    private var sum: UInt64 = 0

    /// Adds a number.
    mutating func add(_ value: UInt16) { sum += UInt64(value) }

    /// Adds octets, the first of them as the high half of a word. Only the last run may have an odd count.
    mutating func add(_ bytes: RawSpan) {
        var offset = 0
        while let word = bytes.bigEndianUInt32(at: offset) {
            sum += UInt64(word)
            offset += 4
        }
        if let word = bytes.bigEndianUInt16(at: offset) {
            sum += UInt64(word)
            offset += 2
        }
        if let octet = bytes.octet(at: offset) { sum += UInt64(octet) << 8 }
    }

    /// What goes into the checksum field.
    var value: UInt16 {
        var folded = sum
        while folded > 0xFFFF { folded = folded >> 16 + folded & 0xFFFF }
        return ~UInt16(truncatingIfNeeded: folded)
    }
}
