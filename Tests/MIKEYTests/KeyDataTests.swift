// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import TestSupport
import Testing
import WireBytes

@Suite("MIKEY key data")
struct KeyDataTests {
    private func message(_ data: [UInt8]) -> [UInt8] {
        Wire.message(0, [Wire.time, Wire.random, Wire.kemac(data)])
    }

    private func ticket(_ data: [UInt8]) -> [UInt8] {
        let policy = Wire.ticketPolicy([Wire.kemac(data)])
        return Wire.message(11, map: Wire.emptyMap, [Wire.time, Wire.randr(1), (16, policy), Wire.v])
    }

    private func chain(
        _ octets: [UInt8], _ dataType: MIKEYDataType, _ mode: MIKEYParsingMode = .strict
    ) throws(MIKEYError) -> MIKEYKeyDataChain {
        let span = octets.span
        return try MIKEYKeyDataChain(parsing: span.bytes, in: dataType, mode: mode)
    }

    @Test("MIKEY-15 KEMAC holds a chain of key data that ends where its length says")
    func chains() throws {
        let two = Wire.keys(Wire.key(0, 16), Wire.key(1, 16, salt: Wire.run(14)))
        let keys = try MIKEYMessage(parsing: message(two)).kemac
        guard case .clear(let read)? = keys?.content else {
            Issue.record("not clear")
            return
        }
        #expect(read.keys.map(\.kind) == [.tgk, .tgk])
        #expect(read.keys.map(\.salt?.count) == [nil, 14])
        #expect(refusal(message(two + [0])) != nil, "an octet behind the last key")
        for count in 1..<two.count { #expect(refusal(message(Array(two[..<count]))) != nil, "\(count)") }
        var wrong = two
        for next in [6, 10, 19, 24] as [UInt8] {
            wrong[0] = next
            #expect(refusal(message(wrong)) != nil, "next \(next)")
        }
    }

    @Test(
        "MIKEY-15 in public-key modes the sender's identity stands first",
        arguments: [MIKEYDataType.publicKey, .rsaRResponse])
    func identities(_ dataType: MIKEYDataType) throws {
        let key: Wire.Payload = (20, Wire.key(0, 16))
        let whole = try chain(Wire.chain([Wire.id("a@x"), key, key]), dataType)
        #expect(try whole.identity == .nai("a@x"))
        #expect(whole.keys.count == 2)
        // A key of type 0 without KV has the form of an ID, so that this one has a salt; and an identity of type 9 is no key.
        let salted = Wire.key(1, 16, salt: Wire.run(14))
        #expect(refusal { () throws(MIKEYError) in try self.chain(Wire.keys(salted), dataType) } != nil)
        #expect(
            refusal { () throws(MIKEYError) in try self.chain(Wire.chain([Wire.id("a"), key, Wire.id("b")]), dataType) }
                != nil)
        #expect(
            refusal { () throws(MIKEYError) in try self.chain(Wire.chain([Wire.id("a"), Wire.id("b"), key]), dataType) }
                != nil)
        // An update in public-key mode sends no key.
        let only = refusal { () throws(MIKEYError) in try self.chain(Wire.chain([Wire.id("a")]), dataType) }
        #expect((only == nil) == (dataType == .publicKey))
        #expect(
            refusal { () throws(MIKEYError) in try self.chain(Wire.chain([Wire.id("a", kind: 9), key]), .preSharedKey) }
                != nil)
    }

    @Test("MIKEY-16 only DHHMAC and a pre-shared key update have no key data, and no key has no octets")
    func empty() {
        let none = Wire.kemac([], encryption: 1, mac: 1, count: 20)
        #expect(refusal(Wire.message(0, [Wire.time, none])) == nil)
        #expect(refusal(Wire.message(0, [Wire.time, Wire.kemac([])])) == nil)
        #expect(refusal(Wire.message(0, [Wire.time, Wire.random, none])) != nil)
        #expect(refusal(Wire.message(2, [Wire.time, none, Wire.pke, Wire.sign])) != nil)
        #expect(refusal(Wire.message(10, [Wire.time, none, Wire.pke, Wire.sign])) != nil)
        #expect(
            refusal(Wire.message(18, map: Wire.emptyMap, [Wire.time, Wire.kemac([], encryption: 1), Wire.v])) != nil)
        let some = Wire.kemac(Wire.run(16), encryption: 2, mac: 0, count: 20)
        let dh = [Wire.time, Wire.random, Wire.id("b"), Wire.dh()]
        #expect(refusal(Wire.message(7, dh + [some]))?.payload == .kemac)
        let wrapped = Wire.kemac([], encryption: 1, mac: 0, count: 20)
        #expect(refusal(Wire.message(7, dh + [wrapped]))?.errorNumber == .invalidEA)
        #expect(refusal(message(Wire.keys(Wire.key(0, 0))))?.payload == .keyData)
        #expect(refusal(message(Wire.keys(Wire.key(2, 1)))) == nil)
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYPayload.KeyData(.tgk, key: keyMaterial([]))
            } != nil)
    }

    @Test("MIKEY-17 key types are those of the mode, with a salt in 1, 3 and 5 alone")
    func types() throws {
        for type in UInt8.min...15 {
            let salt = [1, 3, 5].contains(type) ? Wire.run(14) : nil
            let plain = message(Wire.keys(Wire.key(type, 16, salt: salt)))
            #expect((refusal(plain) == nil) == (type <= 3), "type \(type)")
            let inTicket = ticket(Wire.keys(Wire.key(type, 16, salt: salt, kv: 1, [1, 7])))
            #expect((refusal(inTicket) == nil) == (type <= 6), "type \(type) in TICKET")
            let private_ = refusal { () throws(MIKEYError) in
                try self.chain(Wire.chain([Wire.id("a"), (20, Wire.key(type, 16, salt: salt))]), .requestKeyResponse)
            }
            #expect((private_ == nil) == (type <= 3 || type == 7), "type \(type) in IBAKE")
        }
        #expect(refusal(message(Wire.keys(Wire.key(0, 16, salt: Wire.run(14))))) != nil, "a salt without a type for it")
        #expect(refusal(message(Wire.keys(Wire.key(1, 16)))) != nil, "a type without its salt")
    }

    @Test("MIKEY-17 KV is NULL, SPI or interval; in MIKEY-TICKET each key has an SPI")
    func validities() {
        for kv in UInt8.min...15 {
            let fields = kv == 1 ? [1, 7] : kv == 2 ? [1, 7, 1, 8] : [] as [UInt8]
            #expect((refusal(message(Wire.keys(Wire.key(0, 16, kv: kv, fields)))) == nil) == (kv <= 2), "KV \(kv)")
            #expect((refusal(ticket(Wire.keys(Wire.key(0, 16, kv: kv, fields)))) == nil) == (kv == 1), "KV \(kv)")
        }
    }

    @Test(
        "MIKEY-18 the lengths in SPI and interval are compared with what is left, and an interval begins before it ends"
    )
    func intervals() throws {
        func key(_ kv: UInt8, _ fields: [UInt8]) -> [UInt8] { message(Wire.keys(Wire.key(2, 16, kv: kv, fields))) }
        for count in [0, 1, 4, 255] { #expect(refusal(key(1, Wire.field8(Wire.run(count)))) == nil, "\(count)") }
        #expect(refusal(key(1, [2, 7])) != nil)
        #expect(refusal(key(2, [2, 7, 7])) != nil)
        #expect(refusal(key(2, [1, 7, 2, 8])) != nil)
        let interval = { (from: String, to: String) in
            key(2, Wire.field8(octets(from)) + Wire.field8(octets(to)))
        }
        for (from, to) in [
            ("", ""), ("00", "00"), ("000000000001", "ffffffffffff"), ("0001", "01"), ("ff", "0100"), ("", "01"),
        ] {
            #expect(refusal(interval(from, to)) == nil, "\(from) \(to)")
        }
        for (from, to) in [("01", "00"), ("0100", "ff"), ("01", ""), ("0201", "0102")] {
            #expect(refusal(interval(from, to)) != nil, "\(from) \(to)")
        }
        let made = try MIKEYKeyValidity.interval(from: 1, to: 1 << 47)
        #expect(made.content == .interval(from: octets("000000000001"), to: octets("800000000000")))
        #expect(refusal { () throws(MIKEYError) in try MIKEYKeyValidity.interval(from: 2, to: 1) } != nil)
        #expect(refusal { () throws(MIKEYError) in try MIKEYKeyValidity.interval(from: 0, to: 1 << 48) } != nil)
        #expect(refusal { () throws(MIKEYError) in try MIKEYKeyValidity.spi([]) } != nil)
        #expect(refusal { () throws(MIKEYError) in try MIKEYKeyValidity.spi(Wire.run(256)) } != nil)
    }

    @Test("a chain is encoded as it is read, to be encrypted")
    func encoding() throws {
        let tek = try MIKEYPayload.KeyData(
            .tek, key: keyMaterial(Wire.run(16, from: 0x40)), salt: keyMaterial(Wire.run(14)),
            validity: .spi(Wire.run(4)))
        let tgk = try MIKEYPayload.KeyData(.tgk, key: keyMaterial(Wire.run(16, from: 0x40)))
        let made = MIKEYKeyDataChain(identity: try .nai("a@x"), keys: [tek, tgk])
        let expected = Wire.chain([
            Wire.id("a@x"), (20, Wire.key(3, 16, salt: Wire.run(14), kv: 1, Wire.field8(Wire.run(4)))),
            (20, Wire.key(0, 16)),
        ])
        #expect(made.encoded.withBytes { [UInt8](copying: $0) } == expected)
        #expect(try chain(expected, .publicKey) == made)
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYPayload.KeyData(.mpk, key: tgk.key, salt: tgk.key)
            } != nil)
        let privateKey = try MIKEYPayload.KeyData(.privateKey, key: tgk.key)
        let pairs = MIKEYKeyDataChain(privateKeys: [(try .nai("a"), privateKey), (try .nai("b"), privateKey)])
        let pairsEncoded = pairs.encoded.withBytes { [UInt8](copying: $0) }
        #expect(try chain(pairsEncoded, .requestKeyResponse) == pairs)
    }

    @Test("what IBAKE and ESK hold is read and written: identities, points and secret keys")
    func identityBased() throws {
        let curves: [(MIKEYPayload.ECPoint.Curve, Int)] = [
            (.secp256r1, 65), (.secp521r1, 133), (.sect163k1, 43), (.secp192r1, 49),
        ]
        for (curve, count) in curves {
            let point = [4] + Wire.run(count - 1)
            let padding = [UInt8](repeating: 0, count: (4 - (2 + count) % 4) % 4)
            let octets = Wire.chain([
                Wire.idr(1, "a"), (25, [curve.rawValue] + point + padding + [0, 0, 0, 1] + [2, 9, 9]), Wire.idr(2, "b"),
            ])
            let payloads: [MIKEYPayload] = [
                .identityWithRole(.init(.initiator, try .uri("a"))),
                .ecPoint(try .init(curve: curve, point: point, validity: .spi([9, 9]))),
                .identityWithRole(.init(.responder, try .uri("b"))),
            ]
            let span = octets.span
            #expect(try MIKEYPayload.IBAKE.payloads(parsing: span.bytes) == payloads)
            #expect(try MIKEYPayload.IBAKE.encoded(payloads).withBytes { [UInt8](copying: $0) } == octets)
            for length in octets.indices {
                let cut = Array(octets[..<length])
                let span = cut.span
                #expect(throws: MIKEYError.self) { try MIKEYPayload.IBAKE.payloads(parsing: span.bytes) }
            }
        }
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYPayload.ECPoint(curve: .secp256r1, point: [4] + Wire.run(63))
            } != nil)
        #expect(try MIKEYPayload.ECPoint(curve: .secp256r1, point: [2] + Wire.run(32)).point.count == 33)
        let esk = Wire.chain([Wire.id("a"), (24, [0x11] + Wire.field16(Wire.run(32)) + [1, 7])])
        let span = esk.span
        let payloads = try MIKEYPayload.ESK.payloads(parsing: span.bytes)
        let key = try MIKEYPayload.SecretKey(keyMaterial(Wire.run(32)), validity: .spi([7]))
        #expect(payloads == [.identity(.init(try .nai("a"))), .secretKey(key)])
        #expect(try MIKEYPayload.ESK.encoded(payloads).withBytes { [UInt8](copying: $0) } == esk)
        #expect(refusal { () throws(MIKEYError) in try MIKEYPayload.ESK.encoded([.secretKey(key)]) } != nil)
        let wrongType = Wire.chain([Wire.id("a"), (24, [0x20] + Wire.field16(Wire.run(32)))])
        let wrong = wrongType.span
        #expect(throws: MIKEYError.self) { try MIKEYPayload.ESK.payloads(parsing: wrong.bytes) }
    }

    @Test("no description shows a key, and neither does an error")
    func secrecy() throws {
        let secret = Array("a master key!!!!".utf8)
        let data = Wire.keys([0x20] + Wire.field16(secret))
        let message = try MIKEYMessage(parsing: message(data))
        var dumped = ""
        dump(message, to: &dumped)
        let shown = ["\(message)", message.kemac.debugDescription, dumped, String(reflecting: message)]
        let forms = ["a master key", "97, 32, 109", hex(secret)]
        for text in shown { for form in forms { #expect(!text.contains(form)) } }
        let key = keyMaterial(secret)
        #expect("\(key)" == "16 octets, not shown")
        #expect(key == keyMaterial(secret))
        #expect(key != keyMaterial(Array(secret.dropLast())))
    }
}
