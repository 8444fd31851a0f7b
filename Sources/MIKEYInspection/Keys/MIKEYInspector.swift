// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import MIKEY
package import RTP

/// Explains messages one after another; with a key it verifies their MACs and derives what they bring.
///
/// It remembers the bundles that messages began, so that updates and answers behind them can be verified. It reads, and takes part
/// in nothing: what would be refused as too old or as not protected by its channel is explained all the same.
package struct MIKEYInspector: Sendable {
    private let key: MIKEYKeyMaterial?
    private let isLenient: Bool
    private let showsSecrets: Bool
    private var responder: MIKEYResponder
    private var bundles: [UInt32: KnownBundle] = [:]

    /// How many bundles are remembered.
    private static let bundleLimit = 1024

    /// An inspector.
    ///
    /// - Parameters:
    ///   - key: The pre-shared key.
    ///   - isLenient: Whether what ``MIKEYDeviation`` names is lived with.
    ///   - showsSecrets: Whether parts hold the octets of keys.
    package init(key: MIKEYKeyMaterial? = nil, isLenient: Bool = false, showsSecrets: Bool = false) {
        self.key = key
        self.isLenient = isLenient
        self.showsSecrets = showsSecrets
        // Nothing is acted upon, so that nothing must be protected.
        let credential: MIKEYCredential =
            key.map { .preSharedKey($0, nullAlgorithms: .channelIsProtected) } ?? .protectedChannel(.channelIsProtected)
        let window = MIKEYTimestampWindow(pastSeconds: .max, futureSeconds: .max)
        var configuration = MIKEYResponderConfiguration(
            credential: credential, replay: .channel(.channelIsProtected, window: window))
        configuration.mode = .lenient
        configuration.limits.messageOctets = MIKEYMessage.octetLimit
        configuration.limits.bundles = Self.bundleLimit
        responder = MIKEYResponder(configuration)
    }

    /// Explains octets.
    ///
    /// - Parameter now: A time near that of the message, as T does not tell its era.
    package mutating func inspect(_ octets: [UInt8], now: WallClockTime) -> MIKEYInspection {
        var inspection = MIKEYInspection(octets, isLenient: isLenient, showsSecrets: showsSecrets)
        guard let message = inspection.message else { return inspection }
        let bundle = bundle(of: message)
        inspection.authenticity = authenticity(of: message, octets, bundle)
        // What anyone may have sent takes no bundle away.
        if let bundle, inspection.authenticity == .verified || bundles[bundle.csbID] == nil,
            bundles.count < Self.bundleLimit || bundles[bundle.csbID] != nil
        {
            bundles[bundle.csbID] = bundle
        }
        guard message.header.dataType == .preSharedKey, [.verified, .unprotected].contains(inspection.authenticity),
            key != nil || message.kemac?.encryption == .null
        else { return inspection }
        if let decrypted = bundle?.decrypt(message) {
            var builder = PartBuilder(at: 0, showsSecrets: showsSecrets)
            builder.chain(decrypted.payloads)
            inspection.decrypted = builder.parts
        }
        take(message, octets, now, &inspection)
        return inspection
    }

    /// Has a responder look at the message.
    private mutating func take(
        _ message: MIKEYMessage, _ octets: [UInt8], _ now: WallClockTime, _ inspection: inout MIKEYInspection
    ) {
        for action in responder.receive(octets, now: now) {
            switch action {
            case .established(let agreement): inspection.agreement = agreement
            case .refused(_, .repeated):
                inspection.notes.append("the same message came before")
                inspection.agreement = responder.agreement(
                    csbID: message.header.csbID, initiator: message.identities.first)
            case .refused(_, let reason): inspection.refusal = reason
            default: break
            }
        }
    }

    // MARK: Authenticity

    /// The bundle that a message begins or belongs to, as it is behind that message.
    private func bundle(of message: MIKEYMessage) -> KnownBundle? {
        let known = bundles[message.header.csbID]
        guard let key, !message.header.dataType.isResponse, let timestamp = message.timestamp else { return known }
        guard let rand = message.random ?? known?.rand else { return nil }
        return KnownBundle(
            csbID: message.header.csbID, prf: message.header.prf, rand: rand, key: key, timestamp: timestamp,
            initiator: message.identities.first ?? known?.initiator,
            responder: message.identities.dropFirst().first ?? known?.responder)
    }

    private func authenticity(
        of message: MIKEYMessage, _ octets: [UInt8], _ bundle: KnownBundle?
    ) -> MIKEYInspection.Authenticity {
        guard message.isAuthenticated else { return .unprotected }
        guard key != nil else { return .unknown("no key") }
        switch message.header.dataType {
        case .preSharedKey, .preSharedKeyVerification, .error: break
        default: return .unknown("\(message.header.dataType) is not verified here")
        }
        guard let bundle else { return .unknown("the message that began the bundle is not there") }
        guard bundle.timestamp == message.timestamp || !message.header.dataType.isResponse else { return .wrong }
        do throws(DerivationError) {
            try bundle.verify(message, octets)
            return .verified
        } catch .authenticationFailed {
            return .wrong
        } catch {
            return .unknown("\(error)")
        }
    }
}
