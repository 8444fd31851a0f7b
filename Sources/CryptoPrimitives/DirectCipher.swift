// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import CSRTPShims

/// A packet cipher whose packets gain nothing by waiting for others, and are sealed and opened in place one after the other:
/// AES-GCM by the multi-buffer library, of which one packet fills the processor by itself.
///
/// Octets and results are those of ``PacketCipher/seal(_:in:)`` and ``PacketCipher/open(_:in:)``. The library decrypts while it
/// hashes; where the tag differs, the packet's octets are given back before ``open(_:packet:byteCount:)`` returns.
///
/// It belongs to one thread and, until ``end()``, to one cipher, which lives until then.
///
/// Public for the reason that ``PacketJob`` is.
@safe  // Safety: only the shim looks behind the pointer; that it is still good is asked of the caller.
public struct DirectCipher {
    @usableFromInline
    let direct: OpaquePointer

    /// `nil` where the cipher's packets are for ``PacketBatch``.
    package init?(_ cipher: borrowing PacketCipher, engine: BatchEngine) {
        guard let direct = unsafe csrtp_direct_begin(cipher.context, engine.cValue) else { return nil }
        unsafe self.direct = direct
    }

    /// Encrypts a packet and writes its tag.
    ///
    /// - Precondition: the job's numbers lie inside the packet's `byteCount` octets, nothing is behind the encrypted portion but
    ///   the tag, and there is no hidden trailer.
    @unsafe
    @inlinable
    @inline(__always)
    public func seal(_ job: PacketJob, packet: UnsafeMutableRawPointer, byteCount: Int) {
        check(job, byteCount)
        unsafe csrtp_direct_seal(
            direct, packet.assumingMemoryBound(to: UInt8.self), job.cipherStart, job.cipherEnd, job.counter.low,
            job.counter.high)
    }

    /// Compares a packet's tag and decrypts it if that agrees.
    ///
    /// - Precondition: as that of ``seal(_:packet:byteCount:)``.
    @unsafe
    @inlinable
    @inline(__always)
    public func open(_ job: PacketJob, packet: UnsafeMutableRawPointer, byteCount: Int) -> PacketCipher.Opened {
        check(job, byteCount)
        return unsafe PacketCipher.Opened(
            csrtp_direct_open(
                direct, packet.assumingMemoryBound(to: UInt8.self), job.cipherStart, job.cipherEnd, job.counter.low,
                job.counter.high))
    }

    /// Wipes what the packets left behind in the thread.
    package func end() { unsafe csrtp_direct_end(direct) }

    @inlinable
    @inline(__always)
    func check(_ job: PacketJob, _ byteCount: Int) {
        job.checkBounds(in: byteCount)
        job.checkTag(in: byteCount)
        precondition(
            job.authenticatedEnd == job.cipherEnd && job.tagStart == job.cipherEnd && job.tagCount == 16
                && job.hiddenTrailer == nil, "more than GCM alone")
    }
}
