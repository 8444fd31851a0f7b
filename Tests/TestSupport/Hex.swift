// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The octets that a text of hex digits writes; a trap for anything else, since only tests write such texts.
public func octets(_ hex: String) -> [UInt8] {
    let digits = hex.filter { !$0.isWhitespace }.map { digit -> UInt8 in
        guard let value = digit.hexDigitValue else { fatalError("not a hex digit: \(digit)") }
        return UInt8(value)
    }
    precondition(digits.count.isMultiple(of: 2), "an odd number of hex digits")
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Lower-case hex digits.
public func hex(_ octets: some Sequence<UInt8>) -> String {
    octets.map { octet in
        let digits = String(octet, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}
