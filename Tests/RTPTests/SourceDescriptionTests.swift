// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("Source descriptions and goodbyes")
struct SourceDescriptionTests {
    private typealias Item = SourceDescription.Item

    /// The packet of this type and count; whatever parses must write itself.
    private func decode(_ type: UInt8, _ count: UInt8, _ body: [UInt8]) throws -> RTCPPacket {
        let words = body.count / 4
        let bytes = [0x80 | count, type, UInt8(words >> 8), UInt8(words & 0xFF)] + body
        let compound = try RTCPCompound(parsing: bytes.span.bytes, form: .reducedSize)
        #expect(try compound.encoded(form: .reducedSize) == bytes)
        #expect(compound.encodedByteCount == bytes.count)
        return try #require(compound.packets.first)
    }

    private func describe(_ count: UInt8, _ body: String) throws -> SourceDescription {
        guard case .sourceDescription(let packet) = try decode(202, count, octets(body)) else {
            throw RTPError.missing(.sourceDescription)
        }
        return packet
    }

    private func goodbye(_ count: UInt8, _ body: String) throws -> Goodbye {
        guard case .goodbye(let packet) = try decode(203, count, octets(body)) else { throw RTPError.missing(.goodbye) }
        return packet
    }

    private func encoded(_ packet: RTCPPacket) throws -> [UInt8] {
        try RTCPCompound([packet]).encoded(form: .reducedSize)
    }

    @Test("RTP-10 all eight items and one of an unknown type")
    func items() throws {
        let items = [
            try Item(.cname, "a@b"), try Item(.name, "Zoë"), try Item(.email, "e"), try Item(.phone, "1"),
            try Item(.loc, ""),
            try Item(.tool, "t"), try Item(.note, "n"), try Item(privatePrefix: "pre", value: "val"),
            try Item(.init(rawValue: 99), octets: [0, 0xFF]),
        ]
        #expect(items.map(\.kind.rawValue) == [1, 2, 3, 4, 5, 6, 7, 8, 99])
        let description = SourceDescription([.init(source: 7, items: items), .init(source: 8)])
        let bytes = try encoded(.sourceDescription(description))
        #expect(try decode(202, 2, Array(bytes.dropFirst(4))) == .sourceDescription(description))
        let chunk = description.chunks[0]
        #expect(chunk[.cname] == "a@b")
        #expect(chunk[.name] == "Zoë")
        #expect(chunk[.loc] == "")
        #expect(description.chunks[1][.cname] == nil)
        #expect(items[8].text == "\0\u{FFFD}")
    }

