// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import RTP
import TestSupport
import Testing

/// What holds for every kind of message: those that are published, and one of each kind by the figures of the RFCs.
@Suite("MIKEY messages")
struct MessageTests {
    @Test("there is a message of every kind, and both of RFC 4567")
    func everyKind() throws {
        #expect(Wire.published.map(\.name) == ["5.1 offer", "5.1 answer"])
        let kinds = try Wire.samples.map { try MIKEYMessage(parsing: $0.octets).header.dataType }
        #expect(Set(kinds) == Set(MIKEYDataType.allCases))
    }

    @Test("what is read in strict mode is written again octet by octet", arguments: Wire.names)
    func reencoding(_ name: String) throws {
        let octets = Wire.named(name)
        let message = try MIKEYMessage(parsing: octets)
        #expect(message.encoded == octets)
        #expect(message.byteCount == octets.count)
        #expect(message.deviations.isEmpty)
        #expect(try MIKEYMessage(parsing: octets, mode: .lenient) == message)
    }

    @Test("MIKEY-08 every message that is cut off is refused, and reading stays inside", arguments: Wire.names)
    func prefixes(_ name: String) {
        let octets = Wire.named(name)
        for count in octets.indices {
            #expect(refusal(Array(octets[..<count])) != nil, "strict, \(count) octets")
            #expect(refusal(Array(octets[..<count]), .lenient) != nil, "lenient, \(count) octets")
        }
    }

    @Test("with any bit flipped a message is refused, or it is written again octet by octet", arguments: Wire.names)
    func flippedBits(_ name: String) throws {
        let octets = Wire.named(name)
        for bit in 0..<octets.count * 8 {
            var flipped = octets
            flipped[bit / 8] ^= 1 << (bit % 8)
            let strict = try? MIKEYMessage(parsing: flipped)
            let lenient = try? MIKEYMessage(parsing: flipped, mode: .lenient)
            if let lenient { #expect(lenient.encoded == flipped, "bit \(bit)") }
            if let strict {
                #expect(strict == lenient, "bit \(bit)")
                #expect(try MIKEYMessage(strict.header, payloads: strict.payloads) == strict, "bit \(bit)")
            } else if let lenient {
                #expect(!lenient.deviations.isEmpty, "bit \(bit)")
            }
        }
    }

    @Test("a message that was read can be put together of its parts", arguments: Wire.names)
    func puttingTogether(_ name: String) throws {
        let octets = Wire.named(name)
        let message = try MIKEYMessage(parsing: octets)
        #expect(try MIKEYMessage(message.header, payloads: message.payloads).encoded == octets)
    }

    @Test("the layout says where each payload stands, and where the MAC or signature", arguments: Wire.names)
    func layout(_ name: String) throws {
        let octets = Wire.named(name)
        let message = try MIKEYMessage(parsing: octets)
        let layout = message.layout
        var position = layout.header.upperBound
        for (payload, range) in zip(message.payloads, layout.payloads) {
            #expect(range.lowerBound == position)
            #expect(range.count == payload.byteCount)
            position = range.upperBound
        }
        #expect(position == octets.count)
        guard let place = layout.authenticator else {
            #expect([.ibakeInit1, .ibakeResponse1, .ibakeInit2].contains(message.header.dataType))
            return
        }
        #expect(place.upperBound == octets.count)
        let zeros = [UInt8](repeating: 0, count: place.count)
        #expect(try message.authenticated(by: zeros).encoded == octets[..<place.lowerBound] + zeros)
        #expect(refusal { () throws(MIKEYError) in try message.authenticated(by: zeros + [0]) } != nil)
    }

    @Test("the layout finds KEMAC's MAC in the middle, and the Initiator Data of a ticket")
    func layoutInside() throws {
        let response = try MIKEYMessage(parsing: Wire.named("RSA-R response"))
        let mac = try #require(response.layout.kemacMAC)
        #expect(Array(response.encoded[mac]) == Wire.run(32))
        let transfer = try MIKEYMessage(parsing: Wire.named("TRANSFER_INIT"))
        let data = try #require(transfer.layout.initiatorData)
        #expect(Array(transfer.encoded[data]) == Wire.field16([9] + Wire.chain([Wire.v, Wire.v])))
        let request = try MIKEYMessage(parsing: Wire.named("REQUEST_RESP"))
        let none = try #require(request.layout.initiatorData)
        #expect(Array(request.encoded[none]) == [0, 0])
    }

    @Test("the messages of RFC 4567 mean what the RFC says")
    func published() throws {
        let offer = try MIKEYMessage(parsing: Wire.named("5.1 offer"))
        #expect(offer.header.dataType == .preSharedKey)
        #expect(offer.header.expectsResponse)
        #expect(offer.header.prf == .mikey1)
        #expect(offer.header.csbID == 0xCD17_7E50)
        #expect(offer.header.cryptoSessions.map == .srtpID([.init(policyNumber: 0, ssrc: 0)]))
        #expect(offer.payloads.map(\.type) == [.t, .rand, .id, .sp, .kemac])
        #expect(offer.timestamp == .ntpUTC(0xC8E3_50EA_0000_0000))
        #expect(offer.random.map(hex) == "4a28da979ee21a7651a0d7f19136d98c")
        #expect(try offer.identities == [.nai("donald@duck.com")])
        #expect(offer.policies.map(\.parameters) == [[]])
        #expect(offer.kemac?.encryption == .aesCM128)
        #expect(offer.kemac?.macAlgorithm == .hmacSHA1)
        #expect(offer.kemac.map { hex($0.mac) } == "5f627a69c6508675f5f59050e4abcca4c0bfdcd5")
        let answer = try MIKEYMessage(parsing: Wire.named("5.1 answer"))
        #expect(answer.header.dataType == .preSharedKeyVerification)
        #expect(answer.timestamp == offer.timestamp)
        #expect(try answer.identities == [.nai("mickey@mouse.com")])
        #expect(answer.verification.map { hex($0.data) } == "9fc1dd184e413035c522e18481afbad80818e5c7")
    }

    @Test("a message of 2^20 octets is too large, whatever it holds")
    func tooLarge() {
        let octets = Wire.named("pre-shared key") + [UInt8](repeating: 0, count: 1 << 20)
        #expect(refusal(octets)?.problem == .tooLarge(octets: octets.count, limit: 1 << 20))
    }
}
