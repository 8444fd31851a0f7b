// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import SRTP

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends a real recording over SRTP through a bad network and looks at what arrives.",
        discussion: """
            Two parties on 127.0.0.1 exchange the RTP and RTCP packets of a capture through a network that loses, repeats and \
            reorders, with an attacker on it who forges and replays. They agree on keys by MIKEY in SDP offers and answers, \
            with a pre-shared key of the run, and on new ones in its middle, while packets flow. Sequence numbers are shifted \
            so that they wrap. Exit code 0 when everything held that must hold.

            Example:
              srtp demo --suite AES_CM_128_HMAC_SHA1_32 --loss 10
            """)

    @Argument(help: "The capture to replay; the repository's own recording by default.")
    var capture: String?

    @Option(
        help: ArgumentHelp("The suite; `srtp suites` lists them.", valueName: "name"),
        transform: ArgumentReading.suite)
    var suite: SRTPSuite = .aesCM128_HMACSHA1_80

    @Option(help: ArgumentHelp("How many times faster than it was recorded.", valueName: "factor"))
    var speed = 4.0

    @Option(help: ArgumentHelp("Packets that are lost, of a hundred.", valueName: "percent"))
    var loss = 3

    @Option(help: ArgumentHelp("Packets that arrive twice, of a hundred.", valueName: "percent"))
    var duplication = 3

    @Option(help: ArgumentHelp("Packets that are overtaken, of a hundred.", valueName: "percent"))
    var reordering = 4

    @Option(help: ArgumentHelp("The same number loses the same packets.", valueName: "number"))
    var seed: UInt64 = 1

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        if !(speed > 0 && speed <= 1000) {
            throw ValidationError("--speed \(speed): expected more than 0, at most 1000")
        }
        guard suite.mikey != nil else {
            throw ValidationError("--suite \(suite.name): MIKEY has no number for it, so that no keys can be agreed on")
        }
        let rates = [loss, duplication, reordering]
        if !rates.allSatisfy((0...100).contains) || rates.reduce(0, +) > 100 {
            throw ValidationError("--loss, --duplication and --reordering: expected 0 to 100, together at most 100")
        }
    }

    func run() async throws {
        guard let path = capture ?? Recording.bundled() else {
            throw ToolError(
                .missingInput, "the repository's recording is not here: name a capture, or run in the repository")
        }
        var recording = try Recording(path: path)
        recording.forceSequenceWraps()
        var progress = Progress("playing")
        defer { progress.finish() }
        let report = try await DemoRun(
            recording: recording, capture: URL(filePath: path).lastPathComponent, suite: suite, speed: speed,
            impairment: Impairment(
                rates: .init(loss: loss, duplication: duplication, reordering: reordering), seed: seed)
        ).run(&progress)
        if json { try JSONOutput.print(report) } else { print(report.text) }
        guard report.holds else { throw ToolError(.bug, "something did not hold, see above") }
    }
}
