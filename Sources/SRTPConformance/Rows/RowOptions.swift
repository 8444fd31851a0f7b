// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import SRTP

/// The options that packet rows may have. Their form is checked; none of them is built.
enum RowOptions {
    /// The names.
    static let fields: Set<String> = ["mki", "kdr", "cryptex", "encrypted_header_ids", "rfc6904", "rcc"]

    /// Reads the options. Returns the first one that asks for something which is not built.
    static func read(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        var asked: [String] = []
        if fields.has("mki") {
            _ = try fields.octets("mki", count: 1...255, why: "an MKI")
            asked.append("MKI")
        }
        if fields.has("kdr"), try keyDerivationRate(fields) != 0 { asked.append("key derivation rate") }
        let cryptex = fields.has("cryptex") ? try fields.flag("cryptex") : false
        if cryptex { asked.append("Cryptex") }
        if try readHeaderEncryption(fields, cryptex: cryptex) { asked.append("RFC 6904") }
        if fields.has("rcc") {
            try readRCC(fields.object("rcc"))
            asked.append("RCC")
        }
        return asked.first.map { .notBuilt($0) }
    }

    /// The key derivation rate: 0, or a power of two up to 2^24 (RFC 3711 section 4.3.1).
    static func keyDerivationRate(_ fields: RowFields) throws(RowFault) -> UInt64 {
        let rate = UInt64(try fields.integer("kdr", in: 0...1 << 24))
        guard rate & (rate &- 1) == 0 else {
            throw fields.fault("kdr", expected: "0 or a power of two up to 16777216", got: "\(rate)")
        }
        return rate
    }

    private static func readHeaderEncryption(_ fields: RowFields, cryptex: Bool) throws(RowFault) -> Bool {
        guard fields.has("encrypted_header_ids") else {
            guard !fields.has("rfc6904") else {
                throw fields.fault("rfc6904", expected: "encrypted_header_ids beside it", got: "none")
            }
            return false
        }
        guard !cryptex else {
            throw fields.fault("encrypted_header_ids", expected: "not both this and cryptex", got: "both")
        }
        let ids = try fields.list("encrypted_header_ids")
        guard !ids.isEmpty else { throw fields.fault("encrypted_header_ids", expected: "an id", got: "none") }
        for id in ids {
            guard case .integer(1...255) = id else {
                throw fields.fault("encrypted_header_ids", expected: "numbers from 1 to 255", got: "\(id)")
            }
        }
        if fields.has("rfc6904") { _ = try fields.text("rfc6904", oneOf: ["rfc", "libsrtp"]) }
        return true
    }

    /// The transform of RFC 4771: `tag_octets` counts the whole tag of packets that carry the ROC, its 4 octets included.
    private static func readRCC(_ rcc: RowFields) throws(RowFault) {
        try rcc.check(required: ["mode", "rate", "tag_octets"], optional: [])
        let mode = try rcc.integer("mode", in: 1...3)
        _ = try rcc.integer("rate", in: 1...0xFFFF)
        _ = try rcc.integer("tag_octets", in: mode == 3 ? 4...4 : 4...255)
    }
}

extension SRTPSuite {
    /// Why rows under this suite are not run; `nil` where they are.
    var skipReason: SkipReason? {
        if isUsable { return nil }
        return status == .leftOut ? .leftOut : .notBuilt(name)
    }

    /// The suite that a field names.
    static func named(in fields: RowFields, _ field: String = "suite") throws(RowFault) -> SRTPSuite {
        let name = try fields.text(field)
        guard let suite = SRTPSuite.named(name) else {
            throw fields.fault(field, expected: "a suite that `srtp suites` lists", got: "\(JSONValue.text(name))")
        }
        return suite
    }
}
