// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MIKEY
import TestSupport

/// Messages written octet by octet from the figures of the RFCs, independent of the encoder under test.
enum Wire {
    typealias Payload = (type: UInt8, body: [UInt8])

    /// A message of payloads, whose bodies stand behind the next payload octet.
    static func message(
        _ dataType: UInt8, version: UInt8 = 1, v: Bool = false, prf: UInt8 = 0, csbID: UInt32 = 0xCD17_7E50,
        map: [UInt8] = srtpID([(0, 0, 0)]), _ payloads: [Payload], trailing: [UInt8] = []
    ) -> [UInt8] {
        [version, dataType, payloads.first?.type ?? 0, (v ? 0x80 : 0) | prf] + SamplePackets.bigEndian(csbID) + map
            + chain(payloads) + trailing
    }

    /// Payloads with their next payload octets; SIGN has none.
    static func chain(_ payloads: [Payload]) -> [UInt8] {
        var octets: [UInt8] = []
        for (position, payload) in payloads.enumerated() {
            let next = position + 1 < payloads.count ? payloads[position + 1].type : 0
            octets += (payload.type == 4 ? [] : [next]) + payload.body
        }
        return octets
    }

    static func srtpID(_ streams: [(policy: UInt8, ssrc: UInt32, roc: UInt32)]) -> [UInt8] {
        [UInt8(streams.count), 0]
            + streams.flatMap { [$0.policy] + SamplePackets.bigEndian($0.ssrc) + SamplePackets.bigEndian($0.roc) }
    }

    static let emptyMap: [UInt8] = [0, 1]

    static func field16(_ octets: [UInt8]) -> [UInt8] { SamplePackets.bigEndian(UInt16(octets.count)) + octets }
    static func field8(_ octets: [UInt8]) -> [UInt8] { [UInt8(octets.count)] + octets }
    static func run(_ count: Int, from first: Int = 1) -> [UInt8] { (0..<count).map { UInt8(($0 + first) & 0xFF) } }

    // MARK: Payloads

    static let time: Payload = (5, [0] + octets("c8e350ea00000000"))
    static let counter: Payload = (5, [2, 0, 0, 0, 7])
    static let random: Payload = (11, field8(run(16)))

    static func id(_ text: String, kind: UInt8 = 0) -> Payload { (6, [kind] + field16(Array(text.utf8))) }
    static func idr(_ role: UInt8, _ text: String, kind: UInt8 = 1) -> Payload {
        (14, [role, kind] + field16(Array(text.utf8)))
    }
    static func randr(_ role: UInt8) -> Payload { (15, [role] + field8(run(16))) }
    static func sp(_ parameters: [UInt8], number: UInt8 = 0, protocol type: UInt8 = 0) -> Payload {
        (10, [number, type] + field16(parameters))
    }
    static func kemac(_ data: [UInt8], encryption: UInt8 = 0, mac: UInt8 = 0, count: Int = 0) -> Payload {
        (1, [encryption] + field16(data) + [mac] + run(count))
    }
    static func cert(_ kind: UInt8 = 0) -> Payload { (7, [kind] + field16(run(20))) }
    static let chash: Payload = (8, [0] + run(20))
    static let pke: Payload = (2, [0x40, 128] + run(128))
    static let sign: Payload = (4, [0x00, 128] + run(128))
    static let eccsi: Payload = (4, [0x20, 129] + run(129))
    static let v: Payload = (9, [1] + run(20))
    static let err: Payload = (12, [10, 0, 0])
    static func dh(_ group: UInt8 = 0, kv: UInt8 = 0, _ validity: [UInt8] = []) -> Payload {
        (3, [group] + run([192, 96, 128][Int(group)]) + [kv] + validity)
    }
    static func extensionPayload(_ kind: UInt8, _ data: [UInt8]) -> Payload { (21, [kind] + field16(data)) }
    static let sakke: Payload = (26, [1, 2] + field16(run(273)))

