// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

extension BenchmarkRun {
    /// One packet a call, every suite.
    func singles(_ results: inout BenchmarkResults) throws {
        for suite in suites(else: SRTPSuite.all.filter(\.isUsable)) {
            for packets in options.packets {
                for direction in options.directions {
                    for payload in options.payloads {
                        let job = Job(
                            work: Work(kind: packets == .rtp ? .rtp : .rtcp, direction: direction), suite: suite,
                            payloadByteCount: payload)
                        guard packets == .rtp || payload.isMultiple(of: 4) else { continue }
                        progress("\(suite) \(packets.rawValue) \(direction.rawValue) \(payload)")
                        try single(job, &results)
                    }
                }
            }
        }
    }

    private func single(_ job: Job, _ results: inout BenchmarkResults) throws {
        let everyone =
            try [productContestant(SideName.product, job)] + FloorSide.contestants(job)
            + libsrtps.compactMap { $0.contestant(job) }
        let pace = Pace(rounds: options.rounds, packetsPerRound: options.packetsPerRound)
        let lane = try Lane(
            job, packetsPerTurn: PacketBlock.count(stride: job.stride), everyone)
        let figures = try Contest([lane]).run(pace)[0]
        var row = BenchmarkResults.Row(job, group: .singles)
        row.note(lane.contestants.map(\.name), figures)
        results.note(lane.leftOut, job)
        results.rows.append(row)
    }
}

extension BenchmarkResults {
    /// Says, once a suite, who does not make its octets.
    mutating func note(_ leftOut: [String], _ job: Job) {
        for name in leftOut {
            let note = "\(name) is left out of \(job.suite): it makes other octets"
            if !notes.contains(note) { notes.append(note) }
        }
    }
}

extension BenchmarkResults.Row {
    /// A row of packets without figures.
    init(_ job: Job, group: BenchmarkGroup, streams: Int? = nil, batch: Int? = nil) {
        let packet = job.work.kind == .rtp ? "rtp" : "rtcp"
        var parts = [
            group.rawValue, job.suite.name, packet, job.work.direction.rawValue, "\(job.payloadByteCount) octets",
        ]
        if let streams { parts.append("\(streams) streams") }
        if let batch { parts.append("batch \(batch)") }
        self.init(
            id: parts.joined(separator: "/"), group: group, suite: job.suite.name, packet: packet,
            direction: job.work.direction, payload: job.payloadByteCount, streams: streams, batch: batch, sides: [:])
    }

    /// Takes in the figures of every side, of which the first is the product, by round. Where the floor has several ways, the
    /// fastest of them is the floor.
    mutating func note(_ names: [String], _ figures: [[Double]]) {
        var known = Array(zip(names, figures))
        let floors = known.filter { $0.0.hasPrefix("\(SideName.floor) by ") }
        if let fastest = floors.min(by: { Spread($0.1).median < Spread($1.1).median }) {
            known.append((SideName.floor, fastest.1))
        }
        for (name, values) in known {
            sides[name] = Spread(values)
            if name != names[0] { ratios[name] = Spread(figures[0], dividedBy: values) }
        }
    }
}
