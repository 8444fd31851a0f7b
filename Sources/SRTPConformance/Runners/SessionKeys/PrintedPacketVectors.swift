// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP

/// `srtp-ctr-packet` and `srtp-gcm-packet`: SRTP packets from their session keys, as RFC 8269 appendix A prints them.
enum PrintedPacketVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let setup = try SessionKeySetup(fields)
        if let reason = setup.suite.skipReason { return reason }
        let isAEAD = setup.suite.cipher.isAuthenticated
        guard isAEAD == !fields.has("auth_key") else {
            throw fields.fault("suite", expected: "one for this kind of row", got: setup.suite.name)
        }
        let payload = try fields.octets("rtp_payload", count: 0...1 << 16)
        let least = payload.count + setup.suite.rtpTagByteCount + RTPHeader.minimumByteCount
        let protected = try fields.octets("srtp_packet", count: least...1 << 17, why: "header, payload and tag")
        let tagStart = protected.count - setup.suite.rtpTagByteCount
        let start = tagStart - payload.count
        let plain = Array(protected[..<start]) + payload
        let header = try RTPRow.header(of: plain, field: "srtp_packet")
        guard header.byteCount == start else {
            throw fields.fault("srtp_packet", expected: "a header of \(start) octets", got: "\(header.byteCount)")
        }
        let counter = try fields.counter("roc", byteCount: 4)
        let index = try counter << 16 | fields.counter("seq", byteCount: 2)
        let ssrc = try fields.ssrc("ssrc")
        guard header.ssrc == ssrc, UInt64(header.sequenceNumber) == index & 0xFFFF else {
            throw fields.fault("ssrc", expected: "the packet's own SSRC and sequence number", got: "others")
        }
        let parts: [(field: String, octets: [UInt8])] = [
            (isAEAD ? "aad" : "rtp_header", Array(protected[..<start])),
            (isAEAD ? "ciphertext" : "encrypted_payload", Array(protected[start..<tagStart])),
            ("encrypted_payload_and_tag", Array(protected[start...])),
            ("authenticated_portion_and_roc", protected[..<tagStart] + UInt32(counter).octets),
            (isAEAD ? "tag" : "auth_tag", Array(protected[tagStart...])),
        ]
        for (field, octets) in parts where fields.has(field) {
            try RowFault.compare(field, expected: fields.octets(field), got: octets)
        }
        if fields.has("iv") {
            try RowFault.compareSecret(
                "iv", expected: fields.octets("iv"), got: setup.vector(ssrc: ssrc.rawValue, index: index))
        }
        try RTPCase(
            contexts: setup, ssrc: ssrc, rolloverCounter: UInt32(counter), plain: plain,
            plainField: "rtp_payload", protected: protected, protectedField: "srtp_packet", unprotected: plain,
            unprotectedField: "rtp_payload"
        ).check()
        return nil
    }
}

/// The kinds of RFC 5669, which has SEED alone.
enum SEEDVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let suite = try SRTPSuite.named(in: fields)
        guard let reason = suite.skipReason else {
            throw fields.fault("suite", expected: "a suite of RFC 5669", got: suite.name)
        }
        return reason
    }
}
