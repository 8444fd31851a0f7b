// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import SRTP

/// The options that packet rows may have.
struct RowOptions {
    /// The names.
    static let fields: Set<String> = ["mki", "kdr", "cryptex", "encrypted_header_ids", "rfc6904", "rcc"]

    /// How the master key is used.
    let key: SRTPKeyOptions
    private let cryptex: Cryptex
    private let headerEncryption: HeaderExtensionEncryption?
    private let carriedCounter: CarriedRolloverCounter?

    init(_ fields: RowFields) throws(RowFault) {
        var key = SRTPKeyOptions()
        if fields.has("mki") { key.mki = try fields.octets("mki", count: 1...255, why: "an MKI") }
        if fields.has("kdr") { key.derivationRate = UInt32(try Self.keyDerivationRate(fields)) }
        self.key = key
        let isCryptex = fields.has("cryptex") ? try fields.flag("cryptex") : false
        cryptex = isCryptex ? .offered : .off
        headerEncryption = try Self.headerEncryption(fields, cryptex: isCryptex)
        carriedCounter = fields.has("rcc") ? try Self.carriedCounter(fields.object("rcc")) : nil
    }

    /// Puts them into a configuration.
    func apply(to configuration: inout SRTPConfiguration) {
        configuration.cryptex = cryptex
        configuration.headerEncryption = headerEncryption
        configuration.carriedRolloverCounter = carriedCounter
    }

    /// The key derivation rate: 0, or a power of two up to 2^24 (RFC 3711 section 4.3.1).
    static func keyDerivationRate(_ fields: RowFields) throws(RowFault) -> UInt64 {
        let rate = UInt64(try fields.integer("kdr", in: 0...1 << 24))
        guard rate & (rate &- 1) == 0 else {
            throw fields.fault("kdr", expected: "0 or a power of two up to 16777216", got: "\(rate)")
        }
        return rate
    }

    private static func headerEncryption(
        _ fields: RowFields, cryptex: Bool
    ) throws(RowFault) -> HeaderExtensionEncryption? {
        guard fields.has("encrypted_header_ids") else {
            guard !fields.has("rfc6904") else {
                throw fields.fault("rfc6904", expected: "encrypted_header_ids beside it", got: "none")
            }
            return nil
        }
        guard !cryptex else {
            throw fields.fault("encrypted_header_ids", expected: "not both this and cryptex", got: "both")
        }
        let identifiers = try identifiers(fields, "encrypted_header_ids")
        let isRFC = fields.has("rfc6904") ? try fields.text("rfc6904", oneOf: ["rfc", "libsrtp"]) == "rfc" : true
        return HeaderExtensionEncryption(identifiers, style: isRFC ? .rfc6904 : .libsrtp)
    }

    /// The identifiers of elements, one at least.
    static func identifiers(_ fields: RowFields, _ name: String) throws(RowFault) -> Set<UInt8> {
        var identifiers: Set<UInt8> = []
        for id in try fields.list(name) {
            guard case .integer(let number) = id, (1...255).contains(number) else {
                throw fields.fault(name, expected: "numbers from 1 to 255", got: "\(id)")
            }
            identifiers.insert(UInt8(number))
        }
        guard !identifiers.isEmpty else { throw fields.fault(name, expected: "an id", got: "none") }
        return identifiers
    }

    /// The transform of RFC 4771: `tag_octets` counts the whole tag of packets that carry the ROC, its 4 octets included.
    private static func carriedCounter(_ rcc: RowFields) throws(RowFault) -> CarriedRolloverCounter {
        try rcc.check(required: ["mode", "rate", "tag_octets"], optional: [])
        let number = Int(try rcc.integer("mode", in: 1...3))
        let rate = UInt16(try rcc.integer("rate", in: 1...0xFFFF))
        let octets = Int(try rcc.integer("tag_octets", in: number == 3 ? 4...4 : 4...24))
        guard let mode = CarriedRolloverCounter.Mode(rawValue: number) else {
            throw rcc.fault("mode", expected: "1, 2 or 3", got: "\(number)")
        }
        return CarriedRolloverCounter(mode, rate: rate, tagByteCount: octets)
    }
}

extension SRTPSuite {
    /// Why rows under this suite are not run; `nil` where they are.
    var skipReason: SkipReason? { isUsable ? nil : .leftOut }

    /// The suite that a field names.
    static func named(in fields: RowFields, _ field: String = "suite") throws(RowFault) -> SRTPSuite {
        let name = try fields.text(field)
        guard let suite = SRTPSuite.named(name) else {
            throw fields.fault(field, expected: "a suite that `srtp suites` lists", got: JSONValue.quoted(name))
        }
        return suite
    }
}
