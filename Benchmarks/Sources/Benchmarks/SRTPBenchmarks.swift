// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Compares the product with the bare libcrypto calls.
@main
struct SRTPBenchmarks {
    static func main() throws {
        guard let options = Options(Array(CommandLine.arguments.dropFirst())) else {
            _ = (Options.usage + "\n").withCString { write(STDERR_FILENO, $0, strlen($0)) }
            exit(64)
        }
        guard !options.help else { return print(Options.usage) }
        let comparer = Comparer(roundCount: options.rounds, packetsPerRound: options.packetsPerRound)
        var rows: [Comparison] = []
        for direction in options.directions {
            for payload in options.payloads { rows.append(try comparer.compare(direction, payloadByteCount: payload)) }
        }
        let report = Report(machine: .current, roundCount: options.rounds, rows: rows, limits: options.limits)
        print(options.json ? report.json : report.text)
        if !report.broken.isEmpty { exit(1) }
    }
}
