// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CryptoPrimitives
import TestSupport
import Testing

@Suite("Published packets")
struct PublishedPacketTests {
    struct GCMRow: Decodable, Sendable, CustomTestStringConvertible {
        let id, `protocol`, sessionKey, sessionSalt, aad, tag, plainPacket, protectedPacket, ssrc: String
        let plaintext, ciphertext: String
        let roc, seq, srtcpIndex, esrtcpWord: String?
        var testDescription: String { "\(id), \(`protocol`)" }

        /// The job, laid out as on the wire: SRTCP's word lies behind the tag.
        var job: PacketJob {
            let text = octets(plaintext).count, packet = octets(plainPacket).count
            let index = UInt64(srtcpIndex ?? (roc ?? "") + (seq ?? ""), radix: 16) ?? 0
            return PacketJob(
                cipherStart: packet - text, cipherEnd: packet, authenticatedEnd: packet,
                hiddenTrailer: esrtcpWord.flatMap { UInt32($0, radix: 16) }, tagStart: packet, tagCount: 16,
                counter: CounterBlock(high: UInt64(ssrc, radix: 16) ?? 0, low: index << 16))
        }
    }

    static let rows = (try? TestVectors.rows("rfc7714.json", as: GCMRow.self)) ?? []

    @Test("the packets of RFC 7714, SRTP and SRTCP, both operations, both routes", arguments: rows)
    func gcm(_ row: GCMRow) throws {
        let plain = octets(row.plainPacket)
        let expected = Array(octets(row.protectedPacket).prefix(plain.count + 16))
        for route in [HMACSHA1.Route.savedStates, .evp] {
            var cipher = try packetCipher(
                .aesGCM, key: octets(row.sessionKey), salt: octets(row.sessionSalt), route: route)
            let taken = cipher.route
            #expect(taken == route)
            var packet = plain + [UInt8](repeating: 0, count: 16)
            #expect(packet.withBytes { cipher.seal(row.job, in: &$0) } == true)
            #expect(hex(packet) == hex(expected))
            #expect(hex(packet.suffix(16)) == row.tag)
            #expect(packet.withBytes { cipher.open(row.job, in: &$0) } == .opened)
            #expect(Array(packet.prefix(plain.count)) == plain)
        }
    }

    @Test("the twelve rows of RFC 7714 are there")
    func rowsAreThere() { #expect(Self.rows.count == 12) }

    struct ARIARow: Decodable, Sendable, CustomTestStringConvertible {
        let id, suite, roc, seq, ssrc, sessionKey, sessionSalt, rtpPayload, srtpPacket: String
        let authKey, rtpHeader, aad: String?
        var testDescription: String { "\(id) \(suite)" }
    }

    static let ariaRows = (try? TestVectors.rows("rfc8269.json", as: ARIARow.self)) ?? []

    @Test("the packets of RFC 8269 appendix A, counter mode and GCM", arguments: ariaRows)
    func aria(_ row: ARIARow) throws {
        let isGCM = row.suite.contains("GCM")
        let header = octets(row.rtpHeader ?? row.aad ?? "")
        let plain = header + octets(row.rtpPayload)
        let expected = octets(row.srtpPacket)
        let index = try #require(UInt64(row.roc + row.seq, radix: 16))
        let job = PacketJob(
            cipherStart: header.count, cipherEnd: plain.count, authenticatedEnd: plain.count,
            hiddenTrailer: isGCM ? nil : UInt32(row.roc, radix: 16), tagStart: plain.count,
            tagCount: expected.count - plain.count,
            counter: CounterBlock(high: try #require(UInt64(row.ssrc, radix: 16)), low: index << 16))
        for route in [HMACSHA1.Route.savedStates, .evp] {
            var cipher = try packetCipher(
                isGCM ? .ariaGCM : .ariaCTR, key: octets(row.sessionKey), salt: octets(row.sessionSalt),
                authenticationKey: octets(row.authKey ?? ""), route: route)
            var packet = plain + [UInt8](repeating: 0, count: job.tagCount)
            #expect(packet.withBytes { cipher.seal(job, in: &$0) } == true)
            #expect(hex(packet) == hex(expected))
            #expect(packet.withBytes { cipher.open(job, in: &$0) } == .opened)
            #expect(Array(packet.prefix(plain.count)) == plain)
        }
    }

    @Test("the four packets of RFC 8269 are there")
    func ariaRowsAreThere() { #expect(Self.ariaRows.count == 4) }

    struct F8Row: Decodable, Sendable {
        let sessionKey, sessionSalt, iv, rtpPayload, ciphertext: String
    }

    @Test("AES-f8, RFC 3711 B.1, one packet after another")
    func f8() throws {
        let rows = try TestVectors.rows("rfc3711.json", as: F8Row.self)
        let row = try #require(rows.first)
        let plain = octets(row.rtpPayload)
        let job = PacketJob(
            cipherStart: 0, cipherEnd: plain.count, authenticatedEnd: plain.count, hiddenTrailer: nil, tagStart: 0,
            tagCount: 0, counter: block(octets(row.iv)))
        var cipher = try packetCipher(.aesF8, key: octets(row.sessionKey), salt: octets(row.sessionSalt))
        // Each packet starts where the one before left the chain.
        for count in [plain.count, 1, 16, plain.count] {
            var packet = plain
            var job = job
            job.cipherEnd = count
            #expect(packet.withBytes { cipher.applyKeystream(of: job, to: &$0) } == true)
            #expect(hex(packet.prefix(count)) == row.ciphertext.prefix(2 * count))
            #expect(packet.suffix(plain.count - count) == plain.suffix(plain.count - count))
        }
    }
}
