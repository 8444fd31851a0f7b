// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a security policy says of SRTP, with the defaults of what it does not say (RFC 3830 section 6.10.1).
///
/// Of parameters 2, 3 and 11 and their namesakes for SRTP and SRTCP alone, 14 to 19, the latter go first (RFC 4771 section 4).
/// Where a parameter is listed several times, as an error message may, the first one counts here.
public struct MIKEYSRTPPolicy: Hashable, Sendable {
    /// What is set, in its order.
    public let parameters: [MIKEYPolicyParameter]

    init(unchecked parameters: [MIKEYPolicyParameter]) { self.parameters = parameters }

    /// A policy that sets these; all others keep their defaults.
    ///
    /// - Throws: ``MIKEYError`` where a value is not one of its parameter, the parameter is not known, or is there twice.
    public init(_ values: KeyValuePairs<MIKEYPolicyParameter.Kind, UInt64> = [:]) throws(MIKEYError) {
        var parameters: [MIKEYPolicyParameter] = []
        for (kind, value) in values { parameters.append(try MIKEYPolicyParameter(kind, value)) }
        self.parameters = parameters
        var context = ParsingContext(.preSharedKey, .strict)
        try MIKEYPayload.SecurityPolicy(number: 0, self).check(&context)
    }

    /// The value that is set for `kind`; `nil` where none is, and the default holds.
    public subscript(kind: MIKEYPolicyParameter.Kind) -> UInt64? { parameters.first { $0.kind == kind }?.number }

    /// The encryption algorithm: 0 NULL, 1 AES-CM, which is the default, 2 AES-F8, 6 AES-GCM, 7 ARIA-CTR, 8 ARIA-GCM.
    public var encryptionAlgorithm: UInt64 { self[.encryptionAlgorithm] ?? 1 }

    /// Whether the encryption algorithm authenticates as well.
    public var isAEAD: Bool { encryptionAlgorithm == 6 || encryptionAlgorithm == 8 }

    /// The length of the session encryption key and of the master key in octets.
    public var encryptionKeyByteCount: UInt64 { self[.encryptionKeyLength] ?? 16 }

    /// The authentication algorithm of SRTP: 0 NULL, 1 HMAC-SHA-1, 2 RCCm1, 3 RCCm2, 4 RCCm3.
    public var srtpAuthenticationAlgorithm: UInt64 {
        self[.srtpAuthenticationAlgorithm] ?? authenticationAlgorithm
    }

    /// The authentication algorithm of SRTCP.
    public var srtcpAuthenticationAlgorithm: UInt64 {
        self[.srtcpAuthenticationAlgorithm] ?? authenticationAlgorithm
    }

    /// The length of the session authentication key of SRTP in octets.
    public var srtpAuthenticationKeyByteCount: UInt64 {
        self[.srtpAuthenticationKeyLength] ?? authenticationKeyByteCount
    }

    /// The length of the session authentication key of SRTCP in octets.
    public var srtcpAuthenticationKeyByteCount: UInt64 {
        self[.srtcpAuthenticationKeyLength] ?? authenticationKeyByteCount
    }

    /// The length of the session salt in octets: 14, and 12 for an AEAD algorithm (RFC 7714 section 12).
    public var saltByteCount: UInt64 { self[.saltLength] ?? (isAEAD ? 12 : 14) }

    /// The pseudo-random function of SRTP: 0 AES-CM, which is the default, 2 ARIA-CTR.
    public var pseudoRandomFunction: UInt64 { self[.pseudoRandomFunction] ?? 0 }

    /// The key derivation rate: 0, the default, for one derivation.
    public var keyDerivationRate: UInt64 { self[.keyDerivationRate] ?? 0 }

    /// Whether SRTP is encrypted: the default.
    public var isSRTPEncrypted: Bool { self[.srtpEncryption] != 0 }

    /// Whether SRTCP is encrypted: the default.
    public var isSRTCPEncrypted: Bool { self[.srtcpEncryption] != 0 }

    /// In what order a sender applies FEC: 0, the default, for FEC first.
    public var fecOrder: UInt64 { self[.fecOrder] ?? 0 }

    /// Whether SRTP is authenticated: the default.
    public var isSRTPAuthenticated: Bool { self[.srtpAuthentication] != 0 }

    /// The length of SRTP's authentication tag in octets: 10, and 0 for an AEAD algorithm.
    public var srtpTagByteCount: UInt64 { self[.srtpTagLength] ?? tagByteCount }

    /// The length of SRTCP's authentication tag in octets: 10, and 0 for an AEAD algorithm.
    public var srtcpTagByteCount: UInt64 { self[.srtcpTagLength] ?? tagByteCount }

    /// The length of the keystream prefix in octets: 0 by default.
    public var prefixByteCount: UInt64 { self[.prefixLength] ?? 0 }

    /// Every how many packets the ROC is transmitted: 1 by default (RFC 4771 section 4).
    public var rocTransmissionRate: UInt64 { self[.rocTransmissionRate] ?? 1 }

    /// The length of an AEAD algorithm's tag in octets.
    public var aeadTagByteCount: UInt64 { self[.aeadTagLength] ?? 16 }

    private var authenticationAlgorithm: UInt64 { self[.authenticationAlgorithm] ?? (isAEAD ? 0 : 1) }
    private var authenticationKeyByteCount: UInt64 { self[.authenticationKeyLength] ?? (isAEAD ? 0 : 20) }
    private var tagByteCount: UInt64 { self[.tagLength] ?? (isAEAD ? 0 : 10) }
}
