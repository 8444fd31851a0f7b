// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP
internal import WireBytes

/// `rtp`: a packet, and what it is when protected.
enum RTPRow {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let setup = try PacketSetup(fields)
        let ssrc = try fields.ssrc("ssrc")
        let counter = try fields.uint32("roc")
        let sequenceNumber = try fields.sequenceNumber("seq")
        let plain = try fields.octets("rtp")
        let protected = try fields.octets("srtp")
        let unprotected = fields.has("rtp_out") ? try fields.octets("rtp_out") : plain
        let header = try header(of: plain, field: "rtp")
        guard header.ssrc == ssrc else {
            throw RowFault("ssrc", expected: "the packet's own, \(header.ssrc)", got: "\(ssrc)")
        }
        guard header.sequenceNumber == sequenceNumber else {
            throw RowFault("seq", expected: "the packet's own, \(header.sequenceNumber)", got: "\(sequenceNumber)")
        }
        if let reason = setup.skipReason { return reason }
        try RTPCase(
            contexts: setup, ssrc: ssrc, rolloverCounter: counter, plain: plain, plainField: "rtp",
            protected: protected, protectedField: "srtp", unprotected: unprotected,
            unprotectedField: fields.has("rtp_out") ? "rtp_out" : "rtp"
        ).check()
        return nil
    }

    /// The header of the packet in a field.
    static func header(of packet: [UInt8], field: String) throws(RowFault) -> RTPHeader {
        do throws(RTPError) {
            return try unsafe RTPHeader(parsing: packet.span.bytes)
        } catch {
            throw RowFault(field, expected: "an RTP packet", got: "\(error)")
        }
    }
}

/// `rtcp`: an RTCP packet, and what it is when protected.
enum RTCPRow {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let setup = try PacketSetup(fields)
        let ssrc = try fields.ssrc("ssrc")
        let index = try fields.rtcpIndex("index")
        let isEncrypted = try fields.encryptedFlag("e_flag")
        let plain = try fields.octets("rtcp")
        let protected = try fields.octets("srtcp")
        guard let own = unsafe plain.span.bytes.bigEndianUInt32(at: 4) else {
            throw RowFault("rtcp", expected: "an RTCP packet with an SSRC", got: "\(plain.count) octets")
        }
        guard own == ssrc.rawValue else {
            throw RowFault("ssrc", expected: "the packet's own, \(SSRC(rawValue: own))", got: "\(ssrc)")
        }
        if let reason = setup.skipReason { return reason }
        try RTCPCase(
            contexts: setup, ssrc: ssrc, index: index, isEncrypted: isEncrypted, plain: plain, plainField: "rtcp",
            protected: protected, protectedField: "srtcp"
        ).check()
        return nil
    }
}
