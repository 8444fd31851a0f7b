// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CAllocationCounter
import Glibc
import SRTP

/// Counts heap allocations per packet, in a release build with the allocator stood in for, and looks for keys in freed memory.
///
/// Prints a line for each check, `ok ID ...` or `FAILED ID ...`, and a last line with the counts.
@main
struct AllocationCheck {
    static func main() throws {
        guard allocation_counter_works() == 1 else {
            print("skipped: the allocator is stood in for on Linux with glibc only")
            print("0 passed, 0 failed, 1 skipped")
            return
        }
        var tally = Tally()
        tally.note(
            "PERF-01", "control: one allocation a packet", expected: UInt64(PacketRuns.packets),
            found: PacketRuns.control())
        for setup in PacketRuns.setups {
            for run in try PacketRuns.all(setup) {
                tally.note("PERF-01", "\(setup.name), \(run.name)", expected: 0, found: run.allocations)
            }
        }
        try StreamCosts.check(&tally)
        try MessageCosts.check(&tally)
        try CipherRuns.check(&tally)
        try FreedKeys.check(&tally)
        try Floods.check(&tally)
        try BatchComparison.check(&tally)
        tally.finish()
    }
}

/// How many checks held.
struct Tally {
    private var passed = 0
    private var failed = 0

    mutating func note(_ id: String, _ what: String, expected: UInt64, found: UInt64) {
        let holds = expected == found
        print(holds ? "ok" : "FAILED", id, "\(what): \(found)" + (holds ? "" : ", expected \(expected)"))
        if holds { passed += 1 } else { failed += 1 }
    }

    /// Prints the last line; ends the process with 1 where a check failed.
    func finish() {
        print("\(passed) passed, \(failed) failed")
        if failed > 0 { exit(1) }
    }
}
