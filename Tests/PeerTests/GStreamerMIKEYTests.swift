// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyManagement
import MIKEY
import RTP
import SRTP
import TestSupport
import Testing

/// Messages by GStreamer's own code, and ours read by it: `scripts/oracles/gstreamer_mikey.py`.
@Suite("GStreamer's MIKEY", .needs(.gstreamerSDP))
struct GStreamerMIKEYTests {
    private static let count = 1000

    private static func run(_ arguments: [String], input: String = "") async throws -> [Data] {
        let output = try await Program.run(
            Peer.gstreamerSDP.required(), [Peer.gstreamerScript] + arguments, input: Array(input.utf8))
        try #require(output.exitCode == 0, "\(output.error)")
        return output.text.split(separator: "\n").map { Data($0.utf8) }
    }

    /// What was put into a message of GStreamer's.
    private struct Written: Decodable {
        struct Session: Decodable {
            let ssrc: UInt32
            let roc: UInt32
        }

        let suite: String
        let way: String
        let sessions: [Session]
        let timestamp: String
        let random: Int
        let policy: Bool
        let key_type: String
        let key: String
        let salt: String
        let validity: String
        let spi: String
        let interval: [UInt64]?
        let base64: String

        /// The values of the options that are varied.
        var options: [String] {
            [
                "suite \(suite)", "way \(way)", "crypto sessions \(sessions.count)", "T \(timestamp)", "RAND \(random)",
                "policy \(policy)", "key \(key_type)", "KV \(validity)", "SPI of \(spi.count / 2)",
            ]
        }

        /// What the table of deviations has for it.
        var deviations: MIKEYDeviationSet {
            var deviations: MIKEYDeviationSet = []
            if policy, suite.contains("HMAC") { deviations.insert(.tagLengthAsKeyLength) }
            if key_type == "TEK" { deviations.insert(.saltInsideTEK) }
            return deviations
        }
    }

    @Test("Its messages are read leniently with the deviations that the table has for them, and mean the same")
    func theirs() async throws {
        let rows = try await Self.run(["write", "\(Self.count)", "1"]).map {
            try JSONDecoder().decode(Written.self, from: $0)
        }
        #expect(rows.count == Self.count)
        var counts: [String: Int] = [:]
        var met: [String: Int] = [:]
        var contexts = 0
        for row in rows {
            for option in row.options { counts[option, default: 0] += 1 }
            let data = try KeyMgmtAttribute(parsing: "mikey " + row.base64).data
            let message = try data.message(mode: .lenient)
            for deviation in message.deviations.deviations { met[deviation.name, default: 0] += 1 }
            try #require(message.deviations == row.deviations, "\(row.base64)")
            let strict = Result { () throws(MIKEYError) in try data.message() }
            try #require((try? strict.get()) == nil || row.deviations.isEmpty)
            try #require(message.encoded == Array(Data(base64Encoded: row.base64) ?? Data()))
            try compare(message, with: row)
            if row.way == "caps", !row.sessions.isEmpty {
                try makeContexts(of: data, row)
                contexts += 1
            }
        }
        let options = counts.sorted { $0.key < $1.key }
        for (option, count) in options { try #require(count >= 20, "\(option): \(count) messages") }
        print("GStreamer's MIKEY: \(rows.count) messages read, \(contexts) made into contexts; deviations \(met)")
        print("GStreamer's MIKEY: " + options.map { "\($0.key): \($0.value)" }.joined(separator: ", "))
    }

    private func compare(_ message: MIKEYMessage, with row: Written) throws {
        try #require(
            message.header.cryptoSessions.map
                == .srtpID(row.sessions.map { .init(ssrc: SSRC($0.ssrc), rolloverCounter: $0.roc) }))
        let policy =
            try message.policies.first.map { try SRTPPolicy($0, accepting: message.deviations) } ?? SRTPPolicy()
        try #require(policy.suite.name == row.suite && policy.encryptsSRTCP && policy.authenticatesSRTP)
        guard case .clear(let chain)? = message.kemac?.content else {
            Issue.record("the key data of \(row.base64) are not clear")
            return
        }
        let key = try #require(chain.keys.first)
        func text(_ material: MIKEYKeyMaterial?) -> String {
            material?.withBytes { bytes in hex(bytes.withUnsafeBytes { Array($0) }) } ?? ""
        }
        try #require(chain.keys.count == 1 && text(key.key) == row.key && text(key.salt) == row.salt)
        try #require((key.kind == .tek) == row.key_type.hasPrefix("TEK"))
        try #require(hex(key.validity.spi ?? []) == row.spi)
        let interval = try row.interval.map { try MIKEYKeyValidity.interval(from: $0[0], to: $0[1]) }
        try #require(row.validity != "INTERVAL" || key.validity == interval)
        try #require(row.validity != "NULL" || key.validity == .null)
    }