    /// The body of a key data payload.
    static func key(_ type: UInt8, _ count: Int, salt: [UInt8]? = nil, kv: UInt8 = 0, _ validity: [UInt8] = [])
        -> [UInt8]
    {
        [type << 4 | kv] + field16(run(count, from: 0x40)) + (salt.map(field16) ?? []) + validity
    }
    /// A chain of key data payloads.
    static func keys(_ bodies: [UInt8]...) -> [UInt8] { chain(bodies.map { (20, $0) }) }

    /// A policy for SRTP, and what it holds of an ONVIF camera.
    static let cameraPolicy = sp(octets("000101 010110 020101 030114 04010e 070101 080101 0a0101 0b010a"))
    static let psk = [time, random, kemac(run(36), encryption: 1, mac: 1, count: 20)]

    /// TP without Ticket Data: the flags D, E, F, G and H, IDRkms, IDRr, and what is asked for besides.
    static func ticketPolicy(flags: UInt16 = 0xF80, _ more: [Payload] = []) -> [UInt8] {
        let word = 1 << 24 | 1 << 17 | UInt32(flags) << 5
        let payloads = [idr(3, "kms")] + more + [idr(2, "bob")]
        return octets("0001 01") + SamplePackets.bigEndian(word) + field16([payloads[0].type] + chain(payloads))
    }
    static let tp: Payload = (16, ticketPolicy())
    static let ticket: Payload = (17, ticketPolicy() + field16(run(40)) + [0, 0])
}

extension Wire {
    /// One message of every kind, by its name.
    static let samples: [(name: String, octets: [UInt8])] = [
        ("pre-shared key", message(0, v: true, [time, random, id("a@x"), id("b@x"), sp([]), psk[2]])),
        (
            "pre-shared key, clear",
            message(0, [time, random, cameraPolicy, kemac(keys(key(0, 16), key(3, 16, salt: run(14))))])
        ),
        ("pre-shared key, update", message(0, [time, kemac([], encryption: 1, mac: 1, count: 20)])),
        ("pre-shared key, verification", message(1, [time, id("b@x"), v])),
        (
            "public key",
            message(
                2,
                [
                    time, random, cert(), cert(2), id("b@x"), sp([]), kemac(run(50), encryption: 1, mac: 1, count: 20),
                    chash, pke, sign,
                ])
        ),
        ("public key, clear", message(2, [time, random, kemac(chain([id("a@x"), (20, key(0, 16))])), pke, sign])),
        ("public key, verification", message(3, [time, v])),
        ("DH", message(4, [time, random, id("a@x"), sp([]), dh(0, kv: 0xA1, field8(run(4))), sign])),
        ("DH response", message(5, [time, id("b@x"), id("a@x"), dh(2), dh(2), sign])),
        ("error", message(6, [time, err, (12, [12, 0xAB, 0xCD]), sp(octets("000101 000106")), sp([]), v])),
        (
            "DHHMAC",
            message(7, [time, random, id("a@x"), id("b@x"), dh(1), kemac([], encryption: 2, mac: 0, count: 20)])
        ),
        (
            "DHHMAC response",
            message(8, [counter, id("a@x"), dh(1), dh(1), kemac([], encryption: 0, mac: 1, count: 20)])
        ),
        ("RSA-R", message(9, v: true, [time, id("a@x"), sp(octets("000101 000106")), sp([]), sign])),
        (
            "RSA-R response",
            message(
                10,
                [
                    extensionPayload(4, run(4)), time, random, kemac(run(40), encryption: 1, mac: 2, count: 32), pke,
                    sign,
                ])
        ),
        ("REQUEST_INIT_PSK", message(11, map: emptyMap, [time, randr(1), idr(1, "a"), idr(3, "kms"), tp, v])),
        (
            "REQUEST_INIT_PSK, keys",
            message(
                11, map: emptyMap,
                [time, randr(1), (16, ticketPolicy([kemac(keys(key(4, 16, kv: 1, field8(run(2)))))])), v])
        ),
        ("REQUEST_INIT_PK", message(12, map: emptyMap, [time, randr(1), cert(), tp, chash, pke, sign])),
        ("REQUEST_RESP", message(13, map: emptyMap, [time, ticket, kemac(run(30), encryption: 3), v])),
        (
            "TRANSFER_INIT",
            message(
                14, prf: 1, map: octets("0102") + octets("0700 82 0405 000a 11223344 00000001 0002 02 abcd"),
                [
                    time, randr(1), idr(1, "a"), sp([], number: 4), sp([], number: 5),
                    (
                        17,
                        ticketPolicy(flags: 0xFC0) + field16(run(9))
                            + field16([9] + chain([v, v]))
                    ), kemac(run(20), encryption: 1), v,
                ])
        ),
        (
            "TRANSFER_RESP",
            message(15, map: octets("0102 0100 01 00 0000 00"), [time, randr(2), randr(3), idr(2, "b"), v])
        ),
        ("RESOLVE_INIT_PSK", message(16, map: emptyMap, [time, randr(2), ticket, v])),
        ("RESOLVE_INIT_PK", message(17, map: emptyMap, [time, randr(2), ticket, pke, sign])),
        ("RESOLVE_RESP", message(18, map: emptyMap, [time, kemac(run(20), encryption: 1), idr(2, "b"), randr(3), v])),
        (
            "REQUEST_KEY_PSK",
            message(19, v: true, map: emptyMap, [time, random, idr(1, "a"), idr(1, "c"), idr(3, "kms"), v])
        ),
        ("REQUEST_KEY_PKE", message(20, v: true, map: emptyMap, [time, random, idr(3, "kms"), cert(), pke, sign])),
        (
            "REQUEST_KEY_RESP",
            message(
                21, map: emptyMap,
                [time, idr(1, "a"), kemac(chain([id("a"), (20, key(7, 32)), id("c"), (20, key(7, 32))])), v])
        ),
        (
            "I_MESSAGE_1",
            message(
                22, v: true, [time, random, idr(1, "a"), idr(2, "b"), (22, field16(run(90))), (23, field16(run(60)))])
        ),
        ("R_MESSAGE_1", message(23, v: true, [time, idr(1, "a"), idr(2, "b"), (22, field16(run(90)))])),
        ("I_MESSAGE_2", message(24, v: true, [time, random, idr(1, "a"), idr(2, "b"), (22, field16(run(90)))])),
        ("R_MESSAGE_2", message(25, [time, v])),
        (
            "SAKKE",
            message(
                26, prf: 1, map: emptyMap,
                [time, random, idr(1, "a"), idr(6, "kms"), sakke, extensionPayload(6, run(9)), eccsi])
        ),
        (
            "SAKKE, RSA",
            message(
                26,
                [
                    time, random, cert(), sp(octets("000106 010120 020104 04010c 0d0200 05 120104 130100 140110")),
                    sakke, sign,
                ])
        ),
    ]

