// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Sides that work on packets of one supply.
final class Lane {
    private var supply: Supply
    private let block: PacketBlock
    private(set) var contestants: [any Contestant]
    /// The names of those who made other octets than the others.
    private(set) var leftOut: [String] = []
    private let warmingTurns: Int

    /// - Parameters:
    ///   - warmingTurns: The turns that a side does first and that are not timed: after another side has worked, they bring the
    ///     caches to what they are in steady state.
    ///   - turns: The turns that it does behind those.
    init(
        _ job: Job, warmingTurns: Int = 1, turns: Int = 4, packetsPerTurn: Int, streamCount: Int = 1,
        _ contestants: [any Contestant]
    ) throws {
        supply = try Supply(
            job, turns: warmingTurns + turns, packetsPerTurn: packetsPerTurn, streamCount: streamCount)
        self.warmingTurns = warmingTurns
        block = PacketBlock(count: packetsPerTurn, stride: job.stride)
        self.contestants = contestants
    }

    /// The packets of each side in a stretch that are timed.
    var packetsPerStretch: Int { block.count * (supply.turnCount - warmingTurns) }
    private var job: Job { supply.job }

    /// Every side does the same turns, one side after the other.
    ///
    /// - Parameter note: Gets the contestant's position, and the nanoseconds of a packet in each turn that is timed.
    func stretch(_ note: (Int, Double) -> Void) throws {
        try supply.refill()
        for (position, contestant) in contestants.enumerated() {
            for turn in 0..<supply.turnCount {
                supply.fill(block, turn: turn)
                let start = ContinuousClock.now
                let done = contestant.run(block, job)
                let elapsed = ContinuousClock.now - start
                guard done == block.count else { throw BenchmarkError.packetRefused(contestant.name, job) }
                if turn >= warmingTurns { note(position, elapsed / .nanoseconds(1) / Double(block.count)) }
            }
        }
    }

    /// Makes the packets of the next turns.
    func prepare() throws { try supply.refill() }

    /// Lets someone do the first turn of those that were made.
    func workOnce(_ contestant: any Contestant) throws {
        supply.fill(block, turn: 0)
        guard contestant.run(block, job) == block.count else {
            throw BenchmarkError.packetRefused(contestant.name, job)
        }
    }

    /// The time that someone takes for a turn of new packets.
    func time(_ contestant: any Contestant) throws -> Duration {
        try supply.refill()
        supply.fill(block, turn: 0)
        let start = ContinuousClock.now
        let done = contestant.run(block, job)
        let elapsed = ContinuousClock.now - start
        guard done == block.count else { throw BenchmarkError.packetRefused(contestant.name, job) }
        return elapsed
    }

    /// Every side does as many packets, whatever time they take.
    func work(throughPackets count: Int) throws {
        var done = 0
        while done < count {
            try stretch { _, _ in }
            done += supply.turnCount * block.count
        }
    }

    /// Every side does the same packets, and must make the same octets of them. A foreign one that does not is left out.
    func compareOctets() throws {
        try supply.refill()
        var first: [UInt8]?
        var fitting: [any Contestant] = []
        for contestant in contestants {
            let octets = octets(by: contestant)
            if let octets, first == nil || first == octets {
                first = octets
                fitting.append(contestant)
            } else if contestant.isForeign {
                leftOut.append(contestant.name)
            } else {
                throw BenchmarkError.octetsDiffer(contestant.name, job)
            }
        }
        contestants = fitting
    }

    /// What someone makes of the packets that there are; `nil` where one is refused.
    private func octets(by contestant: any Contestant) -> [UInt8]? {
        var octets: [UInt8] = []
        for turn in 0..<supply.turnCount {
            supply.fill(block, turn: turn)
            guard contestant.run(block, job) == block.count else { return nil }
            for position in 0..<block.count { octets += block.packet(position).prefix(job.expectedByteCount) }
        }
        return octets
    }
}

/// How long a contest is.
struct Pace {
    /// The rounds that count.
    var rounds: Int
    /// The packets of each side in a round, roughly.
    var packetsPerRound: Int
}

/// Sides in turns, after a look at their octets. A round is many stretches, and its figure the median of its turns, so that a
/// turn in which the machine did something else does not count.
struct Contest {
    private let lanes: [Lane]

    init(_ lanes: [Lane]) throws {
        self.lanes = lanes
        for lane in lanes { try lane.compareOctets() }
    }

    /// The nanoseconds of a packet, by lane, contestant and round. One round more is run before those, to warm up.
    func run(_ pace: Pace) throws -> [[[Double]]] {
        var figures = lanes.map { $0.contestants.map { _ in [Double]() } }
        for round in 0...pace.rounds {
            var turns = lanes.map { $0.contestants.map { _ in [Double]() } }
            let stretches = lanes.map { max(1, pace.packetsPerRound / $0.packetsPerStretch) }
            for stretch in 0..<(stretches.max() ?? 0) {
                for (number, lane) in lanes.enumerated() where stretch < stretches[number] {
                    try lane.stretch { turns[number][$0].append($1) }
                }
            }
            guard round > 0 else { continue }
            for number in lanes.indices {
                for position in turns[number].indices {
                    figures[number][position].append(Spread(turns[number][position]).median)
                }
            }
        }
        return figures
    }
}

/// Why there is no result.
enum BenchmarkError: Error, CustomStringConvertible {
    case notMade(String, String)
    case packetRefused(String, Job)
    case octetsDiffer(String, Job)

    var description: String {
        switch self {
        case .notMade(let side, let suite): "\(side) could not be made for \(suite)"
        case .packetRefused(let side, let job): "\(side) refused a packet: \(Self.text(job))"
        case .octetsDiffer(let side, let job): "the octets of \(side) are not those of the others: \(Self.text(job))"
        }
    }

    private static func text(_ job: Job) -> String {
        "\(job.suite), \(job.work.kind), \(job.work.direction.rawValue), \(job.payloadByteCount) octets"
    }
}
