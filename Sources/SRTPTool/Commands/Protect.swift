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

            Of several keys, each stream takes the one that is bound to its SSRC, else to its port, else the first that is \
            bound to nothing; packets that no key is for are left out.

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
        var configuration = keys.configuration
        // The first key that fits a stream is its key.
        var ring = KeyRing<SRTPSender>(triesAll: false)
        for line in try keys.keys() {
            // Under a double suite a repeat cannot be known by its tag: it is rejected.
            let isDouble = line.suite.cipher == .doubleAESGCM
            configuration.repeatedPackets = isDouble ? .refused : .allowedWhenIdentical
            try ring.append(
                SRTPSender(
                    masterKey: line.masterKey(), options: keys.options(of: line), configuration: configuration),
                for: line.binding, rolloverCounter: line.rolloverCounter ?? keys.roc)
        }
        let job = CaptureJob(input: input, output: output, selection: selection, verb: "protecting")
        let outcome = try job.run(through: &ring) { sender, counter, ssrc in
            try? sender.setRolloverCounter(counter, of: ssrc)
        }
        try outcome.report("protected", to: output, json: selection.json)
    }
}
