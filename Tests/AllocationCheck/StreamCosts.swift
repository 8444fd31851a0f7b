// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Glibc
import RTP
import SRTP

/// What streams take: allocations of the first packet, of a packet at which session keys change, and of none other; memory.
enum StreamCosts {
    static func check(_ tally: inout Tally) throws {
        try print("a new stream: \(newStream()) allocations; a key derivation: \(derivation())")
        let packets = try manyStreams()
        tally.note("PERF-01", "10,000 streams in shuffled order, protected", expected: 0, found: packets.sent)
        tally.note("PERF-01", "10,000 streams in shuffled order, unprotected", expected: 0, found: packets.received)
        let bytes = try residentBytes(streams: 1_000_000)
        print("a receiving stream of 1,000,000: \(bytes) bytes")
        tally.note(
            "PERF-03", "bytes above 256 for each of 1,000,000 streams", expected: 0, found: max(bytes, 256) - 256)
    }

    /// Allocations for the second packet of each of 10,000 streams, once more in another order for the third.
    private static func manyStreams() throws -> (sent: UInt64, received: UInt64) {
        var configuration = SRTPConfiguration()
        configuration.streamLimit = 10_000
        var sender = try SRTPSender(masterKey: publishedKey(), configuration: configuration)
        var receiver = try SRTPReceiver(masterKey: publishedKey(), configuration: configuration)
        var buffer = packet(ssrc: 0, sequence: 0) + [UInt8](repeating: 0, count: 10)
        let plain = buffer
        var sent: UInt64 = 0
        var received: UInt64 = 0
        for (sequence, step) in [(UInt8(1), 1), (2, 7919), (3, 6007)] {
            for number in 0..<10_000 {
                // The steps have no factor in common with 10,000, so that every stream has its turn.
                let ssrc = UInt32(number * step % 10_000) &* 0x9E37_79B1
                for place in plain.indices { buffer[place] = plain[place] }
                buffer[3] = sequence
                for place in 0..<4 { buffer[8 + place] = UInt8(truncatingIfNeeded: ssrc >> UInt32(24 - 8 * place)) }
                var span = buffer.mutableSpan
                var bytes = span.mutableBytes
                allocation_counter_start()
                let length = try sender.protectRTP(&bytes, length: plain.count - 10)
                let sending = allocation_counter_stop()
                allocation_counter_start()
                _ = try receiver.unprotectRTP(&bytes, length: length)
                let receiving = allocation_counter_stop()
                guard sequence > 1 else { continue }
                sent += sending
                received += receiving
            }
        }
        return (sent, received)
    }

    /// By how many bytes the process grows for each stream that a receiver accepts a packet of, with both windows as they are by
    /// default.
    private static func residentBytes(streams count: Int) throws -> UInt64 {
        var configuration = SRTPConfiguration()
        configuration.streamLimit = count
        var receiver = try SRTPReceiver(masterKey: publishedKey(), configuration: configuration)
        // The packets come from a sender for each thousand of streams, which is of no weight.
        var sender = try SRTPSender(masterKey: publishedKey())
        var before = 0
        for number in 0..<count {
            if number % 1000 == 0 { sender = try SRTPSender(masterKey: publishedKey()) }
            var buffer = try sender.protectRTP(packet(ssrc: UInt32(number) &* 0x9E37_79B1, sequence: 1))
            if number == 0 { before = residentPages() }
            var span = buffer.mutableSpan
            var bytes = span.mutableBytes
            _ = try receiver.unprotectRTP(&bytes, length: bytes.byteCount)
        }
        let pages = max(residentPages() - before, 0)
        return UInt64(pages * Int(getpagesize()) / count)
    }

    /// The pages of memory that the process has, as Linux counts them.
    private static func residentPages() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var size = 0
        var resident = 0
        return withUnsafeMutablePointer(to: &size) { size in
            withUnsafeMutablePointer(to: &resident) { resident in
                withVaList([size, resident]) { vfscanf(file, "%ld %ld", $0) } == 2 ? resident.pointee : 0
            }
        }
    }

    /// Allocations for each of 1,000 new streams, the growth of the tables with them.
    private static func newStream() throws -> Double {
        var receiver = try SRTPReceiver(masterKey: publishedKey())
        return try perPacket(&receiver) { number in packet(ssrc: UInt32(number), sequence: 1) }
    }

    /// Allocations at each of 1,000 packets at which new session keys are derived.
    private static func derivation() throws -> Double {
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
