// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// `mikey-kdf`, `mikey-exchange`: their form is checked, and that is all until there is what runs them.
enum MIKEYRows {
    private static let notBuilt = SkipReason.notBuilt("MIKEY")

    static func runKeyDerivation(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        _ = try fields.text("prf", oneOf: ["MIKEY-1", "HMAC-SHA-256"])
        _ = try fields.octets("inkey")
        _ = try fields.octets("label")
        let byteCount = Int(try fields.integer("bits", in: 1...1 << 24) + 7) / 8
        _ = try fields.octets("outkey", count: byteCount...byteCount, why: "bits")
        return notBuilt
    }

    static func runExchange(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        _ = try fields.text("mode", oneOf: ["PSK", "PKE", "DH", "DHHMAC", "RSA-R"])
        if fields.has("psk") { _ = try fields.octets("psk") }
        for name in ["initiator_key", "initiator_cert", "responder_key", "responder_cert"] where fields.has(name) {
            guard try fields.text(name).hasPrefix("-----BEGIN ") else {
                throw fields.fault(name, expected: "PEM", got: "another text")
            }
        }
        if fields.has("now") { try readTime(fields, "now") }
        let messages = try fields.list("messages")
        guard !messages.isEmpty else { throw fields.fault("messages", expected: "a message", got: "none") }
        for (position, message) in messages.enumerated() {
            guard case .text(let text) = message else {
                throw fields.fault("messages[\(position)]", expected: "base64", got: "\(message)")
            }
            try readBase64(text, fields, "messages[\(position)]")
        }
        if fields.has("tgk") { _ = try fields.octets("tgk") }
        if fields.has("tek") { _ = try fields.octetList("tek") }
        for key in fields.has("teks") ? try fields.objects("teks") : [] {
            try key.check(required: ["cs", "key", "salt"], optional: [])
            _ = try key.integer("cs", in: 0...255)
            _ = try key.octets("key")
            _ = try key.octets("salt")
        }
        _ = try fields.flag("accepted")
        return notBuilt
    }

    private static func readBase64(_ text: String, _ fields: RowFields, _ name: String) throws(RowFault) {
        guard Data(base64Encoded: text) != nil else {
            throw fields.fault(name, expected: "base64", got: "another text")
        }
    }

    private static func readTime(_ fields: RowFields, _ name: String) throws(RowFault) {
        let text = try fields.text(name)
        do {
            _ = try Date(text, strategy: .iso8601)
        } catch {
            throw fields.fault(name, expected: "an RFC 3339 time", got: JSONValue.quoted(text))
        }
    }
}
