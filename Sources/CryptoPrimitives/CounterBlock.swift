// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A counter block: a 128-bit number, big-endian where it meets the cipher.
///
/// Public for ``PacketJob``.
public struct CounterBlock: Hashable, Sendable {
    /// The upper eight octets.
    public var high: UInt64
    /// The lower eight octets.
    public var low: UInt64

    /// The block `high || low`.
    @inlinable
    @inline(__always)
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The block in the first 16 octets of `bytes`.
    ///
    /// - Precondition: there are 16.
    @inline(__always)
    package init(bigEndian bytes: borrowing SecretBytes) {
        self = bytes.withBytes { bytes in
            precondition(bytes.byteCount >= 16, "a counter block is 16 octets")
            return unsafe CounterBlock(
                high: UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.unsafeLoadUnaligned(fromByteOffset: 8, as: UInt64.self)))
        }
    }

    @inlinable
    @inline(__always)
    public static func ^ (left: CounterBlock, right: CounterBlock) -> CounterBlock {
        CounterBlock(high: left.high ^ right.high, low: left.low ^ right.low)
    }
}
