// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// A point of time that does not wrap: units of 2^-32 seconds since 1900-01-01 00:00 UTC, over all eras of NTP.
///
/// The 64 bits of a message start over on 2036-02-07 and every 136 years (RFC 3830 section 4.2.8). They are taken for the instant
/// that is nearest to the receiver's clock.
struct NTPInstant: Hashable, Sendable {
    let units: Int128

    init(units: Int128) { self.units = units }

    private static let secondsTo1970: Int128 = 2_208_988_800

    /// The instant of a clock, less than 2^-32 seconds early.
    init(_ time: WallClockTime) {
        units = (Int128(time.seconds) + Self.secondsTo1970) << 32 + (Int128(time.nanoseconds) << 32) / 1_000_000_000
    }

    /// The instant with these 64 bits that is nearest to `clock`: less than 68 years before or after it.
    init(wire: UInt64, near clock: NTPInstant) {
        let difference = Int64(bitPattern: wire &- UInt64(truncatingIfNeeded: clock.units))
        units = clock.units + Int128(difference)
    }
}

extension NTPInstant: Comparable {
    /// Whether `left` is before `right`.
    static func < (left: NTPInstant, right: NTPInstant) -> Bool { left.units < right.units }
}

// MARK: As octets

extension NTPInstant {
    static let byteCount = 16

    /// Reads what ``write(to:)`` wrote; `nil` for what no clock shows.
    init?(_ reader: inout ByteReader) {
        guard let high = reader.readUInt64(), let low = reader.readUInt64() else { return nil }
        units = Int128(Int64(bitPattern: high)) << 64 | Int128(low)
        // Far beyond every clock, and far from overflow.
        guard abs(units >> 64) < 1 << 32 else { return nil }
    }

    func write(to writer: inout ByteWriter) {
        writer.write(UInt64(truncatingIfNeeded: units >> 64))
        writer.write(UInt64(truncatingIfNeeded: units))
    }
}
