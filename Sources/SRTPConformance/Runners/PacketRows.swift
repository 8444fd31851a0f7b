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
            setup: setup, ssrc: ssrc, rolloverCounter: counter, plain: plain, plainField: "rtp",
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

/// An RTP packet that is to be protected and unprotected, each in place and out of place by contexts of their own.
struct RTPCase {
    let setup: PacketSetup
    let ssrc: SSRC
    let rolloverCounter: UInt32
    let plain: [UInt8]
    let plainField: String
    let protected: [UInt8]
    let protectedField: String
    let unprotected: [UInt8]
    let unprotectedField: String

    func check() throws(RowFault) {
        for route in PacketCall<SRTPError>.Route.allCases {
            let sent: [UInt8]
            do throws(SRTPError) {
                var sender = try setup.makeSender()
                try sender.setRolloverCounter(rolloverCounter, of: ssrc)
                sent = try PacketCall(&sender, .rtp, plain, route).output()
            } catch {
                throw RowFault(plainField, expected: "a packet that can be protected", got: "\(error)")
            }
            try RowFault.compare(protectedField, expected: protected, got: sent, where: "protecting \(route.rawValue)")
        }
        for route in PacketCall<SRTPError>.Route.allCases {
            let received: [UInt8]
            do throws(SRTPError) {
                var receiver = try setup.makeReceiver()
                try receiver.setRolloverCounter(rolloverCounter, of: ssrc)
                received = try PacketCall(&receiver, .rtp, protected, route).output()
            } catch {
                throw RowFault(protectedField, expected: "a packet that is accepted", got: "\(error)")
            }
            try RowFault.compare(
                unprotectedField, expected: unprotected, got: received, where: "unprotecting \(route.rawValue)")
        }
    }
}

/// `rtcp`: an RTCP packet, and what it is when protected.
enum RTCPRow {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let setup = try PacketSetup(fields)
        let ssrc = try fields.ssrc("ssrc")
        let index = try fields.rtcpIndex("index")
        let encryption: SRTPConfiguration.RTCPEncryption = try fields.encryptedFlag("e_flag") ? .required : .off
        let plain = try fields.octets("rtcp")
        let protected = try fields.octets("srtcp")
        guard let own = unsafe plain.span.bytes.bigEndianUInt32(at: 4) else {
            throw RowFault("rtcp", expected: "an RTCP packet with an SSRC", got: "\(plain.count) octets")
        }
        guard own == ssrc.rawValue else {
            throw RowFault("ssrc", expected: "the packet's own, \(SSRC(rawValue: own))", got: "\(ssrc)")
        }
        if let reason = setup.skipReason { return reason }
        for route in PacketCall<SRTPError>.Route.allCases {
            let sent: [UInt8]
            do throws(SRTPError) {
                var sender = try setup.makeSender(encryption)
                try sender.setNextRTCPIndex(index, of: ssrc)
                sent = try PacketCall(&sender, .rtcp, plain, route).output()
            } catch {
                throw RowFault("rtcp", expected: "a packet that can be protected", got: "\(error)")
            }
            try RowFault.compare("srtcp", expected: protected, got: sent, where: "protecting \(route.rawValue)")
        }
        for route in PacketCall<SRTPError>.Route.allCases {
            let received: [UInt8]
            do throws(SRTPError) {
                var receiver = try setup.makeReceiver(encryption)
                received = try PacketCall(&receiver, .rtcp, protected, route).output()
            } catch {
                throw RowFault("srtcp", expected: "a packet that is accepted", got: "\(error)")
            }
            try RowFault.compare("rtcp", expected: plain, got: received, where: "unprotecting \(route.rawValue)")
        }
        return nil
    }
}
