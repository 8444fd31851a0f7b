// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A key from which other keys are derived, itself derived from another one, by the constant in its label.
package enum IntermediateKey: UInt32, CaseIterable, Sendable {
    /// MPKr', a forked MPKr (RFC 6043 table 5.1).
    case forkedMPKr = 0x2B28_8856
    /// TGK', a forked TGK (RFC 6043 table 5.1).
    case forkedTGK = 0x1512_B54A
    /// MPKi (RFC 6043 table A.1), and the MPK of MIKEY-IBAKE (RFC 6267 section 5.1).
    case mpki = 0x220E_99A2
    /// MPKr (RFC 6043 table A.1), and the TGK of MIKEY-IBAKE (RFC 6267 section 5.1).
    case mpkr = 0x1F4D_675B

    /// The label of a key that is forked for the responder whose IDRr has `identity` as its data (RFC 6043 section 5.1.1).
    package func forkLabel(identity: [UInt8], kmsRand: [UInt8]) -> [UInt8] {
        precondition(identity.count <= 0xFFFF, "the data of an ID payload have at most 65535 octets")
        var label = start(reserving: 12 + identity.count + kmsRand.count)
        label.write(UInt8(0x00))
        label.write(UInt16(identity.count))
        label.write(bytes: identity)
        label.writeCounted(kmsRand)
        return label.bytes
    }

    /// The label of MPKi or MPKr, which are derived from the MPK in a ticket (RFC 6043 section A.2.2).
    package func ticketLabel(rand: [UInt8]) -> [UInt8] {
        var label = start(reserving: 11 + rand.count)
        label.write(UInt8(0x06))
        label.writeCounted(rand)
        return label.bytes
    }

    /// The label of MPK or TGK, which are derived from K_SESSION (RFC 6267 section 5.1).
    package func sessionLabel(rand: [UInt8]) -> [UInt8] {
        var label = start(reserving: 9 + rand.count)
        label.write(bytes: rand)
        return label.bytes
    }

    private func start(reserving byteCount: Int) -> ByteWriter {
        var label = ByteWriter(reserving: byteCount)
        label.write(rawValue)
        label.write(UInt8(0xFF))
        label.write(UInt32.max)
        return label
    }
}
