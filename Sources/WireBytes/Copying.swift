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
