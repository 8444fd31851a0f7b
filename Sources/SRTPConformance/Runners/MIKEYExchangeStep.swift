// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import MIKEY
internal import RTP

/// What a message of the initiator in a `mikey-exchange` row was made of, and what its answer says.
struct MIKEYExchangeStep {
    let timestamp: MIKEYTimestamp
    let wantsVerification: Bool
    let encryption: MIKEYEncryptionAlgorithm
    let mac: MIKEYMACAlgorithm
    let offer: MIKEYOffer
    /// The octets that were drawn for its keys, in order.
    let drawn: [UInt8]
    let decision: MIKEYDecision
    /// How many errors the answer reports.
    let errorCount: Int

    private static let encryptions: [String: MIKEYEncryptionAlgorithm] = [
        "NULL": .null, "AES-CM-128": .aesCM128, "AES-KW-128": .aesKW128, "AES-CM-256": .aesCM256,
    ]
    private static let macs: [String: MIKEYMACAlgorithm] = [
        "NULL": .null, "HMAC-SHA-1-160": .hmacSHA1, "HMAC-SHA-256-256": .hmacSHA256,
    ]

    init(_ step: RowFields) throws(RowFault) {
        timestamp = try Self.timestamp(step)
        wantsVerification = try step.flag("v")
        encryption = Self.encryptions[try step.text("encr")] ?? .null
        mac = Self.macs[try step.text("mac")] ?? .null
        var requests: [MIKEYKeyRequest] = []
        var drawn: [UInt8] = []
        for key in try step.objects("keys") { requests.append(try Self.request(key, &drawn)) }
        self.drawn = drawn
        offer = MIKEYOffer(
            cryptoSessions: try Self.sessions(step), policies: try Self.policies(step, "sp"),
            keys: requests.isEmpty ? .unchanged : .fresh(requests))
        if step.has("errors") {
            let numbers = try step.list("errors")
            errorCount = numbers.count
            guard case .integer(let number)? = numbers.first, let number = UInt8(exactly: number) else {
                throw step.fault("errors", expected: "numbers", got: "others")
            }
            decision = .refuse(
                MIKEYErrorNumber(rawValue: number),
                supported: step.has("error_sp") ? try Self.policies(step, "error_sp") : [])
        } else {
            errorCount = 0
            decision = .accept(ssrcs: try Self.ssrcs(step))
        }
    }

    private static func timestamp(_ step: RowFields) throws(RowFault) -> MIKEYTimestamp {
        let value = try step.octets("t").reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch try step.text("t_type") {
        case "NTP-UTC": return .ntpUTC(value)
        case "NTP": return .ntp(value)
        default: return .counter(UInt32(truncatingIfNeeded: value))
        }
    }

    private static func sessions(_ step: RowFields) throws(RowFault) -> MIKEYCryptoSessions {
        var streams: [MIKEYCryptoSessions.Stream] = []
        for session in try step.objects("cs") {
            streams.append(
                MIKEYCryptoSessions.Stream(
                    policyNumber: UInt8(try session.integer("policy", in: 0...255)), ssrc: try session.ssrc("ssrc"),
                    rolloverCounter: try session.uint32("roc")))
        }
        return try making(step, "cs") { () throws(MIKEYError) in try MIKEYCryptoSessions(.srtpID(streams)) }
    }

    private static func policies(
        _ step: RowFields, _ name: String
    ) throws(RowFault) -> [MIKEYPayload.SecurityPolicy] {
        var policies: [MIKEYPayload.SecurityPolicy] = []
        for row in try step.objects(name) {
            var parameters: [MIKEYPolicyParameter] = []
            for parameter in try row.objects("params") {
                let kind = MIKEYPolicyParameter.Kind(rawValue: UInt8(try parameter.integer("type", in: 0...255)))
                let octets = try parameter.octets("value")
                parameters.append(
                    try making(row, "params") { () throws(MIKEYError) in
                        try MIKEYPolicyParameter(kind, octets: octets)
                    })
            }
            let number = UInt8(try row.integer("policy", in: 0...255))
            policies.append(
                try making(row, "params") { () throws(MIKEYError) in
                    try MIKEYPayload.SecurityPolicy(number: number, parameters: parameters)
                })
        }
        return policies
    }

    private static func request(_ key: RowFields, _ drawn: inout [UInt8]) throws(RowFault) -> MIKEYKeyRequest {
        let octets = try key.octets("key")
        let salt = key.has("salt") ? try key.octets("salt") : nil
        drawn += octets + (salt ?? [])
        let validity = try validity(key)
        return try key.text("kind").hasPrefix("TGK")
            ? .tgk(byteCount: octets.count, saltByteCount: salt?.count, validity: validity)
            : .tek(byteCount: octets.count, saltByteCount: salt?.count, validity: validity)
    }

    private static func validity(_ key: RowFields) throws(RowFault) -> MIKEYKeyValidity {
        if key.has("spi") {
            let spi = try key.octets("spi")
            return try making(key, "spi") { () throws(MIKEYError) in try .spi(spi) }
        }
        guard key.has("valid_from") else { return .null }
        let first = try number(key, "valid_from")
        let last = try number(key, "valid_to")
        return try making(key, "valid_to") { () throws(MIKEYError) in try .interval(from: first, to: last) }
    }

    private static func number(_ key: RowFields, _ name: String) throws(RowFault) -> UInt64 {
        try key.octets(name, count: 6...6).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// What the responder fills in, by CS ID.
    private static func ssrcs(_ step: RowFields) throws(RowFault) -> [UInt8: SSRC] {
        guard step.has("answer_ssrcs") else { return [:] }
        var ssrcs: [UInt8: SSRC] = [:]
        for (position, octets) in try step.octetList("answer_ssrcs").enumerated() {
            guard let id = UInt8(exactly: position + 1) else { break }
            ssrcs[id] = SSRC(octets.reduce(0) { $0 << 8 | UInt32($1) })
        }
        return ssrcs
    }

    private static func making<R>(
        _ fields: RowFields, _ name: String, _ body: () throws(MIKEYError) -> R
    ) throws(RowFault) -> R {
        do throws(MIKEYError) {
            return try body()
        } catch {
            throw fields.fault(name, expected: "what a message can hold", got: "\(error)")
        }
    }
}
