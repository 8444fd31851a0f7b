// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// Memory that starts as zeros, at the start of a cache line. Not for secrets: it is not wiped.
///
/// Large runs are address space of the system, which takes memory only where it is touched.
@safe  // Safety: allocated and freed once; the memory itself is lent by `start`, which says so.
package final class ZeroedMemory: @unchecked Sendable {
    @unsafe package let start: UnsafeMutableRawPointer
    package let byteCount: Int
    private let isReserved: Bool

    /// Up to how many octets memory is cleared: beyond, it is reserved.
    package static let largestCleared = 1 << 16
    private static let cacheLine = 64

    /// `byteCount` octets; `nil` where the system has no room for a large run.
    package init?(byteCount: Int) {
        self.byteCount = byteCount
        isReserved = byteCount > Self.largestCleared
        if isReserved {
            guard let reserved = unsafe csrtp_reserve(byteCount) else { return nil }
            unsafe start = reserved
        } else {
            unsafe start = .allocate(byteCount: byteCount, alignment: Self.cacheLine)
            unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        }
    }

    deinit {
        if isReserved { unsafe csrtp_release(start, byteCount) } else { unsafe start.deallocate() }
    }

    /// Has the cache line at `address` fetched.
    @inline(__always)
    package static func prefetch(_ address: UnsafeRawPointer) { unsafe csrtp_prefetch(address) }
}
