// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// The default pseudo-random function of SRTP, AES-CM keyed by the master key (RFC 3711 section 4.3.3).
package struct AESCMKeyDerivation: ~Copyable, Sendable {
    private let cipher: AESCounterMode
    private let salt: SecretBytes

    /// The function under a master key of 16, 24 or 32 octets and a master salt of at most 14; a shorter salt is
    /// padded with zeros on the right (RFC 7714 section 11).
    package init(masterKey: borrowing SecretBytes, masterSalt: borrowing SecretBytes) throws(CryptoError) {
        guard masterSalt.count <= 14 else { throw .unsupportedKeyLength(masterSalt.count) }
        cipher = try AESCounterMode(key: masterKey)
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
