// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import RTP
import TestSupport
import Testing

@testable import SRTP

/// Whether tests run for as long as they can be of use (`scripts/test-all`).
let runsLong = getenv("SRTP_LONG_TESTS") != nil

@Suite("Switching keys while packets flow")
struct KeySwitchTests {
    enum Method: CaseIterable, Sendable {
        /// Each packet names its key.
        case identifiers
        /// Keys go by ranges of indices.
        case ranges
        /// The receiver has the new key before the sender, and tries both.
        case trial
    }

    /// 10,000 packets a second; a network of 20 ms that holds back one packet in twenty for up to 5 ms more.
    private static let packetsPerSecond = 10_000
    private static let delay = 200
    private static let furtherDelay = 1...50

    @Test(
        "no packet is lost to a switch at 10,000 a second with 5 % out of order",
        arguments: Method.allCases, [.aesCM128_HMACSHA1_80] + builtSuites.filter { $0.name == "AEAD_AES_128_GCM" })
    func losesNothing(_ method: Method, _ suite: SRTPSuite) throws {
        var generator = SeededGenerator(seed: 10_000)
        let seconds = runsLong ? 6 : 1
        // A switch about every third of a second, none in the first.
        let switches = 3 * seconds - 1
        let period = UInt64(Self.packetsPerSecond / 3)
        let options = { (number: Int) in Self.options(method, number, period, isLast: number == switches) }
        let link = try Link(suite, options: options(0))
        if method == .ranges {
            for number in 1...switches {
                try link.addKey(first: UInt8(number), options: options(number))
            }
        }
        // What arrives when: an arrival's time, packet and wire.
        var inFlight: [Int: [(packet: [UInt8], wire: [UInt8], isRTCP: Bool)]] = [:]
        var delivered = 0
        for tick in 0..<Self.packetsPerSecond * seconds + Self.delay + 60 {
            for (packet, wire, isRTCP) in inFlight.removeValue(forKey: tick) ?? [] {
                let opened = isRTCP ? link.receiving.rtcp(wire) : link.receiving.rtp(wire)
                #expect(opened == .success(packet))
                delivered += 1
            }
            guard tick < Self.packetsPerSecond * seconds else { continue }
            // The receiver has a new key a hundred packets before the sender.
            let (number, phase) = UInt64(tick + 100).quotientAndRemainder(dividingBy: period)
            if phase == 0, number <= switches, method != .ranges {
                try link.receiving.replaceKey(first: UInt8(number), options: options(Int(number)))
            }
            let (present, own) = UInt64(tick).quotientAndRemainder(dividingBy: period)
            if own == 0, present > 0, present <= switches, method != .ranges {
                try link.sending.replaceKey(first: UInt8(present), options: options(Int(present)))
            }
            for isRTCP in tick % 500 == 0 ? [false, true] : [false] {
                let packet =
                    isRTCP
                    ? SamplePackets.rtcp() : SamplePackets.rtp(sequence: UInt16(truncatingIfNeeded: tick))
                let wire = isRTCP ? try link.sending.rtcp(packet).get() : try link.sending.rtp(packet).get()
                let isLate = Int.random(in: 0..<20, using: &generator) == 0
                let delay = Self.delay + (isLate ? .random(in: Self.furtherDelay, using: &generator) : 0)
                inFlight[tick + delay, default: []].append((packet, wire, isRTCP))
            }
        }
        #expect(delivered == Self.packetsPerSecond * seconds + Self.packetsPerSecond * seconds / 500)
        #expect(link.receiving.context.statistics.refusedPackets == 0)
        #expect(link.receiving.latestKey?.number == UInt32(switches + 1))
        let switched = link.receiving.events().filter { if case .keySwitched = $0 { true } else { false } }
        #expect(switched == (1...switches).map { .keySwitched(sample, to: SRTPKeyID(number: UInt32($0 + 1))) })
    }

    private static func options(_ method: Method, _ number: Int, _ period: UInt64, isLast: Bool) -> SRTPKeyOptions {
        switch method {
        case .identifiers: return SRTPKeyOptions(mki: [UInt8(number), 1])
        case .ranges:
            let first = UInt64(number) * period
            return SRTPKeyOptions(indices: first...(isLast ? PacketIndex.modulus : first + period) - 1)
        case .trial: return SRTPKeyOptions()
        }
    }
}
