// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

extension BenchmarkRun {
    /// Few and many streams under one key, in shuffled order. All of them work on a block of packets of the same size at the same
    /// addresses, so that only the streams' own memory differs.
    func streams(_ results: inout BenchmarkResults) throws {
        if !libsrtps.isEmpty, options.streamCounts.contains(where: { $0 > Libsrtp.mostStreams }) {
            results.notes.append(
                "libsrtp is left out of more than \(Libsrtp.mostStreams) streams: it looks for each in a list of all")
        }
        for suite in suites(else: Self.mainSuites) {
            for direction in options.directions {
                let job = Job(
                    work: Work(kind: .rtp, direction: direction), suite: suite, payloadByteCount: options.usualPayload)
                progress("\(suite) \(direction.rawValue), up to \(options.streamCounts.max() ?? 0) streams")
                try streams(job, &results)
            }
        }
    }

    private func streams(_ job: Job, _ results: inout BenchmarkResults) throws {
        let pace = Pace(rounds: options.rounds, packetsPerRound: options.packetsPerRound)
        let packetsPerTurn = PacketBlock.count(stride: job.stride)
        let lanes = try options.streamCounts.map { count in
            let others = count <= Libsrtp.mostStreams ? libsrtps.compactMap { $0.contestant(job) } : []
            // Once through the streams, as far as they can be in a cache: other sides' tables have taken those.
            return try Lane(
                job, warmingTurns: 1 + min(count, 10_000) / packetsPerTurn, turns: 48, packetsPerTurn: packetsPerTurn,
                streamCount: count,
                [productContestant(SideName.product, job, streamCount: count)] + others)
        }
        let contest = try Contest(lanes)
        for (lane, count) in zip(lanes, options.streamCounts) { try lane.work(throughPackets: count) }
        let figures = try contest.run(pace)
        let alone = options.streamCounts.firstIndex(of: 1).map { figures[$0][0] }
        for position in lanes.indices {
            var row = BenchmarkResults.Row(job, group: .streams, streams: options.streamCounts[position])
            row.note(lanes[position].contestants.map(\.name), figures[position])
            if let alone { row.ratios["one stream"] = Spread(figures[position][0], dividedBy: alone) }
            results.note(lanes[position].leftOut, job)
            results.rows.append(row)
        }
    }
}