    /// The message is taken, as one that came over TLS: its key is that of the contexts.
    private func makeContexts(of data: KeyMgmtData, _ row: Written) throws {
        let now = try WallClockTime(seconds: Int64(Date().timeIntervalSince1970))
        let permission = try KeyMgmtChannel.protected.nullAlgorithms()
        var answerer = KeyMgmtAnswerer(
            MIKEYResponderConfiguration(credential: .protectedChannel(permission), replay: .channel(permission)),
            policy: KeyMgmtPolicy(preset: .gstreamer, channel: .protected))
        let agreed = try #require(try answerer.answer(data, protocols: nil, now: now).negotiated.first)
        let stream = agreed.receiving[0]
        try #require(agreed.deviations == row.deviations && agreed.receiving.count == row.sessions.count)
        let master = try stream.keys[0].masterKey(for: stream.policy.suite)
        let octets = master.withKeyAndSalt { bytes in bytes.withUnsafeBytes { Array($0) } }
        try #require(hex(octets) == row.key)
        var pair = try agreed.makePair(as: .responder)
        for session in row.sessions where session.roc != 0 {
            let counter = pair.receiver.rolloverCounter(of: SSRC(session.ssrc))
            try #require(counter == session.roc)
        }
    }

    /// What GStreamer read in a message of ours.
    private struct Found: Decodable {
        struct Session: Decodable, Equatable {
            let ssrc: UInt32
            let roc: UInt32
            let policy: UInt8
        }

        let csb_id: UInt32
        let sessions: [Session]
        let keys: Int
        let key_type: Int
        let key: String
        let salt: String
        let spi: String
        let caps: [String: String]
    }

    @Test(
        "It reads ours, in the presets that are for it, as they were meant",
        arguments: [MIKEYPreset.gstreamer, .widestAccepted])
    func ours(_ preset: MIKEYPreset) async throws {
        var random = SeededGenerator(seed: 4567)
        let names = [
            "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32",
            "AEAD_AES_128_GCM", "AEAD_AES_256_GCM",
        ]
        let policies = try (preset == .gstreamer ? names : Array(names.prefix(1))).map { name in
            var policy = SRTPPolicy(try #require(SRTPSuite.named(name)))
            // GStreamer's 32-bit tag is that of SRTCP too.
            if policy.suite.rtpTagByteCount == 4 { policy.rtcpTag = .sameAsRTP }
            return policy
        }
        let credential = try KeyMgmtChannel.protected.nullCredential()
        var made: [(data: KeyMgmtData, agreed: [NegotiatedMIKEY], csbID: UInt32)] = []
        for number in 0..<Self.count {
            var offerer = try KeyMgmtOfferer(preset.initiator(credential), preset: preset)
            let policy = policies[number % policies.count]
            let media = (0...number % 3).map { place in
                MIKEYMediaOffer(
                    policy, ssrc: SSRC(UInt32(truncatingIfNeeded: number * 8 + place + 1)),
                    rolloverCounter: UInt32.random(in: 0...UInt32.max, using: &random))
            }
            let now = try WallClockTime(seconds: Int64(1_800_000_000 + number))
            let offer = try offerer.offer(media, now: now)
            made.append((offer.data, try #require(offer.negotiated), offerer.initiator.csbID))
        }
        let lines = made.map { KeyMgmtAttribute($0.data).secretText().dropFirst("mikey ".count) }.joined(
            separator: "\n")
        let found = try await Self.run(["read"], input: lines + "\n").map {
            try JSONDecoder().decode(Found.self, from: $0)
        }
        #expect(found.count == Self.count)
        for (made, found) in zip(made, found) {
            let stream = made.agreed[0].sending[0]
            let suite = stream.policy.suite
            try #require(found.csb_id == made.csbID && found.keys == 1 && found.key_type == 2 && found.salt.isEmpty)
            try #require(
                found.sessions
                    == made.agreed.map { agreed in
                        Found.Session(
                            ssrc: agreed.sending[0].ssrc?.rawValue ?? 0, roc: agreed.sending[0].rolloverCounter,
                            policy: 0)
                    })
            let key = try stream.keys[0].masterKey(for: suite).withKeyAndSalt { $0.withUnsafeBytes { hex(Array($0)) } }
            try #require(found.key == key && found.caps["srtp-key"] == key)
            try #require(found.spi == hex(stream.keys[0].options.mki))
            let cipher = "aes-\(8 * suite.masterKeyByteCount)-" + (suite.cipher == .aesGCM ? "gcm" : "icm")
            let tag = suite.cipher == .aesGCM ? "null" : "hmac-sha1-\(8 * suite.rtpTagByteCount)"
            for name in ["srtp", "srtcp"] {
                try #require(found.caps[name + "-cipher"] == cipher && found.caps[name + "-auth"] == tag)
            }
        }
        print("GStreamer's MIKEY: \(found.count) messages of preset \(preset.rawValue) read there as they were meant")
    }
}
