// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

// One of the two halves of a job, for what does not lay out its packets as a job does: header extensions (RFC 6904), Cryptex
// (RFC 9335), tags that carry the rollover counter (RFC 4771), a transform within a transform (RFC 8723).
extension PacketCipher {
    /// Puts keystream into `bytes`, whatever they hold; zeros for ``Kind/null`` (RFC 6904 section 3.2). `false` if the
    /// engine failed: the octets are then undefined.
    ///
    /// For counter mode at most ``PacketJob/maximumCipherByteCount`` octets; for GCM the keystream of its text.
    package mutating func keystream(counter: CounterBlock, into bytes: inout MutableRawSpan) -> Bool {
        unsafe bytes.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return true }
            unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
            return unsafe csrtp_packet_cipher_apply(context, base, base, 0, bytes.count, counter.low, counter.high) == 1
        }
    }

    /// The whole HMAC-SHA1 of a job, over the packet as it is: 20 octets. `nil` if the engine failed, and where the cipher
    /// has no authentication key.
    ///
    /// - Precondition: the job's numbers lie inside the packet.
    package mutating func mac(of job: PacketJob, in packet: RawSpan) -> HMACSHA1.MAC? {
        checkBounds(of: job, in: packet.byteCount)
        var mac = HMACSHA1.MAC(repeating: 0)
        var octets = mac.mutableSpan
        let done = unsafe packet.withUnsafeBytes { packet in
            unsafe octets.withUnsafeMutableBufferPointer { mac in
                unsafe csrtp_packet_cipher_mac(
                    context, packet.baseAddress, job.authenticatedEnd, job.hiddenTrailer ?? 0,
                    job.hiddenTrailer == nil ? 0 : 1, mac.baseAddress)
            }
        }
        return done == 1 ? mac : nil
    }

    /// Encrypts all but the last 16 octets of `text` in place and writes the tag there. The associated data is `first` with
    /// `second` behind it. `false` if the engine failed, and where the cipher is not GCM: the octets are then undefined.
    ///
    /// - Precondition: `text` has room for the tag.
    package mutating func sealAEAD(
        counter: CounterBlock, associatedData first: RawSpan, _ second: RawSpan = RawSpan(),
        in text: inout MutableRawSpan
    ) -> Bool {
        unsafe withText(&text, first, second) { text, first, second, tag in
            unsafe csrtp_packet_cipher_seal_aead(
                context, counter.low, counter.high, first.baseAddress, first.count, second.baseAddress, second.count,
                text.baseAddress, text.count, tag)
        } == 1
    }

    /// Compares the last 16 octets of `text`, its tag, and only where they agree decrypts the others in place. The
    /// associated data is `first` with `second` behind it. ``Opened/failed`` also where the cipher is not GCM.
    ///
    /// - Precondition: `text` holds a tag.
    package mutating func openAEAD(
        counter: CounterBlock, associatedData first: RawSpan, _ second: RawSpan = RawSpan(),
        in text: inout MutableRawSpan
    ) -> Opened {
        let opened = unsafe withText(&text, first, second) { text, first, second, tag in
            unsafe csrtp_packet_cipher_open_aead(
                context, counter.low, counter.high, first.baseAddress, first.count, second.baseAddress, second.count,
                text.baseAddress, text.count, tag)
        }
        return Opened(opened)
    }

    @unsafe
    private func withText(
        _ text: inout MutableRawSpan, _ first: RawSpan, _ second: RawSpan,
        _ body: (
            UnsafeMutableRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeMutableRawPointer
        ) -> Int32
    ) -> Int32 {
        let count = text.byteCount - Self.aeadTagByteCount
        precondition(count >= 0, "no room for the tag")
        return unsafe text.withUnsafeMutableBytes { text in
            unsafe first.withUnsafeBytes { first in
                unsafe second.withUnsafeBytes { second in
                    guard let base = text.baseAddress else { return 0 }
                    let plain = unsafe UnsafeMutableRawBufferPointer(start: base, count: count)
                    return unsafe body(plain, first, second, base + count)
                }
            }
        }
    }
}
