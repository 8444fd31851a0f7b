// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CSRTPShims

extension PacketCipher {
    /// As ``openAEAD(counter:associatedData:_:in:)``, but with the tag elsewhere: `text` is no longer than what is decrypted.
    ///
    /// - Precondition: `tag` has 16 octets.
    package mutating func openAEAD(
        counter: CounterBlock, associatedData: RawSpan, tag: RawSpan, in text: inout MutableRawSpan
    ) -> Opened {
        precondition(tag.byteCount == Self.aeadTagByteCount, "a tag is 16 octets")
        let opened = unsafe text.withUnsafeMutableBytes { text in
            unsafe associatedData.withUnsafeBytes { associated in
                unsafe tag.withUnsafeBytes { tag in
                    unsafe csrtp_packet_cipher_open_aead(
                        context, counter.low, counter.high, associated.baseAddress, associated.count, nil, 0,
                        text.baseAddress, text.count, tag.baseAddress)
                }
            }
        }
        return Opened(opened)
    }
}
