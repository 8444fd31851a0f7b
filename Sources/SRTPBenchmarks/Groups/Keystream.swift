// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CBenchmarkFloor

extension BenchmarkRun {
    /// From which size on libcrypto's CTR mode, with the IV that it has to be set for each packet, is the faster keystream.
    func keystream(_ results: inout BenchmarkResults) throws {
        for keyByteCount in [16, 32] {
            progress("keystream under keys of \(keyByteCount) octets")
            let key = (0..<keyByteCount).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) }
            guard let floor = floor_keystream_new(key, keyByteCount) else {
                throw BenchmarkError.notMade("keystream", "AES-\(keyByteCount * 8)")
            }
            defer { floor_keystream_free(floor) }
            for size in [16, 64, 160, 256, 500, 1200, 2000, 3000, 4000] {
                results.rows.append(keystream(floor, keyByteCount, size))
            }
        }
    }

    private func keystream(_ floor: OpaquePointer, _ keyByteCount: Int, _ size: Int) -> BenchmarkResults.Row {
        var octets = [UInt8](repeating: 0, count: size)
        let repeats = 64
        let ways = [floor_keystream_by_ecb, floor_keystream_by_ctr]
        var figures: [[Double]] = [[], []]
        for round in 0...options.rounds {
            var times: [[Double]] = [[], []]
            for _ in 0..<max(9, options.packetsPerRound / repeats) {
                for position in ways.indices {
                    let elapsed = ContinuousClock().measure { _ = ways[position](floor, &octets, size, repeats) }
                    times[position].append(elapsed / .nanoseconds(1) / Double(repeats))
                }
            }
            guard round > 0 else { continue }
            for position in ways.indices { figures[position].append(Spread(times[position]).median) }
        }
        var row = BenchmarkResults.Row(
            id: "keystream/AES-\(keyByteCount * 8)/\(size) octets", group: .keystream, payload: size, sides: [:])
        row.note(["ECB", "CTR"], figures)
        return row
    }
}
