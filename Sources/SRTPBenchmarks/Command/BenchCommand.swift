// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Foundation
import SRTP

/// `srtp bench`, and the program of the package Benchmarks.
public struct BenchCommand: ParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measures the product beside bare libcrypto calls and libsrtp on this machine.",
        discussion: """
            Build with `swift build -c release`. The environment variable LIBSRTP_PREFIX names a libsrtp, 2 or 3, with its \
            headers (include/srtp3/srtp.h) and its library; the installed one is measured beside it. Both need a C compiler.

            A ratio is the product's time divided by the other one's, the median of all rounds with the lowest and the highest; \
            below 1 the product is faster. docs/performance.md tells more.

            Example:
              srtp bench --only singles --payload 1200 --limit 1200=1.04
            """)

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Less than a minute: two suites, fewer packets.")
    var quick = false

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Only this group: \(BenchmarkGroup.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.",
            valueName: "group"))
    var only: [BenchmarkGroup] = []

    @Option(
        parsing: .singleValue, help: ArgumentHelp("Only this suite; may be repeated.", valueName: "name"),
        transform: Self.suite)
    var suite: [SRTPSuite] = []

    @Option(
        parsing: .singleValue, help: ArgumentHelp("Only payloads of this size; may be repeated.", valueName: "octets"))
    var payload: [Int] = []

    @Option(help: ArgumentHelp("Only protect or only unprotect.", valueName: "direction"))
    var direction: BenchmarkDirection?

    @Option(help: ArgumentHelp("Only rtp or only rtcp, in the group singles.", valueName: "kind"))
    var packets: BenchmarkOptions.Packets?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Only so many streams, in the groups streams and memory; may be repeated.", valueName: "number"))
    var streams: [Int] = []

    @Flag(name: .customLong("no-libsrtp"), help: "Leave libsrtp out.")
    var leavesLibsrtpOut = false

    @Option(help: ArgumentHelp("Rounds to take the median of, at least 9.", valueName: "number"))
    var rounds: Int?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "Exit 1 where, in the group singles, the median ratio at this payload is larger; to the floor, or to a side by its name. May be repeated.",
            valueName: "[side:]octets=ratio"),
        transform: BenchLimit.init(argument:))
    var limit: [BenchLimit] = []

    public init() {}

    public func validate() throws {
        if let rounds, !(9...1000).contains(rounds) {
            throw ValidationError("--rounds \(rounds): expected 9 to 1000")
        }
        if let count = streams.first(where: { !(1...1_000_000).contains($0) }) {
            throw ValidationError("--streams \(count): expected 1 to 1000000")
        }
        if let size = payload.first(where: { !(1...16_000).contains($0) }) {
            throw ValidationError("--payload \(size): expected 1 to 16000 octets")
        }
    }

    /// What the command line asks for.
    var options: BenchmarkOptions {
        var options = quick ? .quick : BenchmarkOptions()
        if !only.isEmpty { options.groups = Set(only) }
        if !suite.isEmpty { options.suites = suite }
        if !payload.isEmpty { options.payloads = payload }
        if let direction { options.directions = [direction] }
        if let packets { options.packets = [packets] }
        if !streams.isEmpty { options.streamCounts = streams }
        options.usesLibsrtp = !leavesLibsrtpOut
        if let rounds { options.rounds = rounds }
        return options
    }

    public func run() throws {
        let isShown = isatty(STDERR_FILENO) == 1
        let run = BenchmarkRun(options) { if isShown { say("\r\u{1B}[K\($0)") } }
        let results = try run.run()
        if isShown { say("\r\u{1B}[K") }
        print(try json ? results.json() : results.text)
        let exceeded = limit.flatMap { $0.exceeded(by: results) }
        for line in exceeded { say("srtp: \(line)\n") }
        if !exceeded.isEmpty { throw ExitCode(1) }
    }

    private static func suite(_ argument: String) throws -> SRTPSuite {
        guard let suite = SRTPSuite.named(argument), suite.isUsable else {
            let names = SRTPSuite.all.filter(\.isUsable).map(\.name).joined(separator: ", ")
            throw ValidationError("suite \(argument): expected one of \(names)")
        }
        return suite
    }
}

private func say(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

extension BenchmarkGroup: ExpressibleByArgument {}
extension BenchmarkDirection: ExpressibleByArgument {}
extension BenchmarkOptions.Packets: ExpressibleByArgument {}

/// A ratio that must not be exceeded.
struct BenchLimit {
    let side: String
    let payload: Int
    let ratio: Double

    init(argument: String) throws {
        let halves = argument.split(separator: "=")
        let left = (halves.first ?? "").split(separator: ":")
        guard halves.count == 2, (1...2).contains(left.count), let payload = Int(left[left.count - 1]),
            let ratio = Double(halves[1]), ratio > 0
        else {
            throw ValidationError("limit \(argument): expected octets=ratio or side:octets=ratio, such as 160=1.08")
        }
        side = left.count == 2 ? String(left[0]) : SideName.floor
        self.payload = payload
        self.ratio = ratio
    }

    /// A line for each row above the limit, and one where there is no row at all.
    func exceeded(by results: BenchmarkResults) -> [String] {
        let rows = results.rows.filter { $0.group == .singles && $0.payload == payload && $0.ratios[side] != nil }
        guard !rows.isEmpty else { return ["no ratio to \(side) at \(payload) octets was measured"] }
        return rows.compactMap { row in
            guard let found = row.ratios[side]?.median, found > ratio else { return nil }
            return "\(row.id): \(found) times \(side), more than \(ratio)"
        }
    }
}
