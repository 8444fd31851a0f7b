// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is done to the packets.
enum Direction: String, CaseIterable, Sendable {
    case protect
    case unprotect
}

/// What was measured several times.
struct Timing {
    let minimum: Double
    let median: Double
    let maximum: Double

    init(_ values: [Double]) {
        let sorted = values.sorted()
        minimum = sorted.first ?? 0
        median = sorted.isEmpty ? 0 : sorted[sorted.count / 2]
        maximum = sorted.last ?? 0
    }
}

/// One row of the table: the product and the floor on the same packets.
struct Comparison {
    let direction: Direction
    let payloadByteCount: Int
    let product: Timing
    let floor: Timing
    /// The median of the rounds' own ratios, so that a change of the clock between rounds does not enter.
    let ratio: Timing
}

/// Runs both sides in turns of a few microseconds each. A round is many turns and takes the median of them, so that a turn in
/// which the machine did something else does not count.
struct Comparer {
    let roundCount: Int
    let packetsPerRound: Int

    func compare(_ direction: Direction, payloadByteCount: Int) throws -> Comparison {
        switch direction {
        case .protect:
            var product = try ProductProtect()
            var floor = try FloorProtect()
            return try compare(direction, payloadByteCount, &product, &floor) { $0.fill(from: $1) }
        case .unprotect:
            var product = try ProductUnprotect()
            var floor = try FloorUnprotect()
            var preparing = try FloorProtect()
            return try compare(direction, payloadByteCount, &product, &floor) {
                $0.fill(from: $1)
                _ = preparing.run($0, from: $1)
            }
        }
    }

    /// - Parameter prepare: Writes the arena's packets with indices from a number on; not timed.
    private func compare<P: Side & ~Copyable, F: Side & ~Copyable>(
        _ direction: Direction, _ payloadByteCount: Int, _ product: inout P, _ floor: inout F,
        prepare: (borrowing Arena, UInt64) -> Void
    ) throws -> Comparison {
        let arena = Arena(payloadByteCount: payloadByteCount)
        var index: UInt64 = 0
        func turn<S: Side & ~Copyable>(_ side: inout S) throws -> Double {
            prepare(arena, index)
            var done = 0
            let elapsed = ContinuousClock().measure { done = side.run(arena, from: index) }
            guard done == arena.count else {
                throw BenchmarkError.packetRefused(direction: direction, payloadByteCount: payloadByteCount)
            }
            return elapsed / .nanoseconds(1)
        }

        _ = try turn(&product)
        let octets = arena.octets
        _ = try turn(&floor)
        guard arena.octets == octets else {
            throw BenchmarkError.octetsDiffer(direction: direction, payloadByteCount: payloadByteCount)
        }
        index += UInt64(arena.count)

        let turns = max(9, packetsPerRound / arena.count)
        var ours: [Double] = []
        var theirs: [Double] = []
        for round in 0...roundCount {
            var productTimes: [Double] = []
            var floorTimes: [Double] = []
            for number in 0..<turns {
                if number.isMultiple(of: 2) {
                    productTimes.append(try turn(&product))
                    floorTimes.append(try turn(&floor))
                } else {
                    floorTimes.append(try turn(&floor))
                    productTimes.append(try turn(&product))
                }
                index += UInt64(arena.count)
            }
            // The first round warms up.
            guard round > 0 else { continue }
            ours.append(Timing(productTimes).median / Double(arena.count))
            theirs.append(Timing(floorTimes).median / Double(arena.count))
        }
        return Comparison(
            direction: direction, payloadByteCount: payloadByteCount, product: Timing(ours), floor: Timing(theirs),
            ratio: Timing(zip(ours, theirs).map { $0 / $1 }))
    }
}
