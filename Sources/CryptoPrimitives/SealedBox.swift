// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Octets that are kept where others can reach them, sealed by AES-256-GCM under a random nonce.
///
/// A box is the nonce of 12 octets, the encrypted octets and the tag of 16. Nonces are random, so that one key is good for
/// 2^32 boxes (NIST SP 800-38D section 8.3).
package enum SealedBox {
    /// The octets of a key.
    package static let keyByteCount = 32
    /// How many octets a box is longer than what is in it.
    package static let overhead = nonceByteCount + PacketCipher.aeadTagByteCount

    private static let nonceByteCount = 12

    /// A box with `content` in it, which opens only with the same `key` and `associatedData`.
    package static func seal(
        _ content: RawSpan, key: borrowing SecretBytes, associatedData: RawSpan = RawSpan()
    ) throws(CryptoError) -> [UInt8] {
        let nonce = try SecretBytes.make(count: nonceByteCount) { (bytes: inout MutableRawSpan) throws(CryptoError) in
            try SecureRandom.fill(&bytes)
        }
        var cipher = try cipher(key, nonce)
        var box = [UInt8](repeating: 0, count: content.byteCount + overhead)
        unsafe box.withUnsafeMutableBytes { box in
            unsafe nonce.withUnsafeOctets { unsafe box.copyMemory(from: $0) }
            let text = unsafe UnsafeMutableRawBufferPointer(rebasing: box[nonceByteCount...])
            unsafe content.withUnsafeBytes { unsafe text.copyMemory(from: $0) }
        }
        var octets = box.mutableSpan
        var bytes = unsafe octets.mutableBytes
        var text = bytes._mutatingExtracting(droppingFirst: nonceByteCount)
        guard cipher.sealAEAD(counter: .zero, associatedData: associatedData, in: &text) else { throw .engineFailed }
        return box
    }

    /// What is in `box`.
    ///
    /// - Throws: ``CryptoError/authenticationFailed`` unless it was made with the same `key` and `associatedData` and is
    ///   whole.
    package static func open(
        _ box: RawSpan, key: borrowing SecretBytes, associatedData: RawSpan = RawSpan()
    ) throws(CryptoError) -> SecretBytes {
        guard box.byteCount >= overhead else { throw .authenticationFailed }
        var cipher = try cipher(key, SecretBytes(copying: box.extracting(first: nonceByteCount)))
        let count = box.byteCount - nonceByteCount
        let text = try SecretBytes.make(count: count) { (text: inout MutableRawSpan) throws(CryptoError) in
            unsafe text.withUnsafeMutableBytes { text in
                unsafe box.extracting(droppingFirst: nonceByteCount).withUnsafeBytes {
                    unsafe text.copyMemory(from: $0)
                }
            }
            switch cipher.openAEAD(counter: .zero, associatedData: associatedData, in: &text) {
            case .opened: return
            case .tagDiffers: throw .authenticationFailed
            case .failed: throw .engineFailed
            }
        }
        return text.withBytes { SecretBytes(copying: $0.extracting(droppingLast: PacketCipher.aeadTagByteCount)) }
    }

    /// The nonce takes the place of the salt: with a counter of zero, that is the whole IV.
    private static func cipher(
        _ key: borrowing SecretBytes, _ nonce: borrowing SecretBytes
    ) throws(CryptoError) -> PacketCipher {
        guard key.count == keyByteCount else { throw .unsupportedKeyLength(key.count) }
        return try PacketCipher(
            kind: .aesGCM, encryptionKey: key.withBytes { SecretBytes(copying: $0) }, salt: nonce,
            authenticationKey: nil)
    }
}

extension CounterBlock {
    fileprivate static var zero: CounterBlock { CounterBlock(high: 0, low: 0) }
}
