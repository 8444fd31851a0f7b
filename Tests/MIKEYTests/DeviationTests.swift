// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import TestSupport
import Testing

/// What peers send that is odd: what is legal stays so in both modes, and what is not is refused, or lived with by its name.
@Suite("MIKEY deviations")
struct DeviationTests {
    private func check(_ octets: [UInt8], meets expected: Set<MIKEYDeviation>) throws {
        let lenient = try MIKEYMessage(parsing: octets, mode: .lenient)
        #expect(Set(lenient.deviations.deviations) == expected)
        #expect(lenient.encoded == octets)
        if expected.isEmpty {
            #expect(try MIKEYMessage(parsing: octets) == lenient)
            return
        }
        guard case .refused(let deviation)? = refusal(octets)?.problem else {
            Issue.record("strict reading does not refuse it")
            return
        }
        #expect(expected.contains(deviation))
        // Each is lived with only where it is named.
        for one in expected {
            let others = MIKEYDeviationSet(MIKEYDeviation.allCases.filter { $0 != one })
            #expect(refusal(octets, .init(accepting: others))?.problem == .refused(one))
        }
        #expect(refusal(octets, .init(accepting: MIKEYDeviationSet(expected))) == nil)
    }

    private func clear(_ keys: [UInt8], _ parameters: [UInt8]? = nil, map: [UInt8] = Wire.srtpID([(0, 0, 0)]))
        -> [UInt8]
    {
        let policies = parameters.map { [Wire.sp($0)] } ?? []
        return Wire.message(0, map: map, [Wire.time, Wire.random] + policies + [Wire.kemac(keys)])
    }

    private let tek = Wire.keys(Wire.key(3, 16, salt: Wire.run(14)))

    @Test("PEER-01 a tag's length as the authentication key's is refused, or named", arguments: [4, 10] as [UInt8])
    func tagLength(_ length: UInt8) throws {
        try check(clear(tek, [3, 1, length]), meets: [.tagLengthAsKeyLength])
        try check(clear(tek, [0, 1, 1, 2, 1, 1, 3, 1, length]), meets: [.tagLengthAsKeyLength])
        try check(clear(tek, [3, 1, length, 11, 1, 10]), meets: [])
        try check(clear(tek, [3, 1, 20]), meets: [])
        #expect(refusal(clear(tek, [3, 1, length]))?.errorNumber == .invalidSPpar)
    }

    @Test("PEER-02 any SSRC is legal, 0 included")
    func ssrcs() throws {
        try check(clear(tek, [], map: Wire.srtpID([(0, 0, 0), (0, 0xFFFF_FFFF, 9)])), meets: [])
    }

    @Test("PEER-03 without RAND a message is an update; as the first one it lacks RAND")
    func missingRandom() throws {
        let message = try MIKEYMessage(parsing: Wire.message(0, [Wire.time, Wire.kemac(tek)]))
        #expect(message.deviations(asInitial: false).isEmpty)
        #expect(message.deviations(asInitial: true).deviations == [.missingRAND])
        #expect(try MIKEYMessage(parsing: clear(tek)).deviations(asInitial: true).isEmpty)
        let response = try MIKEYMessage(parsing: Wire.named("5.1 answer"))
        #expect(response.deviations(asInitial: true).isEmpty)
    }

    @Test("PEER-05 an octet behind the last payload is refused, or named where the MAC is NULL")
    func trailing() throws {
        try check(clear(tek) + [0], meets: [.trailingOctets])
        #expect(refusal(Wire.named("pre-shared key") + [0], .lenient)?.problem == .trailingOctets(1))
    }

    @Test("PEER-06 a TEK as long as key and salt is refused, or named", arguments: [30, 38, 46, 28, 44])
    func joinedKey(_ count: Int) throws {
        try check(clear(Wire.keys(Wire.key(2, count))), meets: [.saltInsideTEK])
        try check(clear(Wire.keys(Wire.key(0, count))), meets: [])
        try check(clear(Wire.keys(Wire.key(3, count, salt: Wire.run(14)))), meets: [])
        let octets = Wire.keys(Wire.key(2, count))
        let span = octets.span
        #expect(throws: MIKEYError.self) { try MIKEYKeyDataChain(parsing: span.bytes, in: .preSharedKey) }
        let chain = try MIKEYKeyDataChain(parsing: span.bytes, in: .preSharedKey, mode: .lenient)
        #expect(chain.deviations.deviations == [.saltInsideTEK])
    }

    @Test("a TEK without SPI, no policy, and several policies, keys and sessions are legal")
    func legal() throws {
        try check(clear(Wire.keys(Wire.key(2, 16))), meets: [])
        try check(clear(tek), meets: [])
        let several = Wire.message(
            0, map: Wire.srtpID([(0, 1, 0), (1, 2, 0)]),
            [
                Wire.time, Wire.random, Wire.sp([]), Wire.sp([], number: 1),
                Wire.kemac(Wire.keys(Wire.key(2, 16), Wire.key(2, 16))),
            ])
        try check(several, meets: [])
    }

    @Test("PEER-10 AES-GCM and the parameters of RFC 4771 and RFC 7714 are legal")
    func registries() throws {
        let gcm = octets("000106 010120 020100 030100 04010c 0d020001 120104 130100 140110")
        try check(clear(Wire.keys(Wire.key(3, 32, salt: Wire.run(12))), gcm), meets: [])
    }

    @Test("PEER-11 parameters above 20 are refused, or skipped and named")
    func unknownParameters() throws { try check(clear(tek, [99, 3, 1, 2, 3]), meets: [.unknownPolicyParameter]) }

