// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CBenchmarkFloor
import RTP
import SRTP

/// Intel's multi-buffer library alone, several packets a call, in builds with the trait `MultiBuffer`.
struct MultiBufferSide: Side, ~Copyable {
    private let floor: OpaquePointer

    init?(_ job: Job, batch: Int) {
        let way = job.suite.cipher == .aesGCM ? FLOOR_GCM_PARTS : FLOOR_COUNTER_MODE
        guard
            let floor = multi_buffer_floor_new(way, BenchmarkKey.octets(job.suite), job.suite.rtpTagByteCount, batch)
        else { return nil }
        self.floor = floor
    }

    deinit { multi_buffer_floor_free(floor) }

    mutating func run(_ block: borrowing PacketBlock, _ job: Job) -> Int {
        var packets = floor_packets(block, job)
        return multi_buffer_floor_run(floor, job.work.floorWork, &packets)
    }

    /// None for what the floor has not.
    static func contestants(_ job: Job, batch: Int) throws -> [any Contestant] {
        let hasSuite = job.suite.masterKeyByteCount == 16 && [.aesCM, .aesGCM].contains(job.suite.cipher)
        guard multi_buffer_floor_is_built() == 1, hasSuite, job.work.kind == .rtp else { return [] }
        guard let side = MultiBufferSide(job, batch: batch) else {
            throw BenchmarkError.notMade(SideName.multiBufferFloor, job.suite.name)
        }
        return [Holding(SideName.multiBufferFloor, side)]
    }
}
