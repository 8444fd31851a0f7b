// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A wall-clock time in the 64-bit format of NTP, as sender reports carry it (RFC 3550 section 4).
///
/// Seconds since 1900-01-01 00:00 UTC, modulo 2^32: the count starts over on 2036-02-07. All zeros says that the sender
/// has no clock.
public struct NTPTimestamp: Hashable, Sendable {
    /// Whole seconds, modulo 2^32.
    public var seconds: UInt32
    /// The rest, in units of 2^-32 seconds.
    public var fraction: UInt32

    /// The time with these two halves.
    public init(seconds: UInt32, fraction: UInt32) {
        self.seconds = seconds
        self.fraction = fraction
    }

    /// The time as the one number on the wire, in units of 2^-32 seconds.
    public init(rawValue: UInt64) {
        seconds = UInt32(truncatingIfNeeded: rawValue >> 32)
        fraction = UInt32(truncatingIfNeeded: rawValue)
    }

    /// The time as the one number on the wire, in units of 2^-32 seconds.
    public var rawValue: UInt64 { UInt64(seconds) << 32 | UInt64(fraction) }

    /// The middle 32 of the 64 bits, in units of 1/65536 seconds: what LSR repeats of a sender report.
    public var middle32Bits: UInt32 { seconds << 16 | fraction >> 16 }
}
