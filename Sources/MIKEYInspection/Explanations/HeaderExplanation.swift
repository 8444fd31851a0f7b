// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CaptureInspection
internal import MIKEY
internal import RTP

extension PartBuilder {
    /// The common header (RFC 3830 section 6.1).
    mutating func header(_ header: MIKEYHeader, first: MIKEYPayloadType) {
        part("header", "\(header.dataType)") { builder in
            builder.number("version", UInt8(1))
            builder.number("data_type", header.dataType.rawValue, header.dataType.description)
            builder.next(first)
            builder.bits("v", .flag(header.expectsResponse), Self.answer(header))
            builder.bits("prf", .unsigned(UInt64(header.prf.rawValue)), header.prf.name)
            builder.skip(1)
            builder.number("csb_id", header.csbID, "0x" + String(header.csbID, radix: 16))
            builder.map(header.cryptoSessions)
        }
    }

    private static func answer(_ header: MIKEYHeader) -> String {
        if header.dataType.isResponse { return "a response itself" }
        return header.expectsResponse ? "a response is expected" : "no response is expected"
    }

    /// The octet that says what follows.
    mutating func next(_ type: MIKEYPayloadType) { number("next_payload", type.rawValue, type.description) }

    private mutating func map(_ sessions: MIKEYCryptoSessions) {
        number("cs_count", UInt8(truncatingIfNeeded: sessions.count))
        let names = ["SRTP-ID", "empty map (RFC 4563)", "GENERIC-ID (RFC 6043)"]
        number("cs_id_map_type", sessions.mapType, names[Int(sessions.mapType) % names.count])
        switch sessions.map {
        case .srtpID(let streams):
            for (id, stream) in zip(sessions.ids, streams) {
                part("crypto_session", "CS ID \(id)") { builder in
                    builder.number("policy_number", stream.policyNumber)
                    builder.ssrc("ssrc", stream.ssrc, stream.ssrc.rawValue == 0 ? "for the responder to fill in" : nil)
                    builder.number("roc", stream.rolloverCounter)
                }
            }
        case .empty: break
        case .genericID(let sessions): for session in sessions { generic(session) }
        }
    }

    private mutating func generic(_ session: MIKEYCryptoSessions.Session) {
        part("crypto_session", "CS ID \(session.id)") { builder in
            builder.number("cs_id", session.id)
            builder.number("protocol", session.securityProtocol.rawValue, session.securityProtocol.name)
            builder.bits("s", .flag(session.sFlag))
            builder.bits("policy_count", .unsigned(UInt64(session.policyNumbers.count)))
            builder.skip(1)
            for number in session.policyNumbers { builder.number("policy_number", number) }
            switch session.data {
            case .none: builder.number("session_data_length", UInt16(0))
            case .srtp(let ssrc, let position):
                builder.number("session_data_length", position == nil ? UInt16(4) : 10)
                builder.ssrc("ssrc", ssrc)
                if let position {
                    builder.number("roc", position.rolloverCounter)
                    builder.number("sequence_number", position.sequenceNumber)
                }
            case .other(let octets):
                builder.number("session_data_length", UInt16(truncatingIfNeeded: octets.count))
                builder.octets("session_data", octets)
            }
            builder.number("spi_length", UInt8(truncatingIfNeeded: session.spi.count))
            if !session.spi.isEmpty { builder.octets("spi", session.spi, "MKI") }
        }
    }
}
