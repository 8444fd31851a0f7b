// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import SRTP
import Testing

@Suite("Policies of MIKEY and suites")
struct SRTPPolicyTests {
    static let suites = SRTPSuite.all.filter { $0.mikey != nil }

    typealias Kind = MIKEYPolicyParameter.Kind

    private func policy(
        _ values: KeyValuePairs<Kind, UInt64>, accepting: MIKEYDeviationSet = []
    ) throws -> SRTPPolicy {
        var parameters: [MIKEYPolicyParameter] = []
        for (kind, value) in values { parameters.append(try MIKEYPolicyParameter(kind, value)) }
        return try SRTPPolicy(MIKEYPayload.SecurityPolicy(number: 0, parameters: parameters), accepting: accepting)
    }

    private func refusedParameter(_ values: KeyValuePairs<Kind, UInt64>) throws -> Kind? {
        do {
            _ = try policy(values)
            return nil
        } catch let error as MIKEYPolicyError {
            #expect(error.errorNumber == .invalidSPpar)
            return error.parameter
        }
    }

    @Test("MIKEY-12 what is not set is SRTP's default, and encryption and authentication are on")
    func defaults() throws {
        #expect(try policy([:]) == SRTPPolicy(.aesCM128_HMACSHA1_80))
        for cipher: UInt64 in [1, 2, 6, 7, 8] {
            let found = try policy([.encryptionAlgorithm: cipher])
            #expect(found == SRTPPolicy(found.suite) && found.suite.masterKeyByteCount == 16)
            #expect(found.suite.mikey?.encryptionAlgorithm == UInt8(cipher) && found.suite.rtcpTagByteCount >= 10)
            #expect(!found.isWeak)
        }
        #expect(try policy([.encryptionKeyLength: 32]).suite.name == "AES_256_CM_HMAC_SHA1_80")
        #expect(try policy([.encryptionAlgorithm: 0]).suite == .null_HMACSHA1_80)
    }

    @Test("MIKEY-12 every suite is written in full, and read as it was", arguments: suites)
    func everySuite(_ suite: SRTPSuite) throws {
        let written = try SRTPPolicy(suite).mikey()
        #expect(try SRTPPolicy(written) == SRTPPolicy(suite))
        for kind: Kind in [.encryptionAlgorithm, .encryptionKeyLength, .srtpEncryption, .srtcpEncryption] {
            #expect(written[kind] != nil)
        }
        // A parameter that says the default can as well be away.
        for parameter in written.parameters where parameter.kind.rawValue > 2 {
            let rest = written.parameters.filter { $0 != parameter }
            let read = try? SRTPPolicy(MIKEYPayload.SecurityPolicy(number: 0, parameters: rest))
            let isTag = parameter.kind == .tagLength && suite.rtpTagByteCount == 4
            #expect((read == SRTPPolicy(suite)) == !isTag, "\(parameter)")
        }
    }

    @Test(
        "MIKEY-12 options of a policy come back as they were", arguments: suites,
        [0, 1, 2, 3, 4] as [Int])
    func options(_ suite: SRTPSuite, _ number: Int) throws {
        var wanted = SRTPPolicy(suite)
        wanted.keyDerivationRate = 1 << 24
        let isAEAD = suite.cipher.isAuthenticated
        switch number {
        case 0: wanted.encryptsSRTCP = false
        case 1: wanted.carriedRolloverCounter = CarriedRolloverCounter(.unauthenticated, rate: 0x1234)
        case 2 where !isAEAD: wanted.carriedRolloverCounter = CarriedRolloverCounter(.authenticated, tagByteCount: 14)
        case 3 where !isAEAD:
            wanted.carriedRolloverCounter = CarriedRolloverCounter(.unauthenticatedBetween, rate: 9, tagByteCount: 24)
        case 4 where !isAEAD:
            wanted.encryptsSRTP = false
            wanted.authenticatesSRTP = false
        default: return
        }
        guard suite.rtpTagByteCount != 4 || number == 0 else {
            // With a counter, or without a tag, the suite's own tag is nowhere.
            #expect(throws: MIKEYPolicyError.self) { _ = try wanted.mikey() }
            return
        }
        #expect(try SRTPPolicy(wanted.mikey()) == wanted)
        var configuration = SRTPConfiguration()
        wanted.apply(to: &configuration)
        let key = try SRTPMasterKey.random(for: suite)
        _ = try SRTPSender(masterKey: key, configuration: configuration)
        #expect(configuration.carriedRolloverCounter == wanted.carriedRolloverCounter)
        #expect(wanted.isWeak == (suite.cipher == .null || number != 1 && number != 2 || number == 1 && !isAEAD))
    }

