// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SRTPBenchmarks

@main
struct SRTPCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "srtp",
        abstract: "Protects, unprotects, inspects and proves SRTP.",
        discussion: """
            Exit codes: 0 done, 1 a vector failed or a limit was exceeded, 2 some packets were rejected, 64 usage, 65 bad data, \
            66 missing input, 69 network, 70 a bug, 74 output.
            """,
        version: "swift-srtp 0.1.0",
        subcommands: [
            Demo.self, Keygen.self, Suites.self, Protect.self, Unprotect.self, Inspect.self, MIKEYCommand.self,
            SDPCommand.self, Conformance.self, BenchCommand.self,
        ])

    /// Runs the command line; whatever is wrong becomes one line on standard error and an exit code.
    static func main() async {
        do {
            let command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                var command = command
                try command.run()
            }
        } catch {
            guard let problem = ToolError(error, parsedBy: Self.self) else { exit(withError: error) }
            writeToStandardError("srtp: \(problem.message)\n")
            exit(withError: ExitCode(problem.code.rawValue))
        }
    }
}
