// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import CaptureInspection

/// A part of a message: a payload with its fields, or one field.
package struct MIKEYPart: Hashable, Sendable {
    /// The RFC's name, in small letters with underscores; a payload has that of its type.
    package let name: String
    /// Where it stands, counted from the message's first octet; in decrypted key data, from theirs.
    package let octets: Range<Int>
    /// What it holds; `nil` for a payload, and for a key that is not to be shown.
    package let value: ExplainedValue?
    /// What that means.
    package let meaning: String?
    /// What it is made of.
    package let parts: [MIKEYPart]
}

extension MIKEYPart {
    /// The same for a program.
    package var fields: [ExplainedField] {
        var fields = [
            ExplainedField("name", .text(name)), ExplainedField("offset", .unsigned(UInt64(octets.lowerBound))),
            ExplainedField("length", .unsigned(UInt64(octets.count))),
        ]
        if let value { fields.append(ExplainedField("value", value)) }
        if let meaning { fields.append(ExplainedField("meaning", .text(meaning))) }
        if !parts.isEmpty { fields.append(ExplainedField("parts", .list(parts.map { .fields($0.fields) }))) }
        return fields
    }

    /// Lines for people: the offset of the first octet, the name, the value and what it means.
    package func lines(depth: Int = 0) -> [String] {
        let place = String(octets.lowerBound)
        var line = String(repeating: " ", count: max(0, 5 - place.count)) + place + "  "
        line += String(repeating: "  ", count: depth)
        line += String(name.map { $0 == "_" ? " " : $0 })
        if let value {
            // A line that ends where the value does.
            line += ExplainedText.lines([ExplainedField("", value)]).dropLast()
        }
        if let meaning { line += value == nil ? ": \(meaning)" : " (\(meaning))" }
        return [line] + parts.flatMap { $0.lines(depth: depth + 1) }
    }
}