    @Test("MIKEY-12 the tag of SRTCP stays at 80 bits where a shorter one is said in general (RFC 3711 section 5.2)")
    func tagOfSRTCP() throws {
        for values: KeyValuePairs<Kind, UInt64> in [
            [.tagLength: 4], [.srtpTagLength: 4], [.tagLength: 4, .srtcpTagLength: 10],
        ] {
            let found = try policy(values)
            #expect(found == SRTPPolicy(.aesCM128_HMACSHA1_32) && found.suite.rtcpTagByteCount == 10)
        }
        #expect(try policy([.tagLength: 4, .srtpTagLength: 10]).suite == .aesCM128_HMACSHA1_80)
        #expect(try refusedParameter([.tagLength: 4, .srtcpTagLength: 4]) == .srtcpTagLength)
        var wanted = SRTPPolicy(.aesCM128_HMACSHA1_32)
        wanted.rtcpTag = .sameAsRTP
        #expect(throws: MIKEYPolicyError.self) { _ = try wanted.mikey() }
        // Where the tags are equal anyway, it makes no difference.
        wanted.suite = .aesCM128_HMACSHA1_80
        #expect(try SRTPPolicy(wanted.mikey()) == SRTPPolicy(.aesCM128_HMACSHA1_80))
    }

    @Test("MIKEY-12 parameters 14 to 19 go before 2, 3 and 11 (RFC 4771 section 4)")
    func specificParameters() throws {
        let general = try policy([.authenticationAlgorithm: 1, .srtpAuthenticationAlgorithm: 3, .srtpTagLength: 12])
        #expect(general.carriedRolloverCounter == CarriedRolloverCounter(.authenticated, tagByteCount: 12))
        #expect(general.authenticatesSRTP && general.rtcpTag == .registered)
        let both = try policy([.authenticationAlgorithm: 3, .rocTransmissionRate: 100])
        #expect(both.carriedRolloverCounter == CarriedRolloverCounter(.authenticated, rate: 100))
        let off = try policy([.authenticationAlgorithm: 0, .srtcpAuthenticationAlgorithm: 1])
        #expect(!off.authenticatesSRTP && off.isWeak)
        #expect(try refusedParameter([.authenticationAlgorithm: 0]) == .authenticationAlgorithm)
        #expect(try refusedParameter([.srtcpAuthenticationAlgorithm: 0]) == .srtcpAuthenticationAlgorithm)
        // A rate without a carried counter means nothing.
        #expect(try policy([.rocTransmissionRate: 9]) == SRTPPolicy())
    }

    @Test("PEER-10 AES-GCM and the parameters of RFC 4771 and RFC 7714, as GStreamer, ONVIF and TS 33.180 have them")
    func registries() throws {
        let gcm = SRTPSuite.all.first { $0.name == "AEAD_AES_256_GCM" }
        let onvif = try policy([
            .encryptionAlgorithm: 6, .encryptionKeyLength: 32, .authenticationAlgorithm: 0, .saltLength: 12,
            .aeadTagLength: 16,
        ])
        #expect(onvif.suite == gcm && onvif == SRTPPolicy(onvif.suite))
        let pushToTalk = try policy([
            .encryptionAlgorithm: 6, .encryptionKeyLength: 16, .authenticationAlgorithm: 4, .saltLength: 12,
            .pseudoRandomFunction: 0, .keyDerivationRate: 0, .rocTransmissionRate: 1, .srtpTagLength: 4,
            .srtcpTagLength: 0, .aeadTagLength: 16,
        ])
        #expect(pushToTalk.suite.name == "AEAD_AES_128_GCM" && !pushToTalk.isWeak)
        #expect(pushToTalk.carriedRolloverCounter == CarriedRolloverCounter(.unauthenticated))
    }

