// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import SDP
import SRTP

struct SDPOffer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offer",
        abstract: "Makes an offer of one media stream, with a fresh key for each suite.",
        discussion: """
            The offer holds the keys that this side is going to send with: it has to travel in secret.

            Example:
              srtp sdp offer --address 192.0.2.1 --port 5004 --suite AES_CM_128_HMAC_SHA1_80 --output offer.sdp
            """)

    @Option(
        help: ArgumentHelp("A suite, the preferred one first; may be repeated.", valueName: "name"),
        transform: ArgumentReading.suite)
    var suite: [SRTPSuite] = []

    @OptionGroup var place: SDPPlace

    @Option(help: ArgumentHelp("The type of media.", valueName: "type"))
    var media = "audio"

    @Option(help: ArgumentHelp("A payload type; may be repeated. 0 by default.", valueName: "number"))
    var format: [UInt8] = []

    @Flag(name: .customLong("feedback"), help: "Offer RTP/SAVPF in place of RTP/SAVP.")
    var hasFeedback = false

    @OptionGroup var keys: SDPKeyOptions
    @OptionGroup var output: SDPOutput

    func validate() throws {
        guard format.allSatisfy({ $0 < 128 }) else { throw ValidationError("--format: expected 0 to 127") }
    }

    func run() throws {
        let suites = suite.isEmpty ? CryptoPolicy().suites : suite
        let offer: CryptoOffer
        do throws(CryptoAttributeError) {
            offer = try CryptoOffer(
                suites: suites, sessionParameters: keys.sessionParameters, lifetime: keys.lifetime, mki: keys.mki)
        } catch {
            throw ToolError(error == .engineFailed ? .bug : .usage, "\(error)")
        }
        var description = place.description()
        let formats = (format.isEmpty ? [0] : format).map { "\($0)" }
        var stream = MediaDescription(
            Media(
                type: media, port: place.port, transport: hasFeedback ? .rtpSAVPF : .rtpSAVP, formats: formats))
        for attribute in offer.attributes { stream.append(attribute.attribute()) }
        description.media = [stream]
        try output.write(description)
    }
}
