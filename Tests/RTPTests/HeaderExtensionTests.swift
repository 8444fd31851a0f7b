// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

struct HeaderExtensionVector: Decodable, Sendable, CustomTestStringConvertible {
    struct Element: Decodable, Sendable {
        var id: UInt8
        var data: String
    }
    var id, form, block: String
    var elements: [Element]
    var testDescription: String { id }
}

@Suite("Header extension elements")
struct HeaderExtensionTests {
    struct Element: Hashable {
        var id: UInt8
        var data: [UInt8]

        init(_ id: UInt8, _ data: String) { (self.id, self.data) = (id, octets(data)) }
    }

    /// A packet with one CSRC and this block, profile to padding, as header extension.
    private func packet(_ block: [UInt8]) -> [UInt8] { octets("9100 0000 00000000 00000000 55555555") + block + [0xFF] }

    /// The elements up to the end or the first error.
    private func read(_ block: [UInt8]) throws -> (elements: [Element], error: RTPError?) {
        let bytes = packet(block)
        let view = try RTPPacketView(bytes.span.bytes)
        var cursor = try #require(HeaderExtensionCursor(view.header))
        var elements: [Element] = []
        do throws(RTPError) {
            while let element = try cursor.next(in: view.bytes) {
                var found = Element(element.id, "")
                found.data = Array(bytes[element.range])
                elements.append(found)
            }
        } catch {
            #expect(try cursor.next(in: view.bytes) == nil, "an error ends the walk")
            return (elements, error)
        }
        return (elements, nil)
    }

    @Test("RTP-04 the figures of RFC 8285", arguments: try TestVectors.rows("rfc8285.json") as [HeaderExtensionVector])
    func vectors(_ vector: HeaderExtensionVector) throws {
        let block = octets(vector.block)
        let expected = vector.elements.map { Element($0.id, $0.data) }
        let (elements, error) = try read(block)
        #expect(elements == expected)
        #expect(error == nil)

        var builder = HeaderExtensionBuilder()
        builder.prefersTwoByteForm = vector.form == "two-byte"
        for element in expected { try builder.append(id: element.id, element.data) }
        let built = try #require(try builder.build())
        let profile = [UInt8(built.profile >> 8), UInt8(built.profile & 0xFF)]
        #expect(profile == Array(block.prefix(2)))
        // The RFC's figures have padding between elements, a builder's at the end.
        #expect(try read(profile + [0, UInt8(built.data.count / 4)] + built.data).elements == expected)
    }

    @Test(
        "RTP-04 the rules of RFC 8285 4.1.2 to 4.3",
        arguments: [
            ("bede 0000", []),
            ("bede 0001 00000000", []),
            ("bede 0001 00 10aa 00", [Element(1, "aa")]),
            ("bede 0001 10aa f0 20", [Element(1, "aa")]),
            ("bede 0002 10aa ff 20bb000000", [Element(1, "aa")]),
            ("bede 0002 10aa 01 20bb000000", [Element(1, "aa")]),
            ("bede 0001 e2010203", [Element(14, "010203")]),
            ("bede 0005 3f000102030405060708090a0b0c0d0e0f 000000", [Element(3, "000102030405060708090a0b0c0d0e0f")]),
            ("1000 0001 01000200", [Element(1, ""), Element(2, "")]),
            ("100f 0001 0f01aa00", [Element(15, "aa")]),
            ("1000 0001 000f01aa", [Element(15, "aa")]),
            ("1000 0001 ff02aabb", [Element(255, "aabb")]),
        ])
    func rules(_ block: String, _ expected: [Element]) throws {
        let (elements, error) = try read(octets(block))
        #expect(elements == expected)
        #expect(error == nil)
    }

    @Test(
        "RTP-04 an element that crosses the end is a typed error after the good ones",
        arguments: [
            ("bede 0001 10aa00 10", 1, 2, 1),
            ("bede 0001 10aa 21bb", 1, 3, 2),
            ("1000 0001 0101aa 02", 1, 2, 1),
            ("1000 0001 0000 0101", 0, 3, 2),
            ("1000 0001 01ff aabb", 0, 257, 4),
        ])
    func truncated(_ block: String, _ good: Int, _ needed: Int, _ available: Int) throws {
        let (elements, error) = try read(octets(block))
        #expect(elements.count == good)
        #expect(error == .truncated(.extensionElement, neededBytes: needed, availableBytes: available))
    }

