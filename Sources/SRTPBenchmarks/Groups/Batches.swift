// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

extension BenchmarkRun {
    /// Several packets in one call, of one stream, and 32 of 32 streams, beside one packet a call.
    func batches(_ results: inout BenchmarkResults) throws {
        for suite in suites(else: Self.mainSuites) {
            for direction in options.directions {
                for payload in options.payloads {
                    let job = Job(
                        work: Work(kind: .rtp, direction: direction), suite: suite, payloadByteCount: payload)
                    progress("\(suite) \(direction.rawValue) \(payload), batches")
                    for count in options.batchCounts {
                        try batch(of: count, job, streamCount: 1, &results)
                    }
                    if options.batchCounts.contains(32) {
                        try batch(of: 32, job, streamCount: 32, &results)
                    }
                }
            }
        }
    }

    private func batch(
        of count: Int, _ job: Job, streamCount: Int, _ results: inout BenchmarkResults
    ) throws {
        let everyone: [any Contestant] =
            try [batchContestant(SideName.product, job, batch: count)]
            + [productContestant("one at a time", job)]
            + FloorSide.contestants(job) + MultiBufferSide.contestants(job, batch: count)
            + libsrtps.compactMap { $0.contestant(job) }
        let pace = Pace(rounds: options.rounds, packetsPerRound: options.packetsPerRound)
        let lane = try Lane(
            job, packetsPerTurn: PacketBlock.count(stride: job.stride, batch: count),
            streamCount: streamCount, everyone)
        let figures = try Contest([lane]).run(pace)[0]
        var row = BenchmarkResults.Row(job, group: .batches, streams: streamCount, batch: count)
        row.note(lane.contestants.map(\.name), figures)
        results.note(lane.leftOut, job)
        results.rows.append(row)
    }
}
