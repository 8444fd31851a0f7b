// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import MIKEY
import RTP

/// What a MIKEY message takes: allocations of reading one and of encoding it again.
enum MessageCosts {
    private static let rounds: UInt64 = 1000

    static func check(_ tally: inout Tally) throws {
        let octets = try message().encoded
        let read = try MIKEYMessage(parsing: octets, mode: .lenient)
        tally.note("PERF-04", "octets of a message", expected: 123, found: UInt64(octets.count))
        tally.note(
            "PERF-04", "allocations of reading it", expected: 8,
            found: try allocations { _ = try MIKEYMessage(parsing: octets, mode: .lenient) })
        tally.note("PERF-04", "allocations of encoding it", expected: 1, found: allocations { _ = read.encoded })
    }

    private static func allocations(_ body: () throws -> Void) rethrows -> UInt64 {
        try body()  // what is made once stays
        allocation_counter_start()
        for _ in 0..<rounds { try body() }
        return allocation_counter_stop() / rounds
    }

    /// T, RAND, SP with nine parameters, KEMAC with a key of 30 octets and an MKI of four: what live555's RTSP server sends.
    private static func message() throws -> MIKEYMessage {
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
