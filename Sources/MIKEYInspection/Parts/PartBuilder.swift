// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CaptureInspection
package import MIKEY
internal import RTP

/// Puts parts behind each other, and counts octets as it goes.
struct PartBuilder {
    private(set) var parts: [MIKEYPart] = []
    /// Where the next part begins.
    private(set) var offset: Int
    /// Whether keys are shown.
    let showsSecrets: Bool

    init(at offset: Int, showsSecrets: Bool) {
        self.offset = offset
        self.showsSecrets = showsSecrets
    }

    /// A number in the octets that its type has.
    mutating func number(_ name: String, _ number: some FixedWidthInteger & UnsignedInteger, _ meaning: String? = nil) {
        add(name, .unsigned(UInt64(number)), number.bitWidth / 8, meaning)
    }

    /// Some bits of octets that the next part, or the last of several, counts.
    mutating func bits(_ name: String, _ value: ExplainedValue, _ meaning: String? = nil) {
        parts.append(MIKEYPart(name: name, octets: offset..<offset + 1, value: value, meaning: meaning, parts: []))
    }

    /// Goes on behind bits.
    mutating func skip(_ byteCount: Int) { offset += byteCount }

    mutating func ssrc(_ name: String, _ ssrc: SSRC, _ meaning: String? = nil) {
        add(name, .ssrc(ssrc.rawValue), 4, meaning)
    }

    /// Octets that are no secret.
    mutating func octets(_ name: String, _ octets: [UInt8], _ meaning: String? = nil) {
        add(name, .octets(octets), octets.count, meaning)
    }

    /// Text where it is text, and octets otherwise.
    mutating func text(_ name: String, _ octets: [UInt8], _ meaning: String? = nil) {
        let text = String(validating: octets, as: UTF8.self)
        add(name, text.map { .text($0) } ?? .octets(octets), octets.count, meaning)
    }

    /// A key or salt: its length, and only on demand its octets.
    mutating func secret(_ name: String, _ material: MIKEYKeyMaterial) {
        let count = "\(material.count) octets"
        if showsSecrets {
            add(name, .octets(material.copiedOctets), material.count, count)
        } else {
            add(name, nil, material.count, "\(count), hidden")
        }
    }

    /// A part made of parts.
    mutating func part(_ name: String, _ meaning: String? = nil, _ body: (inout PartBuilder) -> Void) {
        var inner = PartBuilder(at: offset, showsSecrets: showsSecrets)
        body(&inner)
        parts.append(
            MIKEYPart(
                name: name, octets: offset..<inner.offset, value: nil, meaning: meaning, parts: inner.parts))
        offset = inner.offset
    }

    private mutating func add(_ name: String, _ value: ExplainedValue?, _ byteCount: Int, _ meaning: String?) {
        parts.append(
            MIKEYPart(name: name, octets: offset..<offset + byteCount, value: value, meaning: meaning, parts: []))
        offset += byteCount
    }
}

extension MIKEYKeyMaterial {
    /// The octets, for one who asked for secrets.
    package var copiedOctets: [UInt8] {
        withBytes { (bytes: RawSpan) in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
    }
}
