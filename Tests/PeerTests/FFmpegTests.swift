// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP
import Testing

@Suite("FFmpeg", .needs(.ffmpeg))
struct FFmpegTests {
    /// What FFmpeg sent, and the RTP packets of the same stream as it sent it in the clear.
    struct Sent {
        let rtp: [[UInt8]]
        let rtcp: [[UInt8]]
        let plainRTP: [[UInt8]]

        /// RTP first.
        var secured: [MediaPacket] {
            rtp.map { MediaPacket(kind: .rtp, octets: $0) } + rtcp.map { MediaPacket(kind: .rtcp, octets: $0) }
        }
    }

    private static let ssrc: SSRC = 0x1122_3344
    private static let cname = "someone@example.invalid"

    /// Has FFmpeg send a tone with the key, live, and beside it the same without SRTP.
    ///
    /// The stream begins 36 packets before its sequence numbers wrap, and ends with an RTCP BYE.
    static func send(_ suiteName: String) async throws -> Sent {
        let (rtp, rtcp) = (try DatagramSocket(), try DatagramSocket())
        let (plainRTP, plainRTCP) = (try DatagramSocket(), try DatagramSocket())
        func url(_ scheme: String, _ rtp: DatagramSocket, _ rtcp: DatagramSocket) -> String {
            "\(scheme)://127.0.0.1:\(rtp.port)?rtcpport=\(rtcp.port)&localaddr=127.0.0.1"
        }
        let source = ["-re", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=8000:duration=\(Peer.seconds)"]
        // 50 packets a second, as telephones send them.
        let stream = ["-af", "asetnsamples=n=160", "-c:a", "pcm_mulaw", "-f", "rtp", "-seq", "65500"]
        let names = ["-ssrc", String(ssrc.rawValue), "-cname", cname, "-rtpflags", "send_bye"]
        let security = ["-srtp_out_suite", suiteName, "-srtp_out_params", SharedKey.base64]
        let ffmpeg = try Program(
            await Peer.ffmpeg.required(),
            ["-hide_banner", "-loglevel", "error", "-nostdin"] + source
                + stream + names + security + [url("srtp", rtp, rtcp)]
                + stream + names + [url("rtp", plainRTP, plainRTCP)])
        let output = await ffmpeg.output()
        try #require(output.exitCode == 0, "\(output.error)")
        try await eventually("all that was sent has arrived") {
            rtp.count >= 50 * Peer.seconds && plainRTP.count >= 50 * Peer.seconds
        }
        // Until here somebody has to be there for the reports in the clear.
        withExtendedLifetime(plainRTCP) {}
        return Sent(
            rtp: try await rtp.all(), rtcp: try await rtcp.all(), plainRTP: try await plainRTP.all())
    }

    /// Whether all packets were accepted, as what they were before.
    static func expectAll(of sent: Sent, in outcome: Outcome) throws {
        #expect(outcome.refusals.isEmpty)
        let (rtp, rtcp) = (outcome.octets(.rtp), outcome.octets(.rtcp))

        // The two streams differ in the timestamp that they start with.
        func timestamps(_ packets: [[UInt8]]) -> [UInt32] {
            packets.map { number($0[4..<8]) &- number(packets[0][4..<8]) }
        }
        func others(_ packets: [[UInt8]]) -> [[UInt8]] { packets.map { Array($0[..<4] + $0[8...]) } }
        #expect(rtp.count == 50 * Peer.seconds)
        #expect(others(rtp) == others(sent.plainRTP))
        #expect(timestamps(rtp) == timestamps(sent.plainRTP))

        // A report at once, one every five seconds, and one at the end, with the numbers of all that was sent.
        #expect(rtcp.count >= 2)
        for (place, packet) in rtcp.enumerated() {
            let packets = try RTCPCompound(parsing: packet.span.bytes).packets
            guard case .senderReport(let report) = packets[0] else {
                Issue.record("an SRTCP packet of FFmpeg's that is no sender report")
                continue
            }
            let isLast = place == rtcp.count - 1
            let description = try SourceDescription([.init(source: ssrc, items: [.init(.cname, cname)])])
            let goodbye = try RTCPPacket.goodbye(Goodbye(sources: [ssrc]))
            #expect(report.ssrc == ssrc)
            #expect(packets.dropFirst() == [.sourceDescription(description)] + (isLast ? [goodbye] : []))
            if isLast { #expect(report.packetCount == 50 * Peer.seconds && report.octetCount == 8000 * Peer.seconds) }
        }
    }

    @Test(
        "FFmpeg sends, every RTP and RTCP packet is accepted",
        arguments: [
            ("AES_CM_128_HMAC_SHA1_80", SRTPSuite.aesCM128_HMACSHA1_80),
            // By this name FFmpeg's SRTCP tags have 10 octets.
            ("SRTP_AES128_CM_HMAC_SHA1_32", .aesCM128_HMACSHA1_32),
        ])
    func everyPacket(_ name: String, _ suite: SRTPSuite) async throws {
        let sent = try await Self.send(name)
        let outcome = try unprotect(sent.secured, Setting(suite))
        try Self.expectAll(of: sent, in: outcome)
    }

    @Test("FFmpeg's AES_CM_128_HMAC_SHA1_32: its RTP is accepted, its SRTCP with tags of 4 octets is refused")
    func shortRTCPTag() async throws {
        let sent = try await Self.send("AES_CM_128_HMAC_SHA1_32")
        let outcome = try unprotect(sent.secured, Setting(.aesCM128_HMACSHA1_32))
        #expect(outcome.octets(.rtp).count == 50 * Peer.seconds && sent.rtcp.count >= 2)
        #expect(outcome.refusals == ["rtcp: authentication failed": sent.rtcp.count])
    }
}
