// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Collects big-endian fields into an array of octets that grows as needed.
///
/// For messages that are built rarely (RTCP, MIKEY). Media packets are written in place instead.
public struct ByteWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8]

    /// An empty writer with room for `byteCount` octets.
    public init(reserving byteCount: Int = 0) {
        bytes = []
        bytes.reserveCapacity(byteCount)
    }

    /// The number of octets written.
    public var count: Int { bytes.count }

    /// Appends one octet.
    public mutating func write(_ value: UInt8) { bytes.append(value) }

    /// Appends two octets.
    public mutating func write(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// Appends the low three octets of `value`.
    public mutating func writeUInt24(_ value: UInt32) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 16))
        write(UInt16(truncatingIfNeeded: value))
    }

    /// Appends four octets.
    public mutating func write(_ value: UInt32) {
        write(UInt16(truncatingIfNeeded: value >> 16))
        write(UInt16(truncatingIfNeeded: value))
    }

    /// Appends eight octets.
    public mutating func write(_ value: UInt64) {
        write(UInt32(truncatingIfNeeded: value >> 32))
        write(UInt32(truncatingIfNeeded: value))
    }

    /// Appends octets as they are.
    public mutating func write(bytes newBytes: some Sequence<UInt8>) { bytes.append(contentsOf: newBytes) }

    /// Appends `count` zero octets.
    public mutating func writeZeros(_ count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }

    /// Writes over two octets at `offset`, for lengths known only after what they count.
    ///
    /// - Precondition: both octets were written before.
    public mutating func overwrite(_ value: UInt16, at offset: Int) {
        precondition(offset >= 0 && offset + 2 <= bytes.count, "overwrite outside what was written")
        bytes[offset] = UInt8(truncatingIfNeeded: value >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
    }
}

extension ByteWriter {
    /// What was written, and no other copy of it.
    public consuming func finish() -> [UInt8] { bytes }

    /// Appends the octets that `span` lends.
    public mutating func write(_ span: RawSpan) {
        unsafe span.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }
}
