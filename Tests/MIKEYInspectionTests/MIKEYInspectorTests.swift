// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import MIKEY
import MIKEYInspection
import RTP
import TestSupport
import Testing

@Suite("What is said of a MIKEY message")
struct MIKEYInspectorTests {
    private static let secret = [UInt8](repeating: 0xA7, count: 30)

    private func now() throws -> WallClockTime { try WallClockTime(seconds: 1_800_000_000) }

    private func message(
        _ map: MIKEYCryptoSessions.Map, _ kemac: MIKEYPayload.KEMAC
    ) throws -> [UInt8] {
        let sessions = try MIKEYCryptoSessions(map)
        return try MIKEYMessage(
            MIKEYHeader(.preSharedKey, csbID: 1, cryptoSessions: sessions),
            payloads: [
                .timestamp(.init(.ntpUTC(UInt64(2_208_988_800 + 1_800_000_000) << 32))),
                .random(.init(Array(1...16))), .kemac(kemac),
            ], mode: .lenient
        ).encoded
    }

    private func text(_ parts: [MIKEYPart]) -> String { parts.flatMap { $0.lines() }.joined(separator: "\n") }

    @Test("Keys in the clear are hidden, and so is what is encrypted by nobody knows what, until they are asked for")
    func hidden() throws {
        let key = try MIKEYPayload.KeyData(.tek, key: MIKEYKeyMaterial(copying: Self.secret.span))
        let clear = try message(
            .srtpID([.init(ssrc: 1)]), MIKEYPayload.KEMAC(clear: MIKEYKeyDataChain(keys: [key]), mac: .null))
        let unknown = try message(
            .srtpID([.init(ssrc: 1)]),
            MIKEYPayload.KEMAC(MIKEYEncryptionAlgorithm(rawValue: 9), encrypted: Self.secret, mac: .null))
        for octets in [clear, unknown] {
            for showsSecrets in [false, true] {
                var inspector = MIKEYInspector(isLenient: true, showsSecrets: showsSecrets)
                let inspection = try inspector.inspect(octets, now: now())
                try #require(inspection.message != nil)
                #expect(text(inspection.parts).contains(hex(Self.secret)) == showsSecrets)
                var json: [UInt8] = []
                ExplainedJSON.write(
                    [ExplainedField("parts", .list(inspection.parts.map { .fields($0.fields) }))], to: &json)
                #expect(String(decoding: json, as: UTF8.self).contains(hex(Self.secret)) == showsSecrets)
            }
        }
    }

    @Test("The empty map is said to be one")
    func emptyMap() throws {
        let short = Array(Self.secret.prefix(16))
        let key = try MIKEYPayload.KeyData(.tek, key: MIKEYKeyMaterial(copying: short.span))
        let octets = try message(
            .empty(count: 0), MIKEYPayload.KEMAC(clear: MIKEYKeyDataChain(keys: [key]), mac: .null))
        var inspector = MIKEYInspector()
        let inspection = try inspector.inspect(octets, now: now())
        #expect(inspection.fault == nil && inspection.refusal == nil && inspection.agreement?.sessions.isEmpty == true)
        #expect(inspection.notes == ["what the crypto sessions are is told outside of MIKEY (RFC 4563 section 5)"])
    }
}
