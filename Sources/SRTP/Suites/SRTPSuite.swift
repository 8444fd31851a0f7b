// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A registered SRTP protection profile: a cipher, a MAC and the lengths that go with them.
///
/// Every suite that is registered anywhere is here, also those that this version cannot use: ask ``status``.
public struct SRTPSuite: Hashable, Sendable {
    /// Whether a suite can be used.
    @nonexhaustive
    public enum Status: String, Hashable, Sendable {
        /// Ready to use.
        case built
        /// Ready to use, but without confidentiality or with a short tag: know why before choosing it.
        case weak
        /// Planned, not yet there.
        case notBuilt = "not built"
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

        /// Whether the cipher authenticates as well, so that there is no MAC beside it.
        package var isAuthenticated: Bool {
            switch self {
            case .null, .aesCM, .aesF8, .ariaCTR, .seedCTR: false
            case .aesGCM, .ariaGCM, .seedCCM, .seedGCM, .doubleAESGCM: true
            }
        }
    }

    /// The name in the SDP security descriptions registry, or the one given by the suite's RFC.
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

    /// The octets of the session key of the cipher.
    var sessionKeyByteCount: Int { cipher == .null ? 0 : masterKeyByteCount }
    /// The octets of HMAC-SHA1's session key (RFC 3711 section 5.2).
    var authenticationKeyByteCount: Int { cipher.isAuthenticated ? 0 : 20 }
    /// Whether contexts can be made for it.
    public var isUsable: Bool { status == .built || status == .weak }
}

extension SRTPSuite: CustomStringConvertible {
    /// The name.
    public var description: String { name }
}
