// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Master keys and their identifiers, RFC 3711 section 3.1")
struct KeyIdentifierTests {
    @Test("identifiers of 1 to 255 octets are carried by RTP and RTCP", arguments: builtSuites, [1, 4, 128, 255])
    func carried(_ suite: SRTPSuite, byteCount: Int) throws {
        let mki = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 ^ 0xA5) }
        let link = try Link(suite, options: SRTPKeyOptions(mki: mki))
        let packet = SamplePackets.rtp(sequence: 3)
        let wire = try link.sending.rtp(packet).get()
        let plain = try Sending(suite).rtp(packet).get()
        #expect(wire.count == plain.count + byteCount)
        let report = SamplePackets.rtcp()
        let reportWire = try link.sending.rtcp(report).get()
        #expect(reportWire.count == report.count + 4 + byteCount + suite.rtcpTagByteCount)

        // A key with another identifier refuses it, and so does one with none; nothing changes by it.
        for other in [mki.dropLast() + [mki[byteCount - 1] ^ 1], []] {
            let stranger = try Receiving(suite, options: SRTPKeyOptions(mki: Array(other)))
            let reason = other.isEmpty ? nil : SRTPError.unknownMKI(sample)
            #expect(stranger.refuses(wire, with: reason))
            #expect(stranger.refuses(reportWire, isRTCP: true, with: reason))
        }
        #expect(link.receiving.rtp(wire) == .success(packet))
        #expect(link.receiving.rtcp(reportWire) == .success(report))
    }

    @Test("an identifier is not longer than 255 octets, as long as the others, and the only one of its kind")
    func refusedIdentifiers() throws {
        #expect(throws: SRTPError.invalidMKI(byteCount: 256, expectedByteCount: nil)) {
            try Sending(options: SRTPKeyOptions(mki: [UInt8](repeating: 1, count: 256)))
        }
        let link = try Link(options: SRTPKeyOptions(mki: [1, 2]))
        let before = (link.sending.state, link.receiving.state)
        for mki: [UInt8] in [[], [1], [1, 2, 3]] {
            #expect(throws: SRTPError.invalidMKI(byteCount: mki.count, expectedByteCount: 2)) {
                try link.addKey(first: 7, options: SRTPKeyOptions(mki: mki))
            }
        }
        #expect(throws: SRTPError.invalidMKI(byteCount: 2, expectedByteCount: nil)) {
            try link.addKey(first: 7, options: SRTPKeyOptions(mki: [1, 2]))
        }
        #expect(link.sending.state == before.0)
        #expect(link.receiving.state == before.1)
    }

    @Test("256 keys: each is found by its identifier; there is no 257th until one goes")
    func manyKeys() throws {
        let link = try Link(options: SRTPKeyOptions(mki: [0]))
        for number: UInt8 in 1...255 {
            try link.addKey(first: number, options: SRTPKeyOptions(mki: [number]))
        }
        let ids = link.sending.keys.map(\.id)
        #expect(ids.map(\.number) == Array(1...256))
        #expect(try link.sending.addKey(first: 100, options: SRTPKeyOptions(mki: [100])) == ids[100])
        for (sequence, place) in [0, 255, 1, 128, 100].enumerated() {
            try link.sending.context.activateKey(ids[place])
            try link.rtp(SamplePackets.rtp(sequence: UInt16(sequence)))
            #expect(link.receiving.latestKey?.number == UInt32(place + 1))
            try link.rtcp(SamplePackets.rtcp())
            #expect(link.receiving.latestKey?.number == UInt32(place + 1))
        }
    }

    @Test("there is no 257th key, and a removed one makes room")
    func capacity() throws {
        let receiving = try Receiving(options: SRTPKeyOptions(mki: [0, 0]))
        for number: UInt8 in 1...255 {
            try receiving.addKey(first: number, options: SRTPKeyOptions(mki: [0, number]))
        }
        let add = {
            let further = try SRTPMasterKey.random(for: .aesCM128_HMACSHA1_80)
            return try receiving.context.addKey(further, options: SRTPKeyOptions(mki: [1, 0]))
        }
        #expect(throws: SRTPError.tooManyKeys(limit: 256)) { try add() }
        let second = try #require(receiving.keys.dropFirst().first).id
        try receiving.context.removeKey(second)
        #expect(try add().number == 257)
    }

    @Test("a key that is there is named again; under other options, or once it was removed, it is refused")
    func sameKeyTwice() throws {
        let link = try Link()
        let (first, second) = (try #require(link.sending.activeKey), try link.addKey(first: 7))
        let before = (link.sending.state, link.receiving.state)
        #expect(try link.addKey(first: 0) == first)
        #expect(try link.addKey(first: 7) == second)
        #expect(throws: SRTPError.keyReused) { try link.sending.addKey(first: 7, options: SRTPKeyOptions(rate: 2)) }
        #expect(throws: SRTPError.keyReused) {
            try link.receiving.addKey(first: 7, options: SRTPKeyOptions(lifetime: SRTPKeyLifetime(rtpPackets: 7)))
        }
        #expect(link.sending.state == before.0)
        #expect(link.receiving.state == before.1)

        try link.sending.context.removeKey(second)
        try link.receiving.context.removeKey(second)
        #expect(throws: SRTPError.keyReused) { try link.sending.addKey(first: 7) }
        #expect(throws: SRTPError.keyReused) { try link.receiving.addKey(first: 7) }
        #expect(throws: SRTPError.unknownKey(second)) { try link.sending.context.removeKey(second) }
        #expect(throws: SRTPError.unknownKey(second)) { try link.sending.context.activateKey(second) }
    }

    @Test("a key for another suite is refused, and options out of range are")
    func refusedOptions() throws {
        let sending = try Sending()
        let before = sending.state
        #expect(throws: SRTPError.self) {
            try sending.context.addKey(sampleKey(.aesCM128_HMACSHA1_32, first: 7))
        }
        for options in [
            SRTPKeyOptions(rate: 3), SRTPKeyOptions(rate: 1 << 25), SRTPKeyOptions(indices: 0...1 << 48),
            SRTPKeyOptions(lifetime: SRTPKeyLifetime(rtpPackets: 0)),
            SRTPKeyOptions(lifetime: SRTPKeyLifetime(rtcpPackets: 1 << 48 + 1)),
        ] {
            #expect(throws: SRTPError.self) { try sending.addKey(first: 7, options: options) }
        }
        #expect(sending.state == before)
    }

    @Test("the receiver says under which key each packet came, also of late ones")
    func reportedKey() throws {
        let link = try Link(options: SRTPKeyOptions(mki: [1]))
        #expect(link.receiving.latestKey == nil)
        let late = try link.sending.rtp(SamplePackets.rtp(sequence: 1)).get()
        try link.rtp(SamplePackets.rtp(sequence: 2))
        let second = try link.addKey(first: 7, options: SRTPKeyOptions(mki: [2]))
        try link.sending.context.activateKey(second)
        try link.rtp(SamplePackets.rtp(sequence: 3))
        #expect(link.receiving.latestKey == second)
        #expect(link.receiving.context.key(of: sample) == second)
        _ = try link.receiving.rtp(late).get()
        #expect(link.receiving.latestKey?.number == 1)
        #expect(link.receiving.context.key(of: sample) == second)
        #expect(link.receiving.keys.map(\.rtpPackets) == [2, 1])
        #expect(link.receiving.keys.map(\.mki) == [[1], [2]])
        #expect(link.receiving.events() == [.streamAdded(sample), .keySwitched(sample, to: second)])
    }
}
