// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import RTP
import SRTP

/// A hundred thousand packets through every call, with the allocations that they took.
struct PacketRuns {
    static let packets = 100_000
    static let warmUp = 1000
    static let suites = SRTPSuite.all.filter(\.isUsable)

    struct Run {
        let name: String
        let allocations: UInt64
    }

    private static let batch = 32
    /// What one packet and its trailer take of the arena.
    private static let stride = 256
    private static let payload = 160

    /// An allocation for each packet, to see that the counter sees.
    static func control() -> UInt64 {
        allocation_counter_start()
        for _ in 0..<packets {
            let block = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 1)
            block.storeBytes(of: 1, as: UInt8.self)
            block.deallocate()
        }
        return allocation_counter_stop()
    }

    /// RTP and RTCP, both directions, one at a time and in batches; then in place and out of place.
    static func all(_ suite: SRTPSuite) throws -> [Run] {
        var runs: [Run] = []
        for kind in [PacketKind.rtp, .rtcp] {
            for isBatched in [false, true] {
                var sender = try SRTPSender(masterKey: publishedKey(suite))
                var receiver = try SRTPReceiver(masterKey: publishedKey(suite))
                var arena = makeArena(kind)
                let name = "\(kind == .rtp ? "RTP" : "RTCP"), \(isBatched ? "batches of \(batch)" : "single calls")"
                let sent = measure(&sender, &arena, isBatched: isBatched)
                let received = measure(&receiver, &arena, isBatched: isBatched)
                guard arena.slots.allSatisfy(\.isAccepted) else { throw Refused(run: name) }
                runs += [
                    Run(name: "protect \(name)", allocations: sent),
                    Run(name: "unprotect \(name)", allocations: received),
                ]
            }
        }
        return runs
    }

    struct Refused: Error {
        let run: String
    }

    /// Every packet of the runs, made beforehand: in place, with room behind it.
    private struct Arena {
        var octets: [UInt8]
        var slots: [PacketSlot]
    }

    private static func makeArena(_ kind: PacketKind) -> Arena {
        let count = packets + warmUp
        var octets = [UInt8](repeating: 0x55, count: count * stride)
        var slots: [PacketSlot] = []
        let length = (kind == .rtp ? 12 : 8) + payload
        for number in 0..<count {
            let start = number * stride
            octets[start] = 0x80
            octets[start + 1] = kind == .rtp ? 0 : 200
            octets[start + 2] = kind == .rtp ? UInt8(truncatingIfNeeded: number >> 8) : 0
            octets[start + 3] = kind == .rtp ? UInt8(truncatingIfNeeded: number) : UInt8(length / 4 - 1)
            // Two streams in turn.
            for position in 4..<12 { octets[start + position] = UInt8(position) }
            octets[start + (kind == .rtp ? 11 : 7)] = UInt8(number / 2 % 2)
            slots.append(PacketSlot(offset: start, length: length, capacity: stride, kind: kind))
        }
        return Arena(octets: octets, slots: slots)
    }

    /// Transforms every packet; the allocations behind the warm-up. What a packet became is the next run's packet.
    private static func measure<Transform: PacketTransform & ~Copyable>(
        _ transform: inout Transform, _ arena: inout Arena, isBatched: Bool
    ) -> UInt64 {
        var slots = arena.slots
        var allocations: UInt64 = 0
        do {
            var octets = arena.octets.mutableSpan
            var bytes = octets.mutableBytes
            var lent = slots.mutableSpan
            run(&transform, &bytes, &lent, 0..<warmUp, isBatched: isBatched)
            allocation_counter_start()
            run(&transform, &bytes, &lent, warmUp..<warmUp + packets, isBatched: isBatched)
            allocations = allocation_counter_stop()
        }
        for position in slots.indices where slots[position].isAccepted {
            slots[position].length = slots[position].result
        }
        arena.slots = slots
        return allocations
    }

    private static func run<Transform: PacketTransform & ~Copyable>(
        _ transform: inout Transform, _ bytes: inout MutableRawSpan, _ slots: inout MutableSpan<PacketSlot>,
        _ range: Range<Int>, isBatched: Bool
    ) {
        if isBatched {
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(start + batch, range.upperBound)
                var part = slots._mutatingExtracting(start..<end)
                transform.transformBatch(&bytes, slots: &part)
                start = end
            }
            return
        }
        for position in range {
            let slot = slots[position]
            var packet = bytes._mutatingExtracting(slot.offset..<slot.offset + slot.capacity)
            do throws(Transform.Failure) {
                slots[position].result =
                    switch slot.kind {
                    case .rtp: try transform.transformRTP(&packet, length: slot.length)
                    case .rtcp: try transform.transformRTCP(&packet, length: slot.length)
                    }
            } catch {
                slots[position].result = -error.code
            }
        }
    }
}

/// The published master key for a suite of its lengths, out of memory that is never freed.
func publishedKey(_ suite: SRTPSuite = .aesCM128_HMACSHA1_80) throws -> SRTPMasterKey {
    let octets = UnsafeBufferPointer(start: published_master_key_and_salt(), count: 30)
    return try SRTPMasterKey(suite: suite, keyAndSalt: Span(_unsafeElements: octets))
}
