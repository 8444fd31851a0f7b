// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A key that protects messages, by the constant in its label (RFC 3830 table 4.1.4).
package enum MessageKey: UInt32, CaseIterable, Sendable {
    /// encr_key.
    case encryptionKey = 0x1505_33E1
    /// auth_key.
    case authenticationKey = 0x2D22_AC75
    /// salt_key.
    case salt = 0x29B8_8916
}

/// What the keys of messages depend on beside the pre-shared or other key: what their labels are made of.
package enum MessageKeyContext: Hashable, Sendable {
    /// RFC 3830 section 4.1.4, for messages both ways: RAND is that of the CSB's first message, as it was carried.
    case bundle(csbID: UInt32, rand: [UInt8])
    /// RFC 6043 section 5.1.2, messages of the initiator.
    case ticketInitial(csbID: UInt32, initiatorRand: [UInt8]?, responderRand: [UInt8]?)
    /// RFC 6043 section 5.1.2, messages of the responder.
    case ticketResponse(csbID: UInt32, initiatorRand: [UInt8]?, responderRand: [UInt8]?)
    /// RFC 6043 section 6.10, the MAC of the responder that a ticket carries.
    case ticketVerification
    /// RFC 6043 section A.2.1, what a TPK protects inside of a ticket.
    case ticketData(rand: [UInt8])

    /// The label of a key.
    package func label(_ key: MessageKey) -> [UInt8] {
        var label = ByteWriter(reserving: 32)
        label.write(key.rawValue)
        label.write(UInt8(0xFF))
        switch self {
        case .bundle(let csbID, let rand):
            label.write(csbID)
            label.write(bytes: rand)
        case .ticketInitial(let csbID, let initiatorRand, let responderRand):
            label.write(csbID)
            label.write(UInt8(0x01))
            label.writeCounted(initiatorRand)
            label.writeCounted(responderRand)
        case .ticketResponse(let csbID, let initiatorRand, let responderRand):
            label.write(csbID)
            label.write(UInt8(0x02))
            label.writeCounted(initiatorRand)
            label.writeCounted(responderRand)
        case .ticketVerification:
            label.write(UInt32.max)
            label.write(UInt8(0x04))
        case .ticketData(let rand):
            label.write(UInt32.max)
            label.write(UInt8(0x05))
            label.writeCounted(rand)
        }
        return label.bytes
    }
}
