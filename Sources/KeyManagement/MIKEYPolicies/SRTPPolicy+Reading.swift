// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import MIKEY
internal import SRTP

extension SRTPPolicy {
    /// What a policy of MIKEY says, defaults included (RFC 3830 section 6.10.1, RFC 4771 section 4, RFC 7714 section 15, RFC 8269
    /// section 6.2).
    ///
    /// - Parameter accepting: Of these, ``MIKEYDeviation/tagLengthAsKeyLength`` says that 4 or 10 as the length of the
    ///   authentication key is the length of the tag. Who writes that means SRTCP as well.
    /// - Throws: ``MIKEYPolicyError`` with the parameter that no suite here has.
    public init(
        _ policy: MIKEYPayload.SecurityPolicy, accepting accepted: MIKEYDeviationSet = []
    ) throws(MIKEYPolicyError) {
        guard let policy = policy.srtp else { throw MIKEYPolicyError(nil, "SRTP (RFC 3830 table 6.10)") }
        try self.init(policy, accepting: accepted)
    }

    /// What a policy of MIKEY says; see ``init(_:accepting:)``.
    public init(_ policy: MIKEYSRTPPolicy, accepting accepted: MIKEYDeviationSet = []) throws(MIKEYPolicyError) {
        let reading = PolicyReading(policy, accepting: accepted)
        try reading.checkWhatIsNotUsed()
        self.init(try reading.suite())
        keyDerivationRate = try reading.keyDerivationRate()
        encryptsSRTP = policy.isSRTPEncrypted
        encryptsSRTCP = policy.isSRTCPEncrypted
        carriedRolloverCounter = try reading.carriedRolloverCounter()
        authenticatesSRTP = try reading.authenticatesSRTP()
        rtcpTag = try reading.rtcpTag(of: suite)
        try reading.checkAuthenticatedCipher(encryptsSRTP: encryptsSRTP, authenticatesSRTP: authenticatesSRTP)
    }
}

/// Numbers of authentication algorithms (RFC 3830 table 6.10.1.c, RFC 4771 table 1).
enum AuthenticationAlgorithm {
    static let null: UInt64 = 0
    static let hmacSHA1: UInt64 = 1
    static let carriedCounterModes: ClosedRange<UInt64> = 2...4

    /// The mode of RFC 4771 that a number means.
    static func mode(_ number: UInt64) -> CarriedRolloverCounter.Mode? {
        carriedCounterModes.contains(number) ? CarriedRolloverCounter.Mode(rawValue: Int(number) - 1) : nil
    }

    static func number(of mode: CarriedRolloverCounter.Mode) -> UInt64 { UInt64(mode.rawValue) + 1 }
}

/// Goes through the parameters of a policy.
private struct PolicyReading {
    let policy: MIKEYSRTPPolicy
    /// The length of the tag, where it stands in the place of the key's length.
    let misplacedTagByteCount: UInt64?

    init(_ policy: MIKEYSRTPPolicy, accepting accepted: MIKEYDeviationSet) {
        self.policy = policy
        let isMisplaced =
            accepted.contains(.tagLengthAsKeyLength) && policy[.tagLength] == nil && !policy.isAEAD
            && [4, 10].contains(policy[.authenticationKeyLength])
        misplacedTagByteCount = isMisplaced ? policy[.authenticationKeyLength] : nil
    }

    // MARK: What authenticates

    /// The parameter that says which algorithm SRTP has.
    private var srtpAlgorithmKind: MIKEYPolicyParameter.Kind {
        policy[.srtpAuthenticationAlgorithm] != nil ? .srtpAuthenticationAlgorithm : .authenticationAlgorithm
    }

    /// The tag on SRTP packets, that of a carried counter included.
    private var srtpTagByteCount: UInt64 { policy[.srtpTagLength] ?? misplacedTagByteCount ?? policy.srtpTagByteCount }

    private var mode: CarriedRolloverCounter.Mode? {
        AuthenticationAlgorithm.mode(policy.srtpAuthenticationAlgorithm)
    }

    func authenticatesSRTP() throws(MIKEYPolicyError) -> Bool {
        guard !policy.isAEAD else { return policy.isSRTPAuthenticated }
        let algorithm = policy.srtpAuthenticationAlgorithm
        guard algorithm <= AuthenticationAlgorithm.carriedCounterModes.upperBound else {
            throw MIKEYPolicyError(
                srtpAlgorithmKind, "NULL, HMAC-SHA-1 or RCC (RFC 3830 table 6.10.1.c, RFC 4771 section 4)")
        }
        let isOn = policy.isSRTPAuthenticated && algorithm != AuthenticationAlgorithm.null
        guard isOn || mode == nil else {
            throw MIKEYPolicyError(.srtpAuthentication, "SRTP authentication on with RCC (RFC 4771 section 3)")
        }
        if isOn, mode != .unauthenticated {
            let kind: MIKEYPolicyParameter.Kind =
                policy[.srtpAuthenticationKeyLength] != nil ? .srtpAuthenticationKeyLength : .authenticationKeyLength
            try checkKeyLength(policy.srtpAuthenticationKeyByteCount, kind)
        }
        return isOn
    }

