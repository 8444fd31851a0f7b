// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SRTP

struct Protect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Protects the RTP and RTCP packets of a capture.",
        discussion: """
            Reads pcap or pcapng and writes pcap, with lengths and checksums put right. Packets that are no RTP or RTCP \
            on UDP are left out unless --keep-others. An identical packet that comes twice is protected twice alike.

            Exit code 0 when every selected packet was protected, 2 when some were not, 65 when none.

            Example:
              srtp protect plain.pcap secure.pcap --key-file call.key --port 5004
            """)

    @Argument(help: "The capture to read; - is standard input.")
    var input: String

    @Argument(help: "The capture to write; - is standard output.")
    var output: String

    @OptionGroup var keys: KeyOptions
    @OptionGroup var selection: SelectionOptions

    func validate() throws { try keys.checkStandardInput(input) }

    func run() throws {
        let key = try keys.masterKey()
        var configuration = keys.configuration
        // Under a double suite a repeat cannot be known by its tag: it is rejected.
        if keys.suite.cipher != .doubleAESGCM { configuration.repeatedPackets = .allowedWhenIdentical }
        var sender = try SRTPSender(masterKey: key, configuration: configuration)
        let job = CaptureJob(input: input, output: output, selection: selection, verb: "protecting")
        let outcome = try job.run(through: &sender) { sender, ssrc in
            if let roc = keys.roc { try? sender.setRolloverCounter(roc, of: ssrc) }
        }
        try outcome.report("protected", to: output, json: selection.json)
    }
}
