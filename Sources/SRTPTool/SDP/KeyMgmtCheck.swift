// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import MIKEYInspection
import RTP
import SDP

/// What an offer and its answer agree on by MIKEY, as the offerer finds it.
struct KeyMgmtCheck {
    /// What is agreed on for each media stream, counted from 1.
    private(set) var agreed: [Int: NegotiatedMIKEY] = [:]
    /// What is wrong.
    private(set) var problems: [String] = []
    /// What could not be verified.
    private(set) var notes: [String] = []

    private let offer: SessionDescription
    private let answer: SessionDescription
    private let preset: MIKEYPreset
    private let isLenient: Bool

    /// Looks at two descriptions with the same number of media.
    init(
        _ offer: SessionDescription, _ answer: SessionDescription, key: MIKEYKeyMaterial?, preset: MIKEYPreset,
        isLenient: Bool, now: WallClockTime
    ) {
        self.offer = offer
        self.answer = answer
        self.preset = preset
        self.isLenient = isLenient
        var inspector = MIKEYInspector(key: key, isLenient: isLenient)
        for (level, places) in scopes {
            let names = places.map { "\($0 + 1)" }.joined(separator: ", ")
            do {
                try check(level, places, "stream \(names)", &inspector, now)
            } catch {
                problems.append("stream \(names): \(error)")
            }
        }
    }

    /// The levels with lines, and the media that they are about: not those that were rejected, or are keyed by `a=crypto` instead.
    private var scopes: [(KeyMgmtLevel, [Int])] {
        var scopes: [(KeyMgmtLevel, [Int])] = []
        var session: [Int] = []
        for (place, media) in offer.media.enumerated() {
            let answered = answer.media[place]
            guard media.media.transport.isSecure, answered.media.port != 0,
                !offer.keyMgmtLines(of: media).isEmpty,
                CryptoLines(of: answered).isEmpty || !answer.keyMgmtLines(of: answered).isEmpty
            else { continue }
            if KeyMgmtLines(of: media).isEmpty {
                session.append(place)
            } else {
                scopes.append((.media(place), [place]))
            }
        }
        return session.isEmpty ? scopes : [(.session, session)] + scopes
    }

    private mutating func check(
        _ level: KeyMgmtLevel, _ places: [Int], _ name: String, _ inspector: inout MIKEYInspector, _ now: WallClockTime
    ) throws {
        if let both = places.first(where: { !CryptoLines(of: answer.media[$0]).isEmpty }) {
            throw KeyMgmtNegotiationError.notOneMethod(media: both)
        }
        guard let offered = try offer.keyMgmtLines(at: level, isLenient: isLenient).mikey() else { return }
        let first = inspector.inspect(octets(of: offered.data), now: now)
        let answered = try answer.keyMgmtLines(at: level, isLenient: isLenient).mikey()
        if answered == nil, first.message?.header.expectsResponse == true {
            throw KeyMgmtNegotiationError.noVerification
        }
        let second = answered.map { inspector.inspect(octets(of: $0.data), now: now) }
        for inspection in [first, second].compactMap(\.self) {
            switch inspection.authenticity {
            case .verified: break
            case .unprotected where !(first.message?.isAuthenticated ?? true): break
            case .unknown(let reason): return notes.append("\(name): MIKEY, not verified: \(reason)")
            case .wrong, .unprotected:
                return problems.append("\(name): the MAC is not that of the key (RFC 3830 section 5.2)")
            }
        }
        if let errors = second?.message?.errors, !errors.isEmpty {
            throw KeyMgmtNegotiationError.reported(errors, isAuthenticated: true)
        }
        if let refusal = first.refusal { throw refusal }
        guard let agreement = first.agreement else { return }
        let negotiated = try NegotiatedMIKEY.agreements(
            agreement, role: .initiator, mediaCount: places.count, preset: preset)
        for (place, media) in zip(places, negotiated) { agreed[place + 1] = media }
    }

    private func octets(of data: KeyMgmtData) -> [UInt8] {
        data.withBytes { bytes in bytes.withUnsafeBytes { [UInt8]($0) } }
    }
}
