// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A master key identifier as `a=crypto` writes it: a number, and the octets it takes in packets (RFC 4568 section 6.1).
public struct MasterKeyIdentifier: Hashable, Sendable {
    /// What stands in packets: 1 to 128 octets, a big-endian number above 0.
    public let octets: [UInt8]

    /// An identifier of 1 to 128 octets that are not all 0; `nil` for others.
    public init?(octets: [UInt8]) {
        guard (1...128).contains(octets.count), octets.contains(where: { $0 != 0 }) else { return nil }
        self.octets = octets
    }

    /// The number that `digits` write, in `byteCount` octets; `nil` where it is 0 or too large for them.
    init?(digits: some Collection<UInt8>, byteCount: Int) {
        // 2^1024 has 309 digits.
        guard (1...128).contains(byteCount), digits.count <= 309 else { return nil }
        var octets = [UInt8](repeating: 0, count: byteCount)
        for digit in digits {
            guard let value = Digits.value(of: digit) else { return nil }
            var carry = UInt16(value)
            for position in octets.indices.reversed() {
                carry += UInt16(octets[position]) * 10
                octets[position] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            guard carry == 0 else { return nil }
        }
        self.init(octets: octets)
    }

    /// The number, in decimal.
    public var number: String {
        var rest = octets[...]
        var digits: [UInt8] = []
        while !rest.isEmpty {
            var remainder: UInt16 = 0
            for position in rest.indices {
                let value = remainder << 8 | UInt16(rest[position])
                rest[position] = UInt8(truncatingIfNeeded: value / 10)
                remainder = value % 10
            }
            digits.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: remainder))
            rest = rest.drop { $0 == 0 }
        }
        return String(decoding: digits.reversed(), as: UTF8.self)
    }

    /// What stands behind the bar: number, colon, octets.
    public var text: String { "\(number):\(octets.count)" }
}

extension MasterKeyIdentifier: CustomStringConvertible {
    public var description: String { text }
}

/// Decimal digits, with what RFC 4568 says of them.
enum Digits {
    static func value(of digit: UInt8) -> UInt8? {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) ? digit - UInt8(ascii: "0") : nil
    }

    /// `digits` without leading zeros, which are noted; `nil` where something else stands there.
    static func significant<Octets: BidirectionalCollection<UInt8>>(
        _ digits: Octets, noting deviations: inout Set<CryptoDeviation>
    ) -> Octets.SubSequence? {
        guard !digits.isEmpty, digits.allSatisfy({ value(of: $0) != nil }) else { return nil }
        let rest = digits.dropLast().drop { $0 == UInt8(ascii: "0") }
        let zeros = digits.dropLast().count - rest.count
        if zeros > 0 { deviations.insert(.leadingZeros) }
        return digits.dropFirst(zeros)
    }

    /// The number below 2^64 that digits write.
    static func number(
        _ digits: some BidirectionalCollection<UInt8>, noting deviations: inout Set<CryptoDeviation>
    ) -> UInt64? {
        guard let digits = significant(digits, noting: &deviations), digits.count <= 20 else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }
}
