// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One line of a session description, octet by octet as it was read or as it is to be written.
public struct SDPLine: Hashable, Sendable {
    /// What a line ends by.
    public enum Ending: String, Hashable, Sendable {
        case carriageReturnLineFeed = "\r\n"
        case lineFeed = "\n"
        case carriageReturn = "\r"
        /// The last line may have no end.
        case none = ""
    }

    /// The octets, without the end.
    public let octets: [UInt8]
    /// What it ends by.
    public let ending: Ending

    /// A line of a field.
    public init(_ field: Character, _ value: String) {
        self.init(octets: Array("\(field)=\(value)".utf8), ending: .carriageReturnLineFeed)
    }

    /// The line of an attribute.
    public init(_ attribute: SDPAttribute) { self.init("a", attribute.text) }

    init(octets: [UInt8], ending: Ending) {
        self.octets = octets
        self.ending = ending
    }

    /// The letter of the field; `nil` where the line is none.
    public var field: Character? {
        guard octets.count >= 2, octets[1] == UInt8(ascii: "="), SDPGrammar.isLetter(octets[0]) else { return nil }
        return Character(Unicode.Scalar(octets[0]))
    }

    /// The octets behind `=`; all of them where the line is no field.
    public var value: ArraySlice<UInt8> { field == nil ? octets[...] : octets[2...] }

    /// ``value`` as text, with U+FFFD for what is not UTF-8. It may hold a key: do not log it.
    public var text: String { String(decoding: value, as: UTF8.self) }

    /// ``value`` as `parse` reads it, where need be without the surplus spaces in it.
    func read<Value>(
        _ parse: (ArraySlice<UInt8>) throws(SDPFault) -> Value
    ) throws(SDPFault) -> (value: Value, hasSurplusSpaces: Bool) {
        do throws(SDPFault) {
            return (try parse(value), false)
        } catch {
            let normal = SDPGrammar.withoutSurplusSpaces(value)
            guard normal.count != value.count else { throw error }
            return (try parse(normal[...]), true)
        }
    }
}

extension SDPLine: CustomStringConvertible, CustomReflectable {
    /// The line, with the keys and passwords in it hidden.
    public var description: String { SDPRedaction.redacted(String(decoding: octets, as: UTF8.self)) }

    public var customMirror: Mirror { Mirror(self, children: ["line": description]) }
}
