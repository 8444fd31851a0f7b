// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A bit rate as a mantissa times a power of two, as feedback messages carry it.
///
/// The exponent has 6 bits, so that the product may be far beyond 64 bits.
public struct ScaledBitRate: Hashable, Sendable {
    /// The power of two, 0 to 63.
    public let exponent: UInt8
    /// The factor before it: 17 bits in TMMBR and TMMBN, 18 in REMB.
    public let mantissa: UInt32

    init(unchecked mantissa: UInt32, exponent: UInt8) {
        self.mantissa = mantissa
        self.exponent = exponent
    }

    /// The largest rate not above `bitsPerSecond` that a mantissa of so many bits can express.
    init(bitsPerSecond: UInt64, mantissaBitCount: Int) {
        let shift = max(0, UInt64.bitWidth - bitsPerSecond.leadingZeroBitCount - mantissaBitCount)
        self.init(
            unchecked: UInt32(truncatingIfNeeded: bitsPerSecond >> UInt64(shift)),
            exponent: UInt8(truncatingIfNeeded: shift))
    }

    init(
        mantissa: UInt32, exponent: UInt8, mantissaBitCount: Int, of element: RTPError.Element
    ) throws(RTPError) {
        let largest = 1 << mantissaBitCount - 1
        guard mantissa <= largest else {
            throw .valueOutOfRange(element, value: Int(mantissa), allowed: 0...largest)
        }
        guard exponent <= 63 else { throw .valueOutOfRange(element, value: Int(exponent), allowed: 0...63) }
        self.init(unchecked: mantissa, exponent: exponent)
    }

    /// The rate in bits per second; `UInt64.max` for what is larger.
    public var bitsPerSecond: UInt64 {
        guard mantissa != 0 else { return 0 }
        let isTooLarge = Int(exponent) > UInt64(mantissa).leadingZeroBitCount
        return isTooLarge ? .max : UInt64(mantissa) << UInt64(exponent)
    }
}
