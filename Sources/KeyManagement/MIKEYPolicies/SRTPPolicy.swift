// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SRTP

/// How packets are protected, as a policy of MIKEY can say it: a suite, and what differs from it.
public struct SRTPPolicy: Hashable, Sendable {
    /// The suite.
    public var suite: SRTPSuite
    /// The packets between key derivations: 0 for none but the first, else a power of two up to 2^24.
    public var keyDerivationRate: UInt32 = 0
    /// Whether SRTP payloads are encrypted.
    public var encryptsSRTP = true
    /// Whether SRTCP payloads are encrypted.
    public var encryptsSRTCP = true
    /// Whether SRTP packets have a tag. SRTCP packets do always.
    public var authenticatesSRTP = true
    /// How long the tags on SRTCP packets are.
    public var rtcpTag = SRTPConfiguration.RTCPTag.registered
    /// How the rollover counter is carried in packets (RFC 4771).
    public var carriedRolloverCounter: CarriedRolloverCounter?

    /// A suite as it is registered.
    public init(_ suite: SRTPSuite = .aesCM128_HMACSHA1_80) { self.suite = suite }

    /// Puts into a configuration what the policy says.
    public func apply(to configuration: inout SRTPConfiguration) {
        configuration.encryptsRTP = encryptsSRTP
        configuration.rtcpEncryption = encryptsSRTCP ? .automatic : .off
        configuration.leavesRTPUnauthenticated = !authenticatesSRTP
        configuration.rtcpTag = rtcpTag
        configuration.carriedRolloverCounter = carriedRolloverCounter
    }

    /// Whether packets go without encryption or without authentication, so that a policy takes it only where it is told to.
    public var isWeak: Bool {
        let leavesPacketsUntagged = carriedRolloverCounter.map { $0.mode != .authenticated } ?? false
        return suite.status == .weak || !encryptsSRTP || !encryptsSRTCP || !authenticatesSRTP
            || leavesPacketsUntagged && !suite.cipher.isAuthenticated
    }
}
