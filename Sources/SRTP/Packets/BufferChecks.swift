// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// The checks of a call's buffers, before anything else is looked at.
enum BufferChecks {
    /// The packet in the first `length` octets of `buffer`.
    @inline(__always)
    @_lifetime(borrow buffer)
    static func packet(in buffer: borrowing MutableRawSpan, length: Int) throws(SRTPError) -> RawSpan {
        guard length >= 0, length <= buffer.byteCount else {
            throw .bufferTooSmall(neededBytes: length, availableBytes: buffer.byteCount)
        }
        return buffer.bytes.extracting(first: length)
    }

    /// Throws where `needed` octets do not fit.
    @inline(__always)
    static func checkRoom(_ needed: Int, in available: Int) throws(SRTPError) {
        guard needed <= available else { throw .bufferTooSmall(neededBytes: needed, availableBytes: available) }
    }

    /// Throws where input and output share octets.
    static func checkDisjoint(_ input: RawSpan, _ output: borrowing MutableRawSpan) throws(SRTPError) {
        guard areDisjoint(input, output) else { throw .overlappingBuffers }
    }

    /// Whether input and output share no octets. Swift's exclusivity sees to that, but spans made from pointers may.
    @inline(__always)
    static func areDisjoint(_ input: RawSpan, _ output: borrowing MutableRawSpan) -> Bool {
        unsafe input.withUnsafeBytes { input in
            unsafe output.withUnsafeBytes { output in
                guard let from = input.baseAddress, let to = output.baseAddress else { return true }
                return unsafe from >= to + output.count || to >= from + input.count
            }
        }
    }
}
