// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Explained fields as JSON, appended to a buffer of octets.
///
/// Octets and SSRCs are strings of hex digits, numbers without a JSON form (there is none for infinity) are `null`. What a
/// terminal could take for a command is escaped like the characters that JSON itself asks to escape.
package enum ExplainedJSON {
    /// Appends an object with these members.
    package static func write(_ fields: [ExplainedField], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "{"))
        for (position, field) in fields.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            write(field.name, to: &output)
            output.append(UInt8(ascii: ":"))
            write(field.value, to: &output)
        }
        output.append(UInt8(ascii: "}"))
    }

    /// Appends a value.
    package static func write(_ value: ExplainedValue, to output: inout [UInt8]) {
        switch value {
        case .unsigned(let number): output += number.description.utf8
        case .signed(let number): output += number.description.utf8
        case .flag(let flag): output += (flag ? "true" : "false").utf8
        case .number(let number): output += (number.isFinite ? number.description : "null").utf8
        case .text(let text): write(text, to: &output)
        case .ssrc(let ssrc): writeHex((0..<4).map { UInt8(truncatingIfNeeded: ssrc >> (24 - 8 * $0)) }, to: &output)
        case .octets(let octets): writeHex(octets, to: &output)
        case .list(let values):
            output.append(UInt8(ascii: "["))
            for (position, value) in values.enumerated() {
                if position > 0 { output.append(UInt8(ascii: ",")) }
                write(value, to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .fields(let fields): write(fields, to: &output)
        }
    }

    /// Appends a string.
    package static func write(_ text: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": output += [UInt8(ascii: "\\"), UInt8(truncatingIfNeeded: scalar.value)]
            case " "..."~": output.append(UInt8(truncatingIfNeeded: scalar.value))
            case _ where scalar.isUnprintable:
                for unit in String(scalar).utf16 {
                    output += #"\u"#.utf8
                    writeHex(UInt8(truncatingIfNeeded: unit >> 8), to: &output)
                    writeHex(UInt8(truncatingIfNeeded: unit), to: &output)
                }
            default: output += String(scalar).utf8
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static func writeHex(_ octets: [UInt8], to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        for octet in octets { writeHex(octet, to: &output) }
        output.append(UInt8(ascii: "\""))
    }

    private static func writeHex(_ octet: UInt8, to output: inout [UInt8]) {
        for digit in [octet >> 4, octet & 0x0F] {
            output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}

extension Unicode.Scalar {
    /// Whether the scalar moves, hides or turns round what stands beside it instead of being seen.
    var isUnprintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }
}
