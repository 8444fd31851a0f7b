// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import KeyManagement
internal import MIKEY
internal import RTP
internal import SRTP
internal import WireBytes

/// Reads what may stand behind `a=key-mgmt:` or `KeyMgmt:`, in both modes, writes it, and makes contexts of the keys in it.
enum KeyMgmtProbe {
    static func runAttribute(_ octets: RawSpan) throws(ProbeFinding) {
        let text = String(decoding: Array(copying: octets), as: UTF8.self)
        let strict = attribute(text, isLenient: false)
        let lenient = attribute(text, isLenient: true)
        if let strict {
            try require(strict == lenient && strict.deviations.isEmpty, "lenient reading differs from strict reading")
        }
        guard let lenient else { return }
        let again = try expect("what was written is not read") { () throws(KeyMgmtError) in
            try KeyMgmtAttribute(parsing: lenient.secretText())
        }
        try require(again.data == lenient.data, "writing changes an attribute")
        try checkHidden(lenient.data, " ", in: lenient.secretText(), by: "\(lenient)")
        try check(lenient.data)
    }

    static func runHeader(_ octets: RawSpan) throws(ProbeFinding) {
        let text = String(decoding: Array(copying: octets), as: UTF8.self)
        if let parameter = try? MIKEYTransportParameter(parsing: text) {
            try require(parameter.secretText() == text, "a MIKEY parameter does not come back as it was")
        }
        let strict = header(text, isLenient: false)
        let lenient = header(text, isLenient: true)
        if let strict {
            try require(strict == lenient && strict.deviations.isEmpty, "lenient reading differs from strict reading")
        }
        guard let lenient else { return }
        let written = lenient.secretText()
        let again = try expect("what was written is not read") { () throws(KeyMgmtError) in
            try KeyMgmtHeader(parsing: written, isLenient: lenient.deviations.contains(.severalProtocols))
        }
        for (left, right) in zip(again.specifications, lenient.specifications) {
            try require(left.data == right.data && left.uri == right.uri ?? "", "writing changes a header")
        }
        try require(again.specifications.count == lenient.specifications.count, "writing changes a header")
        for specification in lenient.specifications {
            try checkHidden(specification.data, "data=\"", in: written, by: "\(lenient)")
            try check(specification.data)
        }
    }

    private static func attribute(_ text: String, isLenient: Bool) -> KeyMgmtAttribute? {
        do throws(KeyMgmtError) { return try KeyMgmtAttribute(parsing: text, isLenient: isLenient) } catch {
            _ = "\(error)"
            return nil
        }
    }

    private static func header(_ text: String, isLenient: Bool) -> KeyMgmtHeader? {
        do throws(KeyMgmtError) { return try KeyMgmtHeader(parsing: text, isLenient: isLenient) } catch {
            _ = "\(error)"
            return nil
        }
    }

    /// Checks that a description of `text`, where data stand behind `introduction`, does not show them.
    private static func checkHidden(
        _ data: KeyMgmtData, _ introduction: String, in text: String, by description: String
    ) throws(ProbeFinding) {
        let secret = KeyMgmtAttribute(data).secretText().dropFirst(data.protocolID.count + 1)
        try require(
            secret.count < 32 || !shows(description, secret, of: text, behind: introduction),
            "a description shows the data")
    }

    // MARK: Messages

    private static func check(_ data: KeyMgmtData) throws(ProbeFinding) {
        guard let message = try? data.message(mode: .lenient) else { return }
        for policy in message.policies { try check(policy, message.deviations) }
        for channel in [KeyMgmtChannel.protected, .unprotected] {
            try answer(data, KeyMgmtPolicy(preset: .widestAccepted, channel: channel))
        }
    }

    /// A policy that can be used can be made contexts of, and where it can be written it is read again as the same.
    private static func check(
        _ policy: MIKEYPayload.SecurityPolicy, _ deviations: MIKEYDeviationSet
    ) throws(ProbeFinding) {
        guard let read = try? SRTPPolicy(policy, accepting: deviations) else { return }
        var configuration = SRTPConfiguration()
        read.apply(to: &configuration)
        _ = try expect("a policy that is taken makes no sender") { () throws(SRTPError) in
            try SRTPSender(masterKey: .random(for: read.suite), configuration: configuration).rtpOverhead
        }
        if let written = try? read.mikey() {
            try require((try? SRTPPolicy(written)) == read, "a policy that was written is read as another one")
        } else {
            try require(read.rtcpTag == .sameAsRTP, "a policy that was read cannot be written")
        }
    }

    /// What is agreed on makes contexts, or is refused.
    private static func answer(_ data: KeyMgmtData, _ policy: KeyMgmtPolicy) throws(ProbeFinding) {
        guard let now = try? WallClockTime(seconds: 1_800_000_000), var answerer = answerer(policy) else { return }
        let answer: KeyMgmtAnswerer.Answer
        do throws(KeyMgmtRejection) {
            answer = try answerer.answer(data, protocols: nil, now: now)
        } catch {
            _ = "\(error.reason)"
            try require(answerer.bundleCount == 0, "a refused offer leaves a bundle")
            return
        }
        for negotiated in answer.negotiated {
            try require(negotiated.sharesKeys, "one crypto session has keys of its own for each direction")
            try makeContexts(of: negotiated)
        }
    }

    /// Answers messages without a MAC, as on a protected channel.
    static func answerer(_ policy: KeyMgmtPolicy) -> KeyMgmtAnswerer? {
        guard let credential = try? KeyMgmtChannel.protected.nullCredential(),
            let permission = try? KeyMgmtChannel.protected.nullAlgorithms()
        else { return nil }
        return KeyMgmtAnswerer(
            MIKEYResponderConfiguration(credential: credential, replay: .channel(permission)), policy: policy)
    }

    /// Checks that contexts can be made of what was agreed on.
    static func makeContexts(of negotiated: NegotiatedMIKEY) throws(ProbeFinding) {
        do throws(KeyMgmtNegotiationError) {
            if negotiated.sharesKeys {
                _ = try negotiated.makePair(as: .responder, ssrc: SSRC(1)).sender.rtpOverhead
            } else {
                _ = try negotiated.makeSender().rtpOverhead
                _ = try negotiated.makeReceiver(ssrc: SSRC(1)).statistics
            }
        } catch {
            // MKIs of different lengths, the same key twice: what SRTP does not have.
            guard case .srtp = error else { throw ProbeFinding("an agreement makes no contexts: \(error)") }
        }
    }
}
