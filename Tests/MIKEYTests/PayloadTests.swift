// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import TestSupport
import Testing

@Suite("MIKEY payloads")
struct PayloadTests {
    /// A payload with a length field of `width` bits in a message that has it, and how long the field may be.
    struct Field: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let width: Int
        let minimum: Int
        /// The message with a field of `count` octets, of which `present` are there and are the last ones of the message.
        let message: @Sendable (_ count: Int, _ present: Int) -> [UInt8]

        init(_ name: String, width: Int, minimum: Int = 0, _ message: @escaping @Sendable (Int, Int) -> [UInt8]) {
            testDescription = name
            self.width = width
            self.minimum = minimum
            self.message = message
        }
    }

    private static func long(_ count: Int, _ present: Int) -> [UInt8] {
        SamplePackets.bigEndian(UInt16(truncatingIfNeeded: count)) + Wire.run(present)
    }

    /// Each stands in a message so that it is not the last field, but for SIGN.
    static let fields: [Field] = [
        Field("KEMAC", width: 16, minimum: 1) { count, present in
            Wire.message(0, [Wire.time, Wire.random, (1, [1] + long(count, present) + (count == present ? [0] : []))])
        },
        Field("PKE", width: 14) { count, present in
            let pke: Wire.Payload = (2, long(count, present))
            return Wire.message(2, [Wire.time] + (count == present ? [pke, Wire.sign] : [pke]))
        },
        Field("SIGN", width: 12, minimum: 1) { count, present in
            Wire.message(9, v: true, [Wire.time, (4, long(count, present))])
        },
        Field("ID", width: 16) { count, present in
            Wire.message(
                0, [Wire.time, (6, [0] + long(count, present))] + (count == present ? [Wire.psk[1], Wire.psk[2]] : []))
        },
        Field("CERT", width: 16) { count, present in
            Wire.message(
                9, v: true, [Wire.time, (7, [0] + long(count, present))] + (count == present ? [Wire.sign] : []))
        },
        Field("SP", width: 16) { count, present in
            let body = SamplePackets.bigEndian(UInt16(count)) + parameters(count, present)
            return Wire.message(0, [Wire.time, (10, [0, 1] + body)] + (count == present ? Wire.psk[1...] : []))
        },
        Field("RAND", width: 8, minimum: 1) { count, present in
            Wire.message(
                0, [Wire.time, (11, [UInt8(count)] + Wire.run(present))] + (count == present ? [Wire.psk[2]] : []))
        },
        Field("General extension", width: 16) { count, present in
            Wire.message(0, [Wire.time, (21, [0] + long(count, present))] + (count == present ? Wire.psk[1...] : []))
        },
        Field("SAKKE", width: 16) { count, present in
            Wire.message(
                26,
                [Wire.time, Wire.random, (26, [1, 1] + long(count, present))] + (count == present ? [Wire.eccsi] : []))
        },
        Field("TICKET", width: 16) { count, present in
            let body = Wire.ticketPolicy() + long(count, present) + (count == present ? [0, 0] : [])
            return Wire.message(
                14, map: Wire.emptyMap, [Wire.time, Wire.randr(1), (17, body)] + (count == present ? [Wire.v] : []))
        },
        Field("ESK", width: 16) { count, present in
            Wire.message(
                22, v: true, [Wire.time, (23, long(count, present))] + (count == present ? [Wire.idr(1, "a")] : []))
        },
        Field("IBAKE", width: 16) { count, present in
            Wire.message(
                22, v: true, [Wire.time, (22, long(count, present))] + (count == present ? [Wire.idr(1, "a")] : []))
        },
        Field("Key data", width: 16, minimum: 1) { count, present in
            let key = [0, 0x00] + long(count, present)
            return Wire.message(
                0, [Wire.time, Wire.random, (1, [0] + Wire.field16(key) + (count == present ? [0] : []))])
        },
        Field("Salt", width: 16) { count, present in
            let key = [0, 0x10, 0, 1, 7] + long(count, present)
            return Wire.message(
                0, [Wire.time, Wire.random, (1, [0] + Wire.field16(key) + (count == present ? [0] : []))])
        },
    ]

    /// Parameters of another protocol, `count` octets in all, of which the first ones are there.
    private static func parameters(_ count: Int, _ present: Int) -> [UInt8] {
        var octets: [UInt8] = []
        while octets.count < count {
            let left = count - octets.count
            let value = min(255, left - 2 <= 257 ? left - 2 : 200)
            octets += [9, UInt8(max(value, 0))] + Wire.run(max(value, 0))
        }
        return Array(octets.prefix(present))
    }

    @Test("MIKEY-07 lengths at zero, at the most, and one octet too long", arguments: fields)
    func lengths(_ field: Field) throws {
        // What holds a key is within another length, which leaves room for less.
        let outer = ["Key data": 4, "Salt": 7][field.testDescription] ?? 0
        let most = 1 << field.width - 1 - outer
        for count in [0, 3, most] {
            let octets = field.message(count, count)
            #expect((refusal(octets) == nil) == (count >= field.minimum), "\(count)")
            if count > 0 {
                #expect(refusal(field.message(count, count - 1)) != nil, "one octet of \(count) is missing")
            }
        }
        #expect(refusal(field.message(most, 0)) != nil)
    }

    @Test("MIKEY-07 a length that a number implies: unknown numbers are refused, known ones have that length")
    func impliedLengths() {
        for number in UInt8.min...UInt8.max {
            let dh = number < 3 ? Wire.dh(number) : (3, [number] + Wire.run(192) + [0])
            let group = refusal(Wire.message(4, [Wire.time, Wire.random, dh, Wire.sign]))
            #expect(number < 3 ? group == nil : group?.errorNumber == .invalidDH, "group \(number)")
            let hashCount = [20, 16, 32]
            let chash: Wire.Payload = (8, [number] + Wire.run(number < 3 ? hashCount[Int(number)] : 20))
            let hash = refusal(Wire.message(2, [Wire.time, chash, Wire.pke, Wire.sign]))
            #expect(number < 3 ? hash == nil : hash?.errorNumber == .invalidHA, "hash \(number)")
            let macCount = number < 3 ? [0, 20, 32][Int(number)] : 20
            let v = refusal(Wire.message(1, [Wire.time, (9, [number] + Wire.run(macCount))]))
            #expect(number < 3 ? v == nil : v?.errorNumber == .invalidMAC, "V \(number)")
            let kemac = refusal(
                Wire.message(0, [Wire.time, Wire.kemac(Wire.run(9), encryption: 1, mac: number, count: macCount)]))
            #expect(number < 3 ? kemac == nil : kemac?.errorNumber == .invalidMAC, "KEMAC \(number)")
            let timeCount = number < 2 ? 8 : 4
            let time = refusal(Wire.message(1, [(5, [number] + Wire.run(timeCount)), Wire.v]))
            #expect(number < 4 ? time == nil : time?.errorNumber == .invalidTS, "T \(number)")
        }
        #expect(refusal(Wire.message(6, [Wire.time, (12, [1, 0])])) != nil, "ERR of three octets")
        #expect(refusal(Wire.message(6, [Wire.time, (12, [1, 0, 0, 0])])) != nil, "ERR of five octets")
    }

    @Test("MIKEY-19 our RAND has 16 octets or more; one of a peer may be shorter, but not empty")
    func random() throws {
        for count in [0, 1, 15] {
            #expect(refusal { () throws(MIKEYError) in try MIKEYPayload.Random(Wire.run(count)) } != nil)
            #expect(refusal { () throws(MIKEYError) in try MIKEYPayload.RandomWithRole(.kms, Wire.run(count)) } != nil)
            let octets = Wire.message(0, [Wire.time, (11, Wire.field8(Wire.run(count))), Wire.psk[2]])
            #expect((refusal(octets) == nil) == (count > 0), "\(count)")
        }
        #expect(try MIKEYPayload.Random(Wire.run(16)).octets.count == 16)
        #expect(refusal { () throws(MIKEYError) in try MIKEYPayload.Random(Wire.run(256)) } != nil)
    }

    @Test("MIKEY-21 the protocols of SDP are a list in order; unknown general extensions are kept")
    func generalExtensions() throws {
        let list = try MIKEYPayload.GeneralExtension.sdpIDs(["mikey", "keyp1", "keyp2"])
        #expect(list.data == Array("mikey;keyp1;keyp2".utf8))
        #expect(list.sdpProtocols == ["mikey", "keyp1", "keyp2"])
        for wrong in [[], [""], ["a;b"], ["a", "b c"], ["\u{e9}"]] as [[String]] {
            #expect(
                refusal { () throws(MIKEYError) in try MIKEYPayload.GeneralExtension.sdpIDs(wrong) } != nil, "\(wrong)")
        }
        for kind in [0, 1, 2, 5, 6, 7, 8, 255] as [UInt8] {
            let octets = Wire.message(0, [Wire.extensionPayload(kind, Wire.run(9))] + Wire.psk)
            let message = try MIKEYMessage(parsing: octets)
            #expect(message.generalExtensions.map(\.kind.rawValue) == [kind])
            #expect(message.generalExtensions.map(\.data) == [Wire.run(9)])
            #expect(message.encoded == octets)
        }
        #expect(try MIKEYPayload.GeneralExtension(.vendorID, data: [7]).sdpProtocols == nil)
        let empty = try MIKEYPayload.GeneralExtension(.sdpIDs, data: [])
        #expect(empty.sdpProtocols == nil)
    }

    @Test("general extensions with a structure: identities of keys, and a CSB ID")
    func structuredExtensions() throws {
        let keys: [MIKEYPayload.GeneralExtension.KeyID] = [
            try .init(0, octets: [1, 2, 3]), try .init(2, octets: []),
        ]
        let payload = try MIKEYPayload.GeneralExtension.keyIDs(keys)
        #expect(payload.data == octets("00 03 010203 02 00"))
        #expect(payload.keyIDs == keys)
        let csbID = MIKEYPayload.GeneralExtension.csbID(0x1122_3344)
        #expect(csbID.data == octets("11223344"))
        #expect(csbID.csbID == 0x1122_3344)
        for (kind, data) in [(3, "00"), (3, "0002 01"), (4, "112233"), (4, "1122334455"), (4, "")] as [(UInt8, String)]
        {
            let message = Wire.message(0, [Wire.extensionPayload(kind, octets(data))] + Wire.psk)
            #expect(refusal(message)?.payload == .generalExtension, "\(kind) \(data)")
        }
    }

    @Test("payloads that are made have the octets of their figures")
    func building() throws {
        let payloads: [(MIKEYPayload, Wire.Payload)] = [
            (.timestamp(.init(.ntpUTC(0xC8E3_50EA_0000_0000))), Wire.time),
            (.timestamp(.init(.counter(7))), Wire.counter),
            (.timestamp(.init(.ntpUTC32(0x0102_0304))), (5, [3, 1, 2, 3, 4])),
            (.random(try .init(Wire.run(16))), Wire.random),
            (.identity(.init(try .nai("a@x"))), Wire.id("a@x")),
            (.identity(.init(try .uri("sip:a"))), Wire.id("sip:a", kind: 1)),
            (.identity(.init(try .init(.byteString, octets: [1]))), (6, [2, 0, 1, 1])),
            (.certificate(try .init(.x509Sign, octets: Wire.run(20))), Wire.cert(2)),
            (.certificateHash(try .init(.sha1, hash: Wire.run(20))), Wire.chash),
            (.pke(try .init(.keep, encryptedKey: Wire.run(128))), Wire.pke),
            (.dh(try .init(.oakley2, value: Wire.run(128), validity: .spi([9]))), Wire.dh(2, kv: 1, [1, 9])),
            (.verification(try .init(.hmacSHA1, data: Wire.run(20))), Wire.v),
            (.verification(.init(.null)), (9, [0])),
            (.error(.init(.invalidSPpar)), Wire.err),
            (.kemac(try .init(.aesCM128, encrypted: Wire.run(9), mac: .null)), Wire.kemac(Wire.run(9), encryption: 1)),
            (.timestampWithRole(.init(.start, .ntpUTC32(5))), (13, [2, 3, 0, 0, 0, 5])),
            (.identityWithRole(.init(.responderKMS, try .uri("kms"))), Wire.idr(7, "kms")),
            (.randomWithRole(try .init(.responder, Wire.run(16))), Wire.randr(2)),
            (.sakke(try .init(identifierScheme: 2, data: Wire.run(273))), Wire.sakke),
            (.ibake(try .init(encrypted: [7])), (22, [0, 1, 7])),
            (.esk(try .init(encrypted: [7])), (23, [0, 1, 7])),
            (.sign(try .init(.eccsi, signature: Wire.run(129))), Wire.eccsi),
        ]
        // An error message takes any payload, since RFC 6043 has those that do not belong there ignored.
        for (made, expected) in payloads {
            let start: [MIKEYPayload] =
                [.error(.init(.authFailure))] + (made.type == .t ? [] : [.timestamp(.init(.counter(7)))])
            let wireStart: [Wire.Payload] = [(12, [0, 0, 0])] + (made.type == .t ? [] : [Wire.counter])
            let header = MIKEYHeader(.error, csbID: 1, cryptoSessions: try .init(.empty(count: 0)))
            let message = try MIKEYMessage(header, payloads: start + [made])
            let octets = Wire.message(6, csbID: 1, map: Wire.emptyMap, wireStart + [expected])
            #expect(message.encoded == octets, "\(made.type)")
            #expect(try MIKEYMessage(parsing: octets) == message, "\(made.type)")
            #expect(made.byteCount == expected.body.count + (expected.type == 4 ? 0 : 1))
        }
    }

    @Test("values that do not fit their fields are not made")
    func refusals() {
        let wide = Wire.run(65536)
        let refusals = [
            refusal { () throws(MIKEYError) in _ = try MIKEYIdentity(.nai, octets: []) },
            refusal { () throws(MIKEYError) in _ = try MIKEYIdentity(.nai, octets: wide) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.Certificate(.x509, octets: []) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.CertificateHash(.md5, hash: Wire.run(20)) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.PKE(.none, encryptedKey: Wire.run(16384)) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.PKE(.none, encryptedKey: []) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.DH(.oakley1, value: Wire.run(95)) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.SIGN(.rsaPKCS1, signature: Wire.run(4096)) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.SIGN(.rsaPKCS1, signature: []) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.Verification(.hmacSHA256, data: Wire.run(20)) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.GeneralExtension(.vendorID, data: wide) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.GeneralExtension.KeyID(0, octets: Wire.run(256)) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.SAKKE(identifierScheme: 1, data: []) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.IBAKE(encrypted: wide) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.ESK(encrypted: []) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.KEMAC(.null, encrypted: [1], mac: .null) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.KEMAC(.aesCM128, encrypted: wide, mac: .null) },
            refusal { () throws(MIKEYError) in _ = try MIKEYPayload.KEMAC.dhhmac(mac: .null) },
        ]
        for (position, refusal) in refusals.enumerated() { #expect(refusal != nil, "\(position)") }
    }

    @Test("times are padded to 64 bits as their types say")
    func times() {
        #expect(MIKEYTimestamp.counter(7).value64 == 7)
        #expect(MIKEYTimestamp.ntpUTC32(7).value64 == 7 << 32)
        #expect(MIKEYTimestamp.ntp(7).value64 == 7)
        #expect(MIKEYTimestamp.counter(7).octets == [0, 0, 0, 7])
    }
}
