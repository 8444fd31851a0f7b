// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the command line asks for.
struct Options {
    var json = false
    var help = false
    var rounds = 15
    var packetsPerRound = 20_000
    var payloads = [20, 160, 500, 1200]
    var directions = Direction.allCases
    /// The largest ratio allowed, by payload octets.
    var limits: [Int: Double] = [:]

    static let usage = """
        usage: srtp-benchmarks [--json] [--rounds N] [--packets N] [--payload OCTETS] [--direction protect|unprotect]
                               [--limit OCTETS=RATIO[,OCTETS=RATIO]...]

          --json      one JSON object on standard output
          --rounds    rounds to take the median of, at least 9 (15)
          --packets   packets a round (20000)
          --payload   only this payload (20, 160, 500 and 1200)
          --direction only this direction (both)
          --limit     exit 1 where the median ratio to the floor is larger, in either direction

        example: swift run -c release srtp-benchmarks --limit 160=1.15,1200=1.05
        """

    /// `nil` for arguments that make no sense.
    init?(_ arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--json": json = true
            case "--help", "-h": help = true
            case "--rounds":
                guard let count = rest.popFirst().flatMap({ Int($0) }), count >= 9 else { return nil }
                rounds = count
            case "--packets":
                guard let count = rest.popFirst().flatMap({ Int($0) }), count >= 1 else { return nil }
                packetsPerRound = count
            case "--payload":
                guard let octets = rest.popFirst().flatMap({ Int($0) }), (1...65_000).contains(octets) else {
                    return nil
                }
                payloads = [octets]
            case "--direction":
                guard let direction = rest.popFirst().flatMap({ Direction(rawValue: $0) }) else { return nil }
                directions = [direction]
            case "--limit":
                guard let text = rest.popFirst(), let parsed = Self.limits(text) else { return nil }
                limits.merge(parsed) { $1 }
            default: return nil
            }
        }
    }

    private static func limits(_ text: String) -> [Int: Double]? {
        var limits: [Int: Double] = [:]
        for pair in text.split(separator: ",") {
            let halves = pair.split(separator: "=")
            guard halves.count == 2, let octets = Int(halves[0]), let ratio = Double(halves[1])
            else { return nil }
            limits[octets] = ratio
        }
        return limits
    }
}
