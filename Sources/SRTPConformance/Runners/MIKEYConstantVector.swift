// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import MIKEY

/// The constants in the labels of MIKEY's key derivations, each nine decimal digits of e (RFC 3830 sections 4.1.3 and 4.1.4, RFC
/// 6043 sections 5.1.1 and A.2.2).
enum MIKEYConstantVector {
    private static let constants: [String: UInt32] = [
        "TEK from TGK": TrafficKey.tek.rawValue,
        "authentication key from TGK": TrafficKey.authenticationKey.rawValue,
        "encryption key from TGK": TrafficKey.encryptionKey.rawValue,
        "salting key from TGK": TrafficKey.salt.rawValue,
        "encryption key from envelope/pre-shared key": MessageKey.encryptionKey.rawValue,
        "authentication key from envelope/pre-shared key": MessageKey.authenticationKey.rawValue,
        "salt key from envelope/pre-shared key": MessageKey.salt.rawValue,
        "MPKr' (forking)": IntermediateKey.forkedMPKr.rawValue,
        "TGK' (forking)": IntermediateKey.forkedTGK.rawValue,
        "MPKi from MPK": IntermediateKey.mpki.rawValue,
        "MPKr from MPK": IntermediateKey.mpkr.rawValue,
    ]

    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let ours = constants[try fields.text("derives", oneOf: constants.keys.sorted())] ?? 0
        let octets = stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: ours >> UInt32($0)) }
        try RowFault.compare("constant", expected: fields.octets("constant", count: 4...4), got: octets)
        if fields.has("decimal") { _ = try fields.integer("decimal", in: Int64(ours)...Int64(ours)) }
        if fields.has("chunk_of_e") { _ = try fields.integer("chunk_of_e", in: 0...Int64(constants.count - 1)) }
        return nil
    }
}
