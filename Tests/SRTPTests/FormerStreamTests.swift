// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Streams that are gone and come back")
struct FormerStreamTests {
    /// A receiver whose first stream made room, and the packets of that.
    private func evicted(
        _ configure: (inout SRTPConfiguration) -> Void = { _ in }
    ) throws -> (Receiving, Sending, rtp: [[UInt8]], rtcp: [UInt8]) {
        let sending = try Sending(.aesCM128_HMACSHA1_80, configure)
        let receiving = try Receiving {
            configure(&$0)
            $0.streamLimit = 1
            $0.fullTable = .evictIdle
        }
        var accepted: [[UInt8]] = []
        for number: UInt16 in [65_000, 65_535, 2] {
            accepted.append(try sending.rtp(SamplePackets.rtp(sequence: number, ssrc: 1)).get())
            _ = try receiving.rtp(accepted[accepted.count - 1]).get()
        }
        let report = try sending.rtcp(SamplePackets.rtcp(ssrc: 1)).get()
        _ = try receiving.rtcp(report).get()
        _ = try receiving.rtp(sending.rtp(SamplePackets.rtp(sequence: 9, ssrc: 2)).get()).get()
        #expect(receiving.context.knownSSRCs == [2])
        return (receiving, sending, accepted, report)
    }

    @Test(
        "what was accepted of an evicted stream stays refused, and it goes on over the wrap", arguments: [false, true])
    func receiver(_ isLong: Bool) throws {
        let (receiving, sending, rtp, rtcp) = try evicted { if isLong { $0.cryptex = .offered } }
        for wire in rtp {
            #expect(throws: SRTPError.self) { try receiving.rtp(wire).get() }
        }
        #expect(receiving.rtcp(rtcp) == .failure(.replayed(1, index: 0)))
        #expect(receiving.context.statistics[.replayed] == 4)
        #expect(receiving.context.knownSSRCs == [2])
        for number: UInt16 in [3, 30_000] {
            let packet = SamplePackets.rtp(sequence: number, ssrc: 1)
            #expect(try receiving.rtp(sending.rtp(packet).get()) == .success(packet))
        }
        #expect(receiving.context.rolloverCounter(of: 1) == 1)
        for wire in rtp { #expect(throws: SRTPError.self) { try receiving.rtp(wire).get() } }
        #expect(receiving.rtcp(rtcp) == .failure(.replayed(1, index: 0)))
    }

    @Test("a sender whose stream was removed uses no index of it again", arguments: [false, true])
    func sender(_ isLong: Bool) throws {
        let sending = try Sending(.aesCM128_HMACSHA1_80) { if isLong { $0.cryptex = .offered } }
        for number: UInt16 in [65_000, 65_535, 2] {
            _ = try sending.rtp(SamplePackets.rtp(sequence: number)).get()
        }
        _ = try sending.rtcp(SamplePackets.rtcp()).get()
        for number: UInt16 in [65_000, 65_535, 2, 1] {
            try sending.context.removeStream(sample)
            #expect(throws: SRTPError.self) {
                try sending.rtp(SamplePackets.rtp(sequence: number, payload: [9])).get()
            }
        }
        let packet = SamplePackets.rtp(sequence: 3)
        #expect(try sending.rtp(packet).get() == Sending.wire(packet, rolloverCounter: 1))
        try sending.context.removeStream(sample)
        let report = SamplePackets.rtcp()
        #expect(try sending.rtcp(report).get() == Sending.wireRTCP(report, index: 1))
    }
}
