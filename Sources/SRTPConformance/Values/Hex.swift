// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Octets as vector files write them: an even number of lower-case hex digits.
enum Hex {
    /// The octets that `text` stands for.
    ///
    /// - Throws: What is wrong with the text, with the position of the digit.
    static func octets(_ text: String) throws(TextFault) -> [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(text.utf8.count / 2)
        var high: UInt8?
        for (position, character) in text.utf8.enumerated() {
            let digit: UInt8
            switch character {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = character - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = character - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                throw TextFault(expected: "lower-case hex", got: "an upper-case digit at position \(position)")
            default:
                throw TextFault(expected: "lower-case hex", got: "another character at position \(position)")
            }
            if let upper = high {
                octets.append(upper << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        guard high == nil else {
            throw TextFault(expected: "an even number of hex digits", got: "\(text.utf8.count)")
        }
        return octets
    }

    /// `octets` as lower-case hex.
    static func text(_ octets: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for octet in octets {
            text.append(digits[Int(octet >> 4)])
            text.append(digits[Int(octet & 0x0F)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// What is wrong with a text, before it is known which field it comes from.
struct TextFault: Error {
    let expected: String
    let got: String
}
