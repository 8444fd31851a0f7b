// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SDP

/// How the keys of a description are agreed on.
public enum KeyManagementMethod: Hashable, Sendable {
    /// MIKEY in `a=key-mgmt` (RFC 4567).
    case mikey
    /// `a=crypto` (RFC 4568).
    case securityDescriptions
}

extension SessionDescription {
    /// By which method to answer an offer: the first that all its media with SRTP offer.
    ///
    /// It is chosen before anything is processed. Where that then fails, the session fails: there is no second try with the other
    /// method, or whoever can spoil a message would choose it. Keys of `a=crypto` are as secret as the description, so that it
    /// is only chosen on a protected channel (RFC 4568 section 8.3), whatever the preference.
    ///
    /// - Throws: ``KeyMgmtNegotiationError/noSecureMedia``; ``KeyMgmtNegotiationError/noKeyMgmt(media:)`` for a media that has keys
    ///   by neither; ``KeyMgmtNegotiationError/unprotectedChannel`` where there is only `a=crypto`, and no such channel;
    ///   ``KeyMgmtNegotiationError/notOneMethod`` where media have different ones.
    public func keyManagementMethod(
        preferring preference: [KeyManagementMethod] = [.mikey, .securityDescriptions], channel: KeyMgmtChannel,
        as use: KeyMgmtUse = .offer
    ) throws(KeyMgmtNegotiationError) -> KeyManagementMethod {
        let offered = try keyManagementMethods(use)
        if let method = preference.first(where: { offered.contains($0) && ($0 == .mikey || channel != .unprotected) }) {
            return method
        }
        throw offered.contains(.securityDescriptions) ? .unprotectedChannel : .notOneMethod
    }

    /// By which method an answer was made: it has one, and not both (RFC 4568 section 7.5).
    ///
    /// - Throws: ``KeyMgmtNegotiationError/notOneMethod``, and as ``keyManagementMethod(preferring:channel:as:)``.
    public func keyManagementMethodOfAnswer() throws(KeyMgmtNegotiationError) -> KeyManagementMethod {
        let methods = try keyManagementMethods(.offer)
        guard methods.count == 1, let method = methods.first else { throw .notOneMethod }
        return method
    }

    /// The methods that each of the media with SRTP has; media that were rejected do not count.
    private func keyManagementMethods(_ use: KeyMgmtUse) throws(KeyMgmtNegotiationError) -> Set<KeyManagementMethod> {
        var common: Set<KeyManagementMethod>?
        for (place, description) in media.enumerated() where description.isKeyedInDescription {
            guard use.counts(description) else { continue }
            var own: Set<KeyManagementMethod> = []
            let ids = keyMgmtLines(of: description).entries.compactMap(\.protocolID)
            if ids.contains(where: { $0.lowercased() == KeyMgmtData.mikey }) { own.insert(.mikey) }
            if !CryptoLines(of: description).isEmpty { own.insert(.securityDescriptions) }
            guard !own.isEmpty else { throw .noKeyMgmt(media: place) }
            common = common?.intersection(own) ?? own
        }
        guard let common else { throw .noSecureMedia }
        return common
    }
}