    @Test("RTP-04 other profiles, and packets without extension, have no elements")
    func otherProfiles() throws {
        for profile: UInt16 in [0, 0xBEDF, 0x0FFF, 0x1010, 0xC0DE, 0xC2DE] {
            #expect(HeaderExtensionForm(profile: profile) == nil)
        }
        for profile in UInt16(0x1000)...0x100F {
            let form = try #require(HeaderExtensionForm(profile: profile))
            #expect(form == .twoByte(appBits: UInt8(profile & 15)))
            #expect(form.profile == profile)
        }
        let plain = [0x80] + [UInt8](repeating: 0, count: 11)
        #expect(HeaderExtensionCursor(try RTPHeader(parsing: plain.span.bytes)) == nil)
    }

    @Test("a cursor on a shorter packet than its header's throws, and does not trap")
    func foreignPacket() throws {
        let bytes = packet(octets("bede 0001 10aa20bb"))
        var cursor = try #require(HeaderExtensionCursor(try RTPHeader(parsing: bytes.span.bytes)))
        #expect(throws: RTPError.truncated(.extensionElement, neededBytes: 1, availableBytes: 0)) {
            try cursor.next(in: bytes.span.bytes.extracting(0..<12))
        }
    }

    @Test("an element is found by its identifier")
    func lookUp() throws {
        let bytes = packet(octets("bede 0002 10aa 21bbcc 10dd 00"))
        let view = try RTPPacketView(bytes.span.bytes)
        for (id, expected) in [(1, [0xAA]), (2, [0xBB, 0xCC]), (3, nil)] as [(UInt8, [UInt8]?)] {
            var found: [UInt8]?
            if let data = try view.extensionElement(id: id) { found = octets(data) }
            #expect(found == expected)
        }
    }

    @Test("the builder takes the two-byte form only where it must or is told to")
    func form() throws {
        func form(_ change: (inout HeaderExtensionBuilder) throws -> Void) rethrows -> HeaderExtensionForm {
            var builder = HeaderExtensionBuilder()
            try change(&builder)
            return builder.form
        }
        #expect(try form { try $0.append(id: 14, [UInt8](repeating: 0, count: 16)) } == .oneByte)
        #expect(try form { try $0.append(id: 15, [1]) } == .twoByte(appBits: 0))
        #expect(try form { try $0.append(id: 1, []) } == .twoByte(appBits: 0))
        #expect(try form { try $0.append(id: 1, [UInt8](repeating: 0, count: 17)) } == .twoByte(appBits: 0))
        #expect(try form { try $0.setAppBits(9) } == .twoByte(appBits: 9))
        #expect(form { $0.prefersTwoByteForm = true } == .twoByte(appBits: 0))
    }

    @Test("the builder refuses what no form can hold")
    func builderLimits() throws {
        var builder = HeaderExtensionBuilder()
        #expect(try builder.build() == nil, "an extension without elements should not be sent")
        #expect(throws: RTPError.valueOutOfRange(.extensionElement, value: 0, allowed: 1...255)) {
            try builder.append(id: 0, [1])
        }
        #expect(throws: RTPError.valueOutOfRange(.extensionElement, value: 256, allowed: 0...255)) {
            try builder.append(id: 1, [UInt8](repeating: 0, count: 256))
        }
        #expect(throws: RTPError.valueOutOfRange(.headerExtension, value: 16, allowed: 0...15)) {
            try builder.setAppBits(16)
        }
        #expect(try builder.build() == nil)
        let long = [UInt8](repeating: 0, count: 255)
        for _ in 0..<1020 { try builder.append(id: 255, long) }
        #expect(try builder.build()?.data.count == 262_140)
        try builder.append(id: 1, [])
        #expect(throws: RTPError.invalidLength(.headerExtension, bytes: 262_144)) { try builder.build() }
    }

    @Test("random elements come back, whatever the form", arguments: 0..<64)
    func roundTrip(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var builder = HeaderExtensionBuilder()
        let (ids, lengths) = Bool.random(using: &random) ? (UInt8(1)...14, 1...16) : (1...255, 0...255)
        var expected: [Element] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            var element = Element(.random(in: ids, using: &random), "")
            element.data = random.octets(in: lengths)
            try builder.append(id: element.id, element.data)
            expected.append(element)
        }
        let built = try #require(try builder.build())
        let words = built.data.count / 4
        let head = [UInt8(built.profile >> 8), UInt8(built.profile & 0xFF), UInt8(words >> 8), UInt8(words & 0xFF)]
        #expect(try read(head + built.data).elements == expected)
    }
}
