// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import SDP
import SRTP

struct SDPCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Explains every line of a session description and says what is wrong with it.",
        discussion: """
            Keys are hidden. With --answer the second description is checked against the first as its answer.

            Exit code 0 when nothing is wrong, 65 otherwise.

            Example:
              srtp sdp check offer.sdp --answer answer.sdp --keys call
            """)

    @Argument(help: "The description to read; - is standard input.")
    var input: String

    @Option(help: ArgumentHelp("The answer to it.", valueName: "file"))
    var answer: String?

    @OptionGroup var leniency: SDPLeniency
    @OptionGroup var keyFiles: SDPKeyFiles

    @Flag(help: "Replace key files that exist.")
    var force = false

    @Flag(name: .customLong("show-secrets"), help: "Show the keys too.")
    var showsSecrets = false

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard keyFiles.prefix == nil || answer != nil else {
            throw ValidationError("--keys: expected --answer as well")
        }
    }

    func run() throws {
        let description = try SDPInput.read(input)
        var reports = [report(on: description, input)]
        var agreed: [Int: NegotiatedCrypto] = [:]
        var problems: [String] = []
        if let answer {
            let answered = try SDPInput.read(answer)
            reports.append(report(on: answered, answer))
            (agreed, problems) = negotiate(description, answered)
        }
        if json {
            try JSONOutput.print(Result(files: reports, negotiation: problems))
        } else {
            for report in reports { print(report.text) }
            for (stream, crypto) in agreed.sorted(by: { $0.key < $1.key }) {
                print("stream \(stream): agreed on \(crypto.suite.name), tag \(crypto.tag)")
            }
            for problem in problems { print(problem) }
        }
        guard problems.isEmpty, reports.allSatisfy({ $0.faultCount == 0 }) else { throw ExitCode(65) }
        _ = try keyFiles.write(agreed, replacingExisting: force)
    }

    private func report(on description: SessionDescription, _ name: String) -> SDPReport {
        SDPReport(description, file: name, isLenient: leniency.isLenient, showsSecrets: showsSecrets)
    }

    private func negotiate(
        _ offer: SessionDescription, _ answer: SessionDescription
    ) -> ([Int: NegotiatedCrypto], [String]) {
        guard offer.media.count == answer.media.count else {
            return (
                [:],
                [
                    "answer: expected \(offer.media.count) media streams, got \(answer.media.count) (RFC 3264 section 6)"
                ]
            )
        }
        var agreed: [Int: NegotiatedCrypto] = [:]
        var problems: [String] = []
        for (position, (offered, answered)) in zip(offer.media, answer.media).enumerated() {
            let valid = CryptoLines(of: offered, isLenient: leniency.isLenient).valid
            // A stream without keys, and one that was rejected, have nothing to agree on.
            guard !valid.isEmpty, answered.media.port != 0 else { continue }
            do {
                agreed[position + 1] = try CryptoOffer(valid).accept(answer: answered, policy: leniency.policy)
            } catch {
                problems.append("stream \(position + 1): \(error)")
            }
        }
        return (agreed, problems)
    }

    private struct Result: Encodable {
        let files: [SDPReport]
        let negotiation: [String]
    }
}
