// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CBenchmarkFloor
import Foundation
import RTP
import SRTP

extension BenchmarkRun {
    /// The growth of the resident memory by streams from which one packet came, windows of 128 for SRTP and SRTCP.
    ///
    /// Comes before everything else, since memory that was used and given back would not show.
    func memory(_ results: inout BenchmarkResults) throws {
        guard Self.residentByteCount != nil else {
            results.notes.append("memory: this system has no /proc/self/statm")
            return
        }
        let count = options.streamCounts.max() ?? 1
        for suite in suites(else: [.aesCM128_HMACSHA1_80]) {
            progress("\(suite), memory of \(count) streams")
            let job = Job(work: Work(kind: .rtp, direction: .unprotect), suite: suite, payloadByteCount: 4)
            var row = BenchmarkResults.Row(job, group: .memory, streams: count)
            row.unit = "octets a stream"
            row.sides[SideName.product] = Spread([
                try growth(job, streamCount: count) {
                    try productContestant(SideName.product, job, streamCount: count)
                }
            ])
            let fewer = min(count, 2 * Libsrtp.mostStreams)
            for library in libsrtps where library.has(suite) {
                row.sides[library.name] = Spread([try growth(job, streamCount: fewer) { library.contestant(job) }])
            }
            results.rows.append(row)
        }
    }

    private func growth(_ job: Job, streamCount: Int, _ make: () throws -> (any Contestant)?) throws -> Double {
        let lane = try Lane(job, warmingTurns: 0, turns: 1, packetsPerTurn: streamCount, streamCount: streamCount, [])
        try lane.prepare()
        floor_give_free_memory_back()
        let before = Self.residentByteCount ?? 0
        guard let side = try make() else { throw BenchmarkError.notMade("libsrtp", job.suite.name) }
        try lane.workOnce(side)
        return withExtendedLifetime(side) { Double((Self.residentByteCount ?? 0) - before) / Double(streamCount) }
    }

    /// The second number of `/proc/self/statm`, in octets.
    private static var residentByteCount: Int? {
        let fields = contents("/proc/self/statm").map { String(decoding: $0, as: UTF8.self).split(separator: " ") }
        guard let fields, fields.count > 1, let pages = Int(fields[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
