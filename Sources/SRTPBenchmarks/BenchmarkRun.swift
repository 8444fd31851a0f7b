// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SRTP

/// Runs the benchmark.
public struct BenchmarkRun {
    let options: BenchmarkOptions
    let progress: (String) -> Void
    let libsrtps: [Libsrtp]
    private var notes: [String] = []

    /// The two suites that most of the world uses.
    static let mainSuites = ["AES_CM_128_HMAC_SHA1_80", "AEAD_AES_128_GCM"].compactMap(SRTPSuite.named)

    /// Gets everything ready, libsrtp too.
    ///
    /// - Parameter progress: Told what is measured next.
    public init(_ options: BenchmarkOptions, progress: @escaping (String) -> Void = { _ in }) {
        self.options = options
        self.progress = progress
        var found: [Libsrtp] = []
        if options.usesLibsrtp {
            let prefix = options.libsrtpPrefix
            let chosen = prefix.flatMap { LibsrtpInstallation(prefix: $0) }
            if let prefix, chosen == nil {
                notes.append(
                    "LIBSRTP_PREFIX=\(prefix): no include/srtp3/srtp.h or include/srtp2/srtp.h with its library")
            } else if prefix == nil {
                notes.append("LIBSRTP_PREFIX is not set: no comparison with a libsrtp built on OpenSSL")
            }
            var installed = LibsrtpInstallation.installed
            if installed?.library == chosen?.library { installed = nil }
            for (name, installation) in [("libsrtp", chosen), ("libsrtp installed", installed)] {
                guard let installation else { continue }
                do throws(Libsrtp.Problem) {
                    found.append(try Libsrtp(name, installation))
                } catch {
                    notes.append(error.description)
                }
            }
        }
        libsrtps = found
    }

    /// Measures. Throws where a side does not do its work, or makes other octets than the others.
    public func run() throws -> BenchmarkResults {
        var results = BenchmarkResults(
            machine: .current,
            options: .init(rounds: options.rounds, packetsPerRound: options.packetsPerRound),
            libsrtp: libsrtps.map(\.facts), notes: notes)
        for group in BenchmarkGroup.allCases where options.groups.contains(group) {
            switch group {
            case .memory: try memory(&results)
            case .singles: try singles(&results)
            case .streams: try streams(&results)
            case .batches: try batches(&results)
            case .creation: try creation(&results)
            case .cores: try cores(&results)
            case .keystream: try keystream(&results)
            case .messages: try messages(&results)
            }
        }
        return results
    }

    /// The suites that were asked for, or those that a group has by default.
    func suites(else usual: [SRTPSuite]) -> [SRTPSuite] { options.suites.isEmpty ? usual : options.suites }
}
