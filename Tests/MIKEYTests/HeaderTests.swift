// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import RTP
import TestSupport
import Testing

@Suite("MIKEY header")
struct HeaderTests {
    @Test("MIKEY-01 the version is 1, and the data type is one that an RFC defines")
    func versionAndDataType() {
        for version in [0, 2, 255] as [UInt8] {
            let error = refusal(Wire.message(0, version: version, Wire.psk))
            #expect(error?.problem == .unsupportedVersion(version))
            #expect(error?.errorNumber == .unspecified)
            #expect(error?.offset == 0)
        }
        for number in [27, 128, 255] as [UInt8] {
            let error = refusal(Wire.message(number, Wire.psk))
            #expect(error?.problem == .unknownDataType(number))
            #expect(error?.errorNumber == .invalidDT)
            #expect(error?.offset == 1)
        }
    }

    @Test("an error in a message of RSA-R or SAKKE is reported by number 13", arguments: [9, 10, 26] as [UInt8])
    func unsupportedMessageType(_ dataType: UInt8) {
        #expect(refusal(Wire.message(dataType, [Wire.time]))?.errorNumber == .unsupportedMessageType)
        #expect(refusal(Wire.message(0, [Wire.time]))?.errorNumber == .unspecified)
    }

    @Test("MIKEY-02 the header has 10 octets and the map behind them, no crypto session included")
    func length() throws {
        let none = Wire.message(0, map: [0, 0], Wire.psk)
        #expect(try MIKEYMessage(parsing: none).layout.header == 0..<10)
        #expect(try MIKEYMessage(parsing: none).header.cryptoSessions.map == .srtpID([]))
        for count in [1, 2, 255] {
            let streams = (0..<count).map { (policy: UInt8(0), ssrc: UInt32($0), roc: UInt32(7)) }
            let octets = Wire.message(0, map: Wire.srtpID(streams), Wire.psk)
            #expect(try MIKEYMessage(parsing: octets).layout.header == 0..<10 + 9 * count)
            // The map is compared with what is left before any of it is read.
            let short = Array(octets[..<(10 + 9 * count - 1)])
            #expect(refusal(short)?.problem == .truncated(neededOctets: 9 * count, availableOctets: 9 * count - 1))
        }
    }

    @Test("MIKEY-03 the type of the map decides its length, and an unknown one is refused")
    func maps() throws {
        let empty = try MIKEYMessage(parsing: Wire.message(0, map: [3, 1], Wire.psk))
        #expect(empty.header.cryptoSessions.map == .empty(count: 3))
        #expect(empty.layout.header == 0..<10)
        let generic = octets("02 02") + octets("0500 02 0102 0004 11223344 01 ab") + octets("0601 00 0003 010203 00")
        let message = try MIKEYMessage(parsing: Wire.message(0, map: generic, Wire.psk))
        let sessions = [
            try MIKEYCryptoSessions.Session(id: 5, ssrc: 0x1122_3344, policyNumbers: [1, 2], spi: [0xAB]),
            try MIKEYCryptoSessions.Session(id: 6, securityProtocol: .init(rawValue: 1), data: [1, 2, 3]),
        ]
        #expect(message.header.cryptoSessions.map == .genericID(sessions))
    }

    @Test("MIKEY-03 inside of GENERIC-ID every length is compared with what is left")
    func genericBounds() throws {
        let whole = octets("0500 02 0102 0004 11223344 01 ab")
        for count in 0..<whole.count {
            #expect(refusal(Wire.message(0, map: [1, 2] + whole[..<count], [])) != nil, "\(count)")
        }
        for number in [3, 4, 255] as [UInt8] {
            let error = refusal(Wire.message(0, map: [0, number], Wire.psk))
            #expect(error?.problem == .unknown(.mapType, number))
            #expect(error?.offset == 9)
        }
    }

