// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import RTP
import TestSupport
import Testing

/// The messages that the world's programs send, written octet by octet after the figures of RFC 3830 with the values that each
/// program uses.
@Suite("MIKEY profiles")
struct ProfileTests {
    private let spi = Wire.field8(octets("deadbeef"))

    @Test("(a) an RTSP server: 123 octets with key and salt joined and an MKI of four octets")
    func server() throws {
        let key = Wire.keys(Wire.key(2, 30, kv: 1, spi))
        let octets = Wire.message(
            0, map: Wire.srtpID([(0, 0x1234_5678, 9)]), [Wire.time, Wire.random, Wire.cameraPolicy, Wire.kemac(key)])
        #expect(octets.count == 123)
        #expect(refusal(octets)?.problem == .refused(.saltInsideTEK))
        let message = try MIKEYMessage(parsing: octets, mode: .lenient)
        #expect(message.deviations.deviations == [.saltInsideTEK])
        #expect(message.encoded == octets)
        #expect(message.header.cryptoSessions.map == .srtpID([.init(ssrc: 0x1234_5678, rolloverCounter: 9)]))
        let policy = try #require(message.policies.first?.srtp)
        #expect(policy.encryptionKeyByteCount == 16)
        #expect(policy.srtpAuthenticationKeyByteCount == 20)
        #expect(policy.srtpTagByteCount == 10)
        guard case .clear(let chain)? = message.kemac?.content else {
            Issue.record("not clear")
            return
        }
        #expect(chain.keys.map(\.kind) == [.tek])
        #expect(chain.keys.map(\.key.count) == [30])
        #expect(chain.keys.map(\.validity.spi) == [TestSupport.octets("deadbeef")])
    }

    @Test("(b) a media framework: the tag's length in the key's place, one session a sender, no SPI")
    func framework() throws {
        let policy = octets("000101 010120 020101 030104 070101 080101 0a0101")
        let octets = Wire.message(
            0, map: Wire.srtpID([(0, 1, 0), (0, 2, 0)]),
            [Wire.time, Wire.random, Wire.sp(policy), Wire.kemac(Wire.keys(Wire.key(2, 46)))])
        let message = try MIKEYMessage(parsing: octets, mode: .lenient)
        #expect(Set(message.deviations.deviations) == [.saltInsideTEK, .tagLengthAsKeyLength])
        #expect(message.header.cryptoSessions.ids == [1, 2])
        let gcm = TestSupport.octets("000106 010110 020100 030100 070101 080101 0a0101")
        let authenticated = Wire.message(
            0, [Wire.time, Wire.random, Wire.sp(gcm), Wire.kemac(Wire.keys(Wire.key(2, 28)))])
        #expect(try MIKEYMessage(parsing: authenticated, mode: .lenient).deviations.deviations == [.saltInsideTEK])
    }

    @Test("(c) a camera: GCM with key and salt apart, an SPI, and no RAND in a re-key")
    func camera() throws {
        let gcm = octets("000106 010110 020100 04010c 140110")
        let key = Wire.keys(Wire.key(3, 16, salt: Wire.run(12), kv: 1, spi))
        let first = Wire.message(0, [Wire.time, Wire.random, Wire.sp(gcm), Wire.kemac(key)])
        let message = try MIKEYMessage(parsing: first)
        #expect(message.policies.first?.srtp?.aeadTagByteCount == 16)
        #expect(message.deviations(asInitial: true).isEmpty)
        let again = try MIKEYMessage(parsing: Wire.message(0, [Wire.time, Wire.kemac(key)]))
        #expect(again.deviations(asInitial: false).isEmpty)
        #expect(again.deviations(asInitial: true).deviations == [.missingRAND])
        let joined = Wire.message(
            0, [Wire.time, Wire.random, Wire.cameraPolicy, Wire.kemac(Wire.keys(Wire.key(2, 30, kv: 1, spi)))])
        #expect(
            try MIKEYMessage(parsing: joined + [0], mode: .lenient).deviations.deviations == [
                .trailingOctets, .saltInsideTEK,
            ])
    }

    @Test("(d) mission-critical push to talk: SAKKE with ECCSI, four identities, the empty map or GENERIC-ID")
    func pushToTalk() throws {
        let uid: [Wire.Payload] = [(1, "sip:a"), (2, "sip:b"), (6, "kms"), (7, "kms")].map { Wire.idr($0, $1) }
        let payloads =
            [Wire.time, Wire.random] + uid + [Wire.sakke]
            + [Wire.extensionPayload(6, Wire.run(300)), Wire.extensionPayload(7, Wire.run(21)), Wire.eccsi]
        let empty = try MIKEYMessage(
            parsing: Wire.message(26, prf: 1, csbID: 0x2000_0001, map: Wire.emptyMap, payloads))
        #expect(empty.header.prf == .hmacSHA256)
        #expect(empty.header.csbID == 0x2000_0001)
        #expect(try empty.identity(.initiatorKMS) == .uri("kms"))
        #expect(try empty.identity(.responder) == .uri("sip:b"))
        #expect(empty.signature?.type == .eccsi)
        #expect(empty.layout.authenticator?.count == 129)
        let map = octets("0102 0600 01 00 0000 08 0102030405060708")
        let generic = try MIKEYMessage(parsing: Wire.message(26, prf: 1, map: map, payloads))
        let session = try MIKEYCryptoSessions.Session(id: 6, ssrc: nil, policyNumbers: [0], spi: Wire.run(8))
        #expect(generic.header.cryptoSessions.map == .genericID([session]))
        #expect(refusal(Wire.message(26, map: Wire.emptyMap, payloads + [Wire.eccsi])) != nil)
        #expect(
            refusal(Wire.message(26, [Wire.time, Wire.random, Wire.cert(), Wire.sakke, Wire.eccsi]))?.problem
                == .unexpected(.cert))
        #expect(
            refusal(Wire.message(26, [Wire.counter, Wire.random, Wire.sakke, Wire.eccsi]))?.errorNumber == .invalidTS)
        let twice = [Wire.time, Wire.random, Wire.idr(1, "a"), Wire.idr(1, "b"), Wire.sakke, Wire.eccsi]
        #expect(refusal(Wire.message(26, twice))?.problem == .repeated(.idr))
    }
}
