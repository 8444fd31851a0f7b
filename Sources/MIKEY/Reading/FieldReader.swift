// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// Reads the fields of a message or of a part of it; what is not there is thrown with its place.
struct FieldReader: ~Escapable {
    private var reader: ByteReader
    /// Where in the message the octets begin.
    private let base: Int
    /// The payload that is read.
    var payload: MIKEYPayloadType?

    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, at base: Int = 0, in payload: MIKEYPayloadType? = nil) {
        reader = ByteReader(bytes)
        self.base = base
        self.payload = payload
    }

    /// The place in the message of the next octet.
    var offset: Int { base + reader.offset }

    /// The octets that are left.
    var remaining: Int { reader.remaining }

    /// Whether nothing is left.
    var isAtEnd: Bool { reader.isAtEnd }

    mutating func uint8() throws(MIKEYError) -> UInt8 {
        guard let value = reader.readUInt8() else { throw truncated(1) }
        return value
    }

    mutating func uint16() throws(MIKEYError) -> UInt16 {
        guard let value = reader.readUInt16() else { throw truncated(2) }
        return value
    }

    mutating func uint32() throws(MIKEYError) -> UInt32 {
        guard let value = reader.readUInt32() else { throw truncated(4) }
        return value
    }

    mutating func uint64() throws(MIKEYError) -> UInt64 {
        guard let value = reader.readUInt64() else { throw truncated(8) }
        return value
    }

    /// A number of a table, which tells how to read what follows.
    mutating func number<Number: RawRepresentable<UInt8>>(
        of registry: MIKEYError.Registry
    ) throws(MIKEYError) -> Number {
        let value = try uint8()
        guard let number = Number(rawValue: value) else { throw error(.unknown(registry, value), back: 1) }
        return number
    }

    mutating func octets(_ count: Int) throws(MIKEYError) -> [UInt8] {
        guard let bytes = reader.readBytes(count) else { throw truncated(count) }
        return count == 0 ? [] : [UInt8](copying: bytes)
    }

    mutating func keyMaterial(_ count: Int) throws(MIKEYError) -> MIKEYKeyMaterial {
        guard let bytes = reader.readBytes(count) else { throw truncated(count) }
        return MIKEYKeyMaterial(bytes)
    }

    /// A reader of the next `count` octets.
    @_lifetime(copy self)
    mutating func section(_ count: Int) throws(MIKEYError) -> FieldReader {
        let start = offset
        guard let bytes = reader.readBytes(count) else { throw truncated(count) }
        return FieldReader(bytes, at: start, in: payload)
    }

    /// Throws unless everything was read.
    func finish(_ expected: String) throws(MIKEYError) {
        guard isAtEnd else { throw error(.malformed(expected: expected)) }
    }

    /// What is wrong at the next octet, or `back` octets before it.
    func error(_ problem: MIKEYError.Problem, back: Int = 0) -> MIKEYError {
        MIKEYError(problem, in: payload, at: offset - back)
    }

    private func truncated(_ count: Int) -> MIKEYError {
        error(.truncated(neededOctets: count, availableOctets: remaining))
    }
}
