// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

/// Key octets that exist once and are wiped when their owner goes away.
@safe  // Safety: storage is never shared, written only in init, wiped and freed once.
package struct SecretBytes: ~Copyable, @unchecked Sendable {
    private let storage: UnsafeMutableRawBufferPointer

    /// `count` octets that `fill` writes; they are zero before.
    package static func make<E: Error>(
        count: Int, filling fill: (inout MutableRawSpan) throws(E) -> Void
    ) throws(E) -> SecretBytes {
        let made = SecretBytes(zeros: count)
        try made.write(fill)
        return made
    }

    /// A copy of `bytes`, which the caller goes on to own.
    package init(copying bytes: RawSpan) {
        self.init(zeros: bytes.byteCount)
        unsafe bytes.withUnsafeBytes { unsafe storage.copyMemory(from: $0) }
    }

    /// A copy of `first` with a copy of `second` behind it.
    package init(joining first: Span<UInt8>, _ second: Span<UInt8>) {
        self.init(zeros: first.count + second.count)
        unsafe first.withUnsafeBytes { unsafe storage.copyMemory(from: $0) }
        unsafe second.withUnsafeBytes { second in
            unsafe UnsafeMutableRawBufferPointer(rebasing: storage[first.count...]).copyMemory(from: second)
        }
    }

    /// The octets of `bytes` followed by zeros, `count` in all.
    ///
    /// - Precondition: `count` is not below the octets there are.
    package init(paddingOnTheRight bytes: borrowing SecretBytes, to count: Int) {
        precondition(bytes.count <= count, "padding cannot shorten")
        self.init(zeros: count)
        unsafe storage.copyMemory(from: UnsafeRawBufferPointer(bytes.storage))
    }

    private borrowing func write<E: Error>(_ fill: (inout MutableRawSpan) throws(E) -> Void) throws(E) {
        var span = unsafe storage.mutableBytes
        try fill(&span)
    }

    private init(zeros count: Int) {
        unsafe storage = .allocate(byteCount: count, alignment: 16)
        unsafe storage.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        unsafe csrtp_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// The number of octets.
    package var count: Int { unsafe storage.count }

    /// Lends the octets.
    package borrowing func withBytes<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        try unsafe body(storage.bytes)
    }

    /// Exclusive-ors the first octets into those of `target` from `offset` on, as many as there are in both.
    ///
    /// - Precondition: `offset` lies in `target` or at its end.
    package borrowing func exclusiveOr(into target: inout MutableRawSpan, at offset: Int) {
        precondition(offset >= 0 && offset <= target.byteCount, "exclusive-or outside a span")
        let storage = unsafe storage
        unsafe target.withUnsafeMutableBytes { target in
            for position in 0..<min(storage.count, target.count - offset) {
                unsafe target[offset + position] ^= storage[position]
            }
        }
    }

    /// Lends the octets to C.
    borrowing func withUnsafeOctets<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        unsafe body(UnsafeRawBufferPointer(storage))
    }
}
