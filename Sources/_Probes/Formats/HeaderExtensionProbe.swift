// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// Walks over RFC 8285 elements, builds an extension of them and walks over that.
enum HeaderExtensionProbe {
    /// What a walk has found.
    struct Walk {
        var elements: [HeaderExtensionElement] = []
        var error: RTPError?
    }

    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        guard let first = octets.octet(at: 0) else { return }
        let form: HeaderExtensionForm = first & 1 == 0 ? .oneByte : .twoByte(appBits: first >> 4)
        let data = octets.extracting(droppingFirst: 1)
        // The range may say more than there is: it comes from a header that may belong to another packet.
        let surplus = first & 2 == 0 ? 0 : Int(first >> 2)
        let range = 0..<data.byteCount + surplus
        var cursor = HeaderExtensionCursor(form: form, range: range)
        let walk = try walk(&cursor, over: data, in: 0..<data.byteCount)
        try checkBuilding(walk, of: data, appBits: first & 1 == 0 ? 0 : first >> 4)
    }

    /// Walks to the end; every element must lie behind the one before, and in `range`.
    static func walk(
        _ cursor: inout HeaderExtensionCursor, over octets: RawSpan, in range: Range<Int>
    ) throws(ProbeFinding) -> Walk {
        var walk = Walk()
        var end = range.lowerBound
        while walk.error == nil {
            let next: HeaderExtensionElement?
            do throws(RTPError) { next = try cursor.next(in: octets) } catch {
                guard case .truncated = error else { throw ProbeFinding("an element is refused as \(error)") }
                walk.error = error
                break
            }
            guard let element = next else { break }
            try require(
                element.range.lowerBound > end && element.range.upperBound <= range.upperBound,
                "element \(element) outside \(end)..<\(range.upperBound)")
            try require(
                cursor.form == .oneByte
                    ? (1...14).contains(element.id) && (1...16).contains(element.range.count)
                    : element.id > 0 && element.range.count <= 255,
                "element \(element) in \(cursor.form)")
            end = element.range.upperBound
            walk.elements.append(element)
        }
        let behind: HeaderExtensionElement?
        do throws(RTPError) { behind = try cursor.next(in: octets) } catch {
            throw ProbeFinding("a cursor at its end throws \(error)")
        }
        try require(behind == nil, "a cursor goes on behind its end")
        return walk
    }

    /// An extension built of the elements gives them again.
    private static func checkBuilding(
        _ found: Walk, of octets: RawSpan, appBits: UInt8
    ) throws(ProbeFinding) {
        var builder = HeaderExtensionBuilder()
        let built: HeaderExtension?
        do throws(RTPError) {
            try builder.setAppBits(appBits)
            for element in found.elements {
                try builder.append(id: element.id, Array(copying: octets.extracting(element.range)))
            }
            built = try builder.build()
        } catch {
            // More than 2^16 words; short inputs never come there.
            guard case .invalidLength = error else { throw ProbeFinding("elements are not built: \(error)") }
            return
        }
        guard let built else { return try require(found.elements.isEmpty, "nothing is built of elements") }
        guard let form = HeaderExtensionForm(profile: built.profile) else {
            throw ProbeFinding("profile \(built.profile) is built")
        }
        try require(
            form == builder.form && (appBits == 0 || form == .twoByte(appBits: appBits)),
            "\(form) is built with the bits \(appBits)")
        try require(built.encodedByteCount == 4 + built.data.count, "\(built.encodedByteCount) octets")
        var cursor = HeaderExtensionCursor(form: form, range: built.data.indices)
        let again = try walk(&cursor, over: built.data.raw, in: built.data.indices)
        try require(
            again.error == nil && again.elements.map(\.id) == found.elements.map(\.id),
            "elements \(found.elements) become \(again)")
        for (old, new) in zip(found.elements, again.elements) {
            try require(
                Array(copying: octets.extracting(old.range)) == Array(built.data[new.range]),
                "element \(old.id) becomes another one")
        }
    }
}
