// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP

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

    /// Something that must hold.
    struct Check: Encodable {
        let claim: String
        let holds: Bool
    }

    let suite: String
    let capture: String
    let seconds: Double
    let streams: [Stream]
    let reportsBack: Int
    let forged: Int
    let replayed: Int
    let refused: [String: UInt64]
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
            \(capture): \(suite), keys made for this run, over UDP on 127.0.0.1, \(tenths(seconds)) s

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
