// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SDP

/// How the keys of a media are agreed on.
public enum KeyManagementMethod: Hashable, Sendable {
    /// MIKEY in `a=key-mgmt` (RFC 4567).
    case mikey
    /// `a=crypto` (RFC 4568).
    case securityDescriptions
}

extension SessionDescription {
    /// By which method to answer each media with SRTP of an offer, by its place: the first that is preferred and offered for it.
    ///
    /// Media that one line of the session's is about are answered by one method, as its message has keys for all of them; media with
    /// lines of their own, and such as have `a=crypto` alone, each by their own. All of it is one session: where MIKEY fails
    /// for one media, the session does (RFC 4567 section 4.1.2).
    ///
    /// It is chosen before anything is processed. Where that then fails, there is no second try with the other method, or whoever
    /// can spoil a message would choose it. Keys of `a=crypto` are as secret as the description, so that it is only chosen on a
    /// protected channel (RFC 4568 section 8.3), whatever the preference.
    ///
    /// - Throws: ``KeyMgmtNegotiationError/noSecureMedia``; ``KeyMgmtNegotiationError/noKeyMgmt(media:)`` for a media that has keys
    ///   by no method that is preferred; ``KeyMgmtNegotiationError/unprotectedChannel`` where there is only `a=crypto`, and no such
    ///   channel.
    public func keyManagementMethods(
        preferring preference: [KeyManagementMethod] = [.mikey, .securityDescriptions], channel: KeyMgmtChannel,
        as use: KeyMgmtUse = .offer
    ) throws(KeyMgmtNegotiationError) -> [Int: KeyManagementMethod] {
        let offered = try offeredMethods(use)
        // What the session's line has keys for has one method.
        let grouped = offered.filter { $0.value.isOfSession }
        let common = grouped.values.reduce(into: Set(preference)) { $0.formIntersection($1.methods) }
        var chosen: [Int: KeyManagementMethod] = [:]
        for (place, media) in offered.sorted(by: { $0.key < $1.key }) {
            let methods = media.isOfSession ? common : media.methods
            guard let best = preference.first(where: { methods.contains($0) && $0.isUsable(on: channel) }) else {
                throw preference.contains(where: methods.contains) ? .unprotectedChannel : .noKeyMgmt(media: place)
            }
            chosen[place] = best
        }
        return chosen
    }

    /// By which method each media with SRTP of an answer is keyed, by its place: one, and not both (RFC 4568 section 7.5).
    ///
    /// - Throws: ``KeyMgmtNegotiationError/notOneMethod(media:)``, ``KeyMgmtNegotiationError/noKeyMgmt(media:)`` and
    ///   ``KeyMgmtNegotiationError/noSecureMedia``.
    public func keyManagementMethodsOfAnswer() throws(KeyMgmtNegotiationError) -> [Int: KeyManagementMethod] {
        var found: [Int: KeyManagementMethod] = [:]
        for (place, media) in try offeredMethods(.offer).sorted(by: { $0.key < $1.key }) {
            guard media.methods.count == 1, let method = media.methods.first else {
                throw .notOneMethod(media: place)
            }
            found[place] = method
        }
        return found
    }

    /// The methods that each of the media with SRTP has, by its place; media that were rejected do not count.
    private func offeredMethods(_ use: KeyMgmtUse) throws(KeyMgmtNegotiationError) -> [Int: OfferedMethods] {
        let sessionLines = KeyMgmtLines(of: self)
        var offered: [Int: OfferedMethods] = [:]
        for (place, description) in media.enumerated() where description.isKeyedInDescription && use.counts(description)
        {
            let own = KeyMgmtLines(of: description)
            let lines = own.isEmpty ? sessionLines : own
            var methods: Set<KeyManagementMethod> = []
            if lines.namesMIKEY { methods.insert(.mikey) }
            if !CryptoLines(of: description).isEmpty { methods.insert(.securityDescriptions) }
            guard !methods.isEmpty else { throw .noKeyMgmt(media: place) }
            offered[place] = OfferedMethods(
                methods: methods, isOfSession: own.isEmpty && methods.contains(.mikey))
        }
        guard !offered.isEmpty else { throw .noSecureMedia }
        return offered
    }
}

/// What a media of an offer can be keyed by.
private struct OfferedMethods {
    let methods: Set<KeyManagementMethod>
    /// Whether MIKEY's line is the session's.
    let isOfSession: Bool
}

extension KeyManagementMethod {
    fileprivate func isUsable(on channel: KeyMgmtChannel) -> Bool { self == .mikey || channel != .unprotected }
}
