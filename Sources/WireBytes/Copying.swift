// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

extension Array where Element == UInt8 {
    /// A copy of the octets that `bytes` lends.
    public init(copying bytes: RawSpan) {
        self = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}

extension MutableRawSpan {
    /// Copies the first `count` octets of `source` to `offset`.
    ///
    /// - Precondition: `source` holds them and this span has room for them.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func store(_ source: RawSpan, count: Int, at offset: Int) {
        precondition(
            count >= 0 && count <= source.byteCount && offset >= 0 && offset <= byteCount - count,
            "store outside a span")
        unsafe withUnsafeMutableBytes { target in
            unsafe source.withUnsafeBytes { source in
                unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + count])
                    .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<count]))
            }
        }
    }

    /// Copies the first `count` octets of `source` to the start of this span.
    ///
    /// - Precondition: both hold at least `count` octets.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func copy(_ source: RawSpan, upTo count: Int) { store(source, count: count, at: 0) }

    /// Writes zeros over the first `count` octets.
    ///
    /// - Precondition: there are that many.
    @inlinable
    @_lifetime(self: copy self)
    public mutating func clear(upTo count: Int) {
        precondition(count >= 0 && count <= byteCount, "clear outside a span")
        unsafe withUnsafeMutableBytes { target in
            _ = unsafe UnsafeMutableRawBufferPointer(rebasing: target[..<count])
                .initializeMemory(as: UInt8.self, repeating: 0)
        }
    }
}

extension MutableRawSpan {
    /// Writes `octets` at `range`.
    ///
    /// - Precondition: there are as many, and the range lies inside.
    @_lifetime(self: copy self)
    public mutating func store(_ octets: [UInt8], at range: Range<Int>) {
        precondition(octets.count == range.count, "as many octets as places")
        guard !range.isEmpty else { return }
        unsafe store(octets.span.bytes, count: octets.count, at: range.lowerBound)
    }

    /// Writes one octet at `offset`; `false`, and nothing written, where it is not inside the span.
    @discardableResult
    @_lifetime(self: copy self)
    public mutating func storeOctet(_ octet: UInt8, at offset: Int) -> Bool {
        guard offset >= 0, offset < byteCount else { return false }
        unsafe storeBytes(of: octet, toUncheckedByteOffset: offset, as: UInt8.self)
        return true
    }

    /// Writes a number where there is a place for it: nothing in an empty range.
    @_lifetime(self: copy self)
    public mutating func storeBigEndian(_ value: UInt32, at range: Range<Int>) {
        if range.count == 4 { storeBigEndian(value, at: range.lowerBound) }
    }
}
