// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// A header extension as RFC 3550 section 5.3.1 has it: a number that the profile defines, and whole words of data.
///
/// ``HeaderExtensionBuilder`` makes one of RFC 8285 elements, ``HeaderExtensionCursor`` finds them again.
public struct HeaderExtension: Hashable, Sendable {
    /// The octets of data at most: a 16-bit count of words.
    public static let maximumDataByteCount = 4 * Int(UInt16.max)

    /// The number defined by the profile, for example 0xBEDE for RFC 8285 one-byte elements.
    public var profile: UInt16
    /// The data: a multiple of four octets, at most ``maximumDataByteCount``. Other lengths are refused when written.
    public var data: [UInt8]

    /// An extension of this data.
    public init(profile: UInt16, data: [UInt8]) {
        self.profile = profile
        self.data = data
    }

    /// The octets on the wire: profile, length and data.
    public var encodedByteCount: Int { 4 + data.count }

    func checkLength() throws(RTPError) {
        guard data.count % 4 == 0, data.count <= Self.maximumDataByteCount else {
            throw .invalidLength(.headerExtension, bytes: data.count)
        }
    }
}

/// How the elements of a header extension are framed (RFC 8285 section 4).
@frozen
public enum HeaderExtensionForm: Hashable, Sendable {
    /// Profile 0xBEDE: identifiers 1 to 14, data of 1 to 16 octets.
    case oneByte
    /// Profile 0x1000 to 0x100F: identifiers 1 to 255, data of 0 to 255 octets.
    ///
    /// The low four bits of the profile are the application's; 0 unless the session gave them a meaning.
    case twoByte(appBits: UInt8)

    /// The form that `profile` stands for; `nil` where the data is not RFC 8285's.
    public init?(profile: UInt16) {
        switch profile {
        case 0xBEDE: self = .oneByte
        case 0x1000...0x100F: self = .twoByte(appBits: UInt8(truncatingIfNeeded: profile & 0x0F))
        default: return nil
        }
    }

    /// The number in the extension's "defined by profile" field.
    public var profile: UInt16 {
        switch self {
        case .oneByte: 0xBEDE
        case .twoByte(let appBits): 0x1000 | UInt16(appBits & 0x0F)
        }
    }
}
