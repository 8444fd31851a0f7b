// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Reads lines into sections and notes what is not as it should be.
struct SDPReader {
    private(set) var session: [SDPLine] = []
    private(set) var media: [MediaDescription] = []
    private(set) var deviations: [SDPDeviation] = []
    private var section = Progress()
    private var sessionHasConnection = false

    /// How far a section is.
    private struct Progress {
        var start = 1
        var rank = 0
        var seen: Set<Character> = []
    }

    /// The lines of a text; a line ends by CR LF, LF or CR.
    static func lines(of octets: [UInt8]) -> [SDPLine] {
        var lines: [SDPLine] = []
        var rest = octets[...]
        while let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") }) {
            let ending: SDPLine.Ending
            if rest[end] == UInt8(ascii: "\n") {
                ending = .lineFeed
            } else {
                let isPair = rest[end...].dropFirst().first == UInt8(ascii: "\n")
                ending = isPair ? .carriageReturnLineFeed : .carriageReturn
            }
            lines.append(SDPLine(octets: Array(rest[..<end]), ending: ending))
            rest = rest[end...].dropFirst(ending.rawValue.utf8.count)
        }
        if !rest.isEmpty { lines.append(SDPLine(octets: Array(rest), ending: .none)) }
        return lines
    }

    mutating func read(_ lines: [SDPLine]) throws(SDPError) {
        guard let first = lines.first, first.field == "v", (try? first.read(Self.version)) != nil else {
            throw .malformed(line: 1, expected: "v=0")
        }
        for (position, line) in lines.enumerated() {
            let number = position + 1
            checkEnding(of: line, number)
            if line.field == "m" {
                try startMedia(line, number)
            } else {
                check(line, number)
                if media.isEmpty { session.append(line) } else { media[media.count - 1].lines.append(line) }
            }
        }
        endSection()
        // Notes on what a section lacks come when it ends.
        deviations.sort { $0.line < $1.line }
    }

    // MARK: Sections

    private mutating func startMedia(_ line: SDPLine, _ number: Int) throws(SDPError) {
        endSection()
        if media.isEmpty { sessionHasConnection = section.seen.contains("c") }
        section = Progress(start: number)
        do throws(SDPFault) {
            let read = try line.read(Media.init(parsing:))
            if read.hasSurplusSpaces { note(.surplusSpaces, line, number) }
            media.append(MediaDescription(read.value, line: line))
        } catch {
            throw .malformed(line: number, expected: error.expected)
        }
    }

    private mutating func endSection() {
        let isMedia = !media.isEmpty
        let required: [Character] = isMedia ? (sessionHasConnection ? [] : ["c"]) : ["o", "s", "t"]
        for field in required where !section.seen.contains(field) {
            deviations.append(SDPDeviation(line: section.start, field: nil, kind: .missing(field)))
        }
    }

    // MARK: Lines

    private mutating func note(_ kind: SDPDeviation.Kind, _ line: SDPLine, _ number: Int) {
        deviations.append(SDPDeviation(line: number, field: line.field, kind: kind))
    }

    private mutating func checkEnding(of line: SDPLine, _ number: Int) {
        switch line.ending {
        case .carriageReturnLineFeed: break
        case .lineFeed: note(.lineFeedOnly, line, number)
        case .carriageReturn: note(.carriageReturnOnly, line, number)
        case .none: note(.unfinishedLine, line, number)
        }
    }

    private mutating func check(_ line: SDPLine, _ number: Int) {
        guard !line.octets.isEmpty else { return note(.emptyLine, line, number) }
        guard let field = line.field, !line.octets.contains(0) else { return note(.notAField, line, number) }
        checkPlace(of: field, line, number)
        do throws(SDPFault) {
            let read = try line.read { (value: ArraySlice<UInt8>) throws(SDPFault) in
                try Self.violation(of: field, value)
            }
            if read.hasSurplusSpaces { note(.surplusSpaces, line, number) }
            if let expected = read.value { note(.notAllowed(expected: expected), line, number) }
        } catch {
            note(.malformed(expected: error.expected), line, number)
        }
    }

    private mutating func checkPlace(of field: Character, _ line: SDPLine, _ number: Int) {
        let isMedia = !media.isEmpty
        guard let rank = isMedia ? MediaDescription.rank(of: field) : SessionDescription.rank(of: field) else {
            return note(.unknownField, line, number)
        }
        if rank < section.rank { note(.outOfOrder, line, number) }
        section.rank = max(section.rank, rank)
        let mayRepeat = "epbtrza".contains(field) || isMedia && field == "c"
        if !section.seen.insert(field).inserted, !mayRepeat { note(.repeated, line, number) }
    }

    // MARK: Values

    private static func version(_ value: ArraySlice<UInt8>) throws(SDPFault) {
        guard value.elementsEqual("0".utf8) else { throw SDPFault("version 0") }
    }

    /// Throws where a value cannot be read as its field's; returns what is expected where it can and is not allowed.
    private static func violation(of field: Character, _ value: ArraySlice<UInt8>) throws(SDPFault) -> String? {
        switch field {
        case "v": try version(value)
        case "o": _ = try Origin(parsing: value)
        case "c": return try ConnectionData(parsing: value).violation
        case "b": _ = try Bandwidth(parsing: value)
        case "t": _ = try Timing(parsing: value)
        case "r": try Repetition.checkRepeats(value)
        case "z": try Repetition.checkZones(value)
        case "a": return try SDPAttribute(parsing: value).fault?.expected
        case "k":
            guard SDPGrammar.isByteString(value) else { throw SDPFault("a method, and perhaps a key") }
            return "no k=, which is obsolete (RFC 8866 section 5.12)"
        default: guard SDPGrammar.isByteString(value) else { throw SDPFault("a text") }
        }
        return nil
    }
}
