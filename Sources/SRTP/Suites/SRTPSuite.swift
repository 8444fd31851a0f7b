// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// A registered SRTP protection profile: a cipher, a MAC and the lengths that go with them.
///
/// Every suite that is registered anywhere is here, also those that are left out: ask ``status``.
public struct SRTPSuite: Hashable, Sendable {
    /// Whether a suite can be used.
    @nonexhaustive
    public enum Status: String, Hashable, Sendable {
        /// Ready to use.
        case built
        /// Ready to use, but without confidentiality or with a short tag: know why before choosing it.
        case weak
        /// Not going to be there.
        case leftOut = "left out on purpose"
    }

    /// What encrypts the payload.
    @nonexhaustive
    public enum Cipher: String, Hashable, Sendable {
        case null = "NULL"
        case aesCM = "AES-CM"
        case aesF8 = "AES-f8"
        case aesGCM = "AES-GCM"
        case ariaCTR = "ARIA-CTR"
        case ariaGCM = "ARIA-GCM"
        case seedCTR = "SEED-CTR"
        case seedCCM = "SEED-CCM"
        case seedGCM = "SEED-GCM"
        case doubleAESGCM = "double AES-GCM"

        /// Whether the cipher is ARIA.
        var isARIA: Bool { self == .ariaCTR || self == .ariaGCM }

        /// What the engine is asked for.
        var kind: PacketCipher.Kind {
            switch self {
            case .aesCM: .aesCM
            case .aesF8: .aesF8
            case .ariaCTR: .ariaCTR
            case .aesGCM, .doubleAESGCM: .aesGCM
            case .ariaGCM: .ariaGCM
            case .null, .seedCTR, .seedCCM, .seedGCM: .null
            }
        }

        /// Whether the cipher authenticates as well, so that there is no MAC beside it.
        public var isAuthenticated: Bool {
            switch self {
            case .null, .aesCM, .aesF8, .ariaCTR, .seedCTR: false
            case .aesGCM, .ariaGCM, .seedCCM, .seedGCM, .doubleAESGCM: true
            }
        }
    }

    /// The name in the registry of SDP security descriptions. Where that has none (see ``isInSDPRegistry``), the one in DTLS-SRTP's,
    /// for the NULL suites without `SRTP_` before it.
    public let name: String
    /// What encrypts.
    public let cipher: Cipher
    /// The octets of the master key.
    public let masterKeyByteCount: Int
    /// The octets of the master salt.
    public let masterSaltByteCount: Int
    /// The octets of the tag on an SRTP packet.
    public let rtpTagByteCount: Int
    /// The octets of the tag on an SRTCP packet: 10 for every HMAC-SHA1 suite (RFC 4568 section 6.2, RFC 5764 section
    /// 4.1.2), also for those with 4 on SRTP packets.
    public let rtcpTagByteCount: Int
    /// The number in DTLS-SRTP's `use_srtp` (RFC 5764 section 4.1.2), where one is registered.
    public let dtlsProfile: UInt16?
    /// Whether the suite can be used, and with what reservation.
    public let status: Status

    /// Whether the name is in the registry of SDP security descriptions, so that `a=crypto` may have it: RFC 4568, 5669, 6188 and 7714
    /// put theirs there; the NULL, ARIA and double suites are registered for DTLS only.
    public var isInSDPRegistry: Bool {
        switch cipher {
        case .null, .ariaCTR, .ariaGCM, .doubleAESGCM: false
        case .aesCM, .aesF8, .aesGCM, .seedCTR, .seedCCM, .seedGCM: true
        }
    }

    /// The octets of the session key of the cipher: half of the master key under the double suites.
    var sessionKeyByteCount: Int {
        switch cipher {
        case .null: 0
        case .doubleAESGCM: masterKeyByteCount / 2
        default: masterKeyByteCount
        }
    }
    /// The octets of the session salt.
    var sessionSaltByteCount: Int {
        cipher.isAuthenticated ? PacketForm.aeadSaltByteCount : PacketForm.counterSaltByteCount
    }
    /// The octets of the tag that the cipher or MAC leaves on an SRTP packet: those of the outer one under the double suites, whose
    /// inner tag is part of what is encrypted.
    var rtpPacketTagByteCount: Int { cipher == .doubleAESGCM ? rtpTagByteCount / 2 : rtpTagByteCount }
    /// The octets of HMAC-SHA1's session key (RFC 3711 section 5.2).
    var authenticationKeyByteCount: Int { cipher.isAuthenticated ? 0 : 20 }
    /// Whether contexts can be made for it.
    public var isUsable: Bool { status != .leftOut }
}

extension SRTPSuite: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
