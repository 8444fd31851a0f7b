// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CaptureInspection
internal import MIKEY
internal import MIKEYInspection
internal import RTP
internal import RTPCaptures
internal import WireBytes

/// Searches for messages, and explains them. The first octet says what the others are.
enum MIKEYInspectProbe {
    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        guard let form = octets.octet(at: 0) else { return }
        let rest = octets.extracting(droppingFirst: 1)
        switch form % 4 {
        case 0: try messages(Script(rest))
        case 1: try explain(MessageScanner.messages(inFile: Array(copying: rest)))
        case 2: try segments(Script(rest))
        default: try frames(Script(rest))
        }
    }

    /// Frames behind their lengths, of a capture of IP packets.
    private static func frames(_ script: Script) throws(ProbeFinding) {
        var script = script
        var search = CaptureSearch()
        var found: [FoundMessage] = []
        var number = 0
        while !script.isAtEnd {
            number += 1
            let frame = script.octets(Int(script.number16()))
            found += search.take(frame.raw, linkType: .raw, number: number)
        }
        try explain(found + search.finish())
    }

    // MARK: Explanations

    /// A key behind its length, which may be 0, and messages behind theirs.
    private static func messages(_ script: Script) throws(ProbeFinding) {
        var script = script
        let key = script.octets(Int(script.octet() % 65))
        var messages: [[UInt8]] = []
        while !script.isAtEnd, messages.count < 8 { messages.append(script.octets(Int(script.number16()))) }
        for isLenient in [false, true] {
            let material = key.isEmpty ? nil : MIKEYKeyMaterial(copying: key.span)
            for showsSecrets in [false, true] {
                var inspector = MIKEYInspector(key: material, isLenient: isLenient, showsSecrets: showsSecrets)
                for message in messages + messages.prefix(1) {
                    try check(&inspector, message, isLenient: isLenient, showsSecrets: showsSecrets)
                }
            }
        }
    }

    private static func explain(_ found: [FoundMessage]) throws(ProbeFinding) {
        var inspector = MIKEYInspector()
        for message in found {
            guard case .mikey(let octets) = message.content else { continue }
            try check(&inspector, octets, isLenient: false, showsSecrets: false)
        }
    }

    private static func check(
        _ inspector: inout MIKEYInspector, _ octets: [UInt8], isLenient: Bool, showsSecrets: Bool
    ) throws(ProbeFinding) {
        guard let now = try? WallClockTime(seconds: 1_800_000_000) else { return }
        let inspection = inspector.inspect(octets, now: now)
        let strict = try? MIKEYMessage(parsing: octets)
        let lenient = try? MIKEYMessage(parsing: octets, mode: .lenient)
        try require(inspection.message == lenient, "another message than there is")
        try require(
            (inspection.fault == nil) == ((isLenient ? lenient : strict) != nil), "a fault too many, or too few")
        try require(lenient != nil || inspection.agreement == nil, "an agreement without a message")
        let end = inspection.parts.last?.octets.upperBound ?? 0
        try require(end == (inspection.parts.isEmpty ? 0 : octets.count), "parts that are not all of a message")
        try check(inspection.parts, in: 0..<octets.count, areBehindEachOther: true, showsSecrets: showsSecrets)
        try check(
            inspection.decrypted, in: 0..<octets.count, areBehindEachOther: true, showsSecrets: showsSecrets)
        var json: [UInt8] = []
        ExplainedJSON.write(inspection.parts.map { ExplainedField($0.name, .fields($0.fields)) }, to: &json)
        let lines = inspection.parts.flatMap { $0.lines() }
        try require(
            lines.allSatisfy { line in line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }, "a line that is not one")
    }

    private static func check(
        _ parts: [MIKEYPart], in outer: Range<Int>, areBehindEachOther: Bool, showsSecrets: Bool
    ) throws(ProbeFinding) {
        var end = outer.lowerBound
        for part in parts {
            try require(
                part.octets.lowerBound >= outer.lowerBound && part.octets.upperBound <= outer.upperBound,
                "\(part.name) lies beside what it is a part of")
            if areBehindEachOther { try require(part.octets.lowerBound == end, "\(part.name) is not next") }
            end = part.octets.upperBound
            if ["key_data", "salt_data"].contains(part.name) {
                try require((part.value != nil) == showsSecrets, "\(part.name) is shown, or is not")
            }
            // Fields may share an octet, and reserved ones have no part.
            try check(part.parts, in: part.octets, areBehindEachOther: false, showsSecrets: showsSecrets)
        }
    }

    // MARK: Segments

    /// A text in segments of any lengths, in any order and some of them twice, is found as it is in one.
    private static func segments(_ script: Script) throws(ProbeFinding) {
        var script = script
        let start = UInt32.max - UInt32(script.octet())
        let sizes = (0..<script.octet() % 32).map { _ in Int(script.octet()) }
        let orders = sizes.map { _ in script.octet() }
        let text = script.octets(60_000)
        var pieces: [(order: UInt8, frame: [UInt8])] = []
        var position = 0
        for (size, order) in zip(sizes, orders) {
            let end = min(position + size, text.count)
            // A piece begins before the end of the one before.
            let overlap = min(position, Int(order % 4))
            let piece = segment(Array(text[(position - overlap)..<end]), start &+ 1 &+ UInt32(position - overlap))
            pieces.append((order, piece))
            if order % 3 == 0 { pieces.append((order ^ 0x80, piece)) }
            position = end
        }
        pieces.append((UInt8.max, segment(Array(text[position...]), start &+ 1 &+ UInt32(position))))
        pieces.sort { $0.order < $1.order }
        let syn = segment([], start, flags: 2)
        let whole = found([syn, segment(text, start &+ 1)])
        let parts = found([syn] + pieces.map(\.frame))
        try require(whole == parts, "segments are not put together as they were")
    }

    /// What is found, without the numbers of frames.
    private static func found(_ frames: [[UInt8]]) -> [String] {
        var search = CaptureSearch()
        var messages: [FoundMessage] = []
        for (number, frame) in frames.enumerated() {
            messages += search.take(frame.raw, linkType: .raw, number: number + 1)
        }
        return (messages + search.finish()).map { message in
            "\(message.place.drop { $0 != "," }) \(message.content)"
        }
    }

    private static func segment(_ octets: [UInt8], _ number: UInt32, flags: UInt8 = 0x10) -> [UInt8] {
        var tcp = ByteWriter(reserving: 40 + octets.count)
        tcp.write(bytes: [0x45, 0])
        tcp.write(UInt16(truncatingIfNeeded: 40 + octets.count))
        tcp.write(bytes: [0, 0, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 2, 0x2A, 0x80, 0])
        tcp.write(number)
        tcp.write(bytes: [0, 0, 0, 0, 0x50, flags, 0xFF, 0xFF, 0, 0, 0, 0])
        tcp.write(bytes: octets)
        return tcp.bytes
    }
}
