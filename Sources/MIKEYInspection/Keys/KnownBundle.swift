// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import MIKEY

/// What the messages of a bundle are protected with.
struct KnownBundle: Sendable {
    let csbID: UInt32
    let prf: MIKEYPRF
    let rand: [UInt8]
    let key: MIKEYKeyMaterial
    /// T of the initiator's last message.
    let timestamp: MIKEYTimestamp
    let initiator: MIKEYIdentity?
    let responder: MIKEYIdentity?

    private var protection: MessageProtection {
        MessageProtection(
            key: key, prf: prf, context: .bundle(csbID: csbID, rand: rand), nullAlgorithms: .channelIsProtected)
    }

    /// Verifies the MAC at the end of a message (RFC 3830 section 5.2).
    func verify(_ message: MIKEYMessage, _ octets: [UInt8]) throws(DerivationError) {
        guard let range = message.layout.authenticator, let algorithm = message.macAlgorithm else {
            throw .authenticationFailed
        }
        var rest: [UInt8] = []
        if message.header.dataType.isResponse {
            rest = MessageProtection.verificationOctets(
                initiator: initiator, responder: message.identities.first ?? responder, timestamp: timestamp)
        }
        let bytes = unsafe octets.span.bytes
        try protection.verify(
            bytes.extracting(range), of: bytes.extracting(first: range.lowerBound), followedBy: rest, with: algorithm)
    }

    /// The key data of a message whose MAC was verified or is NULL; `nil` where they are not encrypted, or are none.
    func decrypt(_ message: MIKEYMessage) -> MIKEYKeyDataChain? {
        guard let kemac = message.kemac, case .encrypted(let octets) = kemac.content, !octets.isEmpty,
            let timestamp = message.timestamp
        else { return nil }
        let bytes = unsafe octets.span.bytes
        do throws(DerivationError) {
            let clear = try protection.decrypt(bytes, with: kemac.encryption, csbID: csbID, timestamp: timestamp)
            return clear.withBytes { (octets: RawSpan) in
                try? MIKEYKeyDataChain(parsing: octets, in: message.header.dataType, mode: .lenient)
            }
        } catch {
            return nil
        }
    }
}

extension MIKEYMessage {
    /// The algorithm of the MAC at its end.
    fileprivate var macAlgorithm: MIKEYMACAlgorithm? {
        switch payloads.last {
        case .kemac(let kemac): kemac.macAlgorithm
        case .verification(let verification): verification.algorithm
        default: nil
        }
    }
}
