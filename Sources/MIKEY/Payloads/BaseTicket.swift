// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The Ticket Data of a MIKEY base ticket (RFC 6043 appendix A): THDR, T, RAND, KEMAC, IDRpsk and V.
public struct MIKEYBaseTicket: Equatable, Sendable {
    /// THDR Data, which are the implementation's own.
    public let header: [UInt8]
    /// The payloads behind THDR.
    public let payloads: [MIKEYPayload]

    /// Ticket Data.
    ///
    /// - Throws: ``MIKEYError`` unless there are T, RAND, KEMAC with a NULL MAC, and V as the last one.
    public init(header: [UInt8] = [], payloads: [MIKEYPayload]) throws(MIKEYError) {
        self.header = header
        self.payloads = payloads
        guard header.count <= 0xFFFF else {
            throw MIKEYError(.malformed(expected: "at most 65535 octets of THDR Data"))
        }
        try check()
    }

    /// Reads Ticket Data.
    ///
    /// - Throws: ``MIKEYError`` where they are cut off, go on, or have other payloads than ``init(header:payloads:)`` takes.
    public init(parsing octets: [UInt8]) throws(MIKEYError) {
        let span = octets.span
        var reader = unsafe FieldReader(span.bytes)
        var context = ParsingContext(.transferInit, .strict)
        let first = MIKEYPayloadType(rawValue: try reader.uint8())
        header = try LongField.read(&reader)
        payloads = try PayloadChain.parse(&reader, first: first, of: MIKEYTicketPolicy.dataTypes, &context)
        try reader.finish("Ticket Data to end with their last payload (RFC 6043 section A.1)")
        try check()
    }

    /// The octets.
    public var encoded: [UInt8] {
        var writer = ByteWriter(reserving: 3 + header.count + PayloadChain.byteCount(payloads))
        writer.write(payloads.first?.type.rawValue ?? 0)
        LongField.write(header, to: &writer)
        PayloadChain.write(payloads, to: &writer)
        return writer.bytes
    }

    private func check() throws(MIKEYError) {
        for type in [MIKEYPayloadType.t, .rand, .kemac, .v] where !payloads.contains(where: { $0.type == type }) {
            throw MIKEYError(.missing(type))
        }
        guard payloads.last?.type == .v else { throw MIKEYError(.notLast(.v)) }
        for payload in payloads {
            guard MIKEYTicketPolicy.dataTypes.contains(payload.type) else {
                throw MIKEYError(.unexpected(payload.type))
            }
            if case .kemac(let kemac) = payload, kemac.macAlgorithm != .null {
                throw MIKEYError(.malformed(expected: "the NULL MAC (RFC 6043 section A.1)"), in: .kemac)
            }
        }
    }
}
