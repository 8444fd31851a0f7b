// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import KeyManagement
internal import SRTP
internal import WireBytes

/// Reads what may stand behind `a=crypto:`, in both modes, and writes it; reads the octets as DTLS's `use_srtp` and as
/// what a DTLS exporter gives.
enum CryptoAttributeProbe {
    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        let text = String(decoding: Array(copying: octets), as: UTF8.self)
        let strict = attribute(text, isLenient: false)
        let lenient = attribute(text, isLenient: true)
        if let strict {
            try require(strict == lenient, "lenient reading differs from strict reading")
            try require(strict.deviations.isEmpty, "strict reading lives with a deviation")
        }
        if let lenient { try checkWriting(lenient) }
        try checkDTLS(octets)
    }

    private static func attribute(_ text: String, isLenient: Bool) -> CryptoAttribute? {
        do throws(CryptoAttributeError) { return try CryptoAttribute(parsing: text, isLenient: isLenient) } catch {
            _ = "\(error)"
            return nil
        }
    }

    private static func checkWriting(_ attribute: CryptoAttribute) throws(ProbeFinding) {
        let again = try expect("what was written is not read") { () throws(CryptoAttributeError) in
            try CryptoAttribute(parsing: attribute.secretText())
        }
        try require(
            again.tag == attribute.tag && again.suiteName == attribute.suiteName && again.keys == attribute.keys
                && again.sessionParameters == attribute.sessionParameters, "writing changes an attribute")
        for key in attribute.keys {
            let secret = key.secretText().dropFirst("inline:".count).prefix { $0 != "|" }
            try require(
                secret.count < 16 || !shows("\(attribute)", secret, of: attribute.secretText(), behind: "inline:"),
                "a description shows a key")
            guard let suite = attribute.suite else { continue }
            _ = try expect("a key does not have its suite's length") { () throws(SRTPError) in
                try key.masterKey(for: suite).withKeyAndSalt { $0.byteCount }
            }
        }
    }

    private static func checkDTLS(_ octets: RawSpan) throws(ProbeFinding) {
        if let offer = try? UseSRTP(parsing: octets) {
            try require(offer.octets == Array(copying: octets), "use_srtp does not come back as it was")
            if let answer = try? offer.answer(supporting: SRTPSuite.all, acceptsMKI: true) {
                _ = try expect("an answer to use_srtp is refused") { () throws(DTLSSRTPError) in
                    try offer.accept(answer: answer)
                }
            }
        }
        let exported = Array(copying: octets)
        for suite in SRTPSuite.all {
            let isSplit = (try? DTLSExport(exported.span, suite: suite, role: .client).local.suite) != nil
            try require(isSplit == (exported.count == DTLSExport.byteCount(for: suite)), "an exporter's length")
        }
    }
}
