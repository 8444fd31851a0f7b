// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import KeyManagement
internal import MIKEY
internal import SRTP

extension PartBuilder {
    /// SP (RFC 3830 section 6.10).
    mutating func policy(_ policy: MIKEYPayload.SecurityPolicy) {
        number("policy_number", policy.number)
        number("protocol", policy.securityProtocol.rawValue, policy.securityProtocol.name)
        number("length", UInt16(truncatingIfNeeded: policy.parameters.reduce(0) { $0 + 2 + $1.byteCount }))
        for parameter in policy.parameters {
            let meaning = policy.securityProtocol == .srtp ? parameter.meaning : nil
            part("parameter", meaning) { builder in
                builder.number("type", parameter.kind.rawValue)
                builder.number("length", UInt8(truncatingIfNeeded: parameter.byteCount))
                builder.octets("value", parameter.octets)
            }
        }
    }
}

extension MIKEYPayload.SecurityPolicy {
    /// What it comes to, defaults included; why it comes to nothing here.
    var summary: String? {
        guard securityProtocol == .srtp else { return nil }
        do throws(MIKEYPolicyError) {
            let policy = try SRTPPolicy(self, accepting: MIKEYDeviationSet(MIKEYDeviation.allCases))
            return policy.suite.name + (policy.isWeak ? ", weak" : "")
        } catch {
            return "no suite here: \(error)"
        }
    }
}

extension MIKEYPolicyParameter {
    /// The name of the parameter and of its value (RFC 3830 tables 6.10.1.a to e, RFC 4771, RFC 7714, RFC 8269).
    var meaning: String {
        guard let entry = Self.names[kind.rawValue] else { return "not one of SRTP" }
        guard let number else { return entry.name }
        let value = entry.values.isEmpty ? "\(number) \(entry.unit)" : name(number, of: entry.values)
        return "\(entry.name): \(value)"
    }

    private static let authentication = ["NULL", "HMAC-SHA-1-160", "RCCm1", "RCCm2", "RCCm3"]
    private static let onOff = ["off", "on"]

    private static let names: [UInt8: (name: String, unit: String, values: [String])] = [
        0: (
            "encryption algorithm", "",
            [
                "NULL", "AES-CM", "AES-F8", "SEED (RFC 5748)", "SEED (RFC 5748)", "SEED (RFC 5748)", "AES-GCM",
                "ARIA-CTR", "ARIA-GCM",
            ]
        ),
        1: ("session encryption key length", "octets", []), 2: ("authentication algorithm", "", authentication),
        3: ("session authentication key length", "octets", []), 4: ("session salt key length", "octets", []),
        5: ("SRTP pseudo-random function", "", ["AES-CM", "SEED (RFC 5748)", "ARIA-CTR"]),
        6: ("key derivation rate", "packets", []), 7: ("SRTP encryption", "", onOff),
        8: ("SRTCP encryption", "", onOff), 9: ("sender's FEC order", "", ["FEC, then SRTP"]),
        10: ("SRTP authentication", "", onOff), 11: ("authentication tag length", "octets", []),
        12: ("SRTP prefix length", "octets", []), 13: ("ROC transmission rate", "packets", []),
        14: ("SRTP authentication algorithm", "", authentication),
        15: ("SRTCP authentication algorithm", "", authentication),
        16: ("SRTP session authentication key length", "octets", []),
        17: ("SRTCP session authentication key length", "octets", []),
        18: ("SRTP authentication tag length", "octets", []), 19: ("SRTCP authentication tag length", "octets", []),
        20: ("AEAD authentication tag length", "octets", []),
    ]
}
