// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("The calls on arrays")
struct ArrayCallTests {
    @Test("a packet is as long as it is, also where options let others be longer")
    func length() throws {
        let packet = SamplePackets.rtp(sequence: 1)
        let plain = try Sending.wire(packet)
        let cryptex = try Sending { $0.cryptex = .offered }
        #expect(try cryptex.rtp(packet).get() == plain)
        // Only every second packet has a tag.
        let carried = try Sending {
            $0.carriedRolloverCounter = CarriedRolloverCounter(.unauthenticatedBetween, rate: 2)
        }
        #expect(try carried.rtp(packet).get().count == packet.count)
        #expect(try carried.rtp(SamplePackets.rtp(sequence: 2)).get().count == packet.count + 10)
    }
}
