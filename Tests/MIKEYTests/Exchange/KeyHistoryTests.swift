// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import MIKEY

@Suite("Keys of a bundle's earlier messages")
struct KeyHistoryTests {
    private func key(_ number: Int, _ kind: MIKEYPayload.KeyData.Kind = .tgk) throws -> MIKEYPayload.KeyData {
        try MIKEYPayload.KeyData(kind, key: material("0000 0000 0000 0000 0000 0000 0000" + hex16(number)))
    }

    private func hex16(_ number: Int) -> String { hex([UInt8(number >> 8 & 0xFF), UInt8(number & 0xFF)]) }

    private func sessions(_ count: UInt32) throws -> MIKEYCryptoSessions {
        try MIKEYCryptoSessions(.srtpID((0..<count).map { MIKEYCryptoSessions.Stream(ssrc: SSRC($0 + 1)) }))
    }

    @Test("a TGK has served the sessions that were listed; a TEK, and keys of a message that lists none, all")
    func reach() throws {
        var history = KeyHistory()
        history.add(keyData: [try key(1), try key(2, .tek)], of: try sessions(2))
        history.add(keyData: [try key(3)], of: try MIKEYCryptoSessions(.empty(count: 2)))
        #expect(try [0, 1, 2, 3].map { history.contains(try key(1), of: $0) } == [false, true, true, false])
        for id: UInt8 in [0, 1, 2, 255] {
            #expect(try history.contains(key(2, .tek), of: id) && history.contains(key(3), of: id))
            #expect(try !history.contains(key(4), of: id))
        }
        history.add(keyData: [try key(1)], of: try sessions(3))
        #expect(try [1, 3, 4].map { history.contains(try key(1), of: $0) } == [true, true, false])
    }

    @Test("a TEK is the same with its salt behind it")
    func joinedSalt() throws {
        var history = KeyHistory()
        history.add(keyData: [try key(1, .tek)], of: try sessions(1))
        let joined = try MIKEYPayload.KeyData(
            .tek, key: material("0000 0000 0000 0000 0000 0000 0000 0001" + "000102030405060708090a0b0c0d"))
        #expect(history.contains(joined, of: 1))
    }

    @Test("where there were more keys than are kept, every key counts as known")
    func bound() throws {
        var history = KeyHistory()
        for number in 0..<256 { history.add(keyData: [try key(number)], of: try sessions(1)) }
        #expect(try !history.contains(key(256), of: 1) && history.contains(key(255), of: 1))
        history.add(keyData: [try key(0)], of: try sessions(1))
        #expect(try !history.contains(key(256), of: 1))
        history.add(keyData: [try key(256)], of: try sessions(1))
        #expect(try history.contains(key(257), of: 1))
    }
}
