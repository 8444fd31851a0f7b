// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A proposed bandwidth, `b=` (RFC 8866 section 5.8).
public struct Bandwidth: Hashable, Sendable {
    /// What it is the bandwidth of: `CT`, `AS`, `TIAS` (RFC 3890), `RS` and `RR` (RFC 3556).
    public var type: String
    /// The number: kilobits a second for `CT` and `AS`, bits a second for `TIAS`, `RS` and `RR`.
    public var value: UInt64

    /// A bandwidth.
    public init(type: String, value: UInt64) {
        self.type = type
        self.value = value
    }

    init(parsing value: ArraySlice<UInt8>) throws(SDPFault) {
        let colon = value.firstIndex(of: UInt8(ascii: ":")) ?? value.endIndex
        guard SDPGrammar.isToken(value[..<colon]),
            let number: UInt64 = SDPGrammar.number(value[colon...].dropFirst())
        else { throw SDPFault("a type, a colon and a number below 2^64") }
        type = SDPGrammar.text(value[..<colon])
        self.value = number
    }

    /// What stands behind `b=`.
    public var text: String { "\(type):\(value)" }
}
