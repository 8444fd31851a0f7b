// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CaptureInspection
internal import MIKEY
internal import RTP

extension PartBuilder {
    /// A payload with the octet that says what follows.
    mutating func payload(_ payload: MIKEYPayload, next following: MIKEYPayloadType) {
        let end = offset + payload.byteCount
        part(payload.type.description, payload.meaning) { builder in
            if payload.type != .sign { builder.next(following) }
            builder.body(of: payload)
            // Payloads of other RFCs are not taken apart to the last bit.
            builder.skip(max(0, end - builder.offset))
        }
    }

    /// Payloads behind each other.
    mutating func chain(_ payloads: [MIKEYPayload]) {
        for (position, payload) in payloads.enumerated() {
            self.payload(payload, next: position + 1 < payloads.count ? payloads[position + 1].type : .last)
        }
    }

    private mutating func body(of payload: MIKEYPayload) {
        switch payload {
        case .kemac(let body): kemac(body)
        case .pke(let body):
            bits("cache", .unsigned(UInt64(body.cache.rawValue)), name(body.cache.rawValue, of: Self.caches))
            bits("data_length", .unsigned(UInt64(body.encryptedKey.count)))
            skip(2)
            octets("data", body.encryptedKey, "the encrypted envelope key")
        case .dh(let body):
            number(
                "dh_group", body.group.rawValue, name(body.group.rawValue, of: ["OAKLEY 5", "OAKLEY 1", "OAKLEY 2"]))
            octets("dh_value", body.value)
            bits("kv", .unsigned(UInt64(body.validity.typeNumber)), body.validity.name)
            skip(1)
            validity(body.validity)
        case .sign(let body):
            bits("s_type", .unsigned(UInt64(body.type.rawValue)), name(body.type.rawValue, of: Self.signatures))
            bits("signature_length", .unsigned(UInt64(body.signature.count)))
            skip(2)
            octets("signature", body.signature)
        case .timestamp(let body): time(body.value)
        case .identity(let body): identity(body.value)
        case .certificate(let body):
            number("cert_type", body.kind.rawValue, name(body.kind.rawValue, of: Self.certificates))
            number("cert_length", UInt16(truncatingIfNeeded: body.octets.count))
            if body.kind == .x509URL { text("cert_data", body.octets) } else { octets("cert_data", body.octets) }
        case .certificateHash(let body):
            number("hash_function", body.function.rawValue, name(body.function.rawValue, of: Self.hashes))
            octets("hash", body.hash)
        case .verification(let body):
            number("auth_alg", body.algorithm.rawValue, body.algorithm.name)
            if !body.data.isEmpty { octets("ver_data", body.data, "the MAC") }
        case .securityPolicy(let body): policy(body)
        case .random(let body): random(body.octets)
        case .error(let body):
            number("error_number", body.number.rawValue, body.number.description)
        case .generalExtension(let body): generalExtension(body)
        case .keyData(let body): keyData(body)
        default: otherBody(of: payload)
        }
    }

    private static let caches = ["no cache", "cache", "cache for this CSB only"]
    private static let signatures = ["RSA PKCS#1 1.5", "RSA PSS", "ECCSI (RFC 6507)"]
    private static let certificates = ["X.509v3", "URL of X.509v3", "X.509v3 for signatures", "X.509v3 for encryption"]
    private static let hashes = ["SHA-1", "MD5", "SHA-256 (RFC 6043)"]

    // MARK: Fields that several payloads have

    mutating func time(_ time: MIKEYTimestamp) {
        number("ts_type", time.typeNumber, name(time.typeNumber, of: ["NTP-UTC", "NTP", "COUNTER", "NTP-UTC-32"]))
        switch time {
        case .ntpUTC(let value), .ntp(let value):
            number("ts_value", value, NTPTimestamp(rawValue: value).description)
        case .counter(let value): number("ts_value", value)
        case .ntpUTC32(let value):
            number("ts_value", value, NTPTimestamp(seconds: value, fraction: 0).description)
        }
    }

    mutating func identity(_ identity: MIKEYIdentity) {
        number("id_type", identity.kind.rawValue, identity.kind.name)
        number("id_length", UInt16(truncatingIfNeeded: identity.octets.count))
        text("id_data", identity.octets)
    }

    mutating func random(_ octets: [UInt8]) {
        number(
            "rand_length", UInt8(truncatingIfNeeded: octets.count),
            octets.count < 16 ? "16 or more are recommended (RFC 3830 section 6.11)" : nil)
        self.octets("rand", octets)
    }

