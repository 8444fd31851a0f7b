// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import RTP
import SDP
import SRTP

struct SDPCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Explains every line of a session description and says what is wrong with it.",
        discussion: """
            Keys are hidden. With --answer the second description is checked against the first as its answer; with --psk-file its \
            MIKEY messages are verified. What is odd in these is taken with --lenient too; `srtp mikey inspect` names it, and \
            explains their fields.

            Exit code 0 when nothing is wrong, 65 otherwise.

            Example:
              srtp sdp check offer.sdp --answer answer.sdp --keys call
            """)

    @Argument(help: "The description to read; - is standard input.")
    var input: String

    @Option(help: ArgumentHelp("The answer to it.", valueName: "file"))
    var answer: String?

    @Option(
        name: .customLong("psk-file"),
        help: ArgumentHelp("A file with MIKEY's pre-shared key: hex, base64, or text: and a text.", valueName: "file"))
    var preSharedKeyFile: String?

    @Option(
        help: ArgumentHelp("What kind of peer MIKEY is with: \(ArgumentReading.presetNames).", valueName: "name"),
        transform: ArgumentReading.preset)
    var preset = MIKEYPreset.rfc3830

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
        var mikey: KeyMgmtCheck?
        if let answer {
            let answered = try SDPInput.read(answer)
            reports.append(report(on: answered, answer))
            (agreed, problems) = negotiate(description, answered)
            mikey = try problems.isEmpty ? checkMIKEY(description, answered) : nil
            problems += mikey?.problems ?? []
        }
        if json {
            try JSONOutput.print(Result(files: reports, negotiation: problems))
        } else {
            for report in reports { print(report.text) }
            for (stream, crypto) in agreed.sorted(by: { $0.key < $1.key }) {
                print("stream \(stream): agreed on \(crypto.suite.name), tag \(crypto.tag)")
            }
            for (stream, media) in (mikey?.agreed ?? [:]).sorted(by: { $0.key < $1.key }) {
                print("stream \(stream): agreed on \(media.sending[0].policy.suite.name) by MIKEY")
            }
            for note in mikey?.notes ?? [] { print(note) }
            for problem in problems { print(problem) }
        }
        guard problems.isEmpty, reports.allSatisfy({ $0.faultCount == 0 }) else { throw ExitCode(65) }
        let texts = try keyFiles.texts(of: agreed) + KeyFileText.texts(of: mikey?.agreed ?? [:])
        _ = try keyFiles.write(texts, replacingExisting: force)
    }

    private func report(on description: SessionDescription, _ name: String) -> SDPReport {
        SDPReport(description, file: name, isLenient: leniency.isLenient, showsSecrets: showsSecrets)
    }

    private func checkMIKEY(_ offer: SessionDescription, _ answer: SessionDescription) throws -> KeyMgmtCheck {
        let key = try preSharedKeyFile.map { path throws(ToolError) in try PreSharedKeyFile.read(path) }
        return KeyMgmtCheck(
            offer, answer, key: key, preset: preset, isLenient: leniency.isLenient || preset.isLenient, now: try .now())
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
            guard !valid.isEmpty, answered.media.port != 0,
                offer.keyMgmtLines(of: offered).isEmpty || !isKeyedByMIKEY(answered, in: answer)
            else { continue }
            do {
                agreed[position + 1] = try CryptoOffer(valid).accept(answer: answered, policy: leniency.policy)
            } catch {
                problems.append("stream \(position + 1): \(error)")
            }
        }
        return (agreed, problems)
    }

    /// Whether an answer chose MIKEY.
    private func isKeyedByMIKEY(_ media: MediaDescription, in answer: SessionDescription) -> Bool {
        CryptoLines(of: media).isEmpty && !answer.keyMgmtLines(of: media).isEmpty
    }

    private struct Result: Encodable {
        let files: [SDPReport]
        let negotiation: [String]
    }
}
