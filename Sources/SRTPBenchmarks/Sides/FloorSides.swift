// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CBenchmarkFloor
import RTP
import SRTP

/// The bare libcrypto calls.
struct FloorSide: Side, ~Copyable {
    private let floor: OpaquePointer

    init?(_ way: floor_way, _ job: Job) {
        let isRTCP = job.work.kind == .rtcp
        let tagByteCount = isRTCP ? job.suite.rtcpTagByteCount : job.suite.rtpTagByteCount
        guard
            let floor = floor_new(
                way, BenchmarkKey.octets(job.suite), job.suite.masterKeyByteCount, tagByteCount, isRTCP ? 1 : 0)
        else { return nil }
        self.floor = floor
    }

    deinit { floor_free(floor) }

    mutating func run(_ block: borrowing PacketBlock, _ job: Job) -> Int {
        var packets = floor_packets(block, job)
        return floor_run(floor, job.work.floorWork, &packets)
    }

    /// The ways there are for a suite; none where there is no floor.
    static func ways(_ suite: SRTPSuite) -> [(name: String, way: floor_way)] {
        switch suite.cipher {
        case .null: [(SideName.floor, FLOOR_NULL)]
        case .aesCM: [(SideName.floor, FLOOR_COUNTER_MODE)]
        case .aesGCM: [("floor by EVP", FLOOR_GCM_EVP), ("floor by parts", FLOOR_GCM_PARTS)]
        default: []
        }
    }

    static func contestants(_ job: Job) throws -> [any Contestant] {
        try ways(job.suite).map { name, way in
            guard let side = FloorSide(way, job) else { throw BenchmarkError.notMade(name, job.suite.name) }
            return Holding(name, side)
        }
    }
}

extension floor_packets {
    init(_ block: borrowing PacketBlock, _ job: Job) {
        self.init(
            octets: block.octets.baseAddress?.assumingMemoryBound(to: UInt8.self), stride: block.stride,
            count: block.count, length: job.byteCount, ssrcs: block.ssrcs.baseAddress,
            indices: block.indices.baseAddress)
    }
}
