// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The rules of RFC 8866 section 9 that several fields share.
enum SDPGrammar {
    static func isDigit(_ octet: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(octet) }
    static func isUpperCase(_ octet: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(octet) }
    static func isLetter(_ octet: UInt8) -> Bool {
        isUpperCase(octet) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(octet)
    }
    static func isSpace(_ octet: UInt8) -> Bool { octet == UInt8(ascii: " ") || octet == UInt8(ascii: "\t") }

    /// `token`
    static func isToken(_ octets: some Collection<UInt8>) -> Bool {
        !octets.isEmpty
            && octets.allSatisfy { octet in
                switch octet {
                case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x30...0x39, 0x41...0x5A, 0x5E...0x7E: true
                default: false
                }
            }
    }

    /// `proto`
    static func isProtocol(_ octets: some Collection<UInt8>) -> Bool {
        octets.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy { isToken($0) }
    }

    /// `non-ws-string`
    static func isVisible(_ octets: some Collection<UInt8>) -> Bool {
        !octets.isEmpty && octets.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }

    /// `byte-string`
    static func isByteString(_ octets: some Collection<UInt8>) -> Bool {
        !octets.isEmpty && octets.allSatisfy { $0 != 0 && $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
    }

    /// `1*DIGIT`
    static func isDigits(_ octets: some Collection<UInt8>) -> Bool { !octets.isEmpty && octets.allSatisfy(isDigit) }

    /// `time`, or 0
    static func isTime(_ octets: some Collection<UInt8>) -> Bool {
        octets.elementsEqual("0".utf8) || isDigits(octets) && octets.count >= 10 && octets.first != UInt8(ascii: "0")
    }

    /// `typed-time`
    static func isTypedTime(_ octets: some BidirectionalCollection<UInt8>) -> Bool {
        let hasUnit = octets.last.map { "dhms".utf8.contains($0) } ?? false
        return isDigits(octets.dropLast(hasUnit ? 1 : 0))
    }

    /// The number that digits write; `nil` where they are none or it does not fit.
    static func number<Number: FixedWidthInteger>(_ octets: some Collection<UInt8>) -> Number? {
        guard isDigits(octets) else { return nil }
        var number: Number = 0
        for octet in octets {
            let (shifted, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = shifted.addingReportingOverflow(Number(octet - UInt8(ascii: "0")))
            guard !isTooLarge, !overflows else { return nil }
            number = sum
        }
        return number
    }

    /// The values between single spaces.
    static func words(_ octets: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        octets.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    }

    /// With one space for each run of spaces and tabs, and none at either end.
    static func withoutSurplusSpaces(_ octets: ArraySlice<UInt8>) -> [UInt8] {
        Array(octets.split(whereSeparator: isSpace).joined(separator: [UInt8(ascii: " ")]))
    }

    static func text(_ octets: some Collection<UInt8>) -> String { String(decoding: octets, as: UTF8.self) }
}
