// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// Base64 (RFC 3548 section 3, RFC 4648 section 4) from and into storage that is wiped.
enum Base64 {
    /// Reads octets.
    ///
    /// - Returns: `nil` where a character does not belong there.
    static func decode(
        _ text: some BidirectionalCollection<UInt8>, noting deviations: inout Set<CryptoDeviation>
    ) -> SecretBytes? {
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let digits = text.dropLast(padding)
        // One digit more than whole groups has 6 bits: no octet.
        guard !digits.isEmpty, digits.count % 4 != 1, digits.allSatisfy({ value(of: $0) != nil }) else { return nil }
        let missing = (4 - digits.count % 4) % 4
        guard padding == missing || padding == 0 else { return nil }
        if padding != missing { deviations.insert(.missingPadding) }
        var surplus: UInt32 = 0
        let secret = SecretBytes.make(count: digits.count * 3 / 4) { (octets: inout MutableRawSpan) in
            var bits: UInt32 = 0
            var bitCount = 0
            var offset = 0
            for digit in digits {
                bits = bits << 6 | (value(of: digit) ?? 0)
                bitCount += 6
                guard bitCount >= 8 else { continue }
                bitCount -= 8
                octets.storeBytes(of: UInt8(truncatingIfNeeded: bits >> bitCount), toByteOffset: offset, as: UInt8.self)
                offset += 1
                bits &= 1 << bitCount - 1
            }
            surplus = bits
        }
        if surplus != 0 { deviations.insert(.surplusBits) }
        return secret
    }

    /// Writes octets.
    static func encode(_ octets: RawSpan) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((octets.byteCount + 2) / 3 * 4)
        var bits: UInt32 = 0
        var bitCount = 0
        for offset in octets.byteOffsets {
            bits = bits << 8 | UInt32(unsafe octets.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            bitCount += 8
            while bitCount >= 6 {
                bitCount -= 6
                text.append(alphabet[Int(bits >> bitCount)])
                bits &= 1 << bitCount - 1
            }
        }
        if bitCount > 0 { text.append(alphabet[Int(bits << (6 - bitCount))]) }
        while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
