// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A key that protects traffic, by the constant in its label (RFC 3830 table 4.1.3).
package enum TrafficKey: UInt32, CaseIterable, Sendable {
    /// The traffic encryption key; in SRTP the master key.
    case tek = 0x2AD0_1C64
    /// An authentication key, for a security protocol that derives none.
    case authenticationKey = 0x1B5C_7973
    /// An encryption key, for a security protocol that derives none.
    case encryptionKey = 0x1579_8CEF
    /// A salt; in SRTP the master salt.
    case salt = 0x39A2_C14B
}

/// What a TGK's keys depend on beside the TGK and the crypto session: what their labels are made of.
package enum TrafficKeyContext: Hashable, Sendable {
    /// RFC 3830 section 4.1.3: RAND is that of the CSB's first message, as it was carried.
    case bundle(csbID: UInt32, rand: [UInt8])
    /// RFC 6043 section 5.1.3: each value where the ticket policy has it, by the flags H and G.
    case ticket(initiatorRand: [UInt8]?, responderRand: [UInt8]?)

    /// The label of a key of the crypto session `csID`.
    package func label(_ key: TrafficKey, csID: UInt8) -> [UInt8] {
        var label = ByteWriter(reserving: 32)
        label.write(key.rawValue)
        label.write(csID)
        switch self {
        case .bundle(let csbID, let rand):
            label.write(csbID)
            label.write(bytes: rand)
        case .ticket(let initiatorRand, let responderRand):
            label.write(UInt32.max)
            label.write(UInt8(0x03))
            label.writeCounted(initiatorRand)
            label.writeCounted(responderRand)
        }
        return label.bytes
    }
}

extension ByteWriter {
    /// Appends a random value behind its length as one octet: 0 where there is none. Longer ones than 255 octets cannot be
    /// carried.
    mutating func writeCounted(_ rand: [UInt8]?) {
        precondition(rand?.count ?? 0 <= 0xFF, "a RAND has at most 255 octets")
        write(UInt8(rand?.count ?? 0))
        write(bytes: rand ?? [])
    }
}
