// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import MIKEY
import TestSupport
import Testing

@Suite("MIKEY security policies")
struct PolicyTests {
    private func message(_ policies: [Wire.Payload], map: [UInt8] = Wire.srtpID([(0, 0, 0)])) -> [UInt8] {
        Wire.message(0, map: map, [Wire.time, Wire.random] + policies + [Wire.psk[2]])
    }

    @Test("MIKEY-04 with the empty map there is no policy")
    func emptyMap() throws {
        let octets = message([Wire.sp([])], map: [1, 1])
        #expect(refusal(octets)?.problem == .refused(.policyWithEmptyMap))
        #expect(
            try MIKEYMessage(parsing: octets, mode: .lenient).deviations == MIKEYDeviationSet([.policyWithEmptyMap]))
        #expect(refusal(message([], map: [1, 1])) == nil)
    }

    @Test("MIKEY-09 a parameter without a value is refused; 6 and 13 have several octets, all others one")
    func lengths() throws {
        for kind in 0...20 as ClosedRange<UInt8> {
            let error = refusal(message([Wire.sp([kind, 0])]), .lenient)
            #expect(error?.errorNumber == .invalidSPpar, "parameter \(kind)")
        }
        for kind in 0...20 as ClosedRange<UInt8> where kind != 6 && kind != 13 {
            #expect(refusal(message([Wire.sp([kind, 1, 1])])) == nil)
            #expect(refusal(message([Wire.sp([kind, 2, 0, 1])])) != nil, "parameter \(kind)")
        }
        for (value, number) in [("0601 10", 16), ("0603 010000", 1 << 16), ("0604 01000000", 1 << 24)]
            as [(String, UInt64)]
        {
            let policy = try MIKEYMessage(parsing: message([Wire.sp(octets(value))])).policies[0].srtp
            #expect(policy?.keyDerivationRate == number)
        }
        #expect(refusal(message([Wire.sp(octets("0604 01000001"))])) != nil)
        #expect(refusal(message([Wire.sp([6, 9] + Wire.run(9))])) != nil)
        let rate = try MIKEYMessage(parsing: message([Wire.sp(octets("0d02 0102"))])).policies[0].srtp
        #expect(rate?.rocTransmissionRate == 0x0102)
        #expect(refusal(message([Wire.sp(octets("0d01 01"))])) != nil)
        #expect(refusal(message([Wire.sp(octets("0d02 0000"))])) != nil)
    }

    @Test("MIKEY-10 the length of the parameters is the sum of theirs, and none reaches into the next payload")
    func sum() {
        let whole = octets("000101 010110")
        #expect(refusal(message([Wire.sp(whole)])) == nil)
        for count in [1, 2, 4, 5] {
            var error = refusal(message([Wire.sp(Array(whole[..<count]))]))
            #expect(error?.payload == .sp, "\(count)")
            // The octets that are missing are there, but in the next payload.
            let cut: Wire.Payload = (10, [0, 0] + SamplePackets.bigEndian(UInt16(count)) + whole)
            error = refusal(message([cut]))
            #expect(error?.payload == .sp, "\(count)")
        }
    }

    @Test("MIKEY-11 a parameter and a policy number stand once, and a policy that a session names is there")
    func duplicates() {
        #expect(refusal(message([Wire.sp(octets("000101 000101"))]))?.errorNumber == .invalidSPpar)
        #expect(refusal(message([Wire.sp([]), Wire.sp([])]))?.errorNumber == .invalidSPpar)
        #expect(refusal(message([Wire.sp([]), Wire.sp([], number: 1)])) == nil)
        #expect(refusal(message([Wire.sp([], number: 1)]))?.errorNumber == .invalidSPpar)
        let generic = octets("0102 0100 02 0304 0000 00")
        #expect(refusal(message([Wire.sp([], number: 3)], map: generic)) != nil)
        #expect(refusal(message([Wire.sp([], number: 3), Wire.sp([], number: 4)], map: generic)) == nil)
        // All have the defaults where no policy is sent; an update may name a policy of the first message.
        #expect(refusal(message([], map: Wire.srtpID([(9, 0, 0)]))) == nil)
        #expect(refusal(Wire.message(0, [Wire.time, Wire.sp([], number: 1), Wire.psk[2]])) == nil)
    }

    @Test("MIKEY-11 what is supported, and what RSA-R offers, may list several values")
    func lists() throws {
        let list = [Wire.sp(octets("000101 000106")), Wire.sp([])]
        let error = try MIKEYMessage(parsing: Wire.message(6, [Wire.time, Wire.err] + list))
        #expect(error.policies[0].parameters.map(\.number) == [1, 6])
        #expect(refusal(Wire.message(9, v: true, [Wire.time] + list + [Wire.sign])) == nil)
        #expect(
            refusal(Wire.message(10, [Wire.time, Wire.random] + list + [Wire.psk[2], Wire.pke, Wire.sign])) != nil)
    }

    @Test("MIKEY-12 what a policy does not set has SRTP's default: encrypted and authenticated")
    func defaults() throws {
        let policy = try #require(MIKEYMessage(parsing: message([Wire.sp([])])).policies.first?.srtp)
        #expect(policy.encryptionAlgorithm == 1)
        #expect(policy.encryptionKeyByteCount == 16)
        #expect(policy.srtpAuthenticationAlgorithm == 1)
        #expect(policy.srtcpAuthenticationAlgorithm == 1)
        #expect(policy.srtpAuthenticationKeyByteCount == 20)
        #expect(policy.srtcpAuthenticationKeyByteCount == 20)
        #expect(policy.saltByteCount == 14)
        #expect(policy.pseudoRandomFunction == 0)
        #expect(policy.keyDerivationRate == 0)
        #expect(policy.isSRTPEncrypted)
        #expect(policy.isSRTCPEncrypted)
        #expect(policy.isSRTPAuthenticated)
        #expect(policy.fecOrder == 0)
        #expect(policy.srtpTagByteCount == 10)
        #expect(policy.srtcpTagByteCount == 10)
        #expect(policy.prefixByteCount == 0)
        #expect(policy.rocTransmissionRate == 1)
        let gcm = try MIKEYSRTPPolicy([.encryptionAlgorithm: 6])
        #expect(gcm.saltByteCount == 12)
        #expect(gcm.aeadTagByteCount == 16)
        #expect(gcm.srtpAuthenticationAlgorithm == 0)
        #expect(gcm.srtcpTagByteCount == 0)
        let off = try MIKEYSRTPPolicy([.srtpEncryption: 0, .srtcpEncryption: 0, .srtpAuthentication: 0])
        #expect(!off.isSRTPEncrypted)
        #expect(!off.isSRTCPEncrypted)
        #expect(!off.isSRTPAuthenticated)
    }

    @Test("parameters for SRTP or SRTCP alone go before those for both (RFC 4771 section 4)")
    func specific() throws {
        let policy = try MIKEYSRTPPolicy([
            .authenticationAlgorithm: 1, .authenticationKeyLength: 20, .tagLength: 10, .srtpAuthenticationAlgorithm: 2,
            .srtpTagLength: 14, .srtcpAuthenticationKeyLength: 16,
        ])
        #expect(policy.srtpAuthenticationAlgorithm == 2)
        #expect(policy.srtcpAuthenticationAlgorithm == 1)
        #expect(policy.srtpTagByteCount == 14)
        #expect(policy.srtcpTagByteCount == 10)
        #expect(policy.srtpAuthenticationKeyByteCount == 20)
        #expect(policy.srtcpAuthenticationKeyByteCount == 16)
    }

    @Test("MIKEY-13 a parameter that SRTP does not have is refused as Invalid SPpar, or skipped by its length")
    func unknown() throws {
        let octets = message([Wire.sp([21, 12] + Wire.run(12) + [0, 1, 2, 200, 1, 7])])
        let error = refusal(octets)
        #expect(error?.problem == .refused(.unknownPolicyParameter))
        #expect(error?.errorNumber == .invalidSPpar)
        let read = try MIKEYMessage(parsing: octets, mode: .lenient)
        #expect(read.deviations == MIKEYDeviationSet([.unknownPolicyParameter]))
        #expect(read.policies[0].srtp?.encryptionAlgorithm == 2)
        #expect(read.encoded == octets)
        // Another protocol has parameters of its own.
        #expect(refusal(message([Wire.sp([21, 1, 7], protocol: 1)])) == nil)
    }

    @Test("flags are 0 or 1", arguments: [7, 8, 10] as [UInt8])
    func flags(_ kind: UInt8) {
        #expect(refusal(message([Wire.sp([kind, 1, 2])]))?.errorNumber == .invalidSPpar)
    }

    @Test("parameters are written as short as they can be, and only legal ones")
    func building() throws {
        let policy = try MIKEYSRTPPolicy([.encryptionAlgorithm: 6, .keyDerivationRate: 65536, .rocTransmissionRate: 5])
        let payload = MIKEYPayload.SecurityPolicy(number: 3, policy)
        let message = try MIKEYMessage(
            .init(.preSharedKey, csbID: 1, cryptoSessions: .init(.empty(count: 0))),
            payloads: MIKEYMessage(parsing: Wire.message(0, Wire.psk)).payloads)
        let other = try MIKEYMessage(
            .init(.preSharedKey, csbID: 1, cryptoSessions: .init(.srtpID([]))),
            payloads: [.securityPolicy(payload)] + message.payloads)
        let octets = Wire.message(
            0, csbID: 1, map: [0, 0], [Wire.sp(octets("000106 0603010000 0d020005"), number: 3)] + Wire.psk)
        #expect(other.encoded == octets)
        #expect(
            refusal { () throws(MIKEYError) in
                try MIKEYMessage(message.header, payloads: [.securityPolicy(payload)] + message.payloads)
            }?.problem == .refused(.policyWithEmptyMap))
        for (kind, value) in [(0, 256), (6, (1 << 24) + 1), (7, 2), (13, 0), (13, 65536), (21, 1)] as [(UInt8, UInt64)]
        {
            let parameter = MIKEYPolicyParameter.Kind(rawValue: kind)
            #expect(refusal { () throws(MIKEYError) in try MIKEYSRTPPolicy([parameter: value]) } != nil, "\(kind)")
        }
        #expect(refusal { () throws(MIKEYError) in try MIKEYSRTPPolicy([.tagLength: 4, .tagLength: 10]) } != nil)
        #expect(refusal { () throws(MIKEYError) in try MIKEYPolicyParameter(.tagLength, octets: []) } != nil)
        #expect(try MIKEYPolicyParameter(.tagLength, octets: Wire.run(9)).octets == Wire.run(9))
        #expect(try MIKEYPolicyParameter(.tagLength, octets: [0, 7]).octets == [0, 7])
    }
}
