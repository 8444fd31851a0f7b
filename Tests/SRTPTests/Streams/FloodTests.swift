// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

// Tests/AllocationCheck does the same in a release build and counts allocations, ten million packets with SRTP_LONG_TESTS set.
@Suite("Floods of forged packets")
struct FloodTests {
    @Test("SRTP-15 random SSRCs with bad tags: none accepted, nothing kept, the genuine stream goes on")
    func randomSSRCs() throws {
        var generator = SeededGenerator(seed: 15)
        let link = try Link(options: SRTPKeyOptions(mki: [1], rate: 64))
        try link.addKey(first: 7, options: SRTPKeyOptions(mki: [2]))
        var forged = try Sending.wire(SamplePackets.rtp(sequence: 1, ssrc: 0)) + [0]
        var accepted = 0
        for number in 0..<100_000 {
            if number % 1000 == 0 {
                try link.rtp(SamplePackets.rtp(sequence: UInt16(number / 1000)))
                try link.rtcp(SamplePackets.rtcp())
            }
            let random = generator.next()
            for place in 0..<8 { forged[4 + place] = UInt8(truncatingIfNeeded: random >> (8 * place)) }
            forged[2] = UInt8(truncatingIfNeeded: random >> 17)
            // The identifier: one of the two, or none.
            forged[forged.count - 11] = UInt8(random % 4)
            let opened = number % 2 == 0 ? link.receiving.rtp(forged) : link.receiving.rtcp(forged)
            if case .success = opened { accepted += 1 }
        }
        #expect(accepted == 0)
        #expect(link.receiving.context.knownSSRCs == [sample])
        #expect(link.receiving.state.former.isEmpty)
        #expect(link.receiving.context.statistics.refusedPackets == 100_000)
        #expect(link.receiving.context.statistics.rtpPackets == 100)
        #expect(link.receiving.keys.map(\.rtpPackets) == [100, 0])
        #expect(link.receiving.events() == [.streamAdded(sample)])
    }
}