    private func checkKeyLength(
        _ byteCount: UInt64, _ kind: MIKEYPolicyParameter.Kind
    ) throws(MIKEYPolicyError) {
        guard byteCount == 20 || kind == .authenticationKeyLength && misplacedTagByteCount != nil else {
            throw MIKEYPolicyError(kind, "20 octets for HMAC-SHA-1 (RFC 3711 section 5.2)")
        }
    }

    func carriedRolloverCounter() throws(MIKEYPolicyError) -> CarriedRolloverCounter? {
        guard let mode else { return nil }
        guard !policy.isAEAD || mode == .unauthenticated else {
            throw MIKEYPolicyError(srtpAlgorithmKind, "RCCm3, or no RCC, with an authenticated cipher")
        }
        let kind: MIKEYPolicyParameter.Kind = policy[.srtpTagLength] != nil ? .srtpTagLength : .tagLength
        // The default of an authenticated cipher is no tag of a MAC, and the counter has four octets.
        let byteCount = mode == .unauthenticated ? policy[.srtpTagLength] ?? policy[.tagLength] ?? 4 : srtpTagByteCount
        let range: ClosedRange<UInt64> = mode == .unauthenticated ? 4...4 : 4...24
        guard range.contains(byteCount) else {
            throw MIKEYPolicyError(kind, "\(range) octets with RCC, those of the ROC included (RFC 4771 section 4)")
        }
        return CarriedRolloverCounter(
            mode, rate: UInt16(truncatingIfNeeded: policy.rocTransmissionRate), tagByteCount: Int(byteCount))
    }

    /// SRTCP has HMAC-SHA-1 with a tag of 10 octets and no less (RFC 3711 sections 3.4 and 5.2). A general length of the tag is
    /// that of SRTP alone therefore; RCC is never for SRTCP (RFC 4771 section 2).
    func rtcpTag(of suite: SRTPSuite) throws(MIKEYPolicyError) -> SRTPConfiguration.RTCPTag {
        guard !policy.isAEAD else {
            let algorithm = policy[.srtcpAuthenticationAlgorithm] ?? AuthenticationAlgorithm.null
            guard algorithm == AuthenticationAlgorithm.null else {
                throw MIKEYPolicyError(
                    .srtcpAuthenticationAlgorithm, "NULL with an authenticated cipher (RFC 7714 section 12)")
            }
            guard policy[.srtcpTagLength] ?? 0 == 0 else {
                throw MIKEYPolicyError(.srtcpTagLength, "0 with an authenticated cipher (RFC 7714 section 12)")
            }
            return .registered
        }
        let own = policy[.srtcpAuthenticationAlgorithm]
        let general = policy.authenticationAlgorithmOfBoth
        // A general RCC is SRTP's: what RCC is made of is HMAC-SHA-1.
        let algorithm =
            own ?? (AuthenticationAlgorithm.mode(general) != nil ? AuthenticationAlgorithm.hmacSHA1 : general)
        guard algorithm == AuthenticationAlgorithm.hmacSHA1 else {
            throw MIKEYPolicyError(
                own != nil ? .srtcpAuthenticationAlgorithm : .authenticationAlgorithm,
                "HMAC-SHA-1 for SRTCP, which is always authenticated (RFC 3711 section 3.4)")
        }
        let kind: MIKEYPolicyParameter.Kind =
            policy[.srtcpAuthenticationKeyLength] != nil ? .srtcpAuthenticationKeyLength : .authenticationKeyLength
        try checkKeyLength(policy.srtcpAuthenticationKeyByteCount, kind)
        guard policy[.srtcpTagLength] ?? 10 == 10 else {
            throw MIKEYPolicyError(.srtcpTagLength, "10 octets for SRTCP (RFC 3711 section 5.2)")
        }
        return misplacedTagByteCount != nil && suite.rtpTagByteCount != suite.rtcpTagByteCount
            ? .sameAsRTP : .registered
    }

    // MARK: What encrypts

