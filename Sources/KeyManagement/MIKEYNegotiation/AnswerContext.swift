// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import MIKEY
internal import RTP
internal import Synchronization

/// The media that an offer is about, as far as it is not the offer that tells.
struct AnsweredMedia {
    let count: Int
    /// The SSRCs that this side sends with, by the place of the media.
    let ssrcs: [Int: SSRC]
    let unlisted: [MIKEYUnlistedMedia]

    func negotiated(
        _ agreement: MIKEYAgreement, _ policy: KeyMgmtPolicy
    ) throws(KeyMgmtNegotiationError) -> [NegotiatedMIKEY] {
        try NegotiatedMIKEY.agreements(
            agreement, role: .responder, mediaCount: count, preset: policy.preset, unlisted: unlisted)
    }
}

/// What the decision about an offer depends on beside the offer.
final class AnswerContext: Sendable {
    private struct State {
        var media = AnsweredMedia(count: 0, ssrcs: [:], unlisted: [])
        var refusal: KeyMgmtNegotiationError?
    }

    private let policy: KeyMgmtPolicy
    private let state = Mutex(State())

    init(_ policy: KeyMgmtPolicy) { self.policy = policy }

    func begin(_ media: AnsweredMedia) { state.withLock { $0 = State(media: media) } }

    /// Why the last offer was not accepted here.
    var refusal: KeyMgmtNegotiationError? { state.withLock { $0.refusal } }

    func decide(_ agreement: MIKEYAgreement, then decide: (MIKEYAgreement) -> MIKEYDecision) -> MIKEYDecision {
        let media = state.withLock { $0.media }
        do throws(KeyMgmtNegotiationError) {
            let negotiated = try media.negotiated(agreement, policy)
            for stream in negotiated.flatMap({ $0.sending + $0.receiving }) { try policy.check(stream.policy) }
            let chosen = try chooseSSRCs(for: agreement, mediaCount: media.count, media.ssrcs)
            switch decide(agreement) {
            case .accept(let own): return .accept(ssrcs: chosen.merging(own) { $1 })
            case .refuse(let number, let supported): return .refuse(number, supported: supported)
            }
        } catch {
            state.withLock { $0.refusal = error }
            return .refuse(error.errorNumber, supported: error.errorNumber == .invalidSPpar ? policy.supported : [])
        }
    }

    /// The SSRCs of what this side sends, which the offer leaves open.
    private func chooseSSRCs(
        for agreement: MIKEYAgreement, mediaCount: Int, _ own: [Int: SSRC]
    ) throws(KeyMgmtNegotiationError) -> [UInt8: SSRC] {
        let sessions = agreement.sessions
        guard policy.preset.layout == .twoForEachMedia, sessions.count == 2 * mediaCount else { return [:] }
        var taken = Set(sessions.compactMap(\.ssrc)).union(own.values)
        var chosen: [UInt8: SSRC] = [:]
        for media in 0..<mediaCount {
            let session = sessions[2 * media + 1]
            guard session.ssrc == nil else { continue }
            if let ssrc = own[media] {
                chosen[session.id] = ssrc
            } else {
                chosen[session.id] = try Self.draw(avoiding: &taken)
            }
        }
        return chosen
    }

    /// A random SSRC other than 0 and those that are taken (RFC 3550 section 8.1).
    private static func draw(avoiding taken: inout Set<SSRC>) throws(KeyMgmtNegotiationError) -> SSRC {
        while true {
            do throws(CryptoError) {
                let ssrc = SSRC(UInt32(truncatingIfNeeded: try SecureRandom.number()))
                if ssrc != SSRC(0), taken.insert(ssrc).inserted { return ssrc }
            } catch {
                throw .refused(.unspecified, .engineFailed)
            }
        }
    }
}
