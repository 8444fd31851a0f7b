// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("NTP time")
struct NTPTimestampTests {
    @Test(
        "as text, in both eras; zero is NULL",
        arguments: [
            (0, 0, "NULL"),
            (0xDD3A_C170, 0x8000_0000, "Aug 13, 2017 12:15:44.500000000 UTC"),
            (0, 1, "Feb  7, 2036 06:28:16.000000000 UTC"),
            (1, 0, "Feb  7, 2036 06:28:17.000000000 UTC"),
            (0xFFFF_FFFF, 0xFFFF_FFFF, "Feb  7, 2036 06:28:15.999999999 UTC"),
            (0x8000_0000, 0, "Jan 20, 1968 03:14:08.000000000 UTC"),
            (0x7FFF_FFFF, 0, "Feb 26, 2104 09:42:23.000000000 UTC"),
            (0x83AA_7E80, 0, "Jan  1, 1970 00:00:00.000000000 UTC"),
            (0x83AA_7E7F, 0, "Dec 31, 1969 23:59:59.000000000 UTC"),
            (0xBC17_C1FF, 0, "Dec 31, 1999 23:59:59.000000000 UTC"),
            (0xBC65_8A80, 0x0000_0005, "Feb 29, 2000 00:00:00.000000001 UTC"),
            // Unix seconds of 2021 in the field, as senders exist that put them there: read by the era rule.
            (0x6050_0000, 0, "Apr 22, 2087 07:15:12.000000000 UTC"),
        ] as [(UInt32, UInt32, String)])
    func text(_ seconds: UInt32, _ fraction: UInt32, _ text: String) {
        #expect("\(NTPTimestamp(seconds: seconds, fraction: fraction))" == text)
    }

    @Test("seconds since 1970: the era that a timestamp lies in, and the ends of what it can tell")
    func eras() throws {
        for (seconds, ntp) in [
            (0, 0x83AA_7E80), (-1, 0x83AA_7E7F), (-61_505_152, 0x8000_0000), (2_085_978_495, 0xFFFF_FFFF),
            (2_085_978_497, 1), (4_233_462_143, 0x7FFF_FFFF),
        ] as [(Int64, UInt32)] {
            let time = try WallClockTime(seconds: seconds)
            let timestamp = try #require(NTPTimestamp(time))
            #expect(timestamp == NTPTimestamp(seconds: ntp, fraction: 0))
            #expect(timestamp.wallClockTime == time)
        }
        for seconds in [-61_505_153, 4_233_462_144, .min, .max] as [Int64] {
            #expect(NTPTimestamp(try WallClockTime(seconds: seconds)) == nil)
        }
    }

    @Test("zero is no clock, and no instant is told by it")
    func none() throws {
        #expect(NTPTimestamp.none.wallClockTime == nil)
        let instant = try WallClockTime(seconds: 2_085_978_496)
        #expect(NTPTimestamp(instant) == NTPTimestamp(seconds: 0, fraction: 1))
        #expect(NTPTimestamp(seconds: 0, fraction: 1).wallClockTime == instant)
    }

    @Test("nanoseconds come back; fractions come back to half a nanosecond, with a carry into the seconds")
    func rounding() throws {
        var random = SeededGenerator(seed: 42)
        for index in 0..<20_000 {
            let edge = index.isMultiple(of: 2) ? index : 1_000_000_000 - index
            let nanoseconds = UInt32(index < 2000 ? edge : random.below(1_000_000_000))
            let time = try WallClockTime(
                seconds: .random(in: NTPTimestamp.representableSeconds, using: &random), nanoseconds: nanoseconds)
            #expect(NTPTimestamp(time)?.wallClockTime == time)
            let stamp = random.ntp()
            guard let read = stamp.wallClockTime, let again = NTPTimestamp(read) else { continue }
            let error = Int64(bitPattern: again.rawValue &- stamp.rawValue)
            #expect(abs(error) <= 3, "half a nanosecond is 2.15 units")
        }
        let last = try #require(NTPTimestamp(seconds: 0x83AA_7E80, fraction: 0xFFFF_FFFF).wallClockTime)
        #expect(last == (try WallClockTime(seconds: 1)))
        let before = try #require(NTPTimestamp(seconds: 0x83AA_7E80, fraction: 0xFFFF_FFFC).wallClockTime)
        #expect(before == (try WallClockTime(seconds: 0, nanoseconds: 999_999_999)))
    }

    @Test("any 64 bits have a text and an instant")
    func anything() {
        var random = SeededGenerator(seed: 43)
        for _ in 0..<5_000 {
            let stamp = random.ntp()
            #expect("\(stamp)".hasSuffix(" UTC"))
            _ = stamp.wallClockTime
        }
        for raw in [1, .max, .max - 1, 1 << 63, 1 << 63 - 1, 0xFFFF_FFFF, 1 << 32] as [UInt64] {
            #expect("\(NTPTimestamp(rawValue: raw))".utf8.count == 35)
            _ = NTPTimestamp(rawValue: raw).wallClockTime
        }
    }

    @Test("instants are ordered, and a billion nanoseconds are a second")
    func wallClock() throws {
        #expect(try WallClockTime(seconds: -1, nanoseconds: 999_999_999) < WallClockTime(seconds: 0))
        #expect(try WallClockTime(seconds: 1, nanoseconds: 1) > WallClockTime(seconds: 1))
        #expect(throws: RTPError.valueOutOfRange(.wallClockTime, value: 1_000_000_000, allowed: 0...999_999_999)) {
            try WallClockTime(seconds: 0, nanoseconds: 1_000_000_000)
        }
    }
}
