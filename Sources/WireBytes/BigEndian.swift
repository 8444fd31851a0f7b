// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Bounded big-endian loads and stores at an octet offset. Packets are not aligned, so every access is an unaligned one.
// The bounds are compared before the access; inside them the unchecked span calls are within their contract.

extension RawSpan {
    /// The octet at `offset`, or `nil` outside the span.
    @inlinable
    public func octet(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < byteCount else { return nil }
        return unsafe unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    /// Two octets at `offset` as a number, or `nil` where they are not all inside the span.
    @inlinable
    public func bigEndianUInt16(at offset: Int) -> UInt16? {
        guard offset >= 0, offset <= byteCount - 2 else { return nil }
        return unsafe UInt16(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self))
    }

    /// Four octets at `offset` as a number, or `nil` where they are not all inside the span.
    @inlinable
    public func bigEndianUInt32(at offset: Int) -> UInt32? {
        guard offset >= 0, offset <= byteCount - 4 else { return nil }
        return unsafe UInt32(bigEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
    }
}

extension MutableRawSpan {
    /// Writes two octets at `offset`; `false`, and nothing written, where they are not all inside the span.
    @inlinable
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func storeBigEndian(_ value: UInt16, at offset: Int) -> Bool {
        guard offset >= 0, offset <= byteCount - 2 else { return false }
        unsafe storeBytes(of: value.bigEndian, toUncheckedByteOffset: offset, as: UInt16.self)
        return true
    }

    /// Writes four octets at `offset`; `false`, and nothing written, where they are not all inside the span.
    @inlinable
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func storeBigEndian(_ value: UInt32, at offset: Int) -> Bool {
        guard offset >= 0, offset <= byteCount - 4 else { return false }
        unsafe storeBytes(of: value.bigEndian, toUncheckedByteOffset: offset, as: UInt32.self)
        return true
    }
}