    mutating func validity(_ validity: MIKEYKeyValidity) {
        switch validity.content {
        case .null: break
        case .spi(let spi):
            number("spi_length", UInt8(truncatingIfNeeded: spi.count))
            octets("spi", spi, "in SRTP the MKI")
        case .interval(let first, let last):
            number("vf_length", UInt8(truncatingIfNeeded: first.count))
            octets("valid_from", first, "the first index of the key")
            number("vt_length", UInt8(truncatingIfNeeded: last.count))
            octets("valid_to", last, "the last index of the key")
        }
    }

    private mutating func generalExtension(_ body: MIKEYPayload.GeneralExtension) {
        number("type", body.kind.rawValue, body.kind.name)
        number("length", UInt16(truncatingIfNeeded: body.data.count))
        switch body.kind {
        case .sdpIDs: text("data", body.data, "the protocols that were offered, in their order")
        case .keyID:
            for key in body.keyIDs ?? [] {
                part("key_id") { builder in
                    builder.number(
                        "type", key.kind, name(key.kind, of: ["MBMS domain", "MBMS service", "MBMS traffic"]))
                    builder.number("length", UInt8(truncatingIfNeeded: key.octets.count))
                    builder.octets("id", key.octets)
                }
            }
        default: octets("data", body.data)
        }
    }

    // MARK: Key data

    private mutating func kemac(_ body: MIKEYPayload.KEMAC) {
        number("encr_alg", body.encryption.rawValue, body.encryption.name)
        switch body.content {
        case .encrypted(let octets):
            number("encr_data_length", UInt16(truncatingIfNeeded: octets.count))
            if body.encryption.isKnown {
                if !octets.isEmpty { self.octets("encr_data", octets, "encrypted key data") }
            } else if !octets.isEmpty {
                // Nobody knows whether that is encryption.
                secret("encr_data", MIKEYKeyMaterial(copying: octets.span))
            }
        case .clear(let chain):
            number("encr_data_length", UInt16(truncatingIfNeeded: chain.byteCount), "the keys are in the clear")
            self.chain(chain.payloads)
        }
        number("mac_alg", body.macNumber, body.macAlgorithm.name)
        if !body.mac.isEmpty { octets("mac", body.mac) }
    }

    private mutating func keyData(_ body: MIKEYPayload.KeyData) {
        let salted = body.salt == nil ? "" : " with salt"
        bits("type", .unsigned(UInt64(body.typeNumber)), body.kind.name + salted)
        bits("kv", .unsigned(UInt64(body.validity.typeNumber)), body.validity.name)
        skip(1)
        number("key_data_length", UInt16(truncatingIfNeeded: body.key.count))
        secret("key_data", body.key)
        if let salt = body.salt {
            number("salt_length", UInt16(truncatingIfNeeded: salt.count))
            secret("salt_data", salt)
        }
        validity(body.validity)
    }
}

extension MIKEYKeyValidity {
    var name: String {
        switch content {
        case .null: "NULL: good until it is replaced"
        case .spi: "SPI"
        case .interval: "interval"
        }
    }
}

extension MIKEYPayload {
    /// What it is for, in words.
    var meaning: String {
        switch self {
        case .kemac: "keys, and the MAC of the message"
        case .pke: "the envelope key"
        case .dh: "a Diffie-Hellman value"
        case .sign: "the signature of the message"
        case .timestamp: "when the message was made"
        case .identity: "who"
        case .certificate: "a certificate"
        case .certificateHash: "which certificate"
        case .verification: "the verification MAC"
        case .securityPolicy(let policy):
            "security policy \(policy.number)" + (policy.summary.map { ": \($0)" } ?? "")
        case .random: "what all keys of the bundle depend on"
        case .error(let error): "error \(error.number)"
        case .timestampWithRole: "a time with its role (RFC 6043)"
        case .identityWithRole: "who, with the role (RFC 6043)"
        case .randomWithRole: "random octets with the role of who made them (RFC 6043)"
        case .ticketPolicy: "the ticket that is asked for (RFC 6043)"
        case .ticket: "a ticket (RFC 6043)"
        case .keyData(let key): key.kind.name
        case .generalExtension: "a general extension"
        case .ibake: "encrypted identities and values of IBAKE (RFC 6267)"
        case .esk: "an encrypted secret key (RFC 6267)"
        case .secretKey: "a secret key (RFC 6267)"
        case .ecPoint: "an elliptic curve value (RFC 6267)"
        case .sakke: "an encapsulated key (RFC 6509)"
        @unknown default: "not known"
        }
    }
}
