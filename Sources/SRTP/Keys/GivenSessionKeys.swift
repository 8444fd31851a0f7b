// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// Session keys that no master key of ours has derived, for those who check published vectors that begin at them.
///
/// SRTP and SRTCP packets get the same keys. An index can be used a second time by a second context: nothing but a check of
/// vectors may ask for this.
package struct GivenSessionKeys: Sendable {
    /// The key of the cipher; empty for the NULL cipher.
    package var encryption: [UInt8] = []
    package var salt: [UInt8] = []
    /// The key of HMAC-SHA1; not used with an authenticated cipher.
    package var authentication = [UInt8](repeating: 0, count: 20)
    /// Key and salt for elements of header extensions (RFC 6904), which are encrypted in counter mode or, under f8, by that.
    package var header: (key: [UInt8], salt: [UInt8])?

    package init() {}

    /// Ciphers under these keys, as `form` has them.
    fileprivate func makeKeys(_ form: PacketForm, isARIA: Bool) throws(CryptoError) -> SessionKeys {
        let packet = try cipher(form.kind, encryption, salt)
        guard let header else { return SessionKeys(packet: packet, inner: nil, header: nil) }
        let kind: PacketCipher.Kind = form.kind == .aesF8 ? .aesF8 : isARIA ? .ariaCTR : .aesCM
        let headerCipher = try cipher(kind, header.key, header.salt)
        return SessionKeys(packet: packet, inner: nil, header: consume headerCipher)
    }

    private func cipher(_ kind: PacketCipher.Kind, _ key: [UInt8], _ salt: [UInt8]) throws(CryptoError) -> PacketCipher
    {
        let key = kind == .null ? nil : unsafe SecretBytes(copying: key.span.bytes)
        let authenticationKey = kind.isAEAD ? nil : unsafe SecretBytes(copying: authentication.span.bytes)
        return try PacketCipher(
            kind: kind, encryptionKey: key, salt: unsafe SecretBytes(copying: salt.span.bytes),
            authenticationKey: authenticationKey)
    }
}

extension SRTPSender {
    /// A sender under given session keys.
    package static func make(
        suite: SRTPSuite, sessionKeys: GivenSessionKeys, configuration: SRTPConfiguration
    ) throws(SRTPError) -> SRTPSender {
        var sender = try SRTPSender(masterKey: .random(for: suite), configuration: configuration)
        try sender.context.use(sessionKeys)
        return sender
    }
}

extension SRTPReceiver {
    /// A receiver under given session keys.
    package static func make(
        suite: SRTPSuite, sessionKeys: GivenSessionKeys, configuration: SRTPConfiguration
    ) throws(SRTPError) -> SRTPReceiver {
        var receiver = try SRTPReceiver(masterKey: .random(for: suite), configuration: configuration)
        try receiver.context.use(sessionKeys)
        return receiver
    }
}

extension SRTPContext {
    /// Puts session keys in place of those that the context's one master key derived.
    fileprivate mutating func use(_ given: GivenSessionKeys) throws(SRTPError) {
        guard profile.rtpSuite.cipher != .doubleAESGCM else {
            throw .incompatibleOptions("a double suite and one session key")
        }
        let isARIA = profile.rtpSuite.cipher.isARIA
        do throws(CryptoError) {
            keys[0].rtp = SessionCache(try given.makeKeys(profile.rtp, isARIA: isARIA))
            keys[0].rtcp = SessionCache(try given.makeKeys(profile.rtcp, isARIA: isARIA))
        } catch {
            throw .engineFailed
        }
    }
}
