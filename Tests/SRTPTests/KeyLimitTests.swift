// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

@Suite("Packets under one master key, RFC 3711 section 9.2")
struct KeyLimitTests {
    @Test(
        "SRTP-55 the last packet passes, the next is refused and stays refused, RTP and RTCP, every stream",
        arguments: [true, false])
    func limit(byRTP: Bool) throws {
        let configure = { (configuration: inout SRTPConfiguration) in
            if byRTP { configuration.limits.rtpPackets = 3 } else { configuration.limits.rtcpPackets = 3 }
        }
        let (sending, receiving) = (
            try Sending(.aesCM128_HMACSHA1_80, configure), try Receiving(.aesCM128_HMACSHA1_80, configure)
        )
        _ = try receiving.rtp(try sending.rtp(SamplePackets.rtp(sequence: 1, ssrc: 2)).get()).get()
        for number: UInt16 in 1...3 {
            if byRTP {
                _ = try receiving.rtp(try sending.rtp(SamplePackets.rtp(sequence: number)).get()).get()
            } else {
                _ = try receiving.rtcp(try sending.rtcp(SamplePackets.rtcp()).get()).get()
            }
        }
        let before = (sending.state, receiving.state)
        #expect(before.0.isKeyExhausted && before.1.isKeyExhausted)
        for ssrc: UInt32 in [sample.rawValue, 2, 3] {
            for number: UInt16 in [4, 5] {
                let packet = SamplePackets.rtp(sequence: number, ssrc: ssrc)
                let report = SamplePackets.rtcp(ssrc: ssrc)
                #expect(sending.rtp(packet) == .failure(.keyExhausted(SSRC(ssrc))))
                #expect(sending.rtcp(report) == .failure(.keyExhausted(SSRC(ssrc))))
                #expect(receiving.rtp(try Sending.wire(packet)) == .failure(.keyExhausted(SSRC(ssrc))))
                #expect(receiving.rtcp(try Sending.wireRTCP(report, index: 9)) == .failure(.keyExhausted(SSRC(ssrc))))
            }
        }
        #expect(sending.state == before.0)
        #expect(receiving.state == before.1)
    }

    @Test("SRTP-55 the limits are 2^48 and 2^31 packets of one stream; two streams do not share them")
    func perStream() throws {
        #expect(KeyLimits() == KeyLimits(rtpPackets: 1 << 48, rtcpPackets: 1 << 31))
        let sending = try Sending { $0.limits.rtpPackets = 3 }
        for number: UInt16 in 1...2 {
            for ssrc: UInt32 in 1...4 {
                #expect(throws: Never.self) { try sending.rtp(SamplePackets.rtp(sequence: number, ssrc: ssrc)).get() }
            }
        }
    }

    @Test("SRTP-14 refused packets do not count towards the limit")
    func refusedDoNotCount() throws {
        let receiving = try Receiving { $0.limits.rtpPackets = 3 }
        var forged = try Sending.wire(SamplePackets.rtp(sequence: 1))
        forged[20] ^= 1
        for _ in 0..<10 { #expect(receiving.rtp(forged) == .failure(.authenticationFailed(sample))) }
        for number: UInt16 in 1...3 {
            let wire = try Sending.wire(SamplePackets.rtp(sequence: number))
            #expect(throws: Never.self) { try receiving.rtp(wire).get() }
        }
    }
}
