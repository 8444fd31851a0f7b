// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension NTPTimestamp: CustomStringConvertible {
    /// Date and time as `Aug 13, 2017 12:15:44.500000000 UTC`, and `NULL` for ``none``; as Wireshark writes them.
    ///
    /// The day has two places, a blank before one digit. Fractions of a nanosecond are cut off, not rounded, so that
    /// the text never names a second that has not begun.
    public var description: String {
        guard self != .none else { return "NULL" }
        let (days, second) = secondsSince1970.floorDivided(by: 86400)
        let (year, month, day) = Self.date(daysSince1970: days)
        let nanoseconds = (UInt64(fraction) * 1_000_000_000) >> 32
        let clock = [second / 3600, second / 60 % 60, second % 60].map { Self.digits($0, 2) }.joined(separator: ":")
        let dayText = day < 10 ? " \(day)" : "\(day)"
        return "\(Self.months[month - 1]) \(dayText), \(year) \(clock).\(Self.digits(Int64(nanoseconds), 9)) UTC"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }

    /// The date of a day in the Gregorian calendar; the month from 1.
    ///
    /// Counts in years that begin in March, so that the leap day is the last of its year.
    private static func date(daysSince1970 days: Int64) -> (year: Int64, month: Int, day: Int64) {
        let (era, dayOfEra) = (days + 719_468).floorDivided(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), Int(month), day)
    }
}

extension Int64 {
    /// Quotient and remainder, the remainder never negative.
    fileprivate func floorDivided(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
