// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// `mikey-exchange`: the form of a row with the messages of an exchange, and the keys that follow. ``MIKEYExchangeRun`` goes
/// through it.
enum MIKEYExchangeRow {
    /// The fields beside `type`, `id`, and those that a row must have.
    static let options: Set<String> = Set(certificates).union([
        "psk", "now", "channel_protected", "prf", "csb_id", "rand", "initiator", "responder", "responder_in_answer",
        "steps", "tgk", "tek", "teks",
    ])

    private static let certificates = ["initiator_key", "initiator_cert", "responder_key", "responder_cert"]

    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        _ = try fields.text("mode", oneOf: ["PSK", "PKE", "DH", "DHHMAC", "RSA-R"])
        if fields.has("psk") { _ = try fields.octets("psk") }
        for name in certificates where fields.has(name) {
            guard try fields.text(name).hasPrefix("-----BEGIN ") else {
                throw fields.fault(name, expected: "PEM", got: "another text")
            }
        }
        if fields.has("now") { try checkTime(fields) }
        if fields.has("channel_protected") { _ = try fields.flag("channel_protected") }
        try checkMessages(fields)
        if fields.has("steps") { try checkFixedValues(fields) }
        if fields.has("tgk") { _ = try fields.octets("tgk") }
        if fields.has("tek") { _ = try fields.octetList("tek") }
        for key in fields.has("teks") ? try fields.objects("teks") : [] {
            try key.check(required: ["cs", "key", "salt"], optional: ["mki"])
            _ = try key.integer("cs", in: 0...255)
            for name in ["key", "salt", "mki"] where key.has(name) { _ = try key.octets(name) }
        }
        _ = try fields.flag("accepted")
        let mode = try fields.text("mode")
        guard mode == "PSK" else { return .notBuilt("MIKEY \(mode)") }
        try MIKEYExchangeRun.run(fields)
        return nil
    }

    private static func checkTime(_ fields: RowFields) throws(RowFault) {
        let text = try fields.text("now")
        do {
            _ = try Date(text, strategy: .iso8601)
        } catch {
            throw fields.fault("now", expected: "an RFC 3339 time", got: JSONValue.quoted(text))
        }
    }

    private static func checkMessages(_ fields: RowFields) throws(RowFault) {
        let messages = try fields.list("messages")
        guard !messages.isEmpty else { throw fields.fault("messages", expected: "a message", got: "none") }
        for (position, message) in messages.enumerated() {
            let name = "messages[\(position)]"
            guard case .text(let text) = message else {
                throw fields.fault(name, expected: "base64", got: "\(message)")
            }
            guard Data(base64Encoded: text) != nil else {
                throw fields.fault(name, expected: "base64", got: "another text")
            }
        }
    }

    // MARK: What makes the messages again

    private static func checkFixedValues(_ fields: RowFields) throws(RowFault) {
        _ = try fields.text("prf", oneOf: MIKEYKeyDerivationRow.functions.keys.sorted())
        _ = try fields.octets("csb_id", count: 4...4)
        _ = try fields.octets("rand", count: 1...255)
        for name in ["initiator", "responder", "responder_in_answer"] where fields.has(name) {
            let identity = try fields.object(name)
            try identity.check(required: ["type", "text"], optional: [])
            _ = try identity.text("type", oneOf: ["NAI", "URI"])
            _ = try identity.text("text")
        }
        for step in try fields.objects("steps") { try check(step: step) }
    }

    private static func check(step: RowFields) throws(RowFault) {
        try step.check(
            required: ["t_type", "t", "v", "encr", "mac", "sp", "cs", "keys"],
            optional: ["answer_ssrcs", "errors", "error_is_authenticated", "error_sp"])
        let type = try step.text("t_type", oneOf: ["NTP-UTC", "NTP", "COUNTER"])
        let byteCount = type == "COUNTER" ? 4 : 8
        _ = try step.octets("t", count: byteCount...byteCount, why: type)
        _ = try step.flag("v")
        _ = try step.text("encr", oneOf: ["NULL", "AES-CM-128", "AES-KW-128", "AES-CM-256"])
        _ = try step.text("mac", oneOf: ["NULL", "HMAC-SHA-1-160", "HMAC-SHA-256-256"])
        try check(policies: step.objects("sp"))
        for session in try step.objects("cs") {
            try session.check(required: ["policy", "ssrc", "roc"], optional: [])
            _ = try session.integer("policy", in: 0...255)
            _ = try session.ssrc("ssrc")
            _ = try session.uint32("roc")
        }
        for key in try step.objects("keys") {
            try key.check(required: ["kind", "key"], optional: ["salt", "spi", "valid_from", "valid_to"])
            _ = try key.text("kind", oneOf: ["TGK", "TGK+SALT", "TEK", "TEK+SALT"])
            for name in ["key", "salt", "spi", "valid_from", "valid_to"] where key.has(name) {
                _ = try key.octets(name)
            }
        }
        if step.has("answer_ssrcs") { _ = try step.octetList("answer_ssrcs") }
        if step.has("errors") {
            _ = try step.list("errors")
            _ = try step.flag("error_is_authenticated")
        }
        if step.has("error_sp") { try check(policies: step.objects("error_sp")) }
    }

    private static func check(policies: [RowFields]) throws(RowFault) {
        for policy in policies {
            try policy.check(required: ["policy", "params"], optional: [])
            _ = try policy.integer("policy", in: 0...255)
            for parameter in try policy.objects("params") {
                try parameter.check(required: ["type", "value"], optional: [])
                _ = try parameter.integer("type", in: 0...255)
                _ = try parameter.octets("value")
            }
        }
    }
}
