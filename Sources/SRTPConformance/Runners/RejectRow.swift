// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import SRTP
internal import WireBytes

/// `reject`: a packet that a receiver refuses, leaving no trace.
enum RejectRow {
    /// The reasons that a row may name.
    static let reasons = [
        "authentication", "replayed", "malformed", "unknown-mki", "encryption-required", "index-exhausted",
    ]

    static func run(_ fields: RowFields) throws(RowFault) -> SkipReason? {
        let setup = try PacketSetup(fields)
        let row = try Content(fields)
        if let reason = setup.skipReason { return reason }
        let receiver: SRTPReceiver
        do throws(SRTPError) {
            receiver = try row.makeReceiver(setup)
        } catch {
            throw RowFault("suite", expected: "a receiver", got: "\(error)")
        }
        try check(row, receiver)
        return nil
    }

    /// What the row says, once its form is found right.
    private struct Content {
        let kind: PacketKind
        let field: String
        let packet: [UInt8]
        let ssrc: SSRC
        /// The counter of the first packet; 0 where the row names none.
        let rolloverCounter: UInt32
        let before: [[UInt8]]
        let after: [UInt8]?
        let reason: String?

        init(_ fields: RowFields) throws(RowFault) {
            guard fields.has("srtp") != fields.has("srtcp") else {
                throw RowFault("srtp", expected: "either srtp or srtcp", got: fields.has("srtp") ? "both" : "neither")
            }
            kind = fields.has("srtp") ? .rtp : .rtcp
            field = kind == .rtp ? "srtp" : "srtcp"
            packet = try fields.octets(field)
            ssrc = try fields.ssrc("ssrc")
            rolloverCounter = fields.has("roc") ? try fields.uint32("roc") : 0
            // What the sender had before the packet was altered. Not needed here, but a number that no packet can have
            // says that the row is not what its author meant.
            if fields.has("seq") { _ = try fields.sequenceNumber("seq") }
            if fields.has("index") { _ = try fields.rtcpIndex("index") }
            if fields.has("e_flag") { _ = try fields.encryptedFlag("e_flag") }
            before = fields.has("before") ? try fields.octetList("before") : []
            after = fields.has("after") ? try fields.octets("after") : nil
            reason = fields.has("reason") ? try fields.text("reason", oneOf: RejectRow.reasons) : nil
        }

        /// A receiver that requires encryption, unless a packet which it must accept has none.
        func makeReceiver(_ setup: PacketSetup) throws(SRTPError) -> SRTPReceiver {
            let accepted = before + (after.map { [$0] } ?? [])
            let takesUnencrypted =
                kind == .rtcp
                && accepted.contains { packet in
                    let suite = setup.rtcpSuite ?? setup.suite
                    let tag = suite.cipher.isAuthenticated ? 0 : suite.rtcpTagByteCount
                    let word = unsafe packet.span.bytes.bigEndianUInt32(
                        at: packet.count - tag - setup.options.key.mki.count - 4)
                    return word.map { $0 >> 31 == 0 } ?? false
                }
            var receiver = try setup.makeReceiver(takesUnencrypted ? .off : .automatic)
            if kind == .rtp { try receiver.setRolloverCounter(rolloverCounter, of: ssrc) }
            return receiver
        }
    }

    private static func check(_ row: Content, _ receiver: consuming SRTPReceiver) throws(RowFault) {
        for (position, packet) in row.before.enumerated() {
            try accept(packet, row.kind, field: "before[\(position)]", &receiver)
        }
        let before = receiver.snapshot
        for route in PacketCall<SRTPError>.Route.allCases {
            let call = PacketCall(&receiver, row.kind, row.packet, route)
            try checkRefusal(of: call, row, route)
            guard receiver.snapshot == before else {
                throw RowFault(
                    row.field, expected: "the receiver's state as before", got: "another state, \(route.rawValue)")
            }
        }
        if let after = row.after { try accept(after, row.kind, field: "after", &receiver) }
    }

    private static func accept(
        _ packet: [UInt8], _ kind: PacketKind, field: String, _ receiver: inout SRTPReceiver
    ) throws(RowFault) {
        if case .failure(let error) = PacketCall(&receiver, kind, packet, .inPlace).result {
            throw RowFault(field, expected: "a packet that is accepted", got: "\(error)")
        }
    }

    private static func checkRefusal(
        of call: PacketCall<SRTPError>, _ row: Content, _ route: PacketCall<SRTPError>.Route
    ) throws(RowFault) {
        let wanted = row.reason ?? "refused"
        guard case .failure(let error) = call.result else {
            throw RowFault("reason", expected: wanted, got: "accepted \(route.rawValue)")
        }
        guard isAboutThePacket(error), row.reason == nil || reason(error) == row.reason else {
            throw RowFault("reason", expected: wanted, got: "\(reason(error) ?? "another one"): \(error)")
        }
        // In place the octets stay; the other buffer, which held zeros, stays too.
        let kept = route == .inPlace ? row.packet : []
        let untouched = kept + [UInt8](repeating: 0, count: call.buffer.count - kept.count)
        try RowFault.compare(
            row.field, expected: untouched, got: call.buffer, where: "after the refusal \(route.rawValue)")
    }

    /// Whether a packet was refused for what it is, not for what the call was or the engine did.
    private static func isAboutThePacket(_ error: SRTPError) -> Bool {
        switch error.refusal {
        case .bufferTooSmall, .overlappingBuffers, .invalidSlot, .engineFailed, nil: false
        default: true
        }
    }

    /// The row's word for an error.
    private static func reason(_ error: SRTPError) -> String? {
        switch error.refusal {
        case .authenticationFailed, .innerAuthenticationFailed: "authentication"
        case .replayed: "replayed"
        case .malformed: "malformed"
        case .encryptionRequired: "encryption-required"
        case .unknownMKI: "unknown-mki"
        case .indexExhausted, .keyExhausted: "index-exhausted"
        default: nil
        }
    }
}