    @Test("MIKEY-13 what no suite here has is Invalid SPpar, with the parameter that it is about")
    func refusals() throws {
        let rows: [(KeyValuePairs<Kind, UInt64>, Kind)] = [
            ([.encryptionAlgorithm: 3], .encryptionAlgorithm), ([.encryptionAlgorithm: 9], .encryptionAlgorithm),
            ([.encryptionKeyLength: 17], .encryptionKeyLength), ([.encryptionKeyLength: 0], .encryptionKeyLength),
            ([.encryptionAlgorithm: 6, .encryptionKeyLength: 24], .encryptionKeyLength),
            ([.encryptionAlgorithm: 0, .encryptionKeyLength: 32], .encryptionKeyLength),
            ([.authenticationAlgorithm: 5], .authenticationAlgorithm),
            ([.srtpAuthenticationAlgorithm: 5], .srtpAuthenticationAlgorithm),
            ([.srtcpAuthenticationAlgorithm: 3], .srtcpAuthenticationAlgorithm),
            ([.authenticationKeyLength: 16], .authenticationKeyLength),
            ([.authenticationKeyLength: 10], .authenticationKeyLength),
            ([.srtpAuthenticationKeyLength: 32], .srtpAuthenticationKeyLength),
            ([.srtcpAuthenticationKeyLength: 16], .srtcpAuthenticationKeyLength),
            ([.saltLength: 12], .saltLength), ([.encryptionAlgorithm: 6, .saltLength: 14], .saltLength),
            ([.pseudoRandomFunction: 2], .pseudoRandomFunction),
            ([.encryptionAlgorithm: 7, .pseudoRandomFunction: 0], .pseudoRandomFunction),
            ([.encryptionAlgorithm: 6, .pseudoRandomFunction: 2], .pseudoRandomFunction),
            ([.keyDerivationRate: 3], .keyDerivationRate), ([.fecOrder: 1], .fecOrder),
            ([.prefixLength: 1], .prefixLength),
            ([.tagLength: 8], .tagLength), ([.srtpTagLength: 0], .srtpTagLength), ([.tagLength: 20], .tagLength),
            ([.encryptionAlgorithm: 6, .aeadTagLength: 8], .aeadTagLength),
            ([.encryptionAlgorithm: 6, .srtpEncryption: 0], .srtpEncryption),
            ([.encryptionAlgorithm: 6, .srtpAuthentication: 0], .srtpAuthentication),
            ([.encryptionAlgorithm: 6, .authenticationAlgorithm: 1], .authenticationAlgorithm),
            ([.encryptionAlgorithm: 6, .authenticationAlgorithm: 3], .authenticationAlgorithm),
            ([.encryptionAlgorithm: 6, .tagLength: 10], .tagLength),
            ([.encryptionAlgorithm: 6, .srtcpTagLength: 10], .srtcpTagLength),
            ([.srtpAuthenticationAlgorithm: 4, .srtpTagLength: 10], .srtpTagLength),
            ([.srtpAuthenticationAlgorithm: 3, .tagLength: 25], .tagLength),
            ([.srtpAuthenticationAlgorithm: 3, .srtpAuthentication: 0], .srtpAuthentication),
        ]
        for (values, parameter) in rows { #expect(try refusedParameter(values) == parameter, "\(values)") }
    }

    @Test("MIKEY-13 a policy of another protocol is Invalid SP")
    func otherProtocol() throws {
        let policy = try MIKEYPayload.SecurityPolicy(
            number: 0, securityProtocol: MIKEYSecurityProtocol(rawValue: 1), parameters: [])
        do {
            _ = try SRTPPolicy(policy)
            Issue.record("not refused")
        } catch {
            #expect(error.errorNumber == .invalidSP && error.parameter == nil)
        }
    }

    @Test(
        "PEER-01 the length of the tag in place of the key's is refused, and where it is lived with, is that of SRTCP too"
    )
    func misplacedTag() throws {
        let accepted = MIKEYDeviationSet([.tagLengthAsKeyLength])
        for byteCount: UInt64 in [4, 10] {
            #expect(try refusedParameter([.authenticationKeyLength: byteCount]) == .authenticationKeyLength)
            let found = try policy([.authenticationKeyLength: byteCount], accepting: accepted)
            #expect(found.suite.rtpTagByteCount == Int(byteCount))
            #expect(found.rtcpTag == (byteCount == 4 ? .sameAsRTP : .registered))
        }
        // With the parameter that is meant for it, nothing is misplaced.
        #expect(throws: MIKEYPolicyError.self) {
            _ = try policy([.authenticationKeyLength: 4, .tagLength: 4], accepting: accepted)
        }
    }

    @Test(
        "The suites that MIKEY has no numbers for are not written", arguments: SRTPSuite.all.filter { $0.mikey == nil })
    func otherSuites(_ suite: SRTPSuite) {
        #expect(throws: MIKEYPolicyError.self) { _ = try SRTPPolicy(suite).mikey() }
    }
}
