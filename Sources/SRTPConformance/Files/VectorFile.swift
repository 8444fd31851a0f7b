// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// A vector file: its rows, one after the other.
struct VectorFile {
    /// How a file writes its rows.
    private enum Form {
        /// One a line.
        case lines
        /// In the list `vectors` of one object.
        case document
    }

    private let decoder = JSONDecoder()

    /// Calls `body` with every row, or what is wrong with it, and its line.
    ///
    /// - Throws: What the system says when the file cannot be read.
    func forEachRow(at path: String, _ body: (Int, Result<Row, RowFault>) -> Void) throws {
        var reader = try LineReader(path: path)
        switch try form(of: path, &reader) {
        case .lines: try readLines(&reader, body)
        case .document: readDocument(try reader.rest(), body)
        }
    }

    /// The form that the name says; for other names, the one of the first line: a whole object without `vectors` is a row.
    private func form(of path: String, _ reader: inout LineReader) throws -> Form {
        switch VectorFinder.Kind(path) {
        case .lines: return .lines
        case .document: return .document
        case .other:
            guard let first = try reader.peek(), case .object(let values) = try? value(in: first) else {
                return .document
            }
            return values["vectors"] == nil ? .lines : .document
        }
    }

    private func readLines(_ reader: inout LineReader, _ body: (Int, Result<Row, RowFault>) -> Void) throws {
        while let line = try reader.next() {
            switch line {
            case .tooLong:
                let limit = "at most \(LineReader.maximumByteCount) octets"
                body(reader.number, .failure(RowFault("json", expected: limit, got: "a longer line")))
            case .text(let octets):
                guard !octets.allSatisfy(LineReader.isBlank) else { continue }
                body(reader.number, row(octets, inDocument: false))
            }
        }
    }

    private func readDocument(_ octets: [UInt8], _ body: (Int, Result<Row, RowFault>) -> Void) {
        guard !octets.allSatisfy(LineReader.isBlank) else { return }
        do throws(VectorDocument.Fault) {
            var isWhole = true
            for element in try VectorDocument.elements(of: octets) {
                let row = row(Array(octets[element.range]), inDocument: true)
                if case .failure = row { isWhole = false }
                body(element.line, row)
            }
            // The scanner does not look at what stands around the vectors; the decoder does.
            if isWhole, case .failure(let fault) = Result(catching: { () throws(RowFault) in try value(in: octets) }) {
                body(1, .failure(fault))
            }
        } catch {
            body(error.line, .failure(RowFault("json", expected: error.expected, got: error.got)))
        }
    }

    private func row(_ octets: [UInt8], inDocument: Bool) -> Result<Row, RowFault> {
        do throws(RowFault) {
            return .success(Row(try value(in: octets), inDocument: inDocument))
        } catch {
            return .failure(error)
        }
    }

    private func value(in octets: [UInt8]) throws(RowFault) -> JSONValue {
        // The decoder does not say where the fault lies.
        guard let value = try? decoder.decode(JSONValue.self, from: Data(octets)) else {
            throw RowFault("json", expected: "a JSON value", got: "text that is none")
        }
        return value
    }
}
