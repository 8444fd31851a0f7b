// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import SRTP

/// A part of the benchmark.
public enum BenchmarkGroup: String, CaseIterable, Codable, Sendable {
    // In the order in which they run: memory that was used before would not show as growth.
    case memory, singles, streams, batches, creation, cores, keystream, messages
}

/// What is measured, and for how long.
public struct BenchmarkOptions: Sendable {
    public var groups = Set(BenchmarkGroup.allCases)
    /// The suites; empty for those that each group has by default.
    public var suites: [SRTPSuite] = []
    public var payloads = [20, 160, 500, 1200]
    public var directions = BenchmarkDirection.allCases
    public var packets = Packets.allCases
    /// The rounds to take the median of, at least 9.
    public var rounds = 15
    /// The packets of each side in a round, roughly.
    public var packetsPerRound = 4000
    /// Numbers of streams.
    public var streamCounts = [1, 100, 10_000, 1_000_000]
    /// Packets in one call.
    public var batchCounts = [1, 8, 32, 128]
    /// Whether the libsrtps that are found take part.
    public var usesLibsrtp = true
    /// Where the libsrtp to compare with is; the environment's `LIBSRTP_PREFIX`.
    public var libsrtpPrefix = LibsrtpInstallation.prefixOfEnvironment

    /// RTP or RTCP.
    public enum Packets: String, CaseIterable, Sendable {
        case rtp, rtcp
    }

    /// Where a group has packets of one size.
    var usualPayload: Int { payloads.contains(160) ? 160 : payloads.first ?? 160 }

    /// Everything.
    public init() {}

    /// A look at everything in less than a minute: fewer packets a round, the two suites that matter most, fewer streams.
    public static var quick: BenchmarkOptions {
        var options = BenchmarkOptions()
        options.rounds = 9
        options.packetsPerRound = 600
        options.suites = BenchmarkRun.mainSuites
        options.streamCounts = [1, 100, 10_000, 100_000]
        return options
    }
}
