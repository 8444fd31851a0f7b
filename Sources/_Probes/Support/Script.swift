// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The octets of an input as the decisions of a program: each draw takes some, and beyond the end all are 0.
struct Script {
    private let octets: [UInt8]
    private var position = 0

    init(_ octets: RawSpan) { self.octets = Array(copying: octets) }

    /// Whether every octet was drawn.
    var isAtEnd: Bool { position >= octets.count }

    /// The next octet.
    mutating func octet() -> UInt8 {
        guard position < octets.count else { return 0 }
        position += 1
        return octets[position - 1]
    }

    /// The next two octets as a number.
    mutating func number16() -> UInt16 { UInt16(octet()) << 8 | UInt16(octet()) }

    /// The next four octets as a number.
    mutating func number32() -> UInt32 { UInt32(number16()) << 16 | UInt32(number16()) }

    /// One of `choices`, as the next octet says.
    mutating func choice<Value>(_ choices: [Value]) -> Value { choices[Int(octet()) % choices.count] }

    /// The next `count` octets, fewer at the end.
    mutating func octets(_ count: Int) -> [UInt8] {
        let end = min(position + count, octets.count)
        defer { position = end }
        return Array(octets[position..<end])
    }
}
