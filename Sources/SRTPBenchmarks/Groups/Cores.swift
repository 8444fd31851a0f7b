// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import RTP
import SRTP

extension BenchmarkRun {
    /// How much two senders do on two threads, in the time that one takes on one. Where two cores are two threads of one, the floor
    /// shows what there is to have.
    func cores(_ results: inout BenchmarkResults) throws {
        guard ProcessInfo.processInfo.activeProcessorCount >= 2 else {
            results.notes.append("cores: this machine has one")
            return
        }
        for suite in suites(else: Self.mainSuites) {
            progress("\(suite), two cores")
            let job = Job(
                work: Work(kind: .rtp, direction: .protect), suite: suite, payloadByteCount: options.usualPayload)
            let makers: [(name: String, make: () throws -> (any Contestant)?)] =
                [(SideName.product, { try productContestant(SideName.product, job) })]
                + [(SideName.floor, { try FloorSide.contestants(job).last })]
                + libsrtps.map { library in (library.name, { library.contestant(job) }) }
            var row = BenchmarkResults.Row(job, group: .cores)
            row.unit = "times one thread"
            for (name, make) in makers {
                var workers: [Worker] = []
                for _ in 0..<2 {
                    if let side = try make() {
                        workers.append(Worker(job, side, packets: 40 * options.packetsPerRound))
                    }
                }
                guard workers.count == 2 else { continue }
                var gains: [Double] = []
                for _ in 0..<options.rounds {
                    let alone = try Worker.run([workers[0]])
                    let together = try Worker.run(workers)
                    gains.append(2 * (alone / together))
                }
                row.sides[name] = Spread(gains)
            }
            results.rows.append(row)
        }
    }
}

/// A thread's share: packets of one stream protected over and over, each time under the next index.
private final class Worker: @unchecked Sendable {
    private let job: Job
    private let block: PacketBlock
    private let side: any Contestant
    private let turns: Int
    private var index: UInt64 = 1
    private var isDone = true

    init(_ job: Job, _ side: any Contestant, packets: Int) {
        self.job = job
        self.side = side
        block = PacketBlock(count: PacketBlock.count(stride: job.stride), stride: job.stride)
        turns = max(1, packets / block.count)
        for position in 0..<block.count {
            let packet = block.packet(position)
            packet.storeBytes(of: 0x80, as: UInt8.self)
            packet.storeBytes(of: StreamOrder.firstSSRC.bigEndian, toByteOffset: 8, as: UInt32.self)
            block.ssrcs[position] = StreamOrder.firstSSRC
        }
    }

    private func work() {
        isDone = true
        for _ in 0..<turns {
            for position in 0..<block.count {
                block.packet(position).storeBytes(
                    of: UInt16(truncatingIfNeeded: index).bigEndian, toByteOffset: 2, as: UInt16.self)
                block.indices[position] = index
                index += 1
            }
            if side.run(block, job) != block.count { isDone = false }
        }
    }

    /// The time until all are done, each on a thread of its own.
    static func run(_ workers: [Worker]) throws -> Duration {
        let elapsed = ContinuousClock().measure {
            DispatchQueue.concurrentPerform(iterations: workers.count) { workers[$0].work() }
        }
        for worker in workers where !worker.isDone { throw BenchmarkError.packetRefused(worker.side.name, worker.job) }
        return elapsed
    }
}
