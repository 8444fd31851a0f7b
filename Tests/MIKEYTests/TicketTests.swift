// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import TestSupport
import Testing

@Suite("MIKEY-TICKET messages")
struct TicketTests {
    private typealias Flags = MIKEYTicketPolicy.Flags

    private func request(flags: UInt16 = 0xF80, _ more: [Wire.Payload] = []) -> [UInt8] {
        let policy: Wire.Payload = (16, Wire.ticketPolicy(flags: flags, more))
        return Wire.message(11, map: Wire.emptyMap, [Wire.time, Wire.randr(1), policy, Wire.v])
    }

    @Test("flags stand where the figure has them, and do not contradict each other")
    func flags() throws {
        for bits in UInt16.min..<1 << 12 {
            let on = { (name: Character) in
                let position = "DEFGHIJKLMNO".firstIndex(of: name)?.utf16Offset(in: "DEFGHIJKLMNO") ?? 0
                return bits & 1 << UInt16(11 - position) != 0
            }
            // RFC 6043 section 6.10, word for word.
            let isLegal =
                (on("D") || on("L")) && (!on("G") || on("F")) && (on("G") || on("H")) && (!on("I") || on("E"))
                && (!on("K") || on("D")) && (!on("M") || on("F"))
            #expect(Flags(rawValue: bits).isConsistent == isLegal, "\(bits)")
            if bits % 61 == 0 { #expect((refusal(request(flags: bits)) == nil) == isLegal, "\(bits)") }
        }
        let message = try MIKEYMessage(parsing: request(flags: 0b1111_1000_0011))
        guard case .ticketPolicy(let payload)? = message.payloads.first(where: { $0.type == .tp }) else {
            Issue.record("no TP")
            return
        }
        let expected: Flags = [
            .kmsGenerated, .mandatoryResolve, .transferResponse, .responderRandom, .initiatorRandom, .plainInitiator,
            .plainResponder,
        ]
        #expect(payload.policy.flags == expected)
        #expect(payload.policy.type == 1)
        #expect(payload.policy.subtype == 1)
        #expect(payload.policy.version == 1)
        #expect(payload.policy.prf == .hmacSHA256)
    }

    @Test("a policy names who may resolve the ticket, and holds no other policy")
    func policies() throws {
        #expect(refusal(request()) == nil)
        #expect(refusal(request([Wire.tp]))?.problem == .unexpected(.tp))
        #expect(refusal(request([(13, [4, 0] + Wire.run(8))]))?.errorNumber == .invalidTPpar)
        #expect(refusal(request([(13, [4, 3] + Wire.run(4))])) == nil)
        #expect(refusal(request([Wire.kemac(Wire.keys(Wire.key(0, 16, kv: 1, [1, 7])), mac: 1, count: 20)])) != nil)
        let noResponder =
            octets("0001 01") + octets("01 03 f0 00") + Wire.field16([14] + Wire.chain([Wire.idr(3, "kms")]))
        let error = refusal(
            Wire.message(11, map: Wire.emptyMap, [Wire.time, Wire.randr(1), (16, noResponder), Wire.v]))
        #expect(error?.errorNumber == .invalidTPpar)
        let made = try MIKEYTicketPolicy(
            flags: [.kmsGenerated, .transferResponse, .responderRandom],
            payloads: [.identityWithRole(.init(.responder, try .uri("bob")))])
        let message = try MIKEYMessage(
            .init(.requestInitPSK, csbID: 1, cryptoSessions: .init(.empty(count: 0))),
            payloads: [
                .timestamp(.init(.counter(1))), .randomWithRole(.init(.initiator, Wire.run(16))),
                .ticketPolicy(.init(made)), .verification(.init(.hmacSHA256)),
            ])
        #expect(try MIKEYMessage(parsing: message.encoded) == message)
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYTicketPolicy(flags: [.kmsGenerated], payloads: made.payloads)
            } != nil)
        #expect(refusal { () throws(MIKEYError) in try MIKEYTicketPolicy(flags: made.flags, payloads: []) } != nil)
    }

    @Test("a granted policy asks for no keys; Initiator Data are Vi and Vr")
    func tickets() throws {
        func transfer(_ policy: [UInt8], _ initiatorData: [UInt8]) -> [UInt8] {
            let body = policy + Wire.field16(Wire.run(9)) + Wire.field16(initiatorData)
            return Wire.message(14, map: Wire.emptyMap, [Wire.time, Wire.randr(1), (17, body), Wire.v])
        }
        #expect(refusal(transfer(Wire.ticketPolicy(), [])) == nil)
        let asking = Wire.ticketPolicy([Wire.kemac(Wire.keys(Wire.key(0, 16, kv: 1, [1, 7])))])
        #expect(refusal(transfer(asking, []))?.problem == .unexpected(.kemac))
        #expect(refusal(transfer(Wire.ticketPolicy(), [9] + Wire.chain([Wire.v, Wire.v]))) == nil)
        for wrong in [[Wire.v], [Wire.v, Wire.v, Wire.v], [Wire.v, Wire.v, Wire.time]] {
            #expect(refusal(transfer(Wire.ticketPolicy(), [9] + Wire.chain(wrong))) != nil)
        }
        let policy = try MIKEYTicketPolicy(
            flags: [.kmsGenerated, .initiatorRandom], payloads: [.identityWithRole(.init(.responder, try .uri("bob")))])
        let ticket = try MIKEYPayload.Ticket(
            policy, data: Wire.run(5), initiatorData: (vi: .init(.hmacSHA1), vr: .init(.hmacSHA1)))
        let message = try MIKEYMessage(
            .init(.transferInit, csbID: 1, cryptoSessions: .init(.empty(count: 0))),
            payloads: [
                .timestamp(.init(.counter(1))), .randomWithRole(.init(.initiator, Wire.run(16))), .ticket(ticket),
                .verification(.init(.hmacSHA1)),
            ])
        #expect(try MIKEYMessage(parsing: message.encoded) == message)
    }

    @Test("requests and resolutions have the empty map, transfers have not SRTP-ID, and KEMAC has the NULL MAC")
    func headers() {
        let payloads = [Wire.time, Wire.randr(1), Wire.tp, Wire.v]
        for map in [[1, 1], [0, 0], [0, 2], Wire.srtpID([(0, 0, 0)])] as [[UInt8]] {
            #expect(refusal(Wire.message(11, map: map, payloads)) != nil)
        }
        let transfer = [Wire.time, Wire.randr(2), Wire.v]
        #expect(refusal(Wire.message(15, map: [0, 0], transfer)) != nil)
        #expect(refusal(Wire.message(15, map: [0, 2], transfer)) == nil)
        let kemac = Wire.kemac(Wire.run(9), encryption: 1, mac: 1, count: 20)
        #expect(refusal(Wire.message(15, map: [0, 2], [Wire.time, kemac, Wire.v]))?.payload == .kemac)
        #expect(refusal(Wire.message(11, map: Wire.emptyMap, [Wire.time, Wire.randr(2), Wire.tp, Wire.v])) != nil)
        let twice = [Wire.time, Wire.randr(1), Wire.randr(1), Wire.tp, Wire.v]
        #expect(refusal(Wire.message(11, map: Wire.emptyMap, twice))?.problem == .repeated(.randr))
        #expect(refusal(Wire.message(14, map: [0, 2], [Wire.time, Wire.ticket, Wire.v]))?.problem == .missing(.randr))
        #expect(
            refusal(Wire.message(19, v: true, map: Wire.emptyMap, [Wire.time, Wire.random, Wire.idr(1, "a"), Wire.v]))
                != nil)
    }

    @Test("the data of a base ticket are read and written")
    func baseTicket() throws {
        let kemac = Wire.kemac(Wire.run(40), encryption: 1)
        let octets =
            [5] + Wire.field16([7, 8]) + Wire.chain([Wire.time, Wire.random, kemac, Wire.idr(4, "tpk"), Wire.v])
        let ticket = try MIKEYBaseTicket(parsing: octets)
        #expect(ticket.header == [7, 8])
        #expect(ticket.payloads.map(\.type) == [.t, .rand, .kemac, .idr, .v])
        #expect(ticket.encoded == octets)
        #expect(try MIKEYBaseTicket(header: [7, 8], payloads: ticket.payloads) == ticket)
        for count in octets.indices {
            #expect(refusal { () throws(MIKEYError) in try MIKEYBaseTicket(parsing: Array(octets[..<count])) } != nil)
        }
        for position in [0, 1, 2, 4] {
            var payloads = ticket.payloads
            payloads.remove(at: position)
            #expect(refusal { () throws(MIKEYError) in try MIKEYBaseTicket(payloads: payloads) } != nil, "\(position)")
        }
    }
}
