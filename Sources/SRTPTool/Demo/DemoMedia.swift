// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SDP

/// The media of a recording, as the two parties describe them: one for each stream, with the reports about it.
struct DemoMedia: Sendable {
    /// One of them.
    struct Medium: Sendable {
        /// What the speaker sends with.
        let ssrc: SSRC
        /// What the listener reports with, of several the first; `nil` where it does not.
        fileprivate(set) var reporter: SSRC?
        /// The payload types, in the order in which they came.
        fileprivate(set) var payloadTypes: [UInt8] = []
    }

    /// Two crypto sessions are for each of them, and a bundle has no more than 255 (RFC 3830 section 6.1).
    static let limit = 127

    private(set) var all: [Medium] = []
    /// Which medium a packet belongs to, by its sender.
    private(set) var places: [SSRC: Int] = [:]

    init(_ recording: Recording) throws(ToolError) {
        for packet in recording.packets where packet.kind == .rtp {
            let place = places[packet.ssrc] ?? all.count
            if place == all.count { all.append(Medium(ssrc: packet.ssrc)) }
            places[packet.ssrc] = place
            let payloadType = packet.octets[1] & 0x7F
            if !all[place].payloadTypes.contains(payloadType) { all[place].payloadTypes.append(payloadType) }
        }
        guard all.count <= Self.limit else {
            throw ToolError(.badData, "\(all.count) RTP streams: MIKEY has keys for \(Self.limit) in one exchange")
        }
        // Who reports on nothing of this recording has to belong somewhere too.
        for takesAll in [false, true] {
            for packet in recording.packets where !packet.isFromSpeaker && places[packet.ssrc] == nil {
                guard let place = Self.reportedSource(packet).flatMap({ places[$0] }) ?? (takesAll ? 0 : nil) else {
                    continue
                }
                places[packet.ssrc] = place
                all[place].reporter = all[place].reporter ?? packet.ssrc
            }
        }
    }

    /// The first source that an RTCP packet reports on.
    private static func reportedSource(_ packet: Recording.Packet) -> SSRC? {
        let octets = packet.octets
        guard let compound = try? RTCPCompound(parsing: octets.span.bytes, form: .reducedSize) else { return nil }
        for packet in compound.packets {
            switch packet {
            case .receiverReport(let report): if let first = report.reports.first { return first.source }
            case .senderReport(let report): if let first = report.reports.first { return first.source }
            default: break
            }
        }
        return nil
    }

    /// What one side says of itself.
    ///
    /// - Parameters:
    ///   - ports: Where each medium is received.
    ///   - version: A larger one for each new offer and answer (RFC 3264 section 8).
    func description(ports: [UInt16], direction: MediaDirection, version: Int) -> SessionDescription {
        let address = "127.0.0.1"
        var description = SessionDescription(
            origin: Origin(sessionID: "1", sessionVersion: "\(version)", address: address),
            connection: ConnectionData(address: address))
        description.media = zip(all, ports).map { medium, port in
            var media = MediaDescription(
                Media(
                    type: Self.type(of: medium), port: port, transport: .rtpSAVP,
                    formats: medium.payloadTypes.map { "\($0)" }))
            media.append(SDPAttribute("rtcp-mux"))
            media.append(SDPAttribute(direction.rawValue))
            return media
        }
        return description
    }

    /// The capture does not say what dynamic payload types are.
    private static func type(of medium: Medium) -> String {
        let formats = medium.payloadTypes.compactMap { PayloadFormat.staticTypes[$0] }
        return formats.first?.media == .audio ? "audio" : "video"
    }
}
