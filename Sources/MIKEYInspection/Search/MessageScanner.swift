// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import KeyManagement

/// Finds key management messages in what people have: a session description, a line of one, RTSP headers and bodies, base64, hex, or
/// the octets themselves.
package enum MessageScanner {
    /// The messages in a file.
    package static func messages(inFile octets: [UInt8]) -> [FoundMessage] {
        let found = messages(inText: octets)
        guard found.isEmpty else { return found }
        // A message begins with its version, which is no character of a text.
        if octets.first == 1 { return [FoundMessage("octets", octets: octets)] }
        let words = octets.split { [0x20, 0x09, 0x0D, 0x0A].contains($0) }
        let text = String(decoding: words.joined(), as: UTF8.self)
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && $0.isPrintable }) else { return [] }
        if let octets = HexText.octets(text) { return [FoundMessage("hex", octets: octets)] }
        return [attribute("base64", "mikey " + text)]
    }

    /// The messages in the lines of a text, or of a packet with text in it.
    package static func messages(inText octets: [UInt8]) -> [FoundMessage] {
        var found: [FoundMessage] = []
        let lines = octets.split(omittingEmptySubsequences: false) { $0 == 0x0A }.map { line in
            line.last == 0x0D ? line.dropLast() : line
        }
        for (position, line) in lines.enumerated() {
            let place = "line \(position + 1)"
            guard let (form, value) = marked(line) else { continue }
            switch form {
            case .attribute: found.append(attribute("\(place), key-mgmt", value, isAttribute: true))
            case .body: found.append(attribute("\(place), mikey", "mikey " + value))
            case .transport: found += transport(place, value)
            case .header:
                // A header goes on in lines that begin with a blank.
                let more = lines[(position + 1)...].prefix { $0.first == 0x20 || $0.first == 0x09 }
                found += header(place, ([value] + more.map(printablePrefix)).joined(separator: " "))
            }
        }
        return found
    }

    private enum Form { case attribute, header, transport, body }

    /// What stands before a message in a line, in small letters. A packet may have other octets before its first line, so that only
    /// the last two, which are words of their own, must begin one.
    private static let marks: [(text: String, form: Form, beginsLine: Bool)] = [
        ("key-mgmt:", .attribute, false), ("keymgmt:", .header, false), ("transport:", .transport, false),
        ("prot=", .header, true), ("mikey:", .body, true), ("mikey ", .body, true),
    ]

    private static func marked(_ line: ArraySlice<UInt8>) -> (Form, value: String)? {
        let small = line.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }
        for mark in marks {
            let pattern = Array(mark.text.utf8)
            let start = mark.beginsLine ? (small.starts(with: pattern) ? 0 : nil) : small.firstPosition(of: pattern)
            guard let start else { continue }
            // What begins the value is part of it: `prot=` and the protocol of a line of its own.
            let skipped = mark.text == "prot=" ? 0 : pattern.count
            let value = printablePrefix(line.dropFirst(start + skipped))
            guard mark.form != .transport || value.lowercased().contains("mikey=") else { continue }
            return (mark.form, mark.form == .attribute ? value : String(value.drop { $0 == " " }))
        }
        return nil
    }

    private static func printablePrefix(_ octets: ArraySlice<UInt8>) -> String {
        String(decoding: octets.prefix { (0x20...0x7E).contains($0) || $0 == 0x09 }, as: UTF8.self)
    }

    // MARK: Forms

    private static func attribute(_ place: String, _ value: String, isAttribute: Bool = false) -> FoundMessage {
        do throws(KeyMgmtError) {
            let attribute = try KeyMgmtAttribute(parsing: value, isLenient: true)
            return FoundMessage(place, attribute.data, attribute.deviations, isAttribute: isAttribute)
        } catch {
            return FoundMessage(place, error)
        }
    }

    private static func header(_ place: String, _ value: String) -> [FoundMessage] {
        do throws(KeyMgmtError) {
            let header = try KeyMgmtHeader(parsing: value, isLenient: true)
            return header.specifications.map { specification in
                let uri = specification.uri.map { " about \"\($0)\"" } ?? ""
                return FoundMessage("\(place), KeyMgmt\(uri)", specification.data, header.deviations)
            }
        } catch {
            return [FoundMessage("\(place), KeyMgmt", error)]
        }
    }

    /// `MIKEY=` in the `Transport` header of RTSP 2.0 (RFC 7826 appendix C.1.4.1).
    private static func transport(_ place: String, _ value: String) -> [FoundMessage] {
        value.split { $0 == ";" || $0 == "," }.map { $0.drop { $0 == " " } }
            .filter { $0.lowercased().hasPrefix("mikey=") }
            .map { parameter in
                let data = parameter.dropFirst(6).filter { $0 != "\"" && $0 != " " }
                return attribute("\(place), Transport", "mikey " + data)
            }
    }
}

extension Character {
    fileprivate var isPrintable: Bool { asciiValue.map { (0x21...0x7E).contains($0) } ?? false }
}

extension [UInt8] {
    /// Where `pattern` begins for the first time.
    fileprivate func firstPosition(of pattern: [UInt8]) -> Int? {
        guard count >= pattern.count else { return nil }
        return (0...count - pattern.count).first { self[$0...].starts(with: pattern) }
    }
}