    /// The messages that RFC 4567 publishes.
    static let published: [(name: String, octets: [UInt8])] = {
        struct Row: Decodable {
            let id: String
            let base64: String
        }
        let rows: [Row] = (try? TestVectors.rows("rfc4567.json")) ?? []
        return rows.compactMap { row in Data(base64Encoded: row.base64).map { (row.id, [UInt8]($0)) } }
    }()

    /// All of them, so that a test can take one a case.
    static let all = published + samples
    static let names = all.map(\.name)

    static func named(_ name: String) -> [UInt8] { all.first { $0.name == name }?.octets ?? [] }
}

/// Why octets are refused; `nil` where they are not.
func refusal(_ octets: [UInt8], _ mode: MIKEYParsingMode = .strict) -> MIKEYError? {
    do throws(MIKEYError) {
        _ = try MIKEYMessage(parsing: octets, mode: mode)
        return nil
    } catch {
        return error
    }
}

/// Why a value cannot be made.
func refusal<Value>(of make: () throws(MIKEYError) -> Value) -> MIKEYError? {
    do throws(MIKEYError) {
        _ = try make()
        return nil
    } catch {
        return error
    }
}

/// A key of these octets.
func keyMaterial(_ octets: [UInt8]) -> MIKEYKeyMaterial {
    let span = octets.span
    return MIKEYKeyMaterial(copying: span)
}
