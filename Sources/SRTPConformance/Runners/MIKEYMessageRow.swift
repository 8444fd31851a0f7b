// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import MIKEY

/// `mikey`: a message is read in the mode that the row names and written again octet by octet, or it is refused.
enum MIKEYMessageRow {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let octets = try base64(fields, "message")
        let isValid = try fields.flag("valid")
        let mode = fields.has("mode") ? try fields.text("mode", oneOf: ["strict", "lenient"]) : "strict"
        let message: MIKEYMessage
        do throws(MIKEYError) {
            message = try MIKEYMessage(parsing: octets, mode: mode == "lenient" ? .lenient : .strict)
        } catch {
            guard isValid else { return nil }
            throw fields.fault("message", expected: "a message", got: "\(error)")
        }
        guard isValid else { throw fields.fault("message", expected: "a refusal", got: "a message") }
        try RowFault.compareSecret("message", expected: octets, got: message.encoded)
        return nil
    }

    static func base64(_ fields: RowFields, _ name: String) throws(RowFault) -> [UInt8] {
        guard let data = Data(base64Encoded: try fields.text(name)) else {
            throw fields.fault(name, expected: "base64", got: "another text")
        }
        return [UInt8](data)
    }
}

/// `mikey-message`: a published message, with a reading of it.
enum MIKEYMessageVector {
    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let octets = try MIKEYMessageRow.base64(fields, "base64")
        if fields.has("octets") { try RowFault.compare("octets", expected: try fields.octets("octets"), got: octets) }
        let message: MIKEYMessage
        do throws(MIKEYError) { message = try MIKEYMessage(parsing: octets) } catch {
            throw fields.fault("base64", expected: "a message", got: "\(error)")
        }
        try RowFault.compareSecret("base64", expected: octets, got: message.encoded)
        if fields.has("parsed") { try check(message, try fields.object("parsed")) }
        return nil
    }

    /// Compares the header, and where which payload stands.
    private static func check(_ message: MIKEYMessage, _ reading: RowFields) throws(RowFault) {
        let header = message.header
        let octets = message.encoded
        try compare("version", Int64(octets[0]), reading)
        try compare("data_type", Int64(header.dataType.rawValue), reading)
        try compare("next_payload", Int64(octets[2]), reading)
        try compare("v_flag", header.expectsResponse ? 1 : 0, reading)
        try compare("prf", Int64(header.prf.rawValue), reading)
        try RowFault.compare("csb_id", expected: try reading.octets("csb_id"), got: Array(octets[4..<8]))
        try compare("n_cs", Int64(header.cryptoSessions.count), reading)
        try compare("cs_id_map_type", Int64(header.cryptoSessions.mapType), reading)
        let payloads = try reading.objects("payloads")
        guard payloads.count == message.payloads.count else {
            throw reading.fault("payloads", expected: "\(payloads.count)", got: "\(message.payloads.count)")
        }
        for (row, (payload, range)) in zip(payloads, zip(message.payloads, message.layout.payloads)) {
            try compare("type", Int64(payload.type.rawValue), row)
            try compare("offset", Int64(range.lowerBound), row)
            try compare("length", Int64(range.count), row)
        }
    }

    private static func compare(_ name: String, _ got: Int64, _ reading: RowFields) throws(RowFault) {
        let expected = try reading.integer(name, in: 0...Int64(UInt32.max))
        guard got == expected else { throw reading.fault(name, expected: "\(expected)", got: "\(got)") }
    }
}
