// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import SRTP

@Suite("The table of suites")
struct SuiteTests {
    @Test("names, numbers and lengths are those of the registries")
    func table() throws {
        #expect(Set(SRTPSuite.all.map(\.name)).count == SRTPSuite.all.count)
        let numbers = SRTPSuite.all.compactMap(\.dtlsProfile)
        #expect(Set(numbers).count == numbers.count)
        let first = try #require(SRTPSuite.named("AES_CM_128_HMAC_SHA1_80"))
        #expect(first == .aesCM128_HMACSHA1_80)
        #expect(first.masterKeyByteCount == 16 && first.masterSaltByteCount == 14)
        #expect(first.rtpTagByteCount == 10 && first.rtcpTagByteCount == 10)
        #expect(first.dtlsProfile == 1)
    }

    @Test("names that a=crypto may have are those of the registry")
    func registry() {
        #expect(
            Set(SRTPSuite.all.filter(\.isInSDPRegistry).map(\.name)) == [
                "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "F8_128_HMAC_SHA1_80",
                "SEED_CTR_128_HMAC_SHA1_80", "SEED_128_CCM_80", "SEED_128_GCM_96", "AES_192_CM_HMAC_SHA1_80",
                "AES_192_CM_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32", "AEAD_AES_128_GCM",
                "AEAD_AES_256_GCM",
            ])
    }

    @Test(
        "MIKEY parameters 0, 1, 2, 3, 4, 5, 11, 20 (RFC 3830 6.10.1, RFC 7714 14.3 and 15, RFC 8269 4 and 6.2)",
        arguments: [
            ("AES_CM_128_HMAC_SHA1_80", [1, 16, 1, 20, 14, 0, 10, nil]),
            ("AES_CM_128_HMAC_SHA1_32", [1, 16, 1, 20, 14, 0, 4, nil]),
            ("AES_192_CM_HMAC_SHA1_80", [1, 24, 1, 20, 14, 0, 10, nil]),
            ("AES_256_CM_HMAC_SHA1_32", [1, 32, 1, 20, 14, 0, 4, nil]),
            ("F8_128_HMAC_SHA1_80", [2, 16, 1, 20, 14, 0, 10, nil]),
            ("NULL_HMAC_SHA1_80", [0, 16, 1, 20, 14, 0, 10, nil]),
            ("AEAD_AES_128_GCM", [6, 16, 0, 0, 12, 0, nil, 16]), ("AEAD_AES_256_GCM", [6, 32, 0, 0, 12, 0, nil, 16]),
            ("SRTP_ARIA_128_CTR_HMAC_SHA1_80", [7, 16, 1, 20, 14, 2, 10, nil]),
            ("SRTP_ARIA_256_CTR_HMAC_SHA1_32", [7, 32, 1, 20, 14, 2, 4, nil]),
            ("SRTP_AEAD_ARIA_128_GCM", [8, 16, 0, 0, 12, 2, nil, 16]),
            ("SRTP_AEAD_ARIA_256_GCM", [8, 32, 0, 0, 12, 2, nil, 16]),
        ] as [(String, [Int?])])
    func mikey(name: String, values: [Int?]) throws {
        let mikey = try #require(SRTPSuite.named(name)?.mikey)
        #expect(
            values == [
                Int(mikey.encryptionAlgorithm), mikey.encryptionKeyByteCount, Int(mikey.authenticationAlgorithm),
                mikey.authenticationKeyByteCount, mikey.saltByteCount, Int(mikey.pseudoRandomFunction),
                mikey.authenticationTagByteCount, mikey.aeadTagByteCount,
            ])
    }

    @Test("MIKEY tells all suites apart that it knows")
    func mikeyNames() {
        let known = SRTPSuite.all.filter { $0.mikey != nil }
        #expect(Set(known.compactMap(\.mikey)).count == known.count)
        let unknown = SRTPSuite.all.filter { $0.mikey == nil }
        #expect(unknown.allSatisfy { $0.cipher == .doubleAESGCM || $0.status == .leftOut } && unknown.count == 5)
    }

    @Test("every name and the other spellings are found, whatever their case; nothing else is")
    func names() {
        for suite in SRTPSuite.all {
            #expect(SRTPSuite.named(suite.name) == suite)
            #expect(SRTPSuite.named(suite.name.lowercased()) == suite)
        }
        #expect(SRTPSuite.named("SRTP_AES128_CM_SHA1_32") == .aesCM128_HMACSHA1_32)
        #expect(SRTPSuite.named("") == nil)
        #expect(SRTPSuite.named("AES_CM_128_HMAC_SHA1_8") == nil)
    }

    @Test(
        "a context for a suite that is left out is refused by name", arguments: SRTPSuite.all.filter { !$0.isUsable })
    func leftOut(_ suite: SRTPSuite) {
        #expect(throws: SRTPError.suiteNotBuilt(suite.name)) { try Sending(suite) }
        #expect(throws: SRTPError.suiteNotBuilt(suite.name)) { try Receiving(suite) }
    }
}
