// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import CryptoPrimitives
internal import WireBytes

/// Protects and opens messages with what is derived from a pre-shared key, an envelope key or an MPK (RFC 3830 sections 4.1.4,
/// 4.2.3 and 4.2.4, RFC 6043 section 6.2).
///
/// Holds the key, and derives from it anew with each call: a message is protected once.
package struct MessageProtection: Sendable {
    private let key: MIKEYKeyMaterial
    private let prf: MIKEYPRF
    private let context: MessageKeyContext
    private let nullAlgorithms: MIKEYNullAlgorithmPermission?

    /// Protection by what is derived from `key`.
    ///
    /// - Parameter nullAlgorithms: Without it, NULL encryption and NULL MACs are refused both ways.
    package init(
        key: MIKEYKeyMaterial, prf: MIKEYPRF, context: MessageKeyContext,
        nullAlgorithms: MIKEYNullAlgorithmPermission? = nil
    ) {
        self.key = key
        self.prf = prf
        self.context = context
        self.nullAlgorithms = nullAlgorithms
    }

    /// One of the keys.
    package func derive(_ which: MessageKey, byteCount: Int) throws(DerivationError) -> SecretBytes {
        try prf.derive(from: key, label: context.label(which), byteCount: byteCount)
    }

    private func checkNullIsPermitted() throws(DerivationError) {
        guard nullAlgorithms != nil else { throw .nullNotPermitted }
    }
}

// MARK: Key data

extension MessageProtection {
    /// What encrypts key data.
    private enum Cipher {
        case null
        case counterMode(keyByteCount: Int)
        case keyWrap

        init(_ algorithm: MIKEYEncryptionAlgorithm) throws(DerivationError) {
            switch algorithm {
            case .null: self = .null
            case .aesCM128: self = .counterMode(keyByteCount: 16)
            case .aesKW128: self = .keyWrap
            case .aesCM256: self = .counterMode(keyByteCount: 32)
            default: throw .unsupportedEncryption(algorithm)
            }
        }
    }

    /// What KEMAC carries of `keyData`, the chain of key data payloads. No octets stay none, whatever the algorithm.
    ///
    /// - Parameters:
    ///   - csbID: The CSB ID of the message.
    ///   - timestamp: The T of the message. Under one key and RAND, each is used for one message only.
    /// - Throws: ``DerivationError/notWrappable(byteCount:)`` where AES key wrap cannot take `keyData`.
    package func encrypt(
        _ keyData: RawSpan, with algorithm: MIKEYEncryptionAlgorithm, csbID: UInt32, timestamp: MIKEYTimestamp
    ) throws(DerivationError) -> [UInt8] {
        let cipher = try Cipher(algorithm)
        guard !keyData.isEmpty else { return [] }
        switch cipher {
        case .null:
            try checkNullIsPermitted()
            return [UInt8](copying: keyData)
        case .counterMode(let keyByteCount):
            return try counterMode(keyData, keyByteCount: keyByteCount, csbID: csbID, timestamp: timestamp)
                .withBytes { [UInt8](copying: $0) }
        case .keyWrap:
            guard keyData.byteCount >= 16, keyData.byteCount.isMultiple(of: 8) else {
                throw .notWrappable(byteCount: keyData.byteCount)
            }
            let wrappingKey = try derive(.encryptionKey, byteCount: 16)
            let initialValue = try initialValue()
            do throws(CryptoError) {
                return try AESKeyWrap.wrap(
                    SecretBytes(copying: keyData), with: wrappingKey, initialValue: initialValue)
            } catch {
                throw DerivationError(error)
            }
        }
    }

    /// The chain of key data payloads in what KEMAC carries.
    ///
    /// - Throws: ``DerivationError/authenticationFailed`` where AES key wrap finds that it is not what was wrapped. Other
    ///   algorithms notice nothing: the MAC is to be verified first.
    package func decrypt(
        _ encrypted: RawSpan, with algorithm: MIKEYEncryptionAlgorithm, csbID: UInt32, timestamp: MIKEYTimestamp
    ) throws(DerivationError) -> SecretBytes {
        let cipher = try Cipher(algorithm)
        guard !encrypted.isEmpty else { return SecretBytes(copying: encrypted) }
        switch cipher {
        case .null:
            try checkNullIsPermitted()
            return SecretBytes(copying: encrypted)
        case .counterMode(let keyByteCount):
            return try counterMode(encrypted, keyByteCount: keyByteCount, csbID: csbID, timestamp: timestamp)
        case .keyWrap:
            guard encrypted.byteCount >= 24, encrypted.byteCount.isMultiple(of: 8) else { throw .authenticationFailed }
            let wrappingKey = try derive(.encryptionKey, byteCount: 16)
            let initialValue = try initialValue()
            do throws(CryptoError) {
                return try AESKeyWrap.unwrap(encrypted, with: wrappingKey, initialValue: initialValue)
            } catch {
                throw DerivationError(error)
            }
        }
    }

