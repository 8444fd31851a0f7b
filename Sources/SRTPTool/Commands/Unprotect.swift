// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SRTP

struct Unprotect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Unprotects the SRTP and SRTCP packets of a capture.",
        discussion: """
            Reads pcap or pcapng and writes pcap, with lengths and checksums put right. Packets that are no SRTP or SRTCP \
            on UDP are left out unless --keep-others; rejected ones are left out always.

            Of several keys, all that are for a packet are tried, so that keys of both directions, or of before and after a \
            re-keying, need not be bound to anything.

            Exit code 0 when every selected packet was accepted, 2 when some were rejected, 65 when all were.

            Example:
              srtp unprotect secure.pcap plain.pcap --key-file call.key --roc 1
            """)

    @Argument(help: "The capture to read; - is standard input.")
    var input: String

    @Argument(help: "The capture to write; - is standard output.")
    var output: String

    @OptionGroup var keys: KeyOptions
    @OptionGroup var selection: SelectionOptions

    @Flag(name: .customLong("unencrypted-rtcp"), help: "Accept SRTCP packets that are authenticated but not encrypted.")
    var unencryptedRTCP = false

    func validate() throws { try keys.checkStandardInput(input) }

    func run() throws {
        var configuration = keys.configuration
        if unencryptedRTCP { configuration.rtcpEncryption = .off }
        var ring = KeyRing<SRTPReceiver>(triesAll: true)
        for line in try keys.keys() {
            try ring.append(
                SRTPReceiver(
                    masterKey: line.masterKey(), options: keys.options(of: line), configuration: configuration),
                for: line.binding,
                rolloverCounter: line.rolloverCounter ?? keys.roc)
        }
        let job = CaptureJob(input: input, output: output, selection: selection, verb: "unprotecting")
        let outcome = try job.run(through: &ring) { receiver, counter, ssrc in
            try? receiver.setRolloverCounter(counter, of: ssrc)
        }
        try outcome.report("unprotected", to: output, json: selection.json)
    }
}
