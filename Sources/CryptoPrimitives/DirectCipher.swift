// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import CSRTPShims

/// A packet cipher whose packets gain nothing by waiting for others, and are sealed and opened in place one after the other:
/// AES-GCM by the multi-buffer library, of which one packet fills the processor by itself.
///
/// Octets and results are those of ``PacketCipher/seal(_:in:)`` and ``PacketCipher/open(_:in:)`` with a tag of 16 octets right
/// behind the encrypted portion, and no hidden trailer. The library decrypts while it
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

    /// Encrypts the octets of a packet at `text` and writes the tag behind them. Those before are authenticated as well.
    ///
    /// - Parameter counter: The counter block before the salt; see ``PacketJob/counter``.
    /// - Precondition: `text` and the tag's 16 octets lie inside the packet's `byteCount` octets.
    @unsafe
    @inlinable
    @inline(__always)
    public func seal(_ text: Range<Int>, _ counter: CounterBlock, packet: UnsafeMutableRawPointer, byteCount: Int) {
        check(text, byteCount)
        unsafe csrtp_direct_seal(
            direct, packet.assumingMemoryBound(to: UInt8.self), text.lowerBound, text.upperBound, counter.low,
            counter.high)
    }

    /// Compares the tag behind the octets of a packet at `text`, and decrypts these if it agrees.
    ///
    /// - Precondition: as that of ``seal(_:_:packet:byteCount:)``.
    @unsafe
    @inlinable
    @inline(__always)
    public func open(
        _ text: Range<Int>, _ counter: CounterBlock, packet: UnsafeMutableRawPointer, byteCount: Int
    ) -> PacketCipher.Opened {
        check(text, byteCount)
        return unsafe PacketCipher.Opened(
            csrtp_direct_open(
                direct, packet.assumingMemoryBound(to: UInt8.self), text.lowerBound, text.upperBound, counter.low,
                counter.high))
    }

    /// Wipes what the packets left behind in the thread.
    package func end() { unsafe csrtp_direct_end(direct) }

    @inlinable
    @inline(__always)
    func check(_ text: Range<Int>, _ byteCount: Int) {
        precondition(text.lowerBound >= 0 && text.upperBound <= byteCount &- 16, "text outside its packet")
    }
}
