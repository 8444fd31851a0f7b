// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import MIKEY
import RTP
import SRTP

/// What is accepted of a peer's messages.
struct MIKEYAcceptance: ParsableArguments {
    @Option(
        name: .customLong("replay-file"),
        help: ArgumentHelp(
            """
            A file that remembers the messages that were taken, made where it is not there. Without one, a copy of a message is \
            taken again while its time is within the window.
            """, valueName: "file"))
    var replayFile: String?

    @Option(help: ArgumentHelp("How far the time of a message may be from this machine's.", valueName: "seconds"))
    var window: UInt32 = 300

    /// An answerer for one peer, which accepts these suites, or all that are good.
    func answerer(_ trust: MIKEYTrustOptions, suites: [SRTPSuite]) throws -> KeyMgmtAnswerer {
        var policy = KeyMgmtPolicy(preset: trust.preset, channel: trust.channel.value)
        if !suites.isEmpty { policy.suites = suites }
        var configuration = MIKEYResponderConfiguration(credential: try trust.credential(), replay: try replay())
        let identities = try trust.identities()
        configuration.identity = identities.own
        configuration.sendsIdentity = identities.own != nil
        configuration.peer = identities.peer
        return KeyMgmtAnswerer(configuration, policy: policy)
    }

    private func replay() throws -> MIKEYReplayProtection {
        let window = MIKEYTimestampWindow(pastSeconds: window, futureSeconds: window)
        guard let replayFile else { return .channel(.channelIsProtected, window: window) }
        do {
            let store = try FileMIKEYReplayStore(path: replayFile, ifMissing: .create())
            return .guarded(MIKEYReplayGuard(store: store, window: window))
        } catch {
            throw ToolError(.output, "\(replayFile): \(error)")
        }
    }
}
