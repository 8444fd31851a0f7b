// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Glibc
import RTP
import SRTP

/// Forged packets of random SSRCs: none is accepted, none takes memory, and the genuine stream among them goes on.
///
/// A hundred thousand packets a run; ten million in the first one where `SRTP_LONG_TESTS` is set.
enum Floods {
    private static let suite = SRTPSuite.aesCM128_HMACSHA1_80
    /// A genuine packet comes after as many forged ones.
    private static let interval = 1000

    static func check(_ tally: inout Tally) throws {
        let isLong = getenv("SRTP_LONG_TESTS") != nil
        for (name, isRTCP, keys) in [
            ("SRTP", false, 1), ("SRTCP", true, 1), ("SRTP, three keys", false, 3),
            ("SRTP, three keys with MKI", false, -3),
        ] {
            let isFirst = name == "SRTP"
            let count = isLong ? (isFirst ? 10_000_000 : 1_000_000) : 100_000
            var receiver = try receiver(keys: keys)
            let outcome = try run(&receiver, count: count, isRTCP: isRTCP, hasIdentifiers: keys < 0)
            let what = "\(count) forged packets, \(name)"
            tally.note("SRTP-15", "\(what), allocations", expected: 0, found: outcome.allocations)
            tally.note("SRTP-15", "\(what), accepted", expected: 0, found: outcome.accepted)
            tally.note(
                "SRTP-15", "\(what), genuine ones refused", expected: 0, found: outcome.refused)
            tally.note("SRTP-15", "\(what), streams", expected: 1, found: UInt64(receiver.knownSSRCs.count))
        }
    }

    /// A receiver with as many keys, of which the first is the published one; with identifiers where the number is negative.
    private static func receiver(keys: Int) throws -> SRTPReceiver {
        var options = SRTPKeyOptions()
        var configuration = SRTPConfiguration()
        configuration.streamLimit = 4
        configuration.fullTable = .evictIdle
        if keys < 0 { options.mki = [0] }
        var receiver = try SRTPReceiver(
            masterKey: publishedKey(), options: options, configuration: configuration)
        for number in 1..<max(abs(keys), 1) {
            if keys < 0 { options.mki = [UInt8(number)] }
            try receiver.addKey(SRTPMasterKey.random(for: suite), options: options)
        }
        return receiver
    }

    private struct Outcome {
        var allocations: UInt64 = 0
        var accepted: UInt64 = 0
        var refused: UInt64 = 0
    }

    private static func run(
        _ receiver: inout SRTPReceiver, count: Int, isRTCP: Bool, hasIdentifiers: Bool
    ) throws -> Outcome {
        var options = SRTPKeyOptions()
        if hasIdentifiers { options.mki = [0] }
        var sender = try SRTPSender(masterKey: publishedKey(), options: options)
        var packet: [UInt8] = isRTCP ? [0x80, 201, 0, 7, 0, 0, 0, 9] : [0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]
        packet += [UInt8](repeating: 0x55, count: 24)
        var genuine: [[UInt8]] = []
        for number in 0...count / interval {
            if !isRTCP {
                packet[2] = UInt8(truncatingIfNeeded: number >> 8)
                packet[3] = UInt8(truncatingIfNeeded: number)
            }
            genuine.append(isRTCP ? try sender.protectRTCP(packet) : try sender.protectRTP(packet))
        }
        var forged = genuine[0]
        let ssrcStart = isRTCP ? 4 : 8
        var outcome = Outcome()
        var random: UInt64 = 0x9E37_79B9_7F4A_7C15
        // The stream is made before the count begins.
        guard accepts(&receiver, &genuine[0], isRTCP: isRTCP) else { throw PacketRuns.Refused(run: "the first packet") }
        allocation_counter_start()
        for number in 1...count {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            for place in 0..<4 { forged[ssrcStart + place] = UInt8(truncatingIfNeeded: random >> (32 + 8 * place)) }
            // Payload and sequence number change as well.
            forged[14] = UInt8(truncatingIfNeeded: random >> 24)
            if !isRTCP { forged[2] = UInt8(truncatingIfNeeded: random >> 16) }
            if accepts(&receiver, &forged, isRTCP: isRTCP) { outcome.accepted += 1 }
            if number % interval == 0, !accepts(&receiver, &genuine[number / interval], isRTCP: isRTCP) {
                outcome.refused += 1
            }
        }
        outcome.allocations = allocation_counter_stop()
        return outcome
    }

    private static func accepts(_ receiver: inout SRTPReceiver, _ packet: inout [UInt8], isRTCP: Bool) -> Bool {
        var octets = packet.mutableSpan
        var bytes = octets.mutableBytes
        let length = bytes.byteCount
        let opened =
            isRTCP
            ? try? receiver.unprotectRTCP(&bytes, length: length) : try? receiver.unprotectRTP(&bytes, length: length)
        return opened != nil
    }
}
