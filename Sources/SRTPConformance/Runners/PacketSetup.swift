// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP

/// Suite and master key of a row: what its contexts are made of.
struct PacketSetup {
    let suite: SRTPSuite
    let masterKey: [UInt8]
    let masterSalt: [UInt8]
    /// Why the row cannot be run.
    let skipReason: SkipReason?

    /// Reads suite, key and options. The key must fit the suite, also where the suite is not built.
    init(_ fields: RowFields) throws(RowFault) {
        suite = try SRTPSuite.named(in: fields)
        masterKey = try fields.octets(
            "master_key", count: suite.masterKeyByteCount...suite.masterKeyByteCount, why: suite.name)
        masterSalt = try fields.octets(
            "master_salt", count: suite.masterSaltByteCount...suite.masterSaltByteCount, why: suite.name)
        var reasons = [suite.skipReason]
        if fields.has("rtcp_suite") {
            let rtcpSuite = try SRTPSuite.named(in: fields, "rtcp_suite")
            if rtcpSuite != suite { reasons.append(rtcpSuite.skipReason ?? .notBuilt("SRTCP suite of its own")) }
        }
        reasons.append(try RowOptions.read(fields))
        skipReason = reasons.compactMap { $0 }.first
    }

    /// A sender that nothing was sent with.
    func makeSender(_ encryption: SRTPConfiguration.RTCPEncryption = .automatic) throws(SRTPError) -> SRTPSender {
        try SRTPSender(masterKey: key(), configuration: configuration(encryption))
    }

    /// A receiver that has seen nothing.
    func makeReceiver(_ encryption: SRTPConfiguration.RTCPEncryption = .automatic) throws(SRTPError) -> SRTPReceiver {
        try SRTPReceiver(masterKey: key(), configuration: configuration(encryption))
    }

    private func key() throws(SRTPError) -> SRTPMasterKey {
        try SRTPMasterKey(suite: suite, key: masterKey.span, salt: masterSalt.span)
    }

    private func configuration(_ encryption: SRTPConfiguration.RTCPEncryption) -> SRTPConfiguration {
        var configuration = SRTPConfiguration()
        configuration.rtcpEncryption = encryption
        return configuration
    }
}
