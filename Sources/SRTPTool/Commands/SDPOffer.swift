// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import MIKEY
import RTP
import SDP
import SRTP

struct SDPOffer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offer",
        abstract: "Makes an offer of one media stream, with a fresh key for each suite.",
        discussion: """
            With a=crypto the offer holds the keys that this side is going to send with: it has to travel in secret. With MIKEY \
            and a pre-shared key it need not. Of several suites, MIKEY offers the first.

            Example:
              srtp sdp offer --address 192.0.2.1 --port 5004 --suite AES_CM_128_HMAC_SHA1_80 --output offer.sdp
              srtp sdp offer --address 192.0.2.1 --keying mikey --psk-file psk.key --output offer.sdp
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

    @Option(help: "How keys are agreed on: a=crypto, MIKEY in a=key-mgmt, or either.")
    var keying = KeyingChoice.crypto

    @OptionGroup var trust: MIKEYTrustOptions

    @Option(
        help: ArgumentHelp("With MIKEY, the SSRC that this side sends with. Drawn by default.", valueName: "hex"),
        transform: ArgumentReading.ssrc)
    var ssrc: SSRC?

    @OptionGroup var keys: SDPKeyOptions
    @OptionGroup var output: SDPOutput

    func validate() throws {
        guard format.allSatisfy({ $0 < 128 }) else { throw ValidationError("--format: expected 0 to 127") }
    }

    func run() throws {
        let suites = suite.isEmpty ? CryptoPolicy().suites : suite
        var description = place.description()
        let formats = (format.isEmpty ? [0] : format).map { "\($0)" }
        var stream = MediaDescription(
            Media(
                type: media, port: place.port, transport: hasFeedback ? .rtpSAVPF : .rtpSAVP, formats: formats))
        if keying != .mikey {
            for attribute in try cryptoOffer(suites).attributes { stream.append(attribute.attribute()) }
        }
        description.media = [stream]
        if keying != .crypto { try offerMIKEY(in: &description, suites) }
        try output.write(description)
    }

    private func cryptoOffer(_ suites: [SRTPSuite]) throws(ToolError) -> CryptoOffer {
        do throws(CryptoAttributeError) {
            return try CryptoOffer(
                suites: suites, sessionParameters: keys.sessionParameters, lifetime: keys.lifetime, mki: keys.mki)
        } catch {
            throw ToolError(error == .engineFailed ? .bug : .usage, "\(error)")
        }
    }

    private func offerMIKEY(in description: inout SessionDescription, _ suites: [SRTPSuite]) throws {
        var configuration = trust.preset.initiator(try trust.credential())
        (configuration.identity, configuration.peer) = try trust.identities()
        let media = MIKEYMediaOffer(
            SRTPPolicy(suites.first ?? .aesCM128_HMACSHA1_80), ssrc: ssrc ?? SSRC(UInt32.random(in: 1...UInt32.max)))
        do {
            var offerer = try KeyMgmtOfferer(configuration, preset: trust.preset)
            _ = try offerer.offer(in: &description, at: .media(0), [media], now: try .now())
        } catch let error as KeyMgmtNegotiationError {
            throw ToolError(.usage, "\(error)")
        }
    }
}

/// How keys are agreed on.
enum KeyingChoice: String, CaseIterable, ExpressibleByArgument {
    case crypto
    case mikey
    case both
}
