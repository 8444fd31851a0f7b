// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP

/// The fields of a row, or of an object inside a row: each is read as what it should be, or faulted by name.
struct RowFields: Sendable {
    private let values: [String: JSONValue]
    /// What stands before a field's name in a failure: empty, or `blocks[2].`.
    private let path: String

    init(_ values: [String: JSONValue], path: String = "") {
        self.values = values
        self.path = path
    }

    /// The names, in the order of the alphabet.
    var names: [String] { values.keys.sorted() }

    /// Whether the row has the field.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// Throws where a field is missing that must be there, and where one is there that nobody knows.
    func check(required: Set<String>, optional: Set<String>) throws(RowFault) {
        for name in names where !required.contains(name) && !optional.contains(name) {
            // The value is not shown: it may be a key under a mistyped name.
            throw RowFault(path + name, expected: "a known field", got: "an unknown one")
        }
        for name in required.sorted() where values[name] == nil {
            throw RowFault(path + name, expected: "a value", got: "nothing, the field is missing")
        }
    }

    /// A fault of a field of this object.
    func fault(_ name: String, expected: String, got: String) -> RowFault {
        RowFault(path + name, expected: expected, got: got)
    }

    // MARK: Values

    /// The value as it is.
    func value(_ name: String) throws(RowFault) -> JSONValue {
        guard let value = values[name] else {
            throw fault(name, expected: "a value", got: "nothing, the field is missing")
        }
        return value
    }

    /// A text.
    func text(_ name: String) throws(RowFault) -> String {
        let value = try value(name)
        guard case .text(let text) = value else { throw fault(name, expected: "a text", got: "\(value)") }
        return text
    }

    /// One of several texts.
    func text(_ name: String, oneOf choices: [String]) throws(RowFault) -> String {
        let text = try text(name)
        guard choices.contains(text) else {
            throw fault(name, expected: "one of " + choices.joined(separator: ", "), got: JSONValue.quoted(text))
        }
        return text
    }

    /// `true` or `false`.
    func flag(_ name: String) throws(RowFault) -> Bool {
        let value = try value(name)
        guard case .flag(let flag) = value else { throw fault(name, expected: "true or false", got: "\(value)") }
        return flag
    }

    /// A number within a range.
    func integer(_ name: String, in range: ClosedRange<Int64>) throws(RowFault) -> Int64 {
        let value = try value(name)
        guard case .integer(let integer) = value, range.contains(integer) else {
            throw fault(
                name, expected: "a number from \(range.lowerBound) to \(range.upperBound)", got: "\(value)")
        }
        return integer
    }

    /// Lower-case hex.
    func octets(_ name: String) throws(RowFault) -> [UInt8] { try octets(try text(name), of: name) }

    /// Lower-case hex of a given length.
    func octets(_ name: String, count: ClosedRange<Int>, why: String = "") throws(RowFault) -> [UInt8] {
        let octets = try octets(name)
        guard count.contains(octets.count) else {
            let range = count.count == 1 ? "\(count.lowerBound)" : "\(count.lowerBound) to \(count.upperBound)"
            throw fault(
                name, expected: "\(range) octets" + (why.isEmpty ? "" : " (\(why))"), got: "\(octets.count)")
        }
        return octets
    }

    /// A list of lower-case hex.
    func octetList(_ name: String) throws(RowFault) -> [[UInt8]] {
        var all: [[UInt8]] = []
        for (position, value) in try list(name).enumerated() {
            let item = "\(name)[\(position)]"
            guard case .text(let text) = value else { throw fault(item, expected: "lower-case hex", got: "\(value)") }
            all.append(try octets(text, of: item))
        }
        return all
    }

    /// A list.
    func list(_ name: String) throws(RowFault) -> [JSONValue] {
        let value = try value(name)
        guard case .list(let list) = value else { throw fault(name, expected: "a list", got: "\(value)") }
        return list
    }

    /// A list of objects.
    func objects(_ name: String) throws(RowFault) -> [RowFields] {
        var all: [RowFields] = []
        for (position, value) in try list(name).enumerated() {
            let item = "\(name)[\(position)]"
            guard case .object(let values) = value else { throw fault(item, expected: "an object", got: "\(value)") }
            all.append(RowFields(values, path: path + item + "."))
        }
        return all
    }

    /// An object.
    func object(_ name: String) throws(RowFault) -> RowFields {
        let value = try value(name)
        guard case .object(let values) = value else { throw fault(name, expected: "an object", got: "\(value)") }
        return RowFields(values, path: path + name + ".")
    }

    // MARK: Values of the protocol

    /// An SSRC: eight hex digits.
    func ssrc(_ name: String) throws(RowFault) -> SSRC {
        SSRC(rawValue: UInt32(try bigEndian(octets(name, count: 4...4, why: "an SSRC"))))
    }

    /// A 32-bit number.
    func uint32(_ name: String) throws(RowFault) -> UInt32 { UInt32(try integer(name, in: 0...0xFFFF_FFFF)) }

    /// A sequence number.
    func sequenceNumber(_ name: String) throws(RowFault) -> UInt16 { UInt16(try integer(name, in: 0...0xFFFF)) }

    /// An SRTCP index.
    func rtcpIndex(_ name: String) throws(RowFault) -> UInt32 { UInt32(try integer(name, in: 0...0x7FFF_FFFF)) }

    /// The bit E: 0 or 1.
    func encryptedFlag(_ name: String) throws(RowFault) -> Bool { try integer(name, in: 0...1) == 1 }

    /// A counter of `byteCount` octets that published files write as a number or as hex.
    func counter(_ name: String, byteCount: Int) throws(RowFault) -> UInt64 {
        if case .text = try value(name) { return bigEndian(try octets(name, count: byteCount...byteCount)) }
        return UInt64(try integer(name, in: 0...(1 << (8 * byteCount)) - 1))
    }

    private func bigEndian(_ octets: [UInt8]) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }

    private func octets(_ text: String, of name: String) throws(RowFault) -> [UInt8] {
        do throws(TextFault) {
            return try Hex.octets(text)
        } catch {
            throw fault(name, expected: error.expected, got: error.got)
        }
    }
}

extension RowFault {
    /// Throws where two runs of octets are not equal.
    static func compare(
        _ field: String, expected: [UInt8], got: [UInt8], where place: String = ""
    ) throws(RowFault) {
        guard let difference = OctetDifference(expected: expected, got: got) else { return }
        throw RowFault(
            field, expected: difference.expected, got: difference.got + (place.isEmpty ? "" : " \(place)"))
    }

    /// The same for keys and salts, and for what tells them: says where two differ, and shows nothing.
    static func compareSecret(_ field: String, expected: [UInt8], got: [UInt8]) throws(RowFault) {
        guard expected != got else { return }
        guard expected.count == got.count else {
            throw RowFault(field, expected: "\(expected.count) octets", got: "\(got.count)")
        }
        let position = zip(expected, got).prefix { $0 == $1 }.count
        throw RowFault(field, expected: "the row's value", got: "another from octet \(position) on")
    }
}