    @Test("PEER-17 V is 0 in SAKKE and 1 in RSA-R, or that is named")
    func verificationFlag() throws {
        let sakke = [Wire.time, Wire.random, Wire.sakke, Wire.eccsi]
        try check(Wire.message(26, sakke), meets: [])
        try check(Wire.message(26, v: true, sakke), meets: [.wrongVerificationFlag])
        let rsaR = [Wire.time, Wire.random, Wire.sign]
        try check(Wire.message(9, v: true, rsaR), meets: [])
        try check(Wire.message(9, rsaR), meets: [.wrongVerificationFlag])
        // RFC 6043 says both, and everybody ignores it in a response.
        for flag in [false, true] {
            try check(
                Wire.message(11, v: flag, map: Wire.emptyMap, [Wire.time, Wire.randr(1), Wire.tp, Wire.v]), meets: [])
            try check(Wire.message(1, v: flag, [Wire.time, Wire.v]), meets: [])
            try check(Wire.message(4, v: flag, [Wire.time, Wire.random, Wire.dh(), Wire.sign]), meets: [])
        }
    }

    @Test("PEER-17 a URI with a zero octet at its end and extensions of 21 octets are legal in SAKKE")
    func sakkeExtras() throws {
        let ids = [Wire.idr(6, "kms\u{0}"), Wire.idr(7, "kms\u{0}")]
        let octets = Wire.message(
            26, [Wire.time, Wire.random] + ids + [Wire.sakke, Wire.extensionPayload(7, Wire.run(21)), Wire.eccsi])
        try check(octets, meets: [])
        #expect(try MIKEYMessage(parsing: octets).header.prf == .mikey1)
    }

    @Test("PEER-18 a RAND of hex digits, and no policy, are legal in SAKKE")
    func sakkeDigits() throws {
        let digits = Array("00112233445566778899aabbccddeeff".utf8)
        let random: Wire.Payload = (11, Wire.field8(digits))
        let octets = Wire.message(26, prf: 1, map: Wire.emptyMap, [Wire.time, random, Wire.sakke, Wire.eccsi])
        try check(octets, meets: [])
        #expect(try MIKEYMessage(parsing: octets).random == digits)
    }

    @Test("PEER-19 a policy with the empty map is refused, or named; GENERIC-ID without sessions is legal")
    func maps() throws {
        try check(clear(tek, [], map: [1, 1]), meets: [.policyWithEmptyMap])
        let generic = [Wire.time, Wire.random, Wire.extensionPayload(7, Wire.run(21)), Wire.sakke, Wire.eccsi]
        try check(Wire.message(26, map: [0, 2], generic), meets: [])
    }

    @Test("PEER-20 identifier schemes, roles and identities that other specifications add are legal")
    func sakke() throws {
        let ids =
            [Wire.idr(1, "a\u{0}"), Wire.idr(8, "b"), Wire.idr(9, "c"), (14, [2, 1] + Wire.field16(Wire.run(32)))]
            as [Wire.Payload]
        try check(
            Wire.message(26, map: Wire.emptyMap, [Wire.time, Wire.random] + ids + [Wire.sakke, Wire.eccsi]), meets: [])
    }

    @Test("PEER-21 DHHMAC has a MAC, by the numbers of RFC 4650 and by those of RFC 3830, and never none")
    func dhhmac() throws {
        let start = [Wire.time, Wire.random, Wire.id("b"), Wire.dh(1)]
        for (encryption, mac, count) in [(2, 0, 20), (2, 1, 20), (0, 1, 20), (0, 0, 20), (2, 2, 32)]
            as [(UInt8, UInt8, Int)]
        {
            let octets = Wire.message(7, start + [Wire.kemac([], encryption: encryption, mac: mac, count: count)])
            try check(octets, meets: [])
            let kemac = try MIKEYMessage(parsing: octets).kemac
            #expect(kemac?.macAlgorithm == (count == 20 ? .hmacSHA1 : .hmacSHA256))
            #expect(
                refusal(Wire.message(7, start + [Wire.kemac([], encryption: encryption, mac: mac)])) != nil, "no MAC")
        }
        let made = try MIKEYPayload.KEMAC.dhhmac()
        #expect(made.encryption.rawValue == 2)
        #expect(made.macNumber == 0)
        let old = try MIKEYPayload.KEMAC.dhhmac(numbering: .rfc3830)
        #expect(old.encryption.rawValue == 0)
        #expect(old.macNumber == 1)
        let message = try MIKEYMessage(parsing: Wire.named("DHHMAC"))
        for kemac in [made, old, try .dhhmac(mac: .hmacSHA256)] {
            let other = try MIKEYMessage(message.header, payloads: message.payloads.dropLast() + [.kemac(kemac)])
            #expect(try MIKEYMessage(parsing: other.encoded) == other)
        }
        // The numbers of RFC 4650 are none elsewhere.
        let psk = try MIKEYMessage(parsing: Wire.named("pre-shared key, update"))
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYMessage(psk.header, payloads: psk.payloads.dropLast() + [.kemac(made)])
            } != nil)
    }

    @Test("every deviation has a name and a rule of its own")
    func names() {
        #expect(Set(MIKEYDeviation.allCases.map(\.name)).count == MIKEYDeviation.allCases.count)
        #expect(MIKEYDeviation.allCases.allSatisfy { $0.rule.contains("RFC") })
        #expect(MIKEYParsingMode.lenient.accepted.deviations == MIKEYDeviation.allCases)
        #expect(MIKEYParsingMode.strict.accepted.isEmpty)
    }
}