    @Test("0 to 31 chunks; 32 are refused when written")
    func chunkCount() throws {
        for count in 0...32 {
            let description = SourceDescription((0..<count).map { .init(source: SSRC(UInt32($0))) })
            guard count <= 31 else {
                #expect(throws: RTPError.valueOutOfRange(.sourceDescription, value: 32, allowed: 0...31)) {
                    try encoded(.sourceDescription(description))
                }
                continue
            }
            let bytes = try encoded(.sourceDescription(description))
            #expect(bytes.count == 4 + 8 * count)
            #expect(try decode(202, UInt8(count), Array(bytes.dropFirst(4))) == .sourceDescription(description))
        }
    }

    @Test("RTP-10 texts of up to 255 octets", arguments: [0, 1, 2, 3, 4, 254, 255])
    func textLength(_ count: Int) throws {
        let description = SourceDescription([
            .init(source: 1, items: [try Item(.cname, String(repeating: "c", count: count))])
        ])
        let bytes = try encoded(.sourceDescription(description))
        #expect(bytes.count == 4 + (4 + 2 + count) / 4 * 4 + 4)
        #expect(try decode(202, 1, Array(bytes.dropFirst(4))) == .sourceDescription(description))
    }

    @Test("items that cannot be are refused")
    func itemLimits() throws {
        #expect(throws: RTPError.valueOutOfRange(.sourceDescription, value: 256, allowed: 0...255)) {
            try Item(.cname, String(repeating: "c", count: 256))
        }
        #expect(throws: RTPError.valueOutOfRange(.sourceDescription, value: 0, allowed: 1...255)) {
            try Item(.init(rawValue: 0), "x")
        }
    }

    @Test("RTP-10 PRIV: the prefix lies inside the item")
    func priv() throws {
        let item = try Item(privatePrefix: String(repeating: "p", count: 200), value: String(repeating: "v", count: 54))
        #expect(item.octets.count == 255)
        #expect(item.privateExtension?.prefix.count == 200)
        #expect(item.privateExtension?.value.count == 54)
        #expect(throws: RTPError.valueOutOfRange(.sourceDescription, value: 255, allowed: 0...254)) {
            try Item(privatePrefix: "p", value: String(repeating: "v", count: 254))
        }
        for octets: [UInt8] in [[], [1], [3, 1, 2]] {
            #expect(throws: RTPError.invalidLength(.sourceDescription, bytes: octets.count)) {
                try Item(.priv, octets: octets)
            }
        }
        for octets: [UInt8] in [[0], [1, 65], [0, 66]] {
            #expect(try Item(.priv, octets: octets).privateExtension != nil)
        }
        // From the network a broken one is kept, so that the CNAME beside it is not lost.
        let received = try describe(1, "00000001 080105 010161 0000")
        #expect(received.chunks[0].items.count == 2)
        #expect(received.chunks[0].items[0].privateExtension == nil)
        #expect(received.chunks[0][.cname] == "a")
        #expect(try Item(.cname, "x").privateExtension == nil)
    }

    @Test(
        "RTP-10 the ways a chunk ends: one null at the word, four when aligned, more, and none at all",
        arguments: [
            (1, "00000001 010161 00", 1),
            (1, "00000001 01026162 00000000", 1),
            (1, "00000001 00000000", 0),
            (1, "00000001 010161 00 00000000 00000000", 1),
            (1, "00000001 01026162", 1),
            (1, "00000001", 0),
            (2, "00000000 00000000 00000000 010161 00", 1),
            (2, "00000001 010161 00 00000000 00000000 00000000", 1),
            (0, "", 0),
            (0, "00000000", 0),
        ] as [(UInt8, String, Int)])
    func ends(_ count: UInt8, _ body: String, _ items: Int) throws {
        var description = try describe(count, body)
        #expect(description.chunks.count == count)
        #expect(description.chunks.map(\.items.count).reduce(0, +) == items)
        let chunks = description.chunks
        description.chunks = chunks
        #expect(description == SourceDescription(chunks), "chunks that are set end in the fewest nulls")
    }

    @Test(
        "RTP-10 chunks that do not hold what they say",
        arguments: [
            (1, "", .truncated(.sourceDescription, neededBytes: 4, availableBytes: 0)),
            (2, "00000001 00000000", .truncated(.sourceDescription, neededBytes: 4, availableBytes: 0)),
            (2, "00000001 01026162", .truncated(.sourceDescription, neededBytes: 1, availableBytes: 0)),
            (1, "00000001 010161 02", .truncated(.sourceDescription, neededBytes: 2, availableBytes: 1)),
            (1, "00000001 01ff6162", .truncated(.sourceDescription, neededBytes: 257, availableBytes: 4)),
            (1, "00000001 010361 00", .truncated(.sourceDescription, neededBytes: 5, availableBytes: 4)),
            (1, "00000001 00000007", .valueOutOfRange(.sourceDescription, value: 7, allowed: 0...0)),
            (1, "00000001 010161 00 00000002", .valueOutOfRange(.sourceDescription, value: 2, allowed: 0...0)),
            (2, "00000001 00090000 00000002 00000000", .valueOutOfRange(.sourceDescription, value: 9, allowed: 0...0)),
            (0, "00000001", .valueOutOfRange(.sourceDescription, value: 1, allowed: 0...0)),
        ] as [(UInt8, String, RTPError)])
    func malformed(_ count: UInt8, _ body: String, _ error: RTPError) {
        #expect(throws: error) { try describe(count, body) }
    }

    @Test("RTP-11 BYE with 0 to 31 sources; 32 are refused when written")
    func goodbyeSources() throws {
        for count in [0, 1, 31] {
            let packet = try Goodbye(sources: (0..<count).map { SSRC(UInt32($0)) })
            let bytes = try encoded(.goodbye(packet))
            #expect(bytes.count == 4 + 4 * count)
            #expect(try decode(203, UInt8(count), Array(bytes.dropFirst(4))) == .goodbye(packet))
        }
        let over = try Goodbye(sources: Array(repeating: 1, count: 32))
        #expect(throws: RTPError.valueOutOfRange(.goodbye, value: 32, allowed: 0...31)) { try encoded(.goodbye(over)) }
    }

    @Test("RTP-11 BYE with a reason of any length", arguments: [0, 1, 2, 3, 4, 254, 255])
    func goodbyeReason(_ count: Int) throws {
        let reason = String(repeating: "r", count: count)
        let packet = try Goodbye(sources: [1], reason: reason)
        let bytes = try encoded(.goodbye(packet))
        #expect(bytes.count == 8 + (count + 4) / 4 * 4)
        #expect(try decode(203, 1, Array(bytes.dropFirst(4))) == .goodbye(packet))
        #expect(packet.reason == reason)
    }

    @Test("RTP-11 BYE as it comes: more nulls than needed, and reasons that do not fit")
    func goodbyeWire() throws {
        #expect(try goodbye(1, "00000001").reason == nil)
        #expect(try goodbye(1, "00000001 00000000").reason == "")
        #expect(try goodbye(1, "00000001 02686900").reason == "hi")
        #expect(try goodbye(1, "00000001 03686969").reason == "hii")
        #expect(try goodbye(0, "02686900 00000000 00000000").reason == "hi")
        #expect(try goodbye(1, "00000001 01ff0000").reason == "\u{FFFD}")
        #expect(throws: RTPError.truncated(.goodbye, neededBytes: 8, availableBytes: 4)) { try goodbye(2, "00000001") }
        #expect(throws: RTPError.truncated(.goodbye, neededBytes: 5, availableBytes: 4)) {
            try goodbye(1, "00000001 04686969")
        }
        #expect(throws: RTPError.valueOutOfRange(.goodbye, value: 5, allowed: 0...0)) {
            try goodbye(1, "00000001 02686905")
        }
        #expect(throws: RTPError.valueOutOfRange(.goodbye, value: 256, allowed: 0...255)) {
            try Goodbye(sources: [], reason: String(repeating: "r", count: 256))
        }
    }
}
