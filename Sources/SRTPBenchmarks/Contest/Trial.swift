// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Something that can be timed again and again: a closure that does it ``repeats`` times and tells how long that took.
struct Trial {
    let name: String
    let run: () throws -> Duration

    static var repeats: Int { 32 }
}

extension BenchmarkResults.Row {
    /// Notes what each trial takes once, five runs of each a round, in turns.
    mutating func note(_ trials: [Trial], rounds: Int) throws {
        var figures = trials.map { _ in [Double]() }
        for round in 0...rounds {
            var times = trials.map { _ in [Double]() }
            for _ in 0..<5 {
                for (position, trial) in trials.enumerated() {
                    times[position].append(try trial.run() / .nanoseconds(1) / Double(Trial.repeats))
                }
            }
            guard round > 0 else { continue }
            for position in trials.indices { figures[position].append(Spread(times[position]).median) }
        }
        note(trials.map(\.name), figures)
    }
}
