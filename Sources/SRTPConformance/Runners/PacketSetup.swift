// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP

/// Suite, master key and options of a row: what its contexts are made of.
struct PacketSetup: PacketContexts {
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

    func makeSender(_ encryption: SRTPConfiguration.RTCPEncryption) throws(SRTPError) -> SRTPSender {
        try SRTPSender(masterKey: key(), options: options.key, configuration: configuration(encryption))
    }

    func makeReceiver(_ encryption: SRTPConfiguration.RTCPEncryption) throws(SRTPError) -> SRTPReceiver {
        try SRTPReceiver(masterKey: key(), options: options.key, configuration: configuration(encryption))
    }

    /// Octets derived from the master key.
    func sessionKey(label: UInt8, quotient: UInt64, count: Int, field: String) throws(RowFault) -> [UInt8] {
        do throws(SRTPError) {
            return try key().sessionKey(label: label, quotient: quotient, count: count)
        } catch {
            throw RowFault(field, expected: "derived octets", got: "\(error)")
        }
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
