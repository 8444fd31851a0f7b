// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Finds the vectors of a `.json` file: the elements of the list `vectors` in its one object, with their lines.
///
/// It follows strings and brackets, no more; whether the elements are JSON is found when they are decoded.
struct VectorDocument {
    /// One element of the list.
    struct Element {
        let range: Range<Int>
        /// The line on which it starts, counted from 1.
        let line: Int
    }

    /// Why there are no vectors to be found.
    struct Fault: Error {
        let line: Int
        let expected: String
        let got: String
    }

    private let octets: [UInt8]
    private var position = 0
    private var line: Int

    /// The elements in their order.
    ///
    /// - Parameter firstLine: The number of the first line.
    static func elements(of octets: [UInt8], firstLine: Int = 1) throws(Fault) -> [Element] {
        var scanner = VectorDocument(octets: octets, line: firstLine)
        return try scanner.document()
    }

    private init(octets: [UInt8], line: Int) {
        self.octets = octets
        self.line = line
    }

    private mutating func document() throws(Fault) -> [Element] {
        var found: [Element]?
        try expect("{", "a JSON object with a list named vectors")
        skipBlanks()
        while current != UInt8(ascii: "}") {
            skipBlanks()
            let name = position
            guard current == UInt8(ascii: "\"") else { throw fault("a name in quotation marks") }
            try skipString()
            let isVectors = octets[name..<position].elementsEqual("\"vectors\"".utf8)
            try expect(":", "a colon")
            skipBlanks()
            if isVectors {
                found = try list()
            } else {
                try skipValue()
            }
            skipBlanks()
            guard current == UInt8(ascii: ",") else { break }
            position += 1
        }
        try expect("}", "a comma or the end of the object")
        skipBlanks()
        guard current == nil else { throw fault("the end of the file") }
        guard let found else {
            throw Fault(line: 1, expected: "a JSON object with a list named vectors", got: "an object without")
        }
        return found
    }

    private mutating func list() throws(Fault) -> [Element] {
        var elements: [Element] = []
        try expect("[", "a list of vectors")
        skipBlanks()
        while current != UInt8(ascii: "]") {
            skipBlanks()
            let start = (position, line)
            try skipValue()
            elements.append(Element(range: start.0..<position, line: start.1))
            skipBlanks()
            guard current == UInt8(ascii: ",") else { break }
            position += 1
        }
        try expect("]", "a comma or the end of the list")
        return elements
    }

    // MARK: Steps

    private var current: UInt8? { position < octets.count ? octets[position] : nil }

    private mutating func expect(_ character: Unicode.Scalar, _ expected: String) throws(Fault) {
        skipBlanks()
        guard current == UInt8(ascii: character) else { throw fault(expected) }
        position += 1
    }

    private mutating func skipBlanks() {
        while let octet = current, LineReader.isBlank(octet) {
            if octet == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    /// Moves behind a string, at whose first quotation mark the scanner is.
    private mutating func skipString() throws(Fault) {
        position += 1
        while let octet = current {
            position += octet == UInt8(ascii: "\\") ? 2 : 1
            if octet == UInt8(ascii: "\"") { return }
            if octet == UInt8(ascii: "\n") { break }
        }
        throw Fault(line: line, expected: "a closing quotation mark", got: "the end of the line")
    }

    /// Moves behind a value: a string, something in brackets, or a run of other characters.
    private mutating func skipValue() throws(Fault) {
        let start = position
        var depth = 0
        repeat {
            skipBlanks()
            switch current {
            case nil: throw fault("a value")
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}") where depth > 0, UInt8(ascii: "]") where depth > 0:
                depth -= 1
                position += 1
            case UInt8(ascii: ",") where depth > 0, UInt8(ascii: ":") where depth > 0: position += 1
            default: skipWord()
            }
        } while depth > 0 && position > start
        guard position > start else { throw fault("a value") }
    }

    /// Moves behind a number or a literal.
    private mutating func skipWord() {
        while let octet = current, !LineReader.isBlank(octet), !Self.punctuation.contains(octet) { position += 1 }
    }

    private static let punctuation = Set("{}[],:\"".utf8)

    private func fault(_ expected: String) -> Fault {
        let got = current.map { "\"\(Character(Unicode.Scalar($0)))\"" } ?? "the end of the file"
        return Fault(line: line, expected: expected, got: got)
    }
}
