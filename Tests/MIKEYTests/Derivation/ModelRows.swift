// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import Foundation
import TestSupport
import Testing
import WireBytes

@testable import MIKEY

/// Rows of the independent model; see TestVectors/model/README.md.
enum ModelRows {
    static let keyDerivations: [KeyDerivationRow] = read("mikey-kdf.jsonl")
    static let exchanges: [ExchangeRow] = read("mikey-exchange.jsonl")
    /// Those that go through to the end, with what fixes them.
    static let accepted = exchanges.filter(\.accepted)

    private static func read<Row: Decodable>(_ name: String) -> [Row] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        guard let text = try? Data(contentsOf: TestVectors.folder.appending(path: "model/\(name)")) else { return [] }
        return text.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(Row.self, from: $0) }
    }
}

struct KeyDerivationRow: Decodable, Sendable, CustomTestStringConvertible {
    let id, prf, inkey, label, outkey: String
    var testDescription: String { id }

    var function: MIKEYPRF { named(prf) }
}

struct ExchangeRow: Decodable, Sendable, CustomTestStringConvertible {
    struct Identity: Decodable, Sendable {
        let type, text: String
    }

    struct Step: Decodable, Sendable {
        struct Session: Decodable, Sendable {
            let policy: Int
        }
        struct Policy: Decodable, Sendable {
            struct Parameter: Decodable, Sendable {
                let type: Int
                let value: String
            }
            let policy: Int
            let params: [Parameter]
        }
        struct Key: Decodable, Sendable {
            let kind, key: String
            let salt, spi, validFrom, validTo: String?
        }
        let tType, t, encr, mac: String
        let v: Bool
        let cs: [Session]
        let sp: [Policy]
        let keys: [Key]
        let errors: [Int]?
    }

    struct TrafficKey: Decodable, Sendable, Hashable {
        let cs: Int
        let key, salt: String
        let mki: String?
    }

    let id, psk: String
    let accepted: Bool
    let messages: [String]
    let prf, csbId, rand: String?
    let initiator, responder, responderInAnswer: Identity?
    let channelProtected: Bool?
    let steps: [Step]?
    let teks: [TrafficKey]?
    var testDescription: String { id }
}

extension ExchangeRow {
    /// The messages as octets.
    var wire: [[UInt8]] { messages.map { Array(Data(base64Encoded: $0) ?? Data()) } }

    /// What protects the messages of the row.
    var protection: MessageProtection {
        MessageProtection(
            key: material(psk), prf: named(prf ?? ""), context: .bundle(csbID: bundle, rand: octets(rand ?? "")),
            nullAlgorithms: channelProtected == true ? .channelIsProtected : nil)
    }

    /// The CSB ID.
    var bundle: UInt32 { UInt32(csbId ?? "", radix: 16) ?? 0 }

    /// Each message of the initiator with the answer to it.
    var exchanged: [(step: Step, request: [UInt8], answer: [UInt8]?)] {
        var rest = wire[...]
        return (steps ?? []).map { step in
            (step, rest.removeFirst(), step.v || step.errors != nil ? rest.removeFirst() : nil)
        }
    }
}

extension ExchangeRow.Step {
    var timestamp: MIKEYTimestamp {
        switch tType {
        case "NTP-UTC": .ntpUTC(UInt64(t, radix: 16) ?? 0)
        case "NTP": .ntp(UInt64(t, radix: 16) ?? 0)
        default: .counter(UInt32(t, radix: 16) ?? 0)
        }
    }

    var encryption: MIKEYEncryptionAlgorithm {
        switch encr {
        case "NULL": .null
        case "AES-CM-128": .aesCM128
        case "AES-KW-128": .aesKW128
        default: .aesCM256
        }
    }

    var macAlgorithm: MIKEYMACAlgorithm {
        switch mac {
        case "NULL": .null
        case "HMAC-SHA-1-160": .hmacSHA1
        default: .hmacSHA256
        }
    }
}

private func named(_ prf: String) -> MIKEYPRF { prf == "MIKEY-1" ? .mikey1 : .hmacSHA256 }

/// A key of hex digits.
func material(_ hex: String) -> MIKEYKeyMaterial { material(octets(hex)) }

/// A key of octets.
func material(_ octets: [UInt8]) -> MIKEYKeyMaterial { MIKEYKeyMaterial(copying: octets.span) }

/// The octets of a key as hex digits.
func hex(_ material: MIKEYKeyMaterial) -> String { material.withBytes { hex(Array(copying: $0)) } }

/// The octets of a key as hex digits.
func hex(_ bytes: borrowing SecretBytes) -> String { bytes.withBytes { hex(Array(copying: $0)) } }
