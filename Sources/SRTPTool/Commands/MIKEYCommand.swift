// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct MIKEYCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mikey",
        abstract: "Makes, explains and answers MIKEY messages (RFC 3830) and the lines that carry them (RFC 4567).",
        discussion: """
            Example:
              srtp mikey create --psk-file psk.key --keys offerer --output offer.txt
              srtp mikey answer offer.txt --psk-file psk.key --keys answerer --output answer.txt
              srtp mikey inspect offer.txt answer.txt --psk-file psk.key
            """,
        subcommands: [MIKEYCreate.self, MIKEYInspect.self, MIKEYAnswer.self])
}
