// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

extension BenchmarkRun {
    /// What happens once a call, once a stream, or at a change of session keys.
    func creation(_ results: inout BenchmarkResults) throws {
        for suite in suites(else: Self.mainSuites) {
            progress("\(suite), contexts and streams")
            results.rows.append(try trial("sender, made and released", suite, senders(suite)))
            results.rows.append(try trial("receiver, made and released", suite, receivers(suite)))
            for direction in options.directions {
                let job = Job(
                    work: Work(kind: .rtp, direction: direction), suite: suite, payloadByteCount: options.usualPayload)
                results.rows.append(
                    try trial("first packet of a stream, \(direction.rawValue)", suite, firstPackets(job)))
            }
            results.rows.append(try trial("stream set up ahead", suite, streamsAhead(suite)))
            results.rows.append(try trial("packet at which session keys change", suite, derivations(suite)))
        }
    }

    private static var repeats: Int { Trial.repeats }

    private func trial(_ what: String, _ suite: SRTPSuite, _ trials: [Trial]) throws -> BenchmarkResults.Row {
        var row = BenchmarkResults.Row(
            id: "creation/\(suite.name)/\(what)", group: .creation, suite: suite.name, sides: [:])
        try row.note(trials, rounds: options.rounds)
        return row
    }

    private func senders(_ suite: SRTPSuite) -> [Trial] {
        [
            Trial(name: SideName.product) {
                try ContinuousClock().measure {
                    for _ in 0..<Self.repeats { _ = try SRTPSender(masterKey: BenchmarkKey.make(suite)) }
                }
            }
        ] + sessions(suite, isSending: true)
    }

    private func receivers(_ suite: SRTPSuite) -> [Trial] {
        [
            Trial(name: SideName.product) {
                try ContinuousClock().measure {
                    for _ in 0..<Self.repeats { _ = try SRTPReceiver(masterKey: BenchmarkKey.make(suite)) }
                }
            }
        ] + sessions(suite, isSending: false)
    }

    /// libsrtp's sessions with a template for streams to come.
    private func sessions(_ suite: SRTPSuite, isSending: Bool) -> [Trial] {
        libsrtps.filter { $0.has(suite) }.map { library in
            Trial(name: library.name) {
                ContinuousClock().measure {
                    for _ in 0..<Self.repeats { library.session(suite, isSending: isSending).map(library.free) }
                }
            }
        }
    }

    /// Packets of as many new streams, in a new context each time.
    private func firstPackets(_ job: Job) throws -> [Trial] {
        let lane = try Lane(job, warmingTurns: 0, turns: 1, packetsPerTurn: Self.repeats, streamCount: Self.repeats, [])
        func timed(_ make: () throws -> (any Contestant)?) throws -> Duration {
            guard let fresh = try make() else { throw BenchmarkError.notMade("libsrtp", job.suite.name) }
            return try lane.time(fresh)
        }
        return [Trial(name: SideName.product) { try timed { try productContestant(SideName.product, job) } }]
            + libsrtps.filter { $0.has(job.suite) }.map { library in
                Trial(name: library.name) { try timed { library.contestant(job) } }
            }
    }

    /// Streams that a receiver is told of: by a rollover counter; libsrtp by a policy, with keys of its own for each.
    private func streamsAhead(_ suite: SRTPSuite) throws -> [Trial] {
        let product = Trial(name: SideName.product) {
            var receiver = try SRTPReceiver(masterKey: BenchmarkKey.make(suite))
            return try ContinuousClock().measure {
                for number in 0..<Self.repeats {
                    try receiver.setRolloverCounter(7, of: SSRC(rawValue: StreamOrder.firstSSRC &+ UInt32(number)))
                }
            }
        }
        return [product]
            + libsrtps.filter { $0.has(suite) }.map { library in
                Trial(name: library.name) {
                    guard let session = library.session(suite, isSending: false) else { return .zero }
                    defer { library.free(session) }
                    return try ContinuousClock().measure {
                        for number in 0..<Self.repeats {
                            guard library.addStream(StreamOrder.firstSSRC &+ UInt32(number), suite, to: session) else {
                                throw BenchmarkError.notMade(library.name, suite.name)
                            }
                        }
                    }
                }
            }
    }

    /// A key derivation rate of one packet.
    private func derivations(_ suite: SRTPSuite) throws -> [Trial] {
        let job = Job(
            work: Work(kind: .rtp, direction: .protect), suite: suite, payloadByteCount: options.usualPayload)
        var keyOptions = SRTPKeyOptions()
        keyOptions.derivationRate = 1
        let side = Holding(SideName.product, try ProductSender(job, keyOptions: keyOptions))
        let lane = try Lane(job, warmingTurns: 0, turns: 1, packetsPerTurn: Self.repeats, [side])
        return [Trial(name: SideName.product) { try lane.time(side) }]
    }
}
