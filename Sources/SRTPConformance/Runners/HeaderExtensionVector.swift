// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// RFC 8285 extension blocks: profile, length, elements and padding between them.
enum HeaderExtensionVector {
    private struct Element: Equatable {
        let id: UInt8
        let data: [UInt8]
    }

    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let isTwoByte = try fields.text("form", oneOf: ["one-byte", "two-byte"]) == "two-byte"
        let block = try fields.octets("block")
        let padding = Int(try fields.integer("padding_octets", in: 0...0xFFFF))
        let appBits = fields.has("appbits") ? UInt8(try fields.integer("appbits", in: 0...15)) : 0
        let header = try header(before: block)
        let form: HeaderExtensionForm = isTwoByte ? .twoByte(appBits: appBits) : .oneByte
        guard var cursor = HeaderExtensionCursor(header), cursor.form == form else {
            throw fields.fault("form", expected: "profile \(hex(form.profile))", got: hex(header.extensionProfile))
        }
        let packet = Self.fixedHeader + block
        var found: [Element] = []
        do throws(RTPError) {
            while let element = try unsafe cursor.next(in: packet.span.bytes) {
                found.append(Element(id: element.id, data: Array(packet[element.range])))
            }
        } catch {
            throw fields.fault("block", expected: "elements that end inside the extension", got: "\(error)")
        }
        try compare(found, with: fields)
        let used = found.reduce(0) { $0 + $1.data.count + (isTwoByte ? 2 : 1) }
        guard header.extensionByteCount - used == padding else {
            throw fields.fault("padding_octets", expected: "\(padding)", got: "\(header.extensionByteCount - used)")
        }
        return nil
    }

    private static func compare(_ found: [Element], with fields: RowFields) throws(RowFault) {
        let expected = try fields.objects("elements")
        for (position, element) in expected.enumerated() {
            try element.check(required: ["id", "data"], optional: [])
            let wanted = Element(id: UInt8(try element.integer("id", in: 1...255)), data: try element.octets("data"))
            guard position < found.count else {
                throw fields.fault("elements", expected: "\(expected.count) of them", got: "\(found.count)")
            }
            guard found[position].id == wanted.id else {
                throw element.fault("id", expected: "\(wanted.id)", got: "\(found[position].id)")
            }
            try RowFault.compare("elements[\(position)].data", expected: wanted.data, got: found[position].data)
        }
        guard found.count == expected.count else {
            throw fields.fault("elements", expected: "\(expected.count) of them", got: "\(found.count)")
        }
    }

    /// A fixed header with the X bit, as it stands before an extension.
    private static let fixedHeader: [UInt8] = [0x90] + [UInt8](repeating: 0, count: 11)

    private static func header(before block: [UInt8]) throws(RowFault) -> RTPHeader {
        let packet = fixedHeader + block
        let header = try RTPRow.header(of: packet, field: "block")
        guard header.byteCount == packet.count else {
            throw RowFault("block", expected: "\(header.extensionByteCount + 4) octets", got: "\(block.count)")
        }
        return header
    }

    private static func hex(_ number: UInt16) -> String {
        Hex.text([UInt8(truncatingIfNeeded: number >> 8), UInt8(truncatingIfNeeded: number)])
    }
}
