// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import RTP

extension BenchmarkRun {
    /// What a MIKEY message takes to be read and to be encoded again.
    func messages(_ results: inout BenchmarkResults) throws {
        progress("MIKEY messages")
        let octets = try Self.cameraMessage().encoded
        let read = try MIKEYMessage(parsing: octets, mode: .lenient)
        guard read.encoded == octets else { throw BenchmarkError.notMade(SideName.product, "the octets of a message") }
        let reading = Trial(name: SideName.product) {
            try ContinuousClock().measure {
                for _ in 0..<Trial.repeats { _ = try MIKEYMessage(parsing: octets, mode: .lenient) }
            }
        }
        let encoding = Trial(name: SideName.product) {
            ContinuousClock().measure { for _ in 0..<Trial.repeats { _ = read.encoded } }
        }
        for (what, trial) in [("read", reading), ("encoded", encoding)] {
            var row = BenchmarkResults.Row(
                id: "messages/MIKEY of \(octets.count) octets/\(what)", group: .messages, sides: [:])
            try row.note([trial], rounds: options.rounds)
            results.rows.append(row)
        }
    }

    /// T, RAND, SP with nine parameters, KEMAC with a key of 30 octets and an MKI of four: what live555's RTSP server sends.
    private static func cameraMessage() throws -> MIKEYMessage {
        let policy = try MIKEYSRTPPolicy([
            .encryptionAlgorithm: 1, .encryptionKeyLength: 16, .authenticationAlgorithm: 1,
            .authenticationKeyLength: 20, .saltLength: 14, .srtpEncryption: 1, .srtcpEncryption: 1,
            .srtpAuthentication: 1, .tagLength: 10,
        ])
        let key = MIKEYKeyMaterial(copying: [UInt8](repeating: 1, count: 30).span)
        let chain = MIKEYKeyDataChain(keys: [try .init(.tek, key: key, validity: .spi([1, 2, 3, 4]))])
        let sessions = try MIKEYCryptoSessions(.srtpID([.init(ssrc: SSRC(rawValue: 0x1234_5678))]))
        return try MIKEYMessage(
            MIKEYHeader(.preSharedKey, csbID: 1, cryptoSessions: sessions),
            payloads: [
                .timestamp(.init(.ntpUTC(0xE000_0000_0000_0000))),
                .random(.init([UInt8](repeating: 1, count: 16))),
                .securityPolicy(.init(number: 0, policy)),
                .kemac(.init(clear: chain, mac: .null)),
            ],
            mode: .lenient)
    }
}
