// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

/// The packets of some turns, made outside the time, so that every side gets the same ones. What is to be unprotected is
/// protected by a sender of ours.
struct Supply: ~Copyable {
    let job: Job
    let turnCount: Int
    private let packetsPerTurn: Int
    private var order: StreamOrder
    private var protecting: ProductSender?
    private let packets: PacketBlock
    private let template: [UInt8]

    init(_ job: Job, turns: Int, packetsPerTurn: Int, streamCount: Int) throws {
        self.job = job
        turnCount = turns
        self.packetsPerTurn = packetsPerTurn
        order = StreamOrder(streamCount: streamCount)
        protecting = job.work.direction == .unprotect ? try ProductSender(job, streamCount: streamCount) : nil
        packets = PacketBlock(count: turns * packetsPerTurn, stride: job.stride)
        template = Self.template(job)
    }

    /// Makes the packets of the next turns.
    mutating func refill() throws {
        for position in 0..<packets.count {
            let (ssrc, index) = order.next()
            packets.ssrcs[position] = ssrc
            packets.indices[position] = index
            let packet = packets.packet(position)
            packet.copyBytes(from: template)
            if job.work.kind == .rtp {
                let sequenceNumber = UInt16(truncatingIfNeeded: index)
                packet.storeBytes(of: sequenceNumber.bigEndian, toByteOffset: 2, as: UInt16.self)
                packet.storeBytes(of: UInt32(sequenceNumber).bigEndian, toByteOffset: 4, as: UInt32.self)
                packet.storeBytes(of: ssrc.bigEndian, toByteOffset: 8, as: UInt32.self)
            } else {
                packet.storeBytes(of: ssrc.bigEndian, toByteOffset: 4, as: UInt32.self)
            }
        }
        let made = protecting?.protect(packets, job)
        guard made == nil || made == packets.count else { throw BenchmarkError.packetRefused("swift-srtp", job) }
    }

    /// Puts the packets of a turn where they are worked on.
    func fill(_ block: borrowing PacketBlock, turn: Int) {
        let first = turn * packetsPerTurn
        block.octets.copyMemory(from: UnsafeRawBufferPointer(packets.packets(first, count: packetsPerTurn)))
        for position in 0..<packetsPerTurn {
            block.ssrcs[position] = packets.ssrcs[first + position]
            block.indices[position] = packets.indices[first + position]
        }
    }

    private static func template(_ job: Job) -> [UInt8] {
        var octets = (0..<job.plainByteCount).map { UInt8(truncatingIfNeeded: $0) }
        switch job.work.kind {
        case .rtp: octets.replaceSubrange(0..<2, with: [0x80, 96])
        case .rtcp:
            let words = UInt16(job.plainByteCount / 4 - 1)
            octets.replaceSubrange(0..<4, with: [0x80, 200, UInt8(words >> 8), UInt8(words & 255)])
        }
        return octets
    }
}
