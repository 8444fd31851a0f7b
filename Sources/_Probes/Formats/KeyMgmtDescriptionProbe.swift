// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import KeyManagement
internal import MIKEY
internal import RTP
internal import SDP

/// Answers the `a=key-mgmt` lines of a description: as an offer, as that of an RTSP server, and as an announcement.
enum KeyMgmtDescriptionProbe {
    static func run(_ offer: SessionDescription) throws(ProbeFinding) {
        _ = try? offer.keyManagementMethodsOfAnswer()
        for use in [KeyMgmtUse.offer, .rtsp, .announcement] {
            _ = try? offer.keyManagementMethods(channel: .protected, as: use)
            try answer(offer, as: use)
        }
    }

    private static func answer(_ offer: SessionDescription, as use: KeyMgmtUse) throws(ProbeFinding) {
        guard let now = try? WallClockTime(seconds: 1_800_000_000),
            var answerer = KeyMgmtProbe.answerer(KeyMgmtPolicy(preset: .widestAccepted, channel: .protected))
        else { return }
        var unlisted: [Int: MIKEYUnlistedMedia] = [:]
        for place in offer.media.indices { unlisted[place] = MIKEYUnlistedMedia(place: place, as: .responder) }
        let answer: KeyMgmtAnswerer.DescriptionAnswer
        do throws(KeyMgmtRejection) {
            answer = try answerer.answer(to: offer, as: use, unlisted: unlisted, now: now)
        } catch {
            _ = "\(error.reason)"
            try require(answerer.bundleCount == 0, "a refused description leaves a bundle")
            return
        }
        for (place, negotiated) in answer.media {
            try require(offer.media.indices.contains(place), "keys for a media that is not there")
            let transport = offer.media[place].media.transport
            try require(transport == .rtpSAVP || transport == .rtpSAVPF, "keys for a media without SRTP")
            try KeyMgmtProbe.makeContexts(of: negotiated)
        }
        var written = offer
        answer.write(into: &written)
        for (level, line) in answer.lines {
            let lines = written.keyMgmtLines(at: level)
            try require(
                lines.entries.count == 1 && (try? lines.mikey())?.data == line.data, "the line of an answer is not read"
            )
        }
    }
}