    /// The initial value of AES key wrap: a salt of 64 bits.
    private func initialValue() throws(DerivationError) -> UInt64 {
        let salt = try derive(.salt, byteCount: 8)
        return CounterBlock(bigEndian: SecretBytes(paddingOnTheRight: salt, to: 16)).high
    }

    /// Encrypts or decrypts, which is the same. What is not finished is wiped.
    private func counterMode(
        _ octets: RawSpan, keyByteCount: Int, csbID: UInt32, timestamp: MIKEYTimestamp
    ) throws(DerivationError) -> SecretBytes {
        let key = try derive(.encryptionKey, byteCount: keyByteCount)
        let iv = try counterModeIV(csbID: csbID, timestamp: timestamp)
        do throws(CryptoError) {
            return try SecretBytes.make(count: octets.byteCount) { (bytes: inout MutableRawSpan) throws(CryptoError) in
                bytes.copy(octets, upTo: octets.byteCount)
                try CounterMode(key: key, longRuns: false).apply(iv: iv, to: &bytes)
            }
        } catch {
            throw DerivationError(error)
        }
    }

    /// IV = (S XOR (0x0000 || CSB ID || T)) || 0x0000, S being a salt of 112 bits.
    func counterModeIV(csbID: UInt32, timestamp: MIKEYTimestamp) throws(DerivationError) -> CounterBlock {
        let salt = try derive(.salt, byteCount: 14)
        let t = timestamp.value64
        return CounterBlock(bigEndian: SecretBytes(paddingOnTheRight: salt, to: 16))
            ^ CounterBlock(high: UInt64(csbID) << 16 | t >> 48, low: t << 16)
    }
}

// MARK: MAC

extension MessageProtection {
    /// The MAC of `message` with `rest` behind it; no octets for the NULL MAC.
    ///
    /// In KEMAC of a pre-shared key message that is the message up to its MAC (RFC 3830 sections 5.2 and 6.2). In V it is
    /// the message up to its MAC, and `rest` is what ``verificationOctets(initiator:responder:timestamp:)`` gives.
    package func mac(
        of message: RawSpan, followedBy rest: [UInt8] = [], with algorithm: MIKEYMACAlgorithm
    ) throws(DerivationError) -> [UInt8] {
        let digest: HMAC.Digest
        switch algorithm {
        case .null:
            try checkNullIsPermitted()
            return []
        case .hmacSHA1: digest = .sha1
        case .hmacSHA256: digest = .sha256
        }
        // The key is as long as the MAC (RFC 3830 section 4.2.4, RFC 6043 section 6.2).
        let macKey = try derive(.authenticationKey, byteCount: algorithm.byteCount)
        do throws(CryptoError) {
            var hmac = try macKey.withBytes { (key: RawSpan) throws(CryptoError) in try HMAC(digest, key: key) }
            try hmac.update(message)
            try unsafe hmac.update(rest.span.bytes)
            return try hmac.finish().withBytes { [UInt8](copying: $0) }
        } catch {
            throw DerivationError(error)
        }
    }

    /// Compares `mac` with the MAC of `message` with `rest` behind it, in a time that does not tell where they differ.
    ///
    /// - Throws: ``DerivationError/authenticationFailed`` where they do.
    package func verify(
        _ mac: RawSpan, of message: RawSpan, followedBy rest: [UInt8] = [], with algorithm: MIKEYMACAlgorithm
    ) throws(DerivationError) {
        let expected = try self.mac(of: message, followedBy: rest, with: algorithm)
        guard unsafe ConstantTime.areEqual(mac, expected.span.bytes) else { throw .authenticationFailed }
    }

    /// Identity_i || Identity_r || Timestamp, which the MAC in V covers behind the message (RFC 3830 section 5.2): the data of
    /// the ID payloads as carried, in whichever message, nothing for one that was not, and the TS value as carried.
    package static func verificationOctets(
        initiator: MIKEYIdentity?, responder: MIKEYIdentity?, timestamp: MIKEYTimestamp
    ) -> [UInt8] {
        (initiator?.octets ?? []) + (responder?.octets ?? []) + timestamp.octets
    }
}
