// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import MIKEY

// The names that the RFCs have for numbers.

extension MIKEYPRF {
    var name: String {
        switch self {
        case .mikey1: "MIKEY-1, HMAC-SHA-1"
        case .hmacSHA256: "PRF-HMAC-SHA-256 (RFC 6043)"
        default: "not known"
        }
    }
}

extension MIKEYEncryptionAlgorithm {
    var isKnown: Bool { [.null, .aesCM128, .aesKW128, .aesCM256].contains(self) }

    var name: String {
        switch self {
        case .null: "NULL"
        case .aesCM128: "AES-CM-128"
        case .aesKW128: "AES-KW-128"
        case .aesCM256: "AES-CM-256 (RFC 6043)"
        default: "not known"
        }
    }
}

extension MIKEYMACAlgorithm {
    var name: String {
        switch self {
        case .null: "NULL"
        case .hmacSHA1: "HMAC-SHA-1-160"
        case .hmacSHA256: "HMAC-SHA-256-256 (RFC 6043)"
        @unknown default: "not known"
        }
    }
}

extension MIKEYSecurityProtocol {
    var name: String { self == .srtp ? "SRTP" : "not known" }
}

extension MIKEYPayload.KeyData.Kind {
    var name: String {
        switch self {
        case .tgk: "TGK"
        case .tek: "TEK"
        case .gtgk: "GTGK (RFC 6043)"
        case .mpk: "MPK (RFC 6043)"
        case .privateKey: "private key (RFC 6267)"
        @unknown default: "not known"
        }
    }
}

extension MIKEYIdentity.Kind {
    var name: String {
        switch self {
        case .nai: "NAI"
        case .uri: "URI"
        case .byteString: "byte string (RFC 6043)"
        default: "not known"
        }
    }
}

extension MIKEYPayload.GeneralExtension.Kind {
    var name: String {
        switch self {
        case .vendorID: "Vendor ID"
        case .sdpIDs: "SDP IDs (RFC 4567)"
        case .teslaKey: "TESLA I-Key (RFC 4442)"
        case .keyID: "Key ID (RFC 4563)"
        case .csbID: "CSB_ID (RFC 4738)"
        case .omaBroadcast: "OMA BCAST (RFC 5410)"
        case .sakkeToSelf: "SAKKE-to-self (3GPP TS 33.180)"
        case .keyParameters: "Key parameters (3GPP TS 33.180)"
        default: "not known: kept for the MAC and skipped"
        }
    }
}

/// A name by its number, for short tables.
func name(_ number: some BinaryInteger, of names: [String]) -> String {
    let position = Int(number)
    return names.indices.contains(position) ? names[position] : "not known"
}
