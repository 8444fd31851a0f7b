// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// The label that tells the keys derived from one master key apart (RFC 3711 sections 4.3.1 and 4.3.2).
enum KeyLabel: UInt8 {
    case rtpEncryption = 0
    case rtpAuthentication = 1
    case rtpSalt = 2
    case rtcpEncryption = 3
    case rtcpAuthentication = 4
    case rtcpSalt = 5
}

/// The ciphers made ready from one master key at one quotient of packet index and key derivation rate.
struct SessionKeys: ~Copyable, Sendable {
    var rtp: PacketCipher
    var rtcp: PacketCipher

    init(masterKey: borrowing SRTPMasterKey) throws(SRTPError) {
        let suite = masterKey.suite
        guard suite.isUsable else { throw .suiteNotBuilt(suite.name) }
        do throws(CryptoError) {
            let derivation = try masterKey.derivation()
            let rtp = try Self.cipher(suite, derivation, .rtpEncryption, .rtpAuthentication, .rtpSalt)
            let rtcp = try Self.cipher(suite, derivation, .rtcpEncryption, .rtcpAuthentication, .rtcpSalt)
            self.rtp = rtp
            self.rtcp = rtcp
        } catch {
            throw .engineFailed
        }
    }

    private static func cipher(
        _ suite: SRTPSuite, _ derivation: borrowing AESCMKeyDerivation, _ encryption: KeyLabel,
        _ authentication: KeyLabel, _ salt: KeyLabel
    ) throws(CryptoError) -> PacketCipher {
        let salt = try derivation.derive(label: salt.rawValue, count: suite.masterSaltByteCount)
        let authenticationKey = try derivation.derive(
            label: authentication.rawValue, count: suite.authenticationKeyByteCount)
        guard suite.sessionKeyByteCount > 0 else {
            return try PacketCipher(encryptionKey: nil, salt: salt, authenticationKey: authenticationKey)
        }
        let key = try derivation.derive(label: encryption.rawValue, count: suite.sessionKeyByteCount)
        return try PacketCipher(encryptionKey: consume key, salt: salt, authenticationKey: authenticationKey)
    }
}
