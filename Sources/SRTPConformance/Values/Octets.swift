// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// Octets by octets; as many as the shorter one has.
func ^ (left: some Sequence<UInt8>, right: some Sequence<UInt8>) -> [UInt8] { zip(left, right).map { $0 ^ $1 } }

extension FixedWidthInteger {
    /// The number's octets, big-endian.
    var octets: [UInt8] {
        stride(from: Self.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> $0) }
    }
}

extension CounterBlock {
    /// The block in 16 octets; zeros stand for those that are missing.
    init(_ octets: [UInt8]) {
        func half(_ octets: some Sequence<UInt8>) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
        let whole = octets.prefix(16) + [UInt8](repeating: 0, count: max(0, 16 - octets.count))
        self.init(high: half(whole.prefix(8)), low: half(whole.dropFirst(8)))
    }

    /// The block as 16 octets.
    var octets: [UInt8] { high.octets + low.octets }
}
