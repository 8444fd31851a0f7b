// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The order in which the host that wrote a capture file puts the octets of a number.
enum ByteOrder {
    case big
    case little
}

extension RawSpan {
    /// Two octets at `offset` as a number; 0 outside the span, for fields that were bounded before.
    func number16(at offset: Int, _ order: ByteOrder) -> UInt16 {
        let value = bigEndianUInt16(at: offset) ?? 0
        return order == .big ? value : value.byteSwapped
    }

    /// Four octets at `offset` as a number; 0 outside the span, for fields that were bounded before.
    func number32(at offset: Int, _ order: ByteOrder) -> UInt32 {
        let value = bigEndianUInt32(at: offset) ?? 0
        return order == .big ? value : value.byteSwapped
    }

    /// Eight octets at `offset` as a number; 0 outside the span, for fields that were bounded before.
    func number64(at offset: Int, _ order: ByteOrder) -> UInt64 {
        let first = UInt64(number32(at: offset, order))
        let second = UInt64(number32(at: offset + 4, order))
        return order == .big ? first << 32 | second : second << 32 | first
    }
}