    func suite() throws(MIKEYPolicyError) -> SRTPSuite {
        let suites = SRTPSuite.all.compactMap { suite in suite.mikey.map { (suite: suite, its: $0) } }
            .filter { UInt64($0.its.encryptionAlgorithm) == policy.encryptionAlgorithm }
        guard let any = suites.first else {
            throw MIKEYPolicyError(
                .encryptionAlgorithm, "NULL, AES-CM, AES-F8, AES-GCM, ARIA-CTR or ARIA-GCM (RFC 3830, 7714, 8269)")
        }
        let ofLength = suites.filter { UInt64($0.its.encryptionKeyByteCount) == policy.encryptionKeyByteCount }
        guard !ofLength.isEmpty else {
            throw MIKEYPolicyError(.encryptionKeyLength, "a length that a suite with the cipher has")
        }
        guard UInt64(any.its.saltByteCount) == policy.saltByteCount else {
            throw MIKEYPolicyError(.saltLength, "\(any.its.saltByteCount) octets")
        }
        // What is not set is the cipher's own (RFC 8269 section 4): a suite has no choice there.
        guard policy[.pseudoRandomFunction].map({ $0 == UInt64(any.its.pseudoRandomFunction) }) ?? true else {
            throw MIKEYPolicyError(
                .pseudoRandomFunction, "AES-CM, or ARIA-CTR with ARIA (RFC 7714 section 15, RFC 8269 section 6.2)")
        }
        guard !policy.isAEAD else {
            guard
                let suite = ofLength.first(where: {
                    $0.its.aeadTagByteCount.map(UInt64.init) == policy.aeadTagByteCount
                })
            else { throw MIKEYPolicyError(.aeadTagLength, "16 octets (RFC 7714 section 14.3)") }
            return suite.suite
        }
        // A carried counter has a tag of its own, and where there is none its length does not matter.
        let isTagOfSuite =
            mode == nil && policy.isSRTPAuthenticated
            && policy.srtpAuthenticationAlgorithm != AuthenticationAlgorithm.null
        let tag = isTagOfSuite ? srtpTagByteCount : 10
        guard let suite = ofLength.first(where: { $0.its.authenticationTagByteCount.map(UInt64.init) == tag }) else {
            throw MIKEYPolicyError(
                policy[.srtpTagLength] != nil ? .srtpTagLength : .tagLength,
                "a tag of a suite with the cipher: 10 octets, or 4 (RFC 3711 section 5.2)")
        }
        return suite.suite
    }

    func keyDerivationRate() throws(MIKEYPolicyError) -> UInt32 {
        let rate = policy.keyDerivationRate
        guard rate <= 1 << 24, rate == 0 || rate.nonzeroBitCount == 1 else {
            throw MIKEYPolicyError(.keyDerivationRate, "0, or a power of two up to 2^24 (RFC 3711 section 4.3.1)")
        }
        return UInt32(rate)
    }

    // MARK: What there is one value of

    func checkWhatIsNotUsed() throws(MIKEYPolicyError) {
        guard policy.fecOrder == 0 else {
            throw MIKEYPolicyError(.fecOrder, "FEC before SRTP (RFC 3830 table 6.10.1.e)")
        }
        guard policy.prefixByteCount == 0 else {
            throw MIKEYPolicyError(.prefixLength, "0 octets (RFC 3711 section 5.2)")
        }
    }

    func checkAuthenticatedCipher(encryptsSRTP: Bool, authenticatesSRTP: Bool) throws(MIKEYPolicyError) {
        guard policy.isAEAD else { return }
        guard encryptsSRTP else {
            throw MIKEYPolicyError(.srtpEncryption, "SRTP encryption on with an authenticated cipher")
        }
        guard authenticatesSRTP else {
            throw MIKEYPolicyError(.srtpAuthentication, "SRTP authentication on with an authenticated cipher")
        }
        let algorithm = policy.srtpAuthenticationAlgorithm
        guard algorithm == AuthenticationAlgorithm.null || mode != nil else {
            throw MIKEYPolicyError(srtpAlgorithmKind, "NULL with an authenticated cipher (RFC 7714 section 14.3)")
        }
        guard mode != nil || srtpTagByteCount == 0 else {
            throw MIKEYPolicyError(
                policy[.srtpTagLength] != nil ? .srtpTagLength : .tagLength,
                "no tag of a MAC with an authenticated cipher (RFC 7714 section 14.3)")
        }
    }
}

extension MIKEYSRTPPolicy {
    /// What parameter 2 says, for SRTP and SRTCP.
    fileprivate var authenticationAlgorithmOfBoth: UInt64 {
        self[.authenticationAlgorithm] ?? (isAEAD ? AuthenticationAlgorithm.null : AuthenticationAlgorithm.hmacSHA1)
    }
}
