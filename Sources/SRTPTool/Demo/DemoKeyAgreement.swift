// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
import RTP
import SDP
import SRTP

/// The speaker's side of agreeing on keys: it offers them, and new ones later (RFC 4567 section 4.1).
struct DemoOfferer {
    private var offerer: KeyMgmtOfferer
    private let media: DemoMedia
    private let ports: [UInt16]
    private let policy: SRTPPolicy
    private var version = 0

    init(_ media: DemoMedia, ports: [UInt16], suite: SRTPSuite, preSharedKey: MIKEYKeyMaterial) throws {
        self.media = media
        self.ports = ports
        policy = SRTPPolicy(suite)
        var configuration = MIKEYPreset.rfc3830.initiator(.preSharedKey(preSharedKey))
        configuration.identity = try DemoIdentity.speaker
        configuration.peer = try DemoIdentity.listener
        offerer = try KeyMgmtOfferer(configuration)
    }

    /// The offer that begins the call.
    mutating func offer() throws -> String {
        var description = nextDescription()
        let offers = media.all.map { MIKEYMediaOffer(policy, ssrc: $0.ssrc) }
        _ = try offerer.offer(in: &description, offers, now: .now())
        return String(decoding: try description.encoded(), as: UTF8.self)
    }

    /// An offer of new keys: an update of the bundle.
    ///
    /// - Parameter rolloverCounters: Those of the streams now.
    mutating func offerNewKeys(rolloverCounters: [SSRC: UInt32]) throws -> String {
        var description = nextDescription()
        let update = try offerer.rekey(rolloverCounters: rolloverCounters, now: .now())
        description.setKeyMgmt([KeyMgmtAttribute(update.data)])
        return String(decoding: try description.encoded(), as: UTF8.self)
    }

    /// What is agreed on for each medium.
    mutating func accept(_ answer: String) throws -> [NegotiatedMIKEY] {
        do {
            return try offerer.accept(answer: SessionDescription(parsing: answer, isStrict: true), now: .now())
        } catch let error as KeyMgmtNegotiationError {
            throw ToolError(.bug, "the speaker refuses the answer: \(error)")
        }
    }

    private mutating func nextDescription() -> SessionDescription {
        version += 1
        return media.description(ports: ports, direction: .sendOnly, version: version)
    }
}

/// The listener's side: it answers.
struct DemoAnswerer: ~Copyable {
    private var answerer: KeyMgmtAnswerer
    private let media: DemoMedia
    private let ports: [UInt16]
    private var version = 0

    init(_ media: DemoMedia, ports: [UInt16], suite: SRTPSuite, preSharedKey: MIKEYKeyMaterial) throws {
        self.media = media
        self.ports = ports
        // The key is of this run: no earlier process has taken a message under it.
        let store = MemoryMIKEYReplayStore(startTime: try WallClockTime(seconds: 0))
        var configuration = MIKEYResponderConfiguration(
            credential: .preSharedKey(preSharedKey), replay: .guarded(MIKEYReplayGuard(store: store)))
        configuration.identity = try DemoIdentity.listener
        configuration.sendsIdentity = true
        configuration.peer = try DemoIdentity.speaker
        var policy = KeyMgmtPolicy()
        policy.suites = [suite]
        policy.allowsWeakProtection = suite.status == .weak
        answerer = KeyMgmtAnswerer(configuration, policy: policy)
    }

    /// The answer, and what is agreed on for each medium.
    mutating func answer(_ offer: String) throws -> (text: String, keys: [NegotiatedMIKEY]) {
        let offered = try SessionDescription(parsing: offer, isStrict: true)
        var ssrcs: [Int: SSRC] = [:]
        for (place, medium) in media.all.enumerated() { ssrcs[place] = medium.reporter }
        let now = try WallClockTime.now()
        let answer: KeyMgmtAnswerer.DescriptionAnswer
        do throws(KeyMgmtRejection) {
            answer = try answerer.answer(to: offered, ssrcs: ssrcs, now: now)
        } catch {
            throw ToolError(.bug, "the listener refuses the offer: \(error.reason)")
        }
        version += 1
        var description = media.description(ports: ports, direction: .receiveOnly, version: version)
        answer.write(into: &description)
        let keys = media.all.indices.compactMap { answer.media[$0] }
        return (String(decoding: try description.encoded(), as: UTF8.self), keys)
    }
}

/// Who the parties are.
private enum DemoIdentity {
    static var speaker: MIKEYIdentity { get throws { try .nai("speaker@demo.invalid") } }
    static var listener: MIKEYIdentity { get throws { try .nai("listener@demo.invalid") } }
}
