// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import Foundation
import TestSupport
import Testing

@Suite("Explained fields as JSON and as text")
struct ExplainedFormTests {
    private func json(_ value: ExplainedValue) -> String {
        var output: [UInt8] = []
        ExplainedJSON.write(value, to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        "Values",
        arguments: [
            (ExplainedValue.unsigned(.max), "18446744073709551615"), (.signed(.min), "-9223372036854775808"),
            (.flag(true), "true"), (.flag(false), "false"), (.number(0.5), "0.5"), (.number(1e30), "1e+30"),
            (.number(.infinity), "null"), (.number(.nan), "null"), (.ssrc(0xAB), "\"000000ab\""),
            (.octets([]), "\"\""), (.octets([0, 0x9A, 0xFF]), "\"009aff\""), (.list([]), "[]"), (.fields([]), "{}"),
            (.list([.unsigned(1), .text("a")]), "[1,\"a\"]"),
            (.fields([.init("a", .unsigned(1)), .init("b", .fields([]))]), "{\"a\":1,\"b\":{}}"),
        ])
    func values(_ value: ExplainedValue, _ expected: String) { #expect(json(value) == expected) }

    @Test(
        "Strings: what JSON or a terminal would take amiss is escaped",
        arguments: [
            ("a\"b\\c/", #""a\"b\\c/""#), ("\0\n\u{1B}[2J\u{7F}", #""\u0000\u000a\u001b[2J\u007f""#),
            ("\u{9B}\u{202E}\u{2028}", #""\u009b\u202e\u2028""#), ("\u{E0001}", #""\udb40\udc01""#),
            ("é日🎵\u{FFFD}", "\"é日🎵\u{FFFD}\""),
        ])
    func strings(_ text: String, _ expected: String) throws {
        #expect(json(.text(text)) == expected)
        let read = try JSONSerialization.jsonObject(with: Data(json(.text(text)).utf8), options: .fragmentsAllowed)
        #expect(read as? String == text)
    }

    @Test("Every packet's JSON is read by others with as many members", arguments: Sample.rtcp)
    func packets(_ sample: Sample) throws {
        let fields = try #require(explainedRTCP(sample.octets))
        let read = try JSONSerialization.jsonObject(with: Data(json(.fields(fields)).utf8))
        let object = try #require(read as? [String: Any])
        #expect(Set(object.keys) == Set(fields.map(\.name)))
    }

    @Test("Lines")
    func lines() {
        let fields: [ExplainedField] = [
            .init("ssrc", .ssrc(1)), .init("sender_packet_count", .unsigned(2)), .init("padding", .flag(false)),
            .init("reason", .text("a\n\"\u{1B}")), .init("data", .octets([])),
            .init("lost", .list([.unsigned(1), .unsigned(3)])),
            .init("sources", .list([])),
            .init("report_blocks", .list([.fields([.init("jitter", .unsigned(4))]), .fields([])])),
        ]
        let expected = #"""
              ssrc: 00000001
              sender packet count: 2
              padding: no
              reason: "a\u{a}\"\u{1b}"
              data: none
              lost: 1, 3
              sources: none
              report blocks:
                1:
                  jitter: 4
                2:

            """#
        #expect(ExplainedText.lines(fields, indentation: 2) == expected)
    }
}
