// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// Payloads of which each names the kind of the next one (RFC 3830 section 6.1).
enum PayloadChain {
    /// How many payloads are read: more than any message has, few enough to be quick.
    static let limit = 512

    /// Reads payloads up to the last one, of the kinds that may stand here.
    ///
    /// Each takes at least one octet, so that no chain of kinds goes round in circles.
    static func parse(
        _ reader: inout FieldReader, first: MIKEYPayloadType, of allowed: PayloadTypeSet,
        _ context: inout ParsingContext
    ) throws(MIKEYError) -> [MIKEYPayload] {
        let outer = reader.payload
        var payloads: [MIKEYPayload] = []
        var type = first
        while type != .last {
            guard payloads.count < limit else { throw reader.error(.tooManyPayloads(limit: limit)) }
            guard PayloadTypeSet.known.contains(type) else { throw reader.error(.unknownPayload(type.rawValue)) }
            guard allowed.contains(type) else { throw reader.error(.unexpected(type)) }
            reader.payload = type
            let next = type == .sign ? .last : MIKEYPayloadType(rawValue: try reader.uint8())
            if payloads.isEmpty { payloads.reserveCapacity(8) }
            payloads.append(try MIKEYPayload(parsing: &reader, as: type, &context))
            type = next
        }
        reader.payload = outer
        return payloads
    }

    /// The number of octets of a chain.
    static func byteCount(_ payloads: [MIKEYPayload]) -> Int { payloads.reduce(0) { $0 + $1.byteCount } }

    /// Writes a chain.
    static func write(_ payloads: [MIKEYPayload], to writer: inout ByteWriter) {
        for (position, payload) in payloads.enumerated() {
            if payload.hasNextPayload {
                let next = position + 1 < payloads.count ? payloads[position + 1].type : .last
                writer.write(next.rawValue)
            }
            payload.writeBody(to: &writer)
        }
    }

    /// Writes the kind of the first payload, and the chain.
    static func writeWithFirst(_ payloads: [MIKEYPayload], to writer: inout ByteWriter) {
        writer.write((payloads.first?.type ?? .last).rawValue)
        write(payloads, to: &writer)
    }

    /// A chain that holds keys, in octets that are wiped.
    static func secret(_ payloads: [MIKEYPayload]) -> MIKEYKeyMaterial {
        var writer = ByteWriter(reserving: byteCount(payloads))
        write(payloads, to: &writer)
        var octets = (consume writer).finish()
        return MIKEYKeyMaterial(wiping: &octets)
    }
}
