// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import SRTP
import TestSupport
import Testing

@Suite("DTLS-SRTP")
struct DTLSTests {
    static let suites = SRTPSuite.all.filter { $0.dtlsProfile != nil }

    private func bytes(_ key: borrowing SRTPMasterKey) -> [UInt8] {
        key.withKeyAndSalt { $0.withUnsafeBytes { Array($0) } }
    }

    @Test(
        "SRTP-59 the exporter gives client key, server key, client salt, server salt, to both roles", arguments: suites)
    func exporter(suite: SRTPSuite) throws {
        let (keyBytes, saltBytes) = (suite.masterKeyByteCount, suite.masterSaltByteCount)
        let parts = [(1, keyBytes), (2, keyBytes), (3, saltBytes), (4, saltBytes)]
            .map { [UInt8](repeating: UInt8($0), count: $1) }
        let exported = Array(parts.joined())
        #expect(exported.count == DTLSExport.byteCount(for: suite))
        let client = try DTLSExport(exported.span, suite: suite, role: .client)
        let (clientLocal, clientRemote) = (bytes(client.local), bytes(client.remote))
        #expect(clientLocal == parts[0] + parts[2] && clientRemote == parts[1] + parts[3])
        let server = try DTLSExport(exported.span, suite: suite, role: .server)
        let (serverLocal, serverRemote) = (bytes(server.local), bytes(server.remote))
        #expect(serverLocal == clientRemote && serverRemote == clientLocal)
        for wrong in [Array(exported.dropLast()), exported + [0], []] {
            do throws(DTLSSRTPError) {
                _ = try DTLSExport(wrong.span, suite: suite, role: .client)
                Issue.record("\(wrong.count) octets were taken")
            } catch {
                #expect(error == .wrongExporterLength(octets: wrong.count, expected: exported.count))
            }
        }
    }

    @Test(
        "SDP-12 lengths and limits by profile",
        arguments: [
            ("AES_CM_128_HMAC_SHA1_80", 60, true), ("AES_CM_128_HMAC_SHA1_32", 60, true),
            ("NULL_HMAC_SHA1_32", 60, true),
            ("AEAD_AES_128_GCM", 56, false), ("AEAD_AES_256_GCM", 88, false),
            ("DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM", 112, false),
            ("DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM", 176, false),
        ])
    func lengths(name: String, octets: Int, isLimited: Bool) throws {
        let suite = try #require(SRTPSuite.named(name))
        #expect(DTLSExport.byteCount(for: suite) == octets)
        #expect(DTLSExport.packetLimit(for: suite) == (isLimited ? 1 << 31 : nil))
        #expect(SRTPSuite(dtlsProfile: try #require(suite.dtlsProfile)) == suite)
    }

    @Test("SDP-12 the extension is read and written octet by octet")
    func extensionOctets() throws {
        let written = try UseSRTP(offering: [.aesCM128_HMACSHA1_80, .null_HMACSHA1_80], mki: [9, 8, 7])
        #expect(hex(written.octets) == "00040001000503090807")
        for text in ["00040001000503090807", "0002000700", "00061234000100ff00"] {
            let octets = octets(text)
            let read = try UseSRTP(parsing: octets.span.bytes)
            #expect(read.octets == octets)
        }
        let unknown = octets("00061234000100ff00")
        let read = try UseSRTP(parsing: unknown.span.bytes)
        #expect(read.profiles == [0x1234, 1, 0xFF] && read.suites == [.aesCM128_HMACSHA1_80])
    }

    @Test(
        "SDP-12 a malformed extension is refused",
        arguments: [
            "", "00", "0000", "000000", "0001", "00010000", "0003000100", "0002", "000200", "00020001", "0004000100",
            "0002000101", "0002000100ff", "000200010200",
        ])
    func malformed(text: String) {
        let octets = octets(text)
        #expect(throws: DTLSSRTPError.self) { try UseSRTP(parsing: octets.span.bytes) }
    }

    @Test("SDP-12 the server takes the client's first profile that it has; the client checks what it took")
    func negotiation() throws {
        let offer = try UseSRTP(profiles: [0x1234, 7, 2, 1], mki: [1, 2])
        let suites: [SRTPSuite] = [.aesCM128_HMACSHA1_80, .aesCM128_HMACSHA1_32]
        let answer = try offer.answer(supporting: suites, acceptsMKI: true)
        #expect(answer.profiles == [2] && answer.mki == [1, 2])
        let agreed = try offer.accept(answer: answer)
        #expect(agreed.suite == .aesCM128_HMACSHA1_32 && agreed.mki == [1, 2])
        let plain = try offer.accept(answer: offer.answer(supporting: suites, acceptsMKI: false))
        #expect(plain.mki.isEmpty)
        #expect(throws: DTLSSRTPError.noSharedProfile) {
            try offer.answer(supporting: [.null_HMACSHA1_80], acceptsMKI: true)
        }
        for profiles: [UInt16] in [[5], [2, 1], [0x1234]] {
            #expect(throws: DTLSSRTPError.profileNotOffered) { try offer.accept(answer: UseSRTP(profiles: profiles)) }
        }
        #expect(throws: DTLSSRTPError.mkiChanged) { try offer.accept(answer: UseSRTP(profiles: [2], mki: [1, 3])) }
        let unnumbered = try #require(SRTPSuite.all.first { $0.dtlsProfile == nil })
        #expect(throws: DTLSSRTPError.noProfile(unnumbered.name)) { try UseSRTP(offering: [unnumbered]) }
        #expect(throws: DTLSSRTPError.self) { try UseSRTP(profiles: []) }
        #expect(throws: DTLSSRTPError.self) { try UseSRTP(profiles: [1], mki: [UInt8](repeating: 1, count: 256)) }
    }
}
