// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import KeyManagement
import RTP
import SDP
import SRTP

struct SDPAnswer: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "answer",
        abstract: "Answers an offer: by the first a=crypto of each media stream that can be used, or by MIKEY.",
        discussion: """
            A stream without one is rejected by port 0. MIKEY answers all streams that it is for, or none. Which of the two is to be \
            used is chosen beforehand by --keying, so that nobody can choose it by spoiling a message: with `either` it is MIKEY for \
            each stream that has it, and a=crypto for the others, over a protected channel alone. With --keys PREFIX the keys of stream \
            N are written to PREFIX-N-send.key and PREFIX-N-receive.key, which `srtp protect` and `srtp unprotect` read.

            Example:
              srtp sdp answer offer.sdp --address 192.0.2.2 --output answer.sdp --keys call
              srtp sdp answer offer.sdp --address 192.0.2.2 --keying mikey --psk-file psk.key --keys call
            """)

    @Argument(help: "The offer to read; - is standard input.")
    var offer: String

    @Option(
        help: ArgumentHelp(
            "A suite that is accepted; may be repeated. All that are good by default.", valueName: "name"),
        transform: ArgumentReading.suite)
    var suite: [SRTPSuite] = []

    @OptionGroup var place: SDPPlace
    @Option(help: "How keys are agreed on: crypto, which is a=crypto, mikey, which is a=key-mgmt, or either.")
    var keying = AnswerKeying.crypto

    @OptionGroup var trust: MIKEYTrustOptions
    @OptionGroup var acceptance: MIKEYAcceptance
    @OptionGroup var leniency: SDPLeniency
    @OptionGroup var keys: SDPKeyOptions
    @OptionGroup var keyFiles: SDPKeyFiles
    @OptionGroup var output: SDPOutput

    func run() throws {
        let offered = try SDPInput.read(offer)
        guard Int(place.port) + 2 * max(0, offered.media.count - 1) <= 65_535 else {
            throw ToolError(
                .usage, "--port \(place.port): leaves no port for the last of \(offered.media.count) streams")
        }
        let byMIKEY = try answerByMIKEY(offered)
        var answer = place.description(timings: offered.timings)
        var agreed: [Int: NegotiatedCrypto] = [:]
        for (position, media) in offered.media.enumerated() {
            if byMIKEY?.media[position] != nil {
                answer.media.append(accepted(media, in: offered, nil, port: port(of: position)))
            } else if keying != .mikey, let crypto = answerByCrypto(media, position) {
                answer.media.append(
                    accepted(media, in: offered, crypto.attribute.attribute(), port: port(of: position)))
                agreed[position + 1] = crypto.negotiated
            } else {
                answer.media.append(rejected(media))
            }
        }
        guard !agreed.isEmpty || byMIKEY != nil else {
            throw ToolError(.badData, "\(offer): none of its \(offered.media.count) media streams can be accepted")
        }
        byMIKEY?.write(into: &answer)
        let texts = try KeyFileText.texts(
            of: Dictionary(uniqueKeysWithValues: (byMIKEY?.media ?? [:]).map { ($0.key + 1, $0.value) }))
        let written = try keyFiles.write(keyFiles.texts(of: agreed) + texts, replacingExisting: output.force)
        do { try output.write(answer) } catch {
            keyFiles.remove(written)
            throw error
        }
    }

    /// What is agreed on for a stream by its `a=crypto`; `nil` where nothing is.
    private func answerByCrypto(_ media: MediaDescription, _ position: Int) -> CryptoAnswer? {
        var policy = leniency.policy
        if !suite.isEmpty { policy.suites = suite }
        do throws(CryptoNegotiationError) {
            let crypto = try CryptoAnswer(
                to: media, policy: policy, sessionParameters: keys.sessionParameters, lifetime: keys.lifetime,
                mki: keys.mki)
            for deviation in crypto.deviations.sorted(by: { $0.rawValue < $1.rawValue }) {
                writeToStandardError("srtp: warning: \(offer): stream \(position + 1): \(deviation)\n")
            }
            return crypto
        } catch {
            writeToStandardError("srtp: \(offer): stream \(position + 1) is rejected: \(error)\n")
            return nil
        }
    }

    /// The streams that MIKEY is for; `nil` where that is none, and where all are that have keys.
    private func placesByMIKEY(_ offered: SessionDescription) throws -> (isNeeded: Bool, places: Set<Int>?) {
        switch keying {
        case .crypto: return (false, nil)
        case .mikey: return (true, nil)
        case .either:
            do throws(KeyMgmtNegotiationError) {
                let methods = try offered.keyManagementMethods(channel: trust.channel.value)
                let places = Set(methods.filter { $0.value == .mikey }.keys)
                return (!places.isEmpty, places)
            } catch {
                throw ToolError(.badData, "\(offer): \(error)")
            }
        }
    }

    /// What is agreed on by MIKEY for the streams that it is for; `nil` where there are none.
    private func answerByMIKEY(_ offered: SessionDescription) throws -> KeyMgmtAnswerer.DescriptionAnswer? {
        let (isNeeded, places) = try placesByMIKEY(offered)
        guard isNeeded else { return nil }
        var answerer = try acceptance.answerer(trust, suites: suite)
        let now = try WallClockTime.now()
        let agreed: KeyMgmtAnswerer.DescriptionAnswer
        do throws(KeyMgmtRejection) {
            agreed = try answerer.answer(to: offered, for: places, now: now)
        } catch {
            // For the response that refuses the offer (RFC 4567 section 4.1.2).
            if let line = error.attribute?.attribute() { print("a=\(line.name):\(line.value ?? "")") }
            throw ToolError(.badData, "\(offer): \(error.reason)")
        }
        for deviation in agreed.deviations.sorted(by: { $0.rawValue < $1.rawValue }) {
            writeToStandardError("srtp: warning: \(offer): \(deviation)\n")
        }
        guard !agreed.media.isEmpty else { throw ToolError(.badData, "\(offer): the message was taken before") }
        return agreed
    }

    /// The first stream has the port that was asked for, the others those above, RTP ports being even.
    private func port(of position: Int) -> UInt16 { UInt16(truncatingIfNeeded: Int(place.port) + 2 * position) }

    private func accepted(
        _ media: MediaDescription, in offer: SessionDescription, _ key: SDPAttribute?, port: UInt16
    ) -> MediaDescription {
        var stream = MediaDescription(media.media)
        stream.media.port = port
        stream.media.portCount = nil
        for attribute in media.attributes where ["mid", "rtpmap", "fmtp", "rtcp-mux"].contains(attribute.name) {
            stream.append(attribute)
        }
        let direction = offer.direction(of: media).reversed
        if direction != .sendAndReceive { stream.append(SDPAttribute(direction.rawValue)) }
        if let key { stream.append(key) }
        return stream
    }

    private func rejected(_ media: MediaDescription) -> MediaDescription {
        var stream = MediaDescription(media.media)
        stream.media.port = 0
        stream.media.portCount = nil
        return stream
    }
}

/// How an answer agrees on keys: for each stream by one of them (RFC 4568 section 7.5).
enum AnswerKeying: String, CaseIterable, ExpressibleByArgument {
    case crypto
    case mikey
    case either
}
