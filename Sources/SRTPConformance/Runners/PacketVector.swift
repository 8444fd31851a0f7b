// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP
internal import WireBytes

/// Published packets, from the master key to the protected packet (RFC 9335 appendix A).
enum MasterKeyPacketVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        var setup = try PacketSetup(fields)
        let counter = UInt32(try fields.counter("roc", byteCount: 4))
        let plain = try fields.octets("rtp_packet")
        let protected = try fields.octets("srtp_packet")
        let header = try RTPRow.header(of: plain, field: "rtp_packet")
        let sent = try RTPRow.header(of: protected, field: "srtp_packet")
        // RFC 9335 section 5.1: these profiles say that the extension is encrypted.
        setup.isCryptex = sent.hasExtension && [0xC0DE, 0xC2DE].contains(sent.extensionProfile)
        var sessionKeys: [(field: String, label: UInt8, octets: [UInt8])] = []
        for (field, label) in [("session_key", UInt8(0)), ("auth_key", 1), ("session_salt", 2)] where fields.has(field)
        {
            sessionKeys.append((field, label, try fields.octets(field)))
        }
        if let reason = setup.skipReason { return reason }
        for (field, label, expected) in sessionKeys {
            let derived = try setup.sessionKey(label: label, quotient: 0, count: expected.count, field: field)
            try RowFault.compareSecret(field, expected: expected, got: derived)
        }
        // An extension that was added to say that CSRCs are encrypted stays (RFC 9335 section 5.2).
        let unprotected =
            sent.hasExtension && !header.hasExtension
            ? [plain[0] | 0x10] + plain[1..<header.byteCount] + [0xBE, 0xDE, 0, 0] + plain[header.byteCount...] : plain
        try RTPCase(
            contexts: setup, ssrc: header.ssrc, rolloverCounter: counter, plain: plain, plainField: "rtp_packet",
            protected: protected, protectedField: "srtp_packet", unprotected: unprotected,
            unprotectedField: "rtp_packet"
        ).check()
        return nil
    }
}
