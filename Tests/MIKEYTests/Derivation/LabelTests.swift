// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import MIKEY

@Suite("Labels of derivations")
struct LabelTests {
    private let rand = octets("000102030405060708090a0b0c0d0e0f")
    private let bundle: UInt32 = 0x0102_0304

    @Test("MIKEY-37 labels from a TGK: constant, CS ID, CSB ID, RAND as carried")
    func traffic() {
        let context = TrafficKeyContext.bundle(csbID: bundle, rand: rand)
        let rest = "05 01020304 000102030405060708090a0b0c0d0e0f"
        #expect(context.label(.tek, csID: 5) == octets("2ad01c64" + rest))
        #expect(context.label(.authenticationKey, csID: 5) == octets("1b5c7973" + rest))
        #expect(context.label(.encryptionKey, csID: 5) == octets("15798cef" + rest))
        #expect(context.label(.salt, csID: 5) == octets("39a2c14b" + rest))
        let short = TrafficKeyContext.bundle(csbID: .max, rand: [7])
        #expect(short.label(.tek, csID: 255) == octets("2ad01c64 ff ffffffff 07"))
    }

    @Test("MIKEY-37 labels from a pre-shared or envelope key: constant, FF, CSB ID, RAND as carried")
    func message() {
        let context = MessageKeyContext.bundle(csbID: bundle, rand: rand)
        let rest = "ff 01020304 000102030405060708090a0b0c0d0e0f"
        #expect(context.label(.encryptionKey) == octets("150533e1" + rest))
        #expect(context.label(.authenticationKey) == octets("2d22ac75" + rest))
        #expect(context.label(.salt) == octets("29b88916" + rest))
    }

    @Test("labels of MIKEY-TICKET")
    func ticket() {
        let initial = MessageKeyContext.ticketInitial(csbID: bundle, initiatorRand: [1, 2], responderRand: nil)
        #expect(initial.label(.authenticationKey) == octets("2d22ac75 ff 01020304 01 02 0102 00"))
        let response = MessageKeyContext.ticketResponse(csbID: bundle, initiatorRand: [1, 2], responderRand: [3])
        #expect(response.label(.encryptionKey) == octets("150533e1 ff 01020304 02 02 0102 01 03"))
        let resolve = MessageKeyContext.ticketInitial(csbID: bundle, initiatorRand: nil, responderRand: [3])
        #expect(resolve.label(.salt) == octets("29b88916 ff 01020304 01 00 01 03"))
        #expect(MessageKeyContext.ticketVerification.label(.authenticationKey) == octets("2d22ac75 ff ffffffff 04"))
        #expect(MessageKeyContext.ticketData(rand: [9]).label(.salt) == octets("29b88916 ff ffffffff 05 01 09"))
        let traffic = TrafficKeyContext.ticket(initiatorRand: [1, 2], responderRand: nil)
        #expect(traffic.label(.tek, csID: 3) == octets("2ad01c64 03 ffffffff 03 02 0102 00"))
    }

    @Test("labels of keys between keys")
    func intermediate() {
        #expect(
            IntermediateKey.forkedMPKr.forkLabel(identity: Array("bob".utf8), kmsRand: [1])
                == octets("2b288856 ff ffffffff 00 0003 626f62 01 01"))
        #expect(
            IntermediateKey.forkedTGK.forkLabel(identity: [], kmsRand: []) == octets("1512b54a ff ffffffff 00 0000 00"))
        let long = [UInt8](repeating: 7, count: 0xFFFF)
        #expect(IntermediateKey.forkedTGK.forkLabel(identity: long, kmsRand: rand).count == 12 + 0xFFFF + 17)
        #expect(IntermediateKey.mpki.ticketLabel(rand: [5, 6]) == octets("220e99a2 ff ffffffff 06 02 0506"))
        #expect(IntermediateKey.mpkr.ticketLabel(rand: []) == octets("1f4d675b ff ffffffff 06 00"))
        #expect(IntermediateKey.mpki.sessionLabel(rand: [5, 6]) == octets("220e99a2 ff ffffffff 0506"))
    }
}
