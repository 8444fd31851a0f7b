// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP

/// Suite, master key and options of a row: what its contexts are made of.
struct PacketSetup {
    let suite: SRTPSuite
    let rtcpSuite: SRTPSuite?
    let masterKey: [UInt8]
    let masterSalt: [UInt8]
    var options: RowOptions
    /// Whether a published row is under Cryptex, as its packet says.
    var isCryptex = false
    /// Why the row cannot be run.
    let skipReason: SkipReason?

    /// Reads suite, key and options. The key must fit the suite, also where the suite is left out.
    init(_ fields: RowFields) throws(RowFault) {
        suite = try SRTPSuite.named(in: fields)
        masterKey = try fields.octets(
            "master_key", count: suite.masterKeyByteCount...suite.masterKeyByteCount, why: suite.name)
        masterSalt = try fields.octets(
            "master_salt", count: suite.masterSaltByteCount...suite.masterSaltByteCount, why: suite.name)
        rtcpSuite = fields.has("rtcp_suite") ? try SRTPSuite.named(in: fields, "rtcp_suite") : nil
        options = try RowOptions(fields)
        skipReason = suite.skipReason ?? rtcpSuite?.skipReason
    }

    /// A sender that nothing was sent with.
    func makeSender(_ encryption: SRTPConfiguration.RTCPEncryption = .automatic) throws(SRTPError) -> SRTPSender {
        try SRTPSender(masterKey: key(), options: options.key, configuration: configuration(encryption))
    }

    /// A receiver that has seen nothing.
    func makeReceiver(_ encryption: SRTPConfiguration.RTCPEncryption = .automatic) throws(SRTPError) -> SRTPReceiver {
        try SRTPReceiver(masterKey: key(), options: options.key, configuration: configuration(encryption))
    }

    private func key() throws(SRTPError) -> SRTPMasterKey {
        try SRTPMasterKey(suite: suite, key: masterKey.span, salt: masterSalt.span)
    }

    private func configuration(_ encryption: SRTPConfiguration.RTCPEncryption) -> SRTPConfiguration {
        var configuration = SRTPConfiguration()
        configuration.rtcpEncryption = encryption
        configuration.rtcpSuite = rtcpSuite
        options.apply(to: &configuration)
        if isCryptex { configuration.cryptex = .offered }
        return configuration
    }
}
