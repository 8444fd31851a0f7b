// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

struct SDPCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sdp",
        abstract: "Makes, answers and checks session descriptions that carry keys as a=crypto or by MIKEY.",
        discussion: """
            Example:
              srtp sdp offer --address 192.0.2.1 --output offer.sdp
              srtp sdp answer offer.sdp --address 192.0.2.2 --output answer.sdp --keys answerer
              srtp sdp check offer.sdp --answer answer.sdp --keys offerer
            """,
        subcommands: [SDPOffer.self, SDPAnswer.self, SDPCheck.self])
}
