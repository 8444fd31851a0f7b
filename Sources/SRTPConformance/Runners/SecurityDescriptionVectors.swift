// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import KeyManagement
internal import SRTP

/// A whole `a=crypto` line: every part of it, and the line again.
enum SecurityDescriptionVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let line = try fields.text("line")
        let name = "a=crypto:"
        guard line.hasPrefix(name) else { throw fields.fault("line", expected: name, got: "something else") }
        let attribute = try InlineKeyVector.attribute(String(line.dropFirst(name.count)), fields, field: "line")
        let suite = try fields.text("suite")
        guard attribute.suiteName == suite else {
            throw fields.fault("suite", expected: suite, got: attribute.suiteName)
        }
        if fields.has("tag") {
            let tag = try fields.integer("tag", in: 0...999_999_999)
            guard attribute.tag == tag else { throw fields.fault("tag", expected: "\(tag)", got: "\(attribute.tag)") }
        }
        let keys = try fields.objects("keys")
        guard keys.count == attribute.keys.count else {
            throw fields.fault("keys", expected: "\(keys.count)", got: "\(attribute.keys.count)")
        }
        for (row, key) in zip(keys, attribute.keys) {
            try row.check(
                required: ["master_key", "master_salt"],
                optional: ["key_param", "base64", "lifetime", "lifetime_packets", "mki", "mki_length", "mki_octets"])
            try InlineKeyVector.compare(key, of: attribute, with: row)
        }
        if fields.has("session_params") {
            let expected = try fields.list("session_params").map { value in
                if case .text(let text) = value { text } else { "\(value)" }
            }
            let got = attribute.sessionParameters.map(\.description)
            // What the row says is not shown: it may be the key of a FEC stream.
            guard got == expected else {
                throw fields.fault(
                    "session_params", expected: "the row's \(expected.count)", got: got.joined(separator: " "))
            }
        }
        guard name + attribute.secretText() == line else {
            throw fields.fault("line", expected: "the same line written again", got: "another one")
        }
        return nil
    }
}

/// One `inline:` parameter, of a suite that takes a key of 16 octets and a salt of 14.
enum InlineKeyVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let value = "1 \(SRTPSuite.aesCM128_HMACSHA1_80.name) " + (try fields.text("key_param"))
        let attribute = try attribute(value, fields, field: "key_param")
        guard attribute.keys.count == 1 else {
            throw fields.fault("key_param", expected: "one key", got: "\(attribute.keys.count)")
        }
        try compare(attribute.keys[0], of: attribute, with: fields)
        return nil
    }

    static func attribute(
        _ value: String, _ fields: RowFields, field: String
    ) throws(RowFault) -> CryptoAttribute {
        do throws(CryptoAttributeError) {
            return try CryptoAttribute(parsing: value)
        } catch {
            throw fields.fault(field, expected: "a valid a=crypto", got: "\(error)")
        }
    }

    /// Compares a key with the fields that describe it.
    static func compare(_ key: InlineKey, of attribute: CryptoAttribute, with row: RowFields) throws(RowFault) {
        let expected = try row.octets("master_key") + row.octets("master_salt")
        guard let suite = attribute.suite else {
            throw row.fault("suite", expected: "a registered one", got: "another")
        }
        let octets: [UInt8]
        do throws(SRTPError) {
            octets = try key.masterKey(for: suite).withKeyAndSalt { unsafe $0.withUnsafeBytes { unsafe Array($0) } }
        } catch {
            throw row.fault("master_key", expected: "a key of the suite", got: "\(error)")
        }
        try RowFault.compareSecret("master_key and master_salt", expected: expected, got: octets)
        let texts: [(field: String, got: String?)] = [
            ("key_param", key.secretText()),
            ("base64", key.secretText().dropFirst("inline:".count).split(separator: "|").first.map(String.init)),
            ("lifetime", key.lifetime?.text),
        ]
        for (field, got) in texts where row.has(field) {
            let expected: String?
            if case .null = try row.value(field) { expected = nil } else { expected = try row.text(field) }
            // Not shown: two of them are the key.
            guard got == expected else {
                throw row.fault(
                    field, expected: expected == nil ? "none" : "the row's text", got: got == nil ? "none" : "another")
            }
        }
        let numbers: [(field: String, got: Int64?)] = [
            ("lifetime_packets", key.lifetime.map { Int64(clamping: $0.packets) }),
            ("mki", key.mki.flatMap { Int64($0.number) }), ("mki_length", key.mki.map { Int64($0.octets.count) }),
        ]
        for (field, got) in numbers where row.has(field) {
            let expected = try row.integer(field, in: 0...Int64.max)
            guard got == expected else {
                throw row.fault(field, expected: "\(expected)", got: got.map { "\($0)" } ?? "none")
            }
        }
        if row.has("mki_octets") {
            try RowFault.compare("mki_octets", expected: row.octets("mki_octets"), got: key.mki?.octets ?? [])
        }
    }
}
