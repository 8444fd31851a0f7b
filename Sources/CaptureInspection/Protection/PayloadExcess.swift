// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// Finds the tag of SRTP behind payloads whose length the timestamps tell.
///
/// PCMU, PCMA and G.722 have one octet for each unit of their clock. So a packet that is followed by the next number has as
/// many octets of payload as its timestamp is ahead of the one before; what is more than that is a tag.
struct PayloadExcess {
    /// The payload types of PCMU, PCMA and G.722.
    private static let octetPerUnit: Set<UInt8> = [0, 8, 9]
    /// Tags that suites have, in octets, and none.
    private static let tagByteCounts = [0, 4, 10, 16]
    /// Packets that must have been measured.
    private static let minimumCount = 8

    private var counts = [UInt32](repeating: 0, count: tagByteCounts.count)
    private var measured: UInt32 = 0

    /// Takes a packet that has the number after the one before it.
    mutating func add(payloadType: UInt8, payloadByteCount: Int, units: Int32) {
        guard Self.octetPerUnit.contains(payloadType), units > 0 else { return }
        measured &+= 1
        if let position = Self.tagByteCounts.firstIndex(of: payloadByteCount - Int(units)) { counts[position] &+= 1 }
    }

    /// The octets of the tag that nine packets of ten have; `nil` where nothing is known.
    var tagByteCount: Int? {
        guard measured >= Self.minimumCount, let most = counts.max(), most >= measured / 10 * 9 else { return nil }
        return counts.firstIndex(of: most).map { Self.tagByteCounts[$0] }
    }
}
