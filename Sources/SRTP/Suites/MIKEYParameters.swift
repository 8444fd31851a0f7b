// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SRTPSuite {
    /// How MIKEY's SRTP policy names a suite: the values of its parameters (RFC 3830 section 6.10.1). Lengths are in octets.
    ///
    /// MIKEY names the parts of a suite, not the suite. Together these are one suite's own: no two suites have all of them equal.
    public struct MIKEYParameters: Hashable, Sendable {
        /// Type 0, the encryption algorithm: 0 NULL, 1 AES-CM, 2 AES-F8 (RFC 3830), 6 AES-GCM (RFC 7714 section 14.3),
        /// 7 ARIA-CTR, 8 ARIA-GCM (RFC 8269 section 6.2).
        public let encryptionAlgorithm: UInt8
        /// Type 1, the length of the session encryption key, which is that of the master key too.
        public let encryptionKeyByteCount: Int
        /// Type 2, the authentication algorithm: 1 HMAC-SHA-1, 0 NULL for an authenticated cipher.
        public let authenticationAlgorithm: UInt8
        /// Type 3, the length of the session authentication key: 0 for an authenticated cipher.
        public let authenticationKeyByteCount: Int
        /// Type 4, the length of the session salt.
        public let saltByteCount: Int
        /// Type 5, the SRTP pseudo-random function: 0 AES-CM, also for the suites of RFC 7714 (section 15), 2 ARIA-CTR (RFC 8269
        /// section 6.2).
        public let pseudoRandomFunction: UInt8
        /// Type 11, the length of the MAC's tag on SRTP packets; `nil` for an authenticated cipher.
        public let authenticationTagByteCount: Int?
        /// Type 20, the length of an authenticated cipher's tag (RFC 7714 section 14.3); `nil` for the others.
        public let aeadTagByteCount: Int?
    }

    /// The suite's parameters in MIKEY; `nil` for the double suites, which have no numbers there, and for those that are left out.
    public var mikey: MIKEYParameters? {
        guard isUsable, let encryptionAlgorithm = cipher.mikeyNumber else { return nil }
        let isAEAD = cipher.isAuthenticated
        return MIKEYParameters(
            encryptionAlgorithm: encryptionAlgorithm, encryptionKeyByteCount: masterKeyByteCount,
            authenticationAlgorithm: isAEAD ? 0 : 1, authenticationKeyByteCount: authenticationKeyByteCount,
            saltByteCount: sessionSaltByteCount, pseudoRandomFunction: cipher.isARIA ? 2 : 0,
            authenticationTagByteCount: isAEAD ? nil : rtpTagByteCount, aeadTagByteCount: isAEAD ? rtpTagByteCount : nil
        )
    }
}

extension SRTPSuite.Cipher {
    /// The number of the encryption algorithm in MIKEY, where it has one that we use.
    fileprivate var mikeyNumber: UInt8? {
        switch self {
        case .null: 0
        case .aesCM: 1
        case .aesF8: 2
        case .aesGCM: 6
        case .ariaCTR: 7
        case .ariaGCM: 8
        case .doubleAESGCM, .seedCTR, .seedCCM, .seedGCM: nil
        }
    }
}
