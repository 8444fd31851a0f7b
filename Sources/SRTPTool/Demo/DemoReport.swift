// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the demonstration showed.
struct DemoReport: Encodable {
    /// One stream on its way from the speaker to the listener.
    struct Stream: Encodable {
        let kind: String
        let ssrc: String
        let payloadType: Int?
        let sent: Int
        let lost: Int
        let duplicated: Int
        let overtaken: Int
        let delivered: Int
        let equal: Int
        /// The listener's rollover counter at the end.
        let rolloverCounter: UInt32?
        /// The speaker's.
        let sentRolloverCounter: UInt32?
    }

    /// How the parties got their keys.
    struct Keying: Encodable {
        /// The CSB ID, in hex.
        let bundle: String
        /// Media, each with two crypto sessions.
        let media: Int
        /// Before which packets the messages of the change came, counted from 1.
        let offeredAtPacket: Int
        let answeredAtPacket: Int
        let acknowledgedAtPacket: Int
        /// Packets of both parties.
        let packetCount: Int
        let keys: [Keys]
    }

    /// What was agreed on at one time.
    struct Keys: Encodable {
        /// What packets under them carry, in hex.
        let mki: String
        /// The lengths of MIKEY's messages.
        let offerOctets: Int
        let answerOctets: Int
        /// The packets that each party sent under them.
        let speakerPackets: Int
        let listenerPackets: Int
    }

    /// Something that must hold.
    struct Check: Encodable {
        let claim: String
        let holds: Bool
    }

    let suite: String
    let capture: String
    let seconds: Double
    let keying: Keying
    let streams: [Stream]
    let reportsBack: Int
    let forged: Int
    let replayed: Int
    /// Of those.
    let replayedOfFormerKeys: Int
    let refused: [String: Int]
    let checks: [Check]

    /// Whether everything that must hold does.
    var holds: Bool { checks.allSatisfy(\.holds) }

    /// The tables that a person reads.
    var text: String {
        var table = Table([
            "stream", "SSRC", "PT", "sent", "lost", "twice", "overtaken", "delivered", "equal", "ROC",
        ])
        for stream in streams {
            table.append([
                stream.kind, stream.ssrc, stream.payloadType.map { "\($0)" } ?? "-", "\(stream.sent)",
                "\(stream.lost)", "\(stream.duplicated)", "\(stream.overtaken)", "\(stream.delivered)",
                "\(stream.equal)", stream.rolloverCounter.map { "\($0)" } ?? "-",
            ])
        }
        var rejections = Table(["rejected by the listener", "packets"])
        for (reason, count) in refused.sorted(by: { $0.key < $1.key }) { rejections.append([reason, "\(count)"]) }
        let claims = checks.map { ($0.holds ? "ok      " : "FAILED  ") + $0.claim }
        return """
            \(capture): \(suite), over UDP on 127.0.0.1, \(tenths(seconds)) s

            \(keying.text)

            \(table.text)

            \(rejections.text)

            \(claims.joined(separator: "\n"))
            """
    }

    private func tenths(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension DemoReport.Keying {
    fileprivate var text: String {
        var table = Table(["keys", "MKI", "octets of offer", "of answer", "sent by the speaker", "by the listener"])
        for (name, keys) in zip(["first", "second"], keys) {
            table.append([
                name, keys.mki, "\(keys.offerOctets)", "\(keys.answerOctets)", "\(keys.speakerPackets)",
                "\(keys.listenerPackets)",
            ])
        }
        return """
            MIKEY in SDP, under a pre-shared key of this run: bundle \(bundle), \(2 * media) crypto sessions for \(media) media;
            new keys offered at packet \(offeredAtPacket) of \(packetCount), answered at \(answeredAtPacket), acknowledged at \
            \(acknowledgedAtPacket)

            \(table.text)
            """
    }
}
