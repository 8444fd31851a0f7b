// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Whether CSRC lists and header extensions are encrypted with the payload (RFC 9335, `a=cryptex`).
public enum Cryptex: Hashable, Sendable {
    /// They are not, and the numbers that mark encrypted ones are numbers like any other, as RFC 3711 has it. A peer that encrypts
    /// them all the same is refused under an authenticated cipher; under the others its packets authenticate, and their CSRCs,
    /// extension and payload are not what it sent.
    case off
    /// A sender encrypts them wherever it can; a receiver takes packets with and without.
    case offered
    /// A sender refuses packets whose extension is not one of RFC 8285, which cannot be encrypted; a receiver refuses packets
    /// with an extension or CSRCs that are not encrypted (RFC 9335 section 5.2).
    case required

    /// The numbers in the extension's first word, in the clear and encrypted, with one-octet and with two-octet element
    /// headers. The two-octet form's lower four bits are application bits; the encrypted number has no place for them.
    static let oneByteProfile: UInt16 = 0xBEDE
    static let twoByteProfile: UInt16 = 0x1000
    static let encryptedOneByteProfile: UInt16 = 0xC0DE
    static let encryptedTwoByteProfile: UInt16 = 0xC2DE

    /// The octets of the extension's first word, which stay in the clear.
    static let blockHeaderByteCount = 4

    /// The number that an extension with this one gets when it is encrypted; `nil` where it cannot be.
    static func encryptedProfile(_ profile: UInt16) -> UInt16? {
        switch profile {
        case oneByteProfile: encryptedOneByteProfile
        case twoByteProfile: encryptedTwoByteProfile
        default: nil
        }
    }

    /// The number that an encrypted extension had; `nil` for one that is not encrypted.
    static func decryptedProfile(_ profile: UInt16) -> UInt16? {
        switch profile {
        case encryptedOneByteProfile: oneByteProfile
        case encryptedTwoByteProfile: twoByteProfile
        default: nil
        }
    }
}
