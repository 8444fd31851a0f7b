// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The pseudo-random functions of SRTP: a block cipher in counter mode, keyed by the master key (RFC 3711 section 4.3.3,
/// RFC 6188 section 3, RFC 8269 section 3).
///
/// It holds one key schedule and the salt, so that it can stay as long as the master key.
package struct CounterModeKeyDerivation: ~Copyable, Sendable {
    private let cipher: CounterMode
    private let salt: SecretBytes

    /// The function under a master key of 16, 24 or 32 octets and a master salt of at most 14; a shorter salt is
    /// padded with zeros on the right (RFC 7714 section 11).
    package init(
        cipher: BlockCipher = .aes, masterKey: borrowing SecretBytes, masterSalt: borrowing SecretBytes
    ) throws(CryptoError) {
        guard masterSalt.count <= 14 else { throw .unsupportedSaltLength(masterSalt.count) }
        self.cipher = try CounterMode(cipher, key: masterKey, longRuns: false)
        salt = SecretBytes(paddingOnTheRight: masterSalt, to: 16)
    }

    /// `count` octets for `label` at `indexDivKDR`, the packet index divided by the key derivation rate: 48 bits for SRTP
    /// and, with 17 zeros before the 31-bit index, for SRTCP (RFC 3711 erratum 3712).
    package func derive(label: UInt8, indexDivKDR: UInt64 = 0, count: Int) throws(CryptoError) -> SecretBytes {
        // x = (label || r) XOR salt, right-aligned in 112 bits, and the IV is x * 2^16: r lies in octets 8 to 13 of the
        // block and the label in octet 7, the last one of its upper half.
        var iv = CounterBlock(bigEndian: salt)
        iv.high ^= UInt64(label)
        iv.low ^= indexDivKDR << 16
        return try SecretBytes.make(count: count) { (output: inout MutableRawSpan) throws(CryptoError) in
            try cipher.apply(iv: iv, to: &output)
        }
    }
}
