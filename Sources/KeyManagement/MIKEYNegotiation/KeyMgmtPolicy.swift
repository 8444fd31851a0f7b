// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import MIKEY
public import SRTP

/// What a party accepts that keys are offered to.
public struct KeyMgmtPolicy: Hashable, Sendable {
    /// The suites that are accepted.
    public var suites: [SRTPSuite] = SRTPSuite.all.filter { $0.status == .built && $0.mikey != nil }
    /// Whether unencrypted or unauthenticated packets are accepted, as a policy of MIKEY may have them.
    public var allowsWeakProtection = false
    /// What kind of peer offers them.
    public var preset: MIKEYPreset
    /// What carries the messages.
    public var channel: KeyMgmtChannel

    /// The default: what is encrypted and authenticated, by the RFCs, on a channel that is not protected.
    public init(preset: MIKEYPreset = .rfc3830, channel: KeyMgmtChannel = .unprotected) {
        self.preset = preset
        self.channel = channel
    }

    /// Throws where a policy is not acceptable.
    func check(_ policy: SRTPPolicy) throws(KeyMgmtNegotiationError) {
        guard suites.contains(policy.suite), allowsWeakProtection || !policy.isWeak else {
            throw .notAcceptable(policy)
        }
    }

    /// What an error message names instead (RFC 3830 section 5.1.1).
    var supported: [MIKEYPayload.SecurityPolicy] {
        suites.prefix(256).compactMap { try? SRTPPolicy($0).mikey() }.enumerated().map { number, policy in
            MIKEYPayload.SecurityPolicy(number: UInt8(truncatingIfNeeded: number), policy)
        }
    }

    /// Throws where a message has keys in the clear, or no MAC, and the channel is not protected: whatever its credential permits.
    func checkChannel(of message: MIKEYMessage) throws(KeyMgmtNegotiationError) {
        guard channel == .unprotected, let kemac = message.kemac else { return }
        var hasClearKeys = false
        if case .clear(let chain) = kemac.content { hasClearKeys = !chain.keys.isEmpty }
        guard !hasClearKeys, message.isAuthenticated else { throw .unprotectedChannel }
    }

    /// Compares the list of protocols in a message with that of the description (RFC 4567 sections 4.1.4 and 7).
    ///
    /// Where the list is missing, lenient reading lives with it if the channel is protected: then nobody can have taken lines away.
    func checkProtocolList(
        of message: MIKEYMessage, _ expected: [String]
    ) throws(KeyMgmtNegotiationError) -> Set<KeyMgmtDeviation> {
        let extensions = message.generalExtensions.filter { $0.kind == .sdpIDs }
        guard let list = extensions.first else {
            guard preset.isLenient, channel != .unprotected else { throw .invalid(.refused(.missingProtocolList)) }
            return [.missingProtocolList]
        }
        guard extensions.count == 1, list.sdpProtocols == expected else { throw .protocolListDiffers }
        return []
    }
}
