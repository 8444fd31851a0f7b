// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SRTP

/// What both sides of a media stream agreed on by `a=crypto`: what is needed to make a sender and a receiver.
public struct NegotiatedCrypto: Equatable, Sendable {
    /// What holds for the packets of one side.
    public struct Direction: Equatable, Sendable {
        /// The keys, at least one: the sender starts with the first (RFC 4568 names none).
        ///
        /// Streams that share one have to be given another before they come to 2^31 packets in all, whatever its lifetime
        /// (RFC 4568 section 6.4.2).
        public let keys: [InlineKey]
        /// The packets between key derivations: 0 for none but the first, else 2^1 to 2^24.
        public let keyDerivationRate: UInt32
        /// How wide the sender would like the receiver's replay window, in packets: at least 64.
        public let windowSizeHint: UInt64?
        /// The order of forward error correction.
        public let fecOrder: CryptoSessionParameter.FECOrder
        /// The keys of a separate stream of forward error correction.
        public let fecKeys: [InlineKey]

        init(_ attribute: CryptoAttribute) {
            var rate: UInt32 = 0
            var hint: UInt64?
            var order = CryptoSessionParameter.FECOrder.fecThenSRTP
            var fecKeys: [InlineKey] = []
            for parameter in attribute.sessionParameters {
                switch parameter {
                case .keyDerivationRate(let exponent): rate = 1 << UInt32(exponent)
                case .windowSizeHint(let width): hint = width
                case .fecOrder(let named): order = named
                case .fecKey(let keys): fecKeys = keys
                case .unencryptedSRTP, .unencryptedSRTCP, .unauthenticatedSRTP, .unknownOptional: break
                }
            }
            keys = attribute.keys
            keyDerivationRate = rate
            windowSizeHint = hint
            fecOrder = order
            self.fecKeys = fecKeys
        }

        /// The replay window that the hint asks for, within what a context takes; the default where there is none.
        public var replayWindow: Int {
            windowSizeHint.map { Int(min($0, 32_768)) } ?? SRTPConfiguration().replayWindow
        }
    }

    /// The tag of the offer that was chosen.
    public let tag: UInt32
    /// The suite of both directions.
    public let suite: SRTPSuite
    /// Whether SRTP payloads are encrypted.
    public let encryptsSRTP: Bool
    /// Whether SRTCP payloads are encrypted, and the E bit is set on all of them.
    public let encryptsSRTCP: Bool
    /// Whether SRTP packets have a tag. SRTCP packets do always.
    public let authenticatesSRTP: Bool
    /// What this side sends.
    public let sending: Direction
    /// What this side receives.
    public let receiving: Direction

    /// The agreement of two attributes that belong together.
    init(local: CryptoAttribute, remote: CryptoAttribute, suite: SRTPSuite) {
        self.suite = suite
        tag = local.tag
        let names = Set(local.sessionParameters.map(\.name))
        encryptsSRTP = !names.contains(CryptoSessionParameter.unencryptedSRTP.name)
        encryptsSRTCP = !names.contains(CryptoSessionParameter.unencryptedSRTCP.name)
        authenticatesSRTP = !names.contains(CryptoSessionParameter.unauthenticatedSRTP.name)
        sending = Direction(local)
        receiving = Direction(remote)
    }

    /// The configuration of the receiver: the window that the peer asks for, and what is encrypted and authenticated.
    public var receiverConfiguration: SRTPConfiguration { configuration(window: receiving.replayWindow) }

    /// The configuration of the sender, likewise.
    public var senderConfiguration: SRTPConfiguration { configuration(window: sending.replayWindow) }

    private func configuration(window: Int) -> SRTPConfiguration {
        var configuration = SRTPConfiguration()
        configuration.replayWindow = window
        configuration.rtcpReplayWindow = window
        if !encryptsSRTCP { configuration.rtcpEncryption = .off }
        configuration.encryptsRTP = encryptsSRTP
        configuration.leavesRTPUnauthenticated = !authenticatesSRTP
        return configuration
    }
}
