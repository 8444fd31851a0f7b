// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Explained fields as lines for people: a name in words and its value, what belongs to it indented below.
package enum ExplainedText {
    /// The lines, each ended by a newline.
    ///
    /// - Parameter indentation: The blanks before each line; every level has two more.
    package static func lines(_ fields: [ExplainedField], indentation: Int = 0) -> String {
        var output = ""
        write(fields, indentation: indentation, to: &output)
        return output
    }

    private static func write(_ fields: [ExplainedField], indentation: Int, to output: inout String) {
        for field in fields {
            let name = String(field.name.map { $0 == "_" ? " " : $0 })
            write(name, field.value, indentation: indentation, to: &output)
        }
    }

    private static func write(
        _ name: String, _ value: ExplainedValue, indentation: Int, to output: inout String
    ) {
        output += String(repeating: " ", count: indentation) + name + ":"
        switch value {
        case .fields(let fields):
            output += "\n"
            write(fields, indentation: indentation + 2, to: &output)
        case .list(let values) where values.contains(where: \.isStructured):
            output += "\n"
            for (position, value) in values.enumerated() {
                write("\(position + 1)", value, indentation: indentation + 2, to: &output)
            }
        default: output += " \(line(value))\n"
        }
    }

    /// A value that needs no lines of its own.
    private static func line(_ value: ExplainedValue) -> String {
        switch value {
        case .unsigned(let number): number.description
        case .signed(let number): number.description
        case .flag(let flag): flag ? "yes" : "no"
        case .number(let number): number.description
        case .text(let text): quoted(text)
        case .ssrc(let ssrc): hex((0..<4).map { UInt8(truncatingIfNeeded: ssrc >> (24 - 8 * $0)) })
        case .octets(let octets): octets.isEmpty ? "none" : hex(octets)
        case .list(let values): values.isEmpty ? "none" : values.map(line).joined(separator: ", ")
        case .fields(let fields): fields.map { "\($0.name) \(line($0.value))" }.joined(separator: ", ")
        }
    }

    /// The text between quotes, with what cannot be seen as its number, so that it stays on its line.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case _ where scalar.isUnprintable: quoted += "\\u{\(String(scalar.value, radix: 16))}"
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    private static func hex(_ octets: [UInt8]) -> String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

extension ExplainedValue {
    /// Whether the value takes lines of its own.
    fileprivate var isStructured: Bool {
        switch self {
        case .list, .fields: true
        default: false
        }
    }
}
