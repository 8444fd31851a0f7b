// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyManagement
import MIKEY
import TestSupport
import Testing

@Suite("The article that takes a message apart")
struct ArticleTests {
    private struct Row {
        let start: Int
        let octets: [UInt8]
        let text: String
    }

    @Test("Its octets are those of its line, in their order, and its payloads begin where they do")
    func table() throws {
        let path = TestVectors.folder.deletingLastPathComponent()
            .appending(path: "Sources/MIKEY/MIKEY.docc/AMessageOctetByOctet.md")
        let lines = try String(contentsOf: path, encoding: .utf8).split(separator: "\n")
        let line = try #require(lines.first { $0.hasPrefix("a=key-mgmt:") })
        let message = try KeyMgmtAttribute(parsing: String(line.dropFirst("a=key-mgmt:".count))).data.message()
        let rows = lines.compactMap { line -> Row? in
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count == 3, let start = Int(cells[0]) else { return nil }
            return Row(start: start, octets: octets(cells[1].filter { $0 != "`" }), text: cells[2])
        }
        #expect(rows.flatMap(\.octets) == message.encoded)
        var position = 0
        for row in rows {
            #expect(row.start == position)
            position += row.octets.count
        }
        let bold = rows.filter { $0.text.hasPrefix("**") }
        #expect(bold.map(\.start) == message.layout.payloads.map(\.lowerBound))
        for (row, payload) in zip(bold, message.payloads) { #expect(row.text.hasPrefix("**\(payload.type).**")) }
    }
}
