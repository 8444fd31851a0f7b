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
        "a context for a suite that is not built is refused by name", arguments: SRTPSuite.all.filter { !$0.isUsable })
    func notBuilt(_ suite: SRTPSuite) {
        #expect(throws: SRTPError.suiteNotBuilt(suite.name)) { try Sending(suite) }
        #expect(throws: SRTPError.suiteNotBuilt(suite.name)) { try Receiving(suite) }
    }
}
