// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

/// The product, several packets a call.
struct BatchSide<Transform: PacketTransform & ~Copyable>: Side, ~Copyable {
    private var transform: Transform
    private let slots: UnsafeMutableBufferPointer<PacketSlot>

    init(_ transform: consuming Transform, _ job: Job, batch: Int) {
        self.transform = transform
        slots = .allocate(capacity: batch)
        for position in 0..<batch {
            slots.initializeElement(
                at: position,
                to: PacketSlot(
                    offset: position * job.stride, length: job.byteCount, capacity: job.stride, kind: job.work.kind))
        }
    }

    deinit { slots.deallocate() }

    mutating func run(_ block: borrowing PacketBlock, _ job: Job) -> Int {
        let expected = job.expectedByteCount
        var done = 0
        var position = 0
        while position + slots.count <= block.count {
            var buffer = block.packets(position, count: slots.count).mutableBytes
            var span = slots.mutableSpan
            transform.transformBatch(&buffer, slots: &span)
            for slot in span.indices where span[slot].result == expected { done += 1 }
            position += slots.count
        }
        return done
    }
}

/// The product in batches, in the job's direction.
func batchContestant(_ name: String, _ job: Job, batch: Int) throws -> any Contestant {
    switch job.work.direction {
    case .protect:
        Holding(name, BatchSide(try SRTPSender(masterKey: BenchmarkKey.make(job.suite)), job, batch: batch))
    case .unprotect:
        Holding(name, BatchSide(try SRTPReceiver(masterKey: BenchmarkKey.make(job.suite)), job, batch: batch))
    }
}
