// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import KeyManagement
import MIKEY
import MIKEYInspection
import RTP
import SRTP

/// What there is to say about a crypto session and its keys.
struct SessionReport {
    let fields: [ExplainedField]

    init(_ session: MIKEYAgreement.Session, deviations: MIKEYDeviationSet, showsSecrets: Bool) {
        var fields = [ExplainedField("cs_id", .unsigned(UInt64(session.id)))]
        fields.append(ExplainedField("ssrc", session.ssrc.map { .ssrc($0.rawValue) } ?? .text("open")))
        fields.append(ExplainedField("roc", .unsigned(UInt64(session.rolloverCounter))))
        do throws(MIKEYPolicyError) {
            let policy = try SRTPPolicy(session.policy, accepting: deviations)
            fields.append(ExplainedField("suite", .text(policy.suite.name)))
            if policy.keyDerivationRate != 0 {
                fields.append(ExplainedField("key_derivation_rate", .unsigned(UInt64(policy.keyDerivationRate))))
            }
        } catch {
            fields.append(ExplainedField("no_suite", .text("\(error)")))
        }
        let keys = session.keys.map { ExplainedValue.fields(Self.fields(of: $0, showsSecrets)) }
        self.fields = fields + [ExplainedField("keys", .list(keys))]
    }

    private static func fields(of key: MIKEYAgreement.Key, _ showsSecrets: Bool) -> [ExplainedField] {
        var fields = [ExplainedField("origin", .text(key.isDerived ? "derived from a TGK" : "a TEK"))]
        switch key.validity.content {
        case .null: break
        case .spi(let spi): fields.append(ExplainedField("mki", .octets(spi)))
        case .interval(let first, let last):
            fields += [ExplainedField("valid_from", .octets(first)), ExplainedField("valid_to", .octets(last))]
        }
        for (name, material) in [("master_key", key.key), ("master_salt", key.salt)] {
            fields.append(ExplainedField("\(name)_length", .unsigned(UInt64(material.count))))
            if showsSecrets { fields.append(ExplainedField(name, .octets(material.copiedOctets))) }
        }
        return fields
    }

    var lines: [String] {
        ["  crypto session"]
            + ExplainedText.lines(fields, indentation: 4).split(whereSeparator: \.isNewline).map(String.init)
    }
}
