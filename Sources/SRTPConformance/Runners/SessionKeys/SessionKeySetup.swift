// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import SRTP

/// Suite and session keys of a published row that begins at them.
struct SessionKeySetup: PacketContexts {
    let suite: SRTPSuite
    let keys: GivenSessionKeys
    let configuration: SRTPConfiguration

    /// Reads suite, key, salt and, where the suite has a MAC, its key.
    init(_ fields: RowFields) throws(RowFault) {
        suite = try SRTPSuite.named(in: fields)
        let isAEAD = suite.cipher.isAuthenticated
        let keyCount = suite.masterKeyByteCount
        let saltCount = isAEAD ? 12 : 14
        var keys = GivenSessionKeys()
        keys.encryption = try fields.octets("session_key", count: keyCount...keyCount, why: suite.name)
        keys.salt = try fields.octets("session_salt", count: saltCount...saltCount, why: suite.name)
        if !isAEAD { keys.authentication = try fields.octets("auth_key", count: 20...20, why: "HMAC-SHA1") }
        self.keys = keys
        configuration = SRTPConfiguration()
    }

    init(suite: SRTPSuite, keys: GivenSessionKeys, configuration: SRTPConfiguration = SRTPConfiguration()) {
        self.suite = suite
        self.keys = keys
        self.configuration = configuration
    }

    func makeSender(_ encryption: SRTPConfiguration.RTCPEncryption) throws(SRTPError) -> SRTPSender {
        var configuration = configuration
        configuration.rtcpEncryption = encryption
        return try SRTPSender.make(suite: suite, sessionKeys: keys, configuration: configuration)
    }

    func makeReceiver(_ encryption: SRTPConfiguration.RTCPEncryption) throws(SRTPError) -> SRTPReceiver {
        var configuration = configuration
        configuration.rtcpEncryption = encryption
        return try SRTPReceiver.make(suite: suite, sessionKeys: keys, configuration: configuration)
    }

    /// The initialisation vector, 16 octets for counter mode and 12 for GCM: the salt XOR SSRC and index in their places (RFC 3711
    /// section 4.1.1, RFC 7714 sections 8.1 and 9.1).
    func vector(ssrc: UInt32, index: UInt64) -> [UInt8] {
        let place = CounterBlock(high: UInt64(ssrc), low: index << 16).octets
        return suite.cipher.isAuthenticated ? place[2..<14] ^ keys.salt : place ^ (keys.salt + [0, 0])
    }
}
