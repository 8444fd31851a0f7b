// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import SRTP

/// What may allocate, and how much it does: the first packet of a stream, and a packet at which session keys change.
enum StreamCosts {
    /// Allocations for each of 1,000 new streams, the growth of the tables with them.
    static func newStream() throws -> Double {
        var receiver = try SRTPReceiver(masterKey: publishedKey())
        return try perPacket(&receiver) { number in packet(ssrc: UInt32(number), sequence: 1) }
    }

    /// Allocations at each of 1,000 packets at which new session keys are derived.
    static func derivation() throws -> Double {
        var options = SRTPKeyOptions()
        options.derivationRate = 1
        var receiver = try SRTPReceiver(masterKey: publishedKey(), options: options)
        return try perPacket(&receiver, options) { number in packet(ssrc: 1, sequence: UInt16(number)) }
    }

    private static func perPacket(
        _ receiver: inout SRTPReceiver, _ options: SRTPKeyOptions = SRTPKeyOptions(), _ make: (Int) -> [UInt8]
    ) throws -> Double {
        var configuration = SRTPConfiguration()
        configuration.streamLimit = 4096
        var sender = try SRTPSender(masterKey: publishedKey(), options: options, configuration: configuration)
        var packets: [[UInt8]] = []
        for number in 0..<1000 { packets.append(try sender.protectRTP(make(number))) }
        allocation_counter_start()
        for position in packets.indices {
            var span = packets[position].mutableSpan
            var bytes = span.mutableBytes
            _ = try receiver.unprotectRTP(&bytes, length: bytes.byteCount)
        }
        return Double(allocation_counter_stop()) / Double(packets.count)
    }

    private static func packet(ssrc: UInt32, sequence: UInt16) -> [UInt8] {
        let head: [UInt8] = [0x80, 0, UInt8(sequence >> 8), UInt8(sequence & 255), 0, 0, 0, 0]
        let source = (0..<4).map { UInt8(truncatingIfNeeded: ssrc >> UInt32(24 - 8 * $0)) }
        return head + source + [UInt8](repeating: 1, count: 160)
    }
}
