// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import MIKEY
internal import WireBytes

/// Reads a MIKEY message in both modes, looks everything up, and writes it.
enum MIKEYProbe {
    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        let input = Array(copying: octets)
        try checkParts(octets)
        let lenient = message(octets, .lenient)
        let strict = message(octets, .strict)
        if let strict {
            try require(strict == lenient, "lenient reading differs from strict reading")
            try require(strict.deviations.isEmpty, "strict reading lives with a deviation")
            let again = try expect("a message cannot be put together of its parts") { () throws(MIKEYError) in
                try MIKEYMessage(strict.header, payloads: strict.payloads)
            }
            try require(again == strict, "what is put together of its parts is another message")
        }
        guard let lenient else { return }
        try require(lenient.encoded == input, "a message does not come back as it was")
        try require(lenient.byteCount == input.count, "a message has another length")
        try require(strict != nil || !lenient.deviations.isEmpty, "strict reading does not go by the deviations")
        let named = message(octets, MIKEYParsingMode(accepting: lenient.deviations))
        try require(named == lenient, "reading does not go by the deviations that are accepted")
        try checkLayout(lenient, input)
        lookUp(lenient)
    }

    private static func message(_ octets: RawSpan, _ mode: MIKEYParsingMode) -> MIKEYMessage? {
        do throws(MIKEYError) { return try MIKEYMessage(parsing: octets, mode: mode) } catch {
            _ = "\(error) \(error.errorNumber)"
            return nil
        }
    }

    private static func checkLayout(_ message: MIKEYMessage, _ input: [UInt8]) throws(ProbeFinding) {
        let layout = message.layout
        var position = layout.header.upperBound
        for range in layout.payloads {
            try require(range.lowerBound == position && !range.isEmpty, "payloads do not stand behind one another")
            position = range.upperBound
        }
        try require(position + message.trailingOctets.count == input.count, "the layout is not the message's")
        for range in [layout.authenticator, layout.kemacMAC, layout.initiatorData] {
            guard let range else { continue }
            try require(
                range.lowerBound >= layout.header.upperBound && range.upperBound <= position, "a part is outside")
        }
        guard let place = layout.authenticator else { return }
        let signed = try expect("a MAC of the same length does not fit") { () throws(MIKEYError) in
            try message.authenticated(by: Array(input[place]))
        }
        try require(signed == message, "the same MAC makes another message")
    }

    private static func lookUp(_ message: MIKEYMessage) {
        _ = (message.timestamp?.octets, message.random, message.identities, message.errors, message.signature)
        _ = (
            message.verification, message.deviations(asInitial: true), message.deviations.deviations.map(\.description)
        )
        for policy in message.policies { _ = (policy.srtp?.srtpTagByteCount, policy.parameters.map(\.octets)) }
        for value in message.generalExtensions { _ = (value.sdpProtocols, value.keyIDs, value.csbID) }
        _ = (message.header.cryptoSessions.ids, message.header.cryptoSessions.count)
        for payload in message.payloads {
            guard case .ticket(let ticket) = payload else { continue }
            _ = (try? MIKEYBaseTicket(parsing: ticket.data), ticket.policy.payloads)
        }
    }

    /// The same octets as what KEMAC, IBAKE, ESK and a base ticket hold once they are decrypted.
    private static func checkParts(_ octets: RawSpan) throws(ProbeFinding) {
        let input = Array(copying: octets)
        for dataType in [MIKEYDataType.preSharedKey, .publicKey, .transferInit, .requestKeyResponse] {
            guard let chain = try? MIKEYKeyDataChain(parsing: octets, in: dataType, mode: .lenient) else { continue }
            try require(
                chain.encoded.withBytes { Array(copying: $0) } == input, "key data do not come back as they were")
        }
        if let payloads = try? MIKEYPayload.IBAKE.payloads(parsing: octets), !payloads.isEmpty {
            try checkEncoding(input, "IBAKE") { () throws(MIKEYError) in try MIKEYPayload.IBAKE.encoded(payloads) }
        }
        if let payloads = try? MIKEYPayload.ESK.payloads(parsing: octets), !payloads.isEmpty {
            try checkEncoding(input, "ESK") { () throws(MIKEYError) in try MIKEYPayload.ESK.encoded(payloads) }
        }
        if let ticket = try? MIKEYBaseTicket(parsing: input) {
            try require(ticket.encoded == input, "a base ticket does not come back as it was")
        }
    }

    private static func checkEncoding(
        _ input: [UInt8], _ name: String, _ encode: () throws(MIKEYError) -> MIKEYKeyMaterial
    ) throws(ProbeFinding) {
        let again = try expect("what \(name) held is not written", encode)
        try require(again.withBytes { Array(copying: $0) } == input, "what \(name) held does not come back as it was")
    }
}
