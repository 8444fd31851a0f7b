// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Reads big-endian fields from a borrowed run of octets, never past its end.
///
/// Every read either returns the whole field and moves on, or returns `nil` and moves nothing.
public struct ByteReader: ~Escapable {
    @usableFromInline let bytes: RawSpan
    /// The position of the next read, in octets from the start.
    public private(set) var offset: Int

    /// A reader at the start of `bytes`.
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.bytes = bytes
        self.offset = 0
    }

    /// The number of octets not yet read.
    public var remaining: Int { bytes.byteCount - offset }

    /// Whether everything was read.
    public var isAtEnd: Bool { remaining == 0 }

    /// The next octet.
    public mutating func readUInt8() -> UInt8? {
        guard let value = bytes.octet(at: offset) else { return nil }
        offset += 1
        return value
    }

    /// The next two octets as a number.
    public mutating func readUInt16() -> UInt16? {
        guard let value = bytes.bigEndianUInt16(at: offset) else { return nil }
        offset += 2
        return value
    }

    /// The next three octets as a number.
    public mutating func readUInt24() -> UInt32? {
        guard remaining >= 3, let high = readUInt8(), let low = readUInt16() else { return nil }
        return UInt32(high) << 16 | UInt32(low)
    }

    /// The next four octets as a number.
    public mutating func readUInt32() -> UInt32? {
        guard let value = bytes.bigEndianUInt32(at: offset) else { return nil }
        offset += 4
        return value
    }

    /// The next eight octets as a number.
    public mutating func readUInt64() -> UInt64? {
        guard remaining >= 8, let high = readUInt32(), let low = readUInt32() else { return nil }
        return UInt64(high) << 32 | UInt64(low)
    }

    /// The next `count` octets, lent.
    @_lifetime(copy self)
    public mutating func readBytes(_ count: Int) -> RawSpan? {
        guard count >= 0, count <= remaining else { return nil }
        let slice = bytes.extracting(offset..<offset + count)
        offset += count
        return slice
    }

    /// Everything that is left, lent.
    @_lifetime(copy self)
    public mutating func readRemaining() -> RawSpan {
        let slice = bytes.extracting(offset..<bytes.byteCount)
        offset = bytes.byteCount
        return slice
    }

    /// Moves on by `count` octets; `false`, and no move, where there are fewer.
    public mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= remaining else { return false }
        offset += count
        return true
    }
}
