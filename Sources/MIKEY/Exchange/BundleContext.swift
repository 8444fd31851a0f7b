// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives

/// What a bundle has from its first message on, and what protects all its messages (RFC 3830 section 4.1.4).
///
/// The machines of both parties know the cryptography of a mode by this type alone.
struct BundleContext: Sendable {
    let csbID: UInt32
    let prf: MIKEYPRF
    /// RAND of the first message, which updates go on with (RFC 3830 section 4.5).
    let rand: [UInt8]
    let nullAlgorithms: MIKEYNullAlgorithmPermission?
    private let protection: MessageProtection

    init(_ credential: MIKEYCredential, csbID: UInt32, prf: MIKEYPRF, rand: [UInt8]) {
        self.csbID = csbID
        self.prf = prf
        self.rand = rand
        nullAlgorithms = credential.nullAlgorithms
        protection = MessageProtection(
            key: credential.messageKey, prf: prf, context: .bundle(csbID: csbID, rand: rand),
            nullAlgorithms: credential.nullAlgorithms)
    }

    // MARK: MAC

    /// The message with its MAC, which covers `rest` behind it.
    func seal(_ message: MIKEYMessage, followedBy rest: [UInt8] = []) throws(MIKEYExchangeError) -> MIKEYMessage {
        guard let algorithm = message.macAlgorithm, let range = message.layout.authenticator else { throw .unexpected }
        let octets = message.encoded
        let bytes = unsafe octets.span.bytes
        let mac: [UInt8]
        do throws(DerivationError) {
            mac = try protection.mac(of: bytes.extracting(first: range.lowerBound), followedBy: rest, with: algorithm)
        } catch {
            throw MIKEYExchangeError(error)
        }
        do throws(MIKEYError) { return try message.authenticated(by: mac) } catch { throw .message(error) }
    }

    /// Verifies the MAC of a message that was read from `octets`.
    func verify(
        _ message: MIKEYMessage, _ octets: [UInt8], followedBy rest: [UInt8] = []
    ) throws(DerivationError) {
        guard let algorithm = message.macAlgorithm, let range = message.layout.authenticator else {
            throw .authenticationFailed
        }
        let bytes = unsafe octets.span.bytes
        try protection.verify(
            bytes.extracting(range), of: bytes.extracting(first: range.lowerBound), followedBy: rest, with: algorithm)
    }

    // MARK: Key data

    /// KEMAC with these keys, and zeros for the MAC.
    func kemac(
        _ keys: [MIKEYPayload.KeyData], _ encryption: MIKEYEncryptionAlgorithm, _ mac: MIKEYMACAlgorithm,
        timestamp: MIKEYTimestamp, mode: MIKEYParsingMode
    ) throws(MIKEYExchangeError) -> MIKEYPayload.KEMAC {
        let chain = MIKEYKeyDataChain(keys: keys)
        guard encryption != .null || nullAlgorithms != nil else { throw .nullNotPermitted }
        let octets = chain.encoded
        do throws(MIKEYError) {
            guard encryption != .null else { return try MIKEYPayload.KEMAC(clear: chain, mac: mac) }
            // Nobody else looks at what is encrypted.
            _ = try octets.withBytes { (octets: RawSpan) throws(MIKEYError) in
                try MIKEYKeyDataChain(parsing: octets, in: .preSharedKey, mode: mode)
            }
        } catch {
            throw .message(error)
        }
        let encrypted: [UInt8]
        do throws(DerivationError) {
            encrypted = try octets.withBytes { (octets: RawSpan) throws(DerivationError) in
                try protection.encrypt(octets, with: encryption, csbID: csbID, timestamp: timestamp)
            }
        } catch {
            throw MIKEYExchangeError(error)
        }
        do throws(MIKEYError) {
            return try MIKEYPayload.KEMAC(encryption, encrypted: encrypted, mac: mac)
        } catch {
            throw .message(error)
        }
    }

    /// The keys in KEMAC of an authentic message.
    func keyData(
        _ kemac: MIKEYPayload.KEMAC, timestamp: MIKEYTimestamp, mode: MIKEYParsingMode
    ) throws(MIKEYExchangeError) -> MIKEYKeyDataChain {
        switch kemac.content {
        case .clear(let chain):
            guard nullAlgorithms != nil else { throw .nullNotPermitted }
            return chain
        case .encrypted(let encrypted):
            let octets: SecretBytes
            do throws(DerivationError) {
                let bytes = unsafe encrypted.span.bytes
                octets = try protection.decrypt(
                    bytes, with: kemac.encryption, csbID: csbID, timestamp: timestamp)
            } catch {
                throw MIKEYExchangeError(error)
            }
            do throws(MIKEYError) {
                return try octets.withBytes { (octets: RawSpan) throws(MIKEYError) in
                    try MIKEYKeyDataChain(parsing: octets, in: .preSharedKey, mode: mode)
                }
            } catch {
                throw .message(error)
            }
        }
    }
}

extension MIKEYMessage {
    /// The algorithm of the MAC at its end; `nil` where none is there.
    var macAlgorithm: MIKEYMACAlgorithm? {
        switch payloads.last {
        case .kemac(let kemac): kemac.macAlgorithm
        case .verification(let verification): verification.algorithm
        default: nil
        }
    }
}
