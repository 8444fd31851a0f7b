// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import MIKEY
import RTP
import SRTP

struct MIKEYAnswer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answers the first message of a MIKEY exchange: verifies it, and takes its keys.",
        discussion: """
            The file holds the message as `srtp mikey inspect` reads it. The answer is printed where the message asks for one. A \
            message that is refused gives exit code 65, and an error message to be sent where MIKEY has one.

            With --keys PREFIX the keys of stream N are written to PREFIX-N-send.key and PREFIX-N-receive.key, which `srtp protect` \
            and `srtp unprotect` read.

            Example:
              srtp mikey answer offer.txt --psk-file psk.key --replay-file answerer.seen --keys answerer
            """)

    @Argument(help: "The message to read; - is standard input.")
    var offer: String

    @OptionGroup var trust: MIKEYTrustOptions
    @OptionGroup var acceptance: MIKEYAcceptance

    @Option(
        help: ArgumentHelp(
            "A suite that is accepted; may be repeated. All that are good by default.", valueName: "name"),
        transform: ArgumentReading.suite)
    var suite: [SRTPSuite] = []

    @Option(
        help: ArgumentHelp(
            "The SSRC that this side sends a media stream with; one for each stream. Drawn by default.",
            valueName: "hex"),
        transform: ArgumentReading.ssrc)
    var ssrc: [SSRC] = []

    @OptionGroup var keyFiles: SDPKeyFiles
    @OptionGroup var output: MIKEYOutput

    func run() throws {
        let offered = try MessageInput.readOne(offer)
        let now = try WallClockTime.now()
        var answerer = try acceptance.answerer(trust, suites: suite)
        let answer: KeyMgmtAnswerer.Answer
        do throws(KeyMgmtRejection) {
            answer = try answerer.answer(
                offered.data, protocols: offered.protocols, mediaCount: mediaCount(offered.data),
                ssrcs: Dictionary(uniqueKeysWithValues: ssrc.enumerated().map { ($0, $1) }), now: now)
        } catch {
            if let message = error.message { try output.write(message) }
            throw ToolError(.badData, "\(offer): \(error.reason)")
        }
        guard !answer.negotiated.isEmpty else {
            throw ToolError(.badData, "\(offer): the message was taken before")
        }
        let media = Dictionary(uniqueKeysWithValues: answer.negotiated.enumerated().map { ($0 + 1, $1) })
        let written = try keyFiles.write(try KeyFileText.texts(of: media), replacingExisting: output.force)
        guard let message = try answer.data?.message(mode: .lenient) else {
            writeToStandardError("srtp: \(offer): accepted; it asks for no answer\n")
            return
        }
        do { try output.write(message) } catch {
            keyFiles.remove(written)
            throw error
        }
    }

    /// How many media the message is about: one for two crypto sessions where the preset has them so, else one for each.
    private func mediaCount(_ data: KeyMgmtData) -> Int {
        let count = (try? data.message(mode: .lenient))?.header.cryptoSessions.count ?? 1
        return trust.preset.layout == .twoForEachMedia && count.isMultiple(of: 2) ? count / 2 : count
    }
}
