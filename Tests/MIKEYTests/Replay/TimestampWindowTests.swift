// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import Testing

@testable import MIKEY

@Suite("Times of messages")
struct TimestampWindowTests {
    @Test("MIKEY-32 both ends of the window are inside, a unit of 2^-32 seconds beyond is not")
    func ends() throws {
        let clock = NTPInstant(try WallClockTime(seconds: 1_772_366_400))
        let window = MIKEYTimestampWindow(pastSeconds: 10, futureSeconds: 20)
        let second: Int128 = 1 << 32
        for (offset, place) in [
            (-10 * second - 1, MIKEYTimestampWindow.Place.before), (-10 * second, .inside), (-1, .inside), (0, .inside),
            (20 * second, .inside), (20 * second + 1, .after),
        ] {
            #expect(window.place(of: NTPInstant(units: clock.units + offset), clock: clock) == place)
        }
        let exact = MIKEYTimestampWindow(pastSeconds: 0, futureSeconds: 0)
        #expect(exact.place(of: clock, clock: clock) == .inside)
        #expect(MIKEYTimestampWindow() == MIKEYTimestampWindow(pastSeconds: 300, futureSeconds: 300))
        let widest = MIKEYTimestampWindow(pastSeconds: .max, futureSeconds: .max)
        #expect(widest.place(of: NTPInstant(units: clock.units - 1 << 63), clock: clock) == .inside)
    }

    @Test("MIKEY-32 64 bits are taken for the instant nearest to the clock, in any era")
    func eras() throws {
        // 2036-02-07 06:28:16, where the 64 bits start over, and 136 years later again.
        for wrap: Int64 in [2_085_978_496, 2_085_978_496 + 1 << 32] {
            let before = NTPInstant(try WallClockTime(seconds: wrap - 2))
            let after = NTPInstant(try WallClockTime(seconds: wrap + 2))
            #expect(after.units - before.units == 4 << 32)
            for clock in [before, after] {
                #expect(NTPInstant(wire: 0xFFFF_FFFE << 32, near: clock) == before)
                #expect(NTPInstant(wire: 2 << 32, near: clock) == after)
                #expect(NTPInstant(wire: 0, near: clock).units == before.units + 2 << 32)
            }
        }
        // 64 bits with the clock's own value are the clock.
        for seconds: Int64 in [-2_208_988_800, 0, 1, 253_402_300_799] {
            let clock = NTPInstant(try WallClockTime(seconds: seconds, nanoseconds: 999_999_999))
            #expect(NTPInstant(wire: UInt64(truncatingIfNeeded: clock.units), near: clock) == clock)
        }
        let epoch = NTPInstant(try WallClockTime(seconds: -2_208_988_800))
        #expect(epoch.units == 0)
        #expect(NTPInstant(try WallClockTime(seconds: -2_208_988_800, nanoseconds: 500_000_000)).units == 1 << 31)
    }

    @Test("clocks at the end of all numbers trap nowhere")
    func extremes() throws {
        for seconds in [Int64.min, .max] {
            let clock = NTPInstant(try WallClockTime(seconds: seconds))
            for wire in [UInt64.min, .max, 1 << 63] {
                let time = NTPInstant(wire: wire, near: clock)
                #expect(abs(time.units - clock.units) <= 1 << 63)
                _ = MIKEYTimestampWindow(pastSeconds: .max, futureSeconds: .max).place(of: time, clock: clock)
            }
        }
    }
}
