// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension SRTPSuite {
    /// AES in counter mode, 128-bit key; HMAC-SHA1 with an 80-bit tag. What every SRTP endpoint has (RFC 3711 section 5).
    public static let aesCM128_HMACSHA1_80 = SRTPSuite(
        "AES_CM_128_HMAC_SHA1_80", .aesCM, key: 16, salt: 14, tag: 10, dtls: 0x0001, .built)

    /// As ``aesCM128_HMACSHA1_80``, with a 32-bit tag on SRTP packets: 6 octets less on each packet of audio, for a
    /// forgery that succeeds once in 2^32 tries. SRTCP keeps its 80 bits.
    public static let aesCM128_HMACSHA1_32 = SRTPSuite(
        "AES_CM_128_HMAC_SHA1_32", .aesCM, key: 16, salt: 14, tag: 4, rtcpTag: 10, dtls: 0x0002, .built)

    /// No encryption; HMAC-SHA1 with an 80-bit tag (RFC 5764 section 4.1.2).
    public static let null_HMACSHA1_80 = SRTPSuite(
        "NULL_HMAC_SHA1_80", .null, key: 16, salt: 14, tag: 10, dtls: 0x0005, .weak)

    /// Every suite that is registered, in the order in which tables show them.
    public static let all: [SRTPSuite] = [
        aesCM128_HMACSHA1_80,
        aesCM128_HMACSHA1_32,
        SRTPSuite("AES_192_CM_HMAC_SHA1_80", .aesCM, key: 24, salt: 14, tag: 10, .built),
        SRTPSuite("AES_192_CM_HMAC_SHA1_32", .aesCM, key: 24, salt: 14, tag: 4, rtcpTag: 10, .built),
        SRTPSuite("AES_256_CM_HMAC_SHA1_80", .aesCM, key: 32, salt: 14, tag: 10, .built),
        SRTPSuite("AES_256_CM_HMAC_SHA1_32", .aesCM, key: 32, salt: 14, tag: 4, rtcpTag: 10, .built),
        SRTPSuite("AEAD_AES_128_GCM", .aesGCM, key: 16, salt: 12, tag: 16, dtls: 0x0007, .built),
        SRTPSuite("AEAD_AES_256_GCM", .aesGCM, key: 32, salt: 12, tag: 16, dtls: 0x0008, .built),
        SRTPSuite("F8_128_HMAC_SHA1_80", .aesF8, key: 16, salt: 14, tag: 10, .built),
        SRTPSuite("SRTP_ARIA_128_CTR_HMAC_SHA1_80", .ariaCTR, key: 16, salt: 14, tag: 10, dtls: 0x000B, .built),
        SRTPSuite(
            "SRTP_ARIA_128_CTR_HMAC_SHA1_32", .ariaCTR, key: 16, salt: 14, tag: 4, rtcpTag: 10, dtls: 0x000C, .built),
        SRTPSuite("SRTP_ARIA_256_CTR_HMAC_SHA1_80", .ariaCTR, key: 32, salt: 14, tag: 10, dtls: 0x000D, .built),
        SRTPSuite(
            "SRTP_ARIA_256_CTR_HMAC_SHA1_32", .ariaCTR, key: 32, salt: 14, tag: 4, rtcpTag: 10, dtls: 0x000E, .built),
        SRTPSuite("SRTP_AEAD_ARIA_128_GCM", .ariaGCM, key: 16, salt: 12, tag: 16, dtls: 0x000F, .built),
        SRTPSuite("SRTP_AEAD_ARIA_256_GCM", .ariaGCM, key: 32, salt: 12, tag: 16, dtls: 0x0010, .built),
        SRTPSuite(
            "DOUBLE_AEAD_AES_128_GCM_AEAD_AES_128_GCM", .doubleAESGCM, key: 32, salt: 24, tag: 32, rtcpTag: 16,
            dtls: 0x0009, .built),
        SRTPSuite(
            "DOUBLE_AEAD_AES_256_GCM_AEAD_AES_256_GCM", .doubleAESGCM, key: 64, salt: 24, tag: 32, rtcpTag: 16,
            dtls: 0x000A, .built),
        null_HMACSHA1_80,
        SRTPSuite("NULL_HMAC_SHA1_32", .null, key: 16, salt: 14, tag: 4, rtcpTag: 10, dtls: 0x0006, .weak),
        SRTPSuite("SEED_CTR_128_HMAC_SHA1_80", .seedCTR, key: 16, salt: 14, tag: 10, .leftOut),
        SRTPSuite("SEED_128_CCM_80", .seedCCM, key: 16, salt: 12, tag: 10, .leftOut),
        SRTPSuite("SEED_128_GCM_96", .seedGCM, key: 16, salt: 12, tag: 12, .leftOut),
    ]

    /// The suite with this registered name, `nil` for a name that is registered nowhere.
    ///
    /// Case does not matter, and the `SRTP_` and `SRTP_AES128_CM_` spellings of the DTLS registry are understood.
    public static func named(_ name: String) -> SRTPSuite? {
        let wanted = name.uppercased()
        return byName[wanted] ?? byName[otherSpellings[wanted] ?? ""]
    }

    private static let byName: [String: SRTPSuite] = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    private static let otherSpellings = [
        "SRTP_AES128_CM_HMAC_SHA1_80": "AES_CM_128_HMAC_SHA1_80",
        "SRTP_AES128_CM_HMAC_SHA1_32": "AES_CM_128_HMAC_SHA1_32",
        "SRTP_AES128_CM_SHA1_80": "AES_CM_128_HMAC_SHA1_80",
        "SRTP_AES128_CM_SHA1_32": "AES_CM_128_HMAC_SHA1_32",
        "SRTP_NULL_HMAC_SHA1_80": "NULL_HMAC_SHA1_80",
        "SRTP_NULL_HMAC_SHA1_32": "NULL_HMAC_SHA1_32",
        "SRTP_NULL_SHA1_80": "NULL_HMAC_SHA1_80",
        "SRTP_NULL_SHA1_32": "NULL_HMAC_SHA1_32",
        "SRTP_AEAD_AES_128_GCM": "AEAD_AES_128_GCM",
        "SRTP_AEAD_AES_256_GCM": "AEAD_AES_256_GCM",
    ]

    private init(
        _ name: String, _ cipher: Cipher, key: Int, salt: Int, tag: Int, rtcpTag: Int? = nil, dtls: UInt16? = nil,
        _ status: Status
    ) {
        self.name = name
        self.cipher = cipher
        self.masterKeyByteCount = key
        self.masterSaltByteCount = salt
        self.rtpTagByteCount = tag
        self.rtcpTagByteCount = rtcpTag ?? tag
        self.dtlsProfile = dtls
        self.status = status
    }
}