    @Test("Session Data of SRTP have 4 octets, or 10 with the flag S, or none")
    func sessionData() throws {
        func data(_ flag: Bool, _ count: Int) -> [UInt8] {
            Wire.message(0, map: [1, 2, 5, 0, flag ? 0x80 : 0] + Wire.field16(Wire.run(count)) + [0], Wire.psk)
        }
        for (flag, count) in [(false, 0), (true, 0), (false, 4), (true, 10)] {
            #expect(try MIKEYMessage(parsing: data(flag, count)).encoded == data(flag, count))
        }
        for (flag, count) in [(true, 4), (false, 10), (false, 6), (true, 9), (false, 1)] {
            #expect(refusal(data(flag, count)) != nil, "\(flag) \(count)")
        }
        let message = try MIKEYMessage(parsing: data(true, 10))
        let expected = MIKEYCryptoSessions.Session.SessionData.srtp(
            0x0102_0304, position: .init(rolloverCounter: 0x0506_0708, sequenceNumber: 0x090A))
        guard case .genericID(let sessions) = message.header.cryptoSessions.map else {
            Issue.record("another map")
            return
        }
        #expect(sessions.map(\.data) == [expected])
    }

    @Test("MIKEY-22 a CS ID is the place in SRTP-ID, from 1, and explicit in GENERIC-ID, each once")
    func csIDs() throws {
        let streams = Wire.srtpID([(0, 0, 0), (0, 9, 0), (0, 8, 0xFFFF_FFFF)])
        let sessions = try MIKEYMessage(parsing: Wire.message(0, map: streams, Wire.psk)).header.cryptoSessions
        #expect(sessions.count == 3)
        #expect(sessions.ids == [1, 2, 3])
        guard case .srtpID(let entries) = sessions.map else {
            Issue.record("another map")
            return
        }
        // An SSRC of 0 is the responder's to fill in; the rollover counter has 32 bits.
        #expect(entries.map(\.ssrc) == [0, 9, 8])
        #expect(entries.map(\.rolloverCounter) == [0, 0, 0xFFFF_FFFF])
        let one = octets("0700 00 0004 00000000 00")
        let generic = try MIKEYMessage(parsing: Wire.message(0, map: [1, 2] + one, Wire.psk)).header.cryptoSessions
        #expect(generic.ids == [7])
        #expect(generic.map == .genericID([try .init(id: 7, ssrc: 0)]))
        #expect(refusal(Wire.message(0, map: [2, 2] + one + one, Wire.psk))?.offset == 8 + 2 + 20)
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYCryptoSessions(.genericID([.init(id: 7, ssrc: 0), .init(id: 7, ssrc: 1)]))
            } != nil)
    }

    @Test("maps are written as they are read")
    func building() throws {
        let session = try MIKEYCryptoSessions.Session(
            id: 7, ssrc: 0x1122_3344, position: .init(rolloverCounter: 1, sequenceNumber: 2), policyNumbers: [4, 5],
            spi: [0xAB, 0xCD])
        let sessions = try MIKEYCryptoSessions(.genericID([session]))
        let header = MIKEYHeader(
            .preSharedKey, expectsResponse: true, prf: .hmacSHA256, csbID: 1, cryptoSessions: sessions)
        let message = try MIKEYMessage(header, payloads: try MIKEYMessage(parsing: Wire.message(0, Wire.psk)).payloads)
        let map = octets("0102 0700 82 0405 000a 11223344 00000001 0002 02 abcd")
        #expect(message.encoded == Wire.message(0, v: true, prf: 1, csbID: 1, map: map, Wire.psk))
        let streams = (0..<256).map { MIKEYCryptoSessions.Stream(ssrc: SSRC(UInt32($0))) }
        #expect(refusal { () throws(MIKEYError) in try MIKEYCryptoSessions(.srtpID(streams)) } != nil)
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYCryptoSessions.Session(id: 1, ssrc: 1, policyNumbers: Wire.run(128))
            } != nil)
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYCryptoSessions.Session(id: 1, ssrc: 1, spi: Wire.run(256))
            } != nil)
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYCryptoSessions.Session(id: 1, securityProtocol: .srtp, data: [1])
            } != nil)
    }
}
