// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// The ciphers of one direction of SRTP or SRTCP, made ready from one master key at one quotient of packet index and key
/// derivation rate.
struct SessionKeys: ~Copyable, Sendable {
    /// What encrypts and authenticates packets; the outer one of a double suite.
    var packet: PacketCipher
    /// What the payload passes first under a double suite.
    var inner: PacketCipher?
    /// Where header extensions are encrypted (RFC 6904): their keystream.
    var header: PacketCipher?

    /// The keys for SRTP packets.
    static func rtp(
        _ profile: borrowing PacketProfile, _ derivation: borrowing KeyDerivation, at quotient: UInt64
    ) throws(CryptoError) -> SessionKeys {
        let form = profile.rtp
        let packet = try cipher(
            form, profile.rtpSuite, derivation, at: quotient, .rtpEncryption, .rtpAuthentication, .rtpSalt)
        let header = try profile.headerEncryption == nil ? nil : headerCipher(profile, derivation, at: quotient)
        guard derivation.isDouble else { return SessionKeys(packet: packet, inner: nil, header: header) }
        let salt = try derivation.deriveInner(.rtpSalt, at: quotient, count: PacketForm.aeadSaltByteCount)
        let key = try derivation.deriveInner(.rtpEncryption, at: quotient, count: profile.rtpSuite.sessionKeyByteCount)
        let inner = try PacketCipher(
            kind: form.kind, encryptionKey: consume key, salt: salt, authenticationKey: nil)
        return SessionKeys(packet: packet, inner: inner, header: header)
    }

    /// The keys for SRTCP packets.
    static func rtcp(
        _ profile: borrowing PacketProfile, _ derivation: borrowing KeyDerivation, at quotient: UInt64
    ) throws(CryptoError) -> SessionKeys {
        let packet = try cipher(
            profile.rtcp, profile.rtcpSuite, derivation, at: quotient, .rtcpEncryption, .rtcpAuthentication, .rtcpSalt)
        return SessionKeys(packet: packet, inner: nil, header: nil)
    }

    private static func cipher(
        _ form: PacketForm, _ suite: SRTPSuite, _ derivation: borrowing KeyDerivation, at quotient: UInt64,
        _ encryption: KeyLabel, _ authentication: KeyLabel, _ salt: KeyLabel
    ) throws(CryptoError) -> PacketCipher {
        let salt = try derivation.derive(salt, at: quotient, count: suite.sessionSaltByteCount)
        guard !form.isAEAD else {
            let key = try derivation.derive(encryption, at: quotient, count: suite.sessionKeyByteCount)
            return try PacketCipher(kind: form.kind, encryptionKey: consume key, salt: salt, authenticationKey: nil)
        }
        let authenticationKey = try derivation.derive(
            authentication, at: quotient, count: suite.authenticationKeyByteCount)
        guard form.kind != .null else {
            return try PacketCipher(
                kind: .null, encryptionKey: nil, salt: salt, authenticationKey: consume authenticationKey)
        }
        let key = try derivation.derive(encryption, at: quotient, count: suite.sessionKeyByteCount)
        return try PacketCipher(
            kind: form.kind, encryptionKey: consume key, salt: salt, authenticationKey: consume authenticationKey)
    }

    /// The cipher for header extensions: that of the packets, and counter mode beside an authenticated cipher (RFC 6904
    /// section 3.2, RFC 7714 section 8.3). `nil` for the NULL cipher, whose keystream is zeros.
    private static func headerCipher(
        _ profile: borrowing PacketProfile, _ derivation: borrowing KeyDerivation, at quotient: UInt64
    ) throws(CryptoError) -> PacketCipher? {
        let kind: PacketCipher.Kind
        switch profile.rtp.kind {
        case .null: return nil
        case .aesCM, .aesGCM: kind = .aesCM
        case .ariaCTR, .ariaGCM: kind = .ariaCTR
        case .aesF8: kind = .aesF8
        }
        // 14 octets of salt for counter mode, also where the suite's own is shorter: RFC 7714 names AES-CM and leaves the
        // length open. libsrtp derives 12 and pads them.
        let isShort = profile.rtp.isAEAD && profile.headerEncryption?.style == .libsrtp
        let salt = try derivation.derive(
            .headerSalt, at: quotient, count: isShort ? PacketForm.aeadSaltByteCount : PacketForm.counterSaltByteCount)
        let key = try derivation.derive(.headerEncryption, at: quotient, count: profile.rtpSuite.sessionKeyByteCount)
        return try PacketCipher(kind: kind, encryptionKey: consume key, salt: salt, authenticationKey: nil)
    }
}
