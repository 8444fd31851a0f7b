// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

extension [UInt8] {
    /// The octets, lent.
    var raw: RawSpan {
        @_lifetime(borrow self) get { unsafe span.bytes }
    }
}

/// Calls `body` with a copy of `octets` in an allocation of just their size and `room` more, so that an address
/// sanitizer sees every access beside it.
///
/// - Returns: What `body` returns, and what it left in the allocation.
func withExactCopy<Result>(
    of octets: [UInt8], room: Int = 0, fill: UInt8 = 0xA5, _ body: (inout MutableRawSpan) -> Result
) -> (result: Result, octets: [UInt8]) {
    let count = octets.count + room
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { unsafe buffer.deallocate() }
    unsafe buffer.copyBytes(from: octets)
    for position in octets.count..<count { unsafe buffer[position] = fill }
    var span = unsafe buffer.mutableBytes
    let result = body(&span)
    return unsafe (result, Array(buffer))
}
