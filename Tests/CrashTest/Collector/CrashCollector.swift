// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Starts a sender again and again, collects what it sends and kills it, and says whether an index was used twice.
///
/// usage: CrashCollector SENDER FOLDER KILLS [--without-leases]
///
/// Exit code: 0 where the promise holds, 1 where an index was used twice with different content, 2 where the test was not what it should
/// be: packets refused, too slow, too few kills right behind a packet.
@main
struct CrashCollector {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count >= 4, let kills = Int(arguments[3]) else { exit(64) }
        let folder = arguments[2]
        let isLeased = !arguments.contains("--without-leases")
        let store = isLeased ? folder + "/leases" : "--without-leases"
        let listener = Listener(path: folder + "/socket")
        var record = Record()
        var figures = Figures()
        for number in 0..<kills {
            let life = Life(program: arguments[1], listener: listener, store: store)
            life.run(until: Death.random(number), &record, &figures)
        }
        figures.print(record)
        if record.reused > 0 { exit(1) }
        exit(figures.isWorthIt(record) ? 0 : 2)
    }
}

/// When a sender is killed.
enum Death {
    /// So long after the packet with this number.
    case behindPacket(Int, microseconds: UInt64)
    /// So long after its start, whether it has sent or not.
    case afterStart(microseconds: UInt64)

    static func random(_ number: Int) -> Death {
        if number % 40 == 39 { return .afterStart(microseconds: .random(in: 0...30_000)) }
        // Many short lives, and some that renew their leases a few times.
        let most = [3, 30, 300, 1000, 4000][Int.random(in: 0..<5)]
        return .behindPacket(.random(in: 1...most), microseconds: .random(in: 0...3000))
    }
}

/// What was measured.
struct Figures {
    var kills = 0
    var closeKills = 0
    var barrenLives = 0
    var packets: [Int] = []
    var sendingMicroseconds: UInt64 = 0
    var timedPackets = 0

    var packetsPerSecond: Int { Int(Double(timedPackets) / Double(max(1, sendingMicroseconds)) * 1_000_000) }

    func isWorthIt(_ record: borrowing Record) -> Bool {
        record.refused == 0 && packetsPerSecond >= 5000 && closeKills * 100 >= kills * 95
            && (kills < 20 || record.wraps > 0)
    }

    func print(_ record: borrowing Record) {
        let sorted = packets.sorted()
        Swift.print(
            """
            kills \(kills), within 5 ms after a packet \(closeKills), lives without a packet \(barrenLives)
            packets \(record.packets) (SRTCP \(record.rtcpPackets)), a life min \(sorted.first ?? 0) \
            median \(sorted.isEmpty ? 0 : sorted[sorted.count / 2]) max \(sorted.last ?? 0), \
            \(packetsPerSecond) a second
            refused by the receiver \(record.refused), sequence wraps \(record.wraps)
            skipped SRTP indices \(record.skipped), at most \(record.largestSkip) at once; SRTCP \(record.rtcpSkipped)
            indices used twice with different content \(record.reused)
            """)
    }
}
