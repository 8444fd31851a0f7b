// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension NTPTimestamp {
    /// The seconds from 1900 to 1970.
    private static let secondsTo1970: Int64 = 2_208_988_800

    /// The timestamp of a sender that has no clock.
    public static let none = NTPTimestamp(rawValue: 0)

    /// The instants that a timestamp can tell: from 1968-01-20 03:14:08 to before 2104-02-26 09:42:24 UTC.
    ///
    /// A timestamp whose first bit is set lies in the era that began in 1900, one whose first bit is clear in the era
    /// that begins on 2036-02-07 06:28:16 (RFC 5905 section 6, and RFC 2030 section 3 before it).
    public static let representableSeconds: Range<Int64> = -61_505_152..<4_233_462_144

    /// The timestamp of an instant; `nil` for one outside ``representableSeconds``.
    ///
    /// Rounded to the nearest 2^-32 seconds. The one instant whose timestamp would be all zeros, which says "no clock",
    /// is given 2^-32 seconds more.
    public init?(_ time: WallClockTime) {
        guard Self.representableSeconds.contains(time.seconds) else { return nil }
        // Less than 2^32 even for 999,999,999 ns, so that nothing carries into the seconds.
        let units = (UInt64(time.nanoseconds) << 32 + 500_000_000) / 1_000_000_000
        self.init(
            seconds: UInt32(truncatingIfNeeded: time.seconds + Self.secondsTo1970),
            fraction: UInt32(truncatingIfNeeded: units))
        if self == .none { fraction = 1 }
    }

    /// The instant, rounded to the nearest nanosecond; `nil` for ``none``.
    public var wallClockTime: WallClockTime? {
        guard self != .none else { return nil }
        let nanoseconds = (UInt64(fraction) * 1_000_000_000 + 1 << 31) >> 32
        // The last fractions of a second are nearer to the next.
        return nanoseconds == 1_000_000_000
            ? WallClockTime(uncheckedSeconds: secondsSince1970 + 1, nanoseconds: 0)
            : WallClockTime(uncheckedSeconds: secondsSince1970, nanoseconds: UInt32(truncatingIfNeeded: nanoseconds))
    }

    /// The whole seconds since 1970, by the era rule.
    var secondsSince1970: Int64 {
        Int64(seconds) - Self.secondsTo1970 + (seconds >> 31 == 0 ? 1 << 32 : 0)
    }
}
