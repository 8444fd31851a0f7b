// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@testable import SRTP

/// Most packets take a short way on which no rule is asked. What becomes of them is the same as on the long way, which all packets
/// take where Cryptex is offered, and which leaves packets with neither CSRCs nor an extension as they are.
@Suite("The short way of ordinary packets")
struct OrdinaryPacketTests {
    @Test(
        "gives the octets, refusals, counts and state of the long way", arguments: [64, 128, 1024],
        ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"])
    func sameAsLongWay(window: Int, name: String) throws {
        let suite = try #require(builtSuites.first { $0.name == name })
        let configure = { (configuration: inout SRTPConfiguration) in
            configuration.replayWindow = window
            configuration.limits.rtpPackets = 900
        }
        let long = { (configuration: inout SRTPConfiguration) in
            configure(&configuration)
            configuration.cryptex = .offered
        }
        let sending = (try Sending(suite, configure), try Sending(suite, long))
        let receiving = (try Receiving(suite, configure), try Receiving(suite, long))
        var generator = SeededGenerator(seed: UInt64(window))
        var next: [UInt16] = [0, 0x7FF0, 0xFFF0]
        var network: [[UInt8]] = []
        var accepted = 0
        for step in 0..<3000 {
            let stream = Int.random(in: 0..<next.count, using: &generator)
            let ssrc = SSRC(UInt32(stream + 1))
            // In line for the most part; with gaps, steps of about half the numbers, and steps back.
            switch Int.random(in: 0..<40, using: &generator) {
            case 0: next[stream] &+= UInt16.random(in: 0x7FFD...0x8003, using: &generator)
            case 1: next[stream] &-= UInt16.random(in: 0...200, using: &generator)
            case 2...8: next[stream] &+= UInt16.random(in: 2...200, using: &generator)
            default: next[stream] &+= 1
            }
            if step % 100 == 50 {
                let report = SamplePackets.rtcp(ssrc: ssrc.rawValue)
                let wire = sending.0.rtcp(report)
                #expect(sending.1.rtcp(report) == wire)
                if let wire = try? wire.get() { #expect(receiving.0.rtcp(wire) == receiving.1.rtcp(wire)) }
            }
            if step % 300 == 299 {
                let counter = UInt32(step)
                try? sending.0.context.setRolloverCounter(counter, of: ssrc)
                try? sending.1.context.setRolloverCounter(counter, of: ssrc)
                try? receiving.0.context.setRolloverCounter(counter, of: ssrc)
                try? receiving.1.context.setRolloverCounter(counter, of: ssrc)
            }
            let packet = SamplePackets.rtp(sequence: next[stream], ssrc: ssrc.rawValue)
            let wire = sending.0.rtp(packet)
            try #require(sending.1.rtp(packet) == wire)
            if let wire = try? wire.get() { network.append(wire) }
            if let last = network.indices.last {
                // Mostly the newest one, sometimes an earlier one, sometimes a forged one.
                let choice = Int.random(in: 0..<10, using: &generator)
                var arrived = network[choice < 7 ? last : Int.random(in: max(0, last - 150)...last, using: &generator)]
                if choice == 9 { arrived[arrived.count - 1] ^= 1 }
                let plain = receiving.0.rtp(arrived)
                try #require(receiving.1.rtp(arrived) == plain)
                if (try? plain.get()) != nil { accepted += 1 }
            }
            try #require(sending.0.state == sending.1.state)
            try #require(receiving.0.state == receiving.1.state)
        }
        #expect(accepted > 500)
        #expect(receiving.0.context.latestKey == receiving.1.context.latestKey)
        #expect(sending.0.context.statistics.rtpPackets == sending.1.context.statistics.rtpPackets)
        #expect(receiving.0.context.statistics.rtpPackets == UInt64(accepted))
        #expect(receiving.1.context.statistics.rtpPackets == UInt64(accepted))
        for refusal in SRTPRefusal.allCases {
            #expect(sending.0.context.statistics[refusal] == sending.1.context.statistics[refusal])
            #expect(receiving.0.context.statistics[refusal] == receiving.1.context.statistics[refusal])
        }
        while let event = receiving.0.context.nextEvent() { #expect(receiving.1.context.nextEvent() == event) }
        #expect(receiving.1.context.nextEvent() == nil)
        while let event = sending.0.context.nextEvent() { #expect(sending.1.context.nextEvent() == event) }
    }

    @Test("begins with a stream that has sent SRTCP only, at index 0 and not before")
    func afterControlPackets() throws {
        let (sending, receiving) = (try Sending(), try Receiving())
        _ = try receiving.rtcp(try sending.rtcp(SamplePackets.rtcp()).get()).get()
        for number: UInt16 in [7, 8] {
            let packet = SamplePackets.rtp(sequence: number)
            let wire = try sending.rtp(packet).get()
            #expect(wire == (try Sending.wire(packet)))
            #expect(receiving.rtp(wire) == .success(packet))
        }
    }
}
