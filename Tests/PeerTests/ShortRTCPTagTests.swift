// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import SRTP
import TestSupport
import Testing

/// Peers whose SRTCP tags have 4 octets under AES_CM_128_HMAC_SHA1_32, where 10 are registered.
@Suite("SRTCP tags as short as SRTP's")
struct ShortRTCPTagTests {
    private let suite = SRTPSuite.aesCM128_HMACSHA1_32

    private var configuration: SRTPConfiguration {
        var configuration = SRTPConfiguration()
        configuration.rtcpTag = .sameAsRTP
        return configuration
    }

    @Test("FFmpeg's AES_CM_128_HMAC_SHA1_32, every RTP and RTCP packet is accepted", .needs(.ffmpeg))
    func ffmpeg() async throws {
        let sent = try await FFmpegTests.send("AES_CM_128_HMAC_SHA1_32")
        let outcome = try unprotect(sent.secured, Setting(suite, configuration))
        try FFmpegTests.expectAll(of: sent, in: outcome)
    }

    @Test("srtpenc with rtcp-auth=hmac-sha1-32, every RTP and RTCP packet is accepted", .needs(.gstreamer))
    func srtpenc() async throws {
        let (secured, plain) = try await GStreamerTests.send(Setting(suite, configuration))
        let outcome = try unprotect(secured, Setting(suite, configuration))
        #expect(outcome.refusals.isEmpty && outcome.results == plain)
        let refused = try unprotect(secured, Setting(suite)).refusals
        #expect(refused == ["rtcp: authentication failed": plain.count { $0.kind == .rtcp }])
    }

    @Test("srtpdec with srtcp-auth=hmac-sha1-32, every RTP and RTCP packet that we send comes out", .needs(.gstreamer))
    func srtpdec() async throws {
        let packets = GStreamerTests.packets(count: 50)
        let setting = Setting(suite, configuration)
        let received = try await GStreamerTests.receive(protect(packets, setting), setting)
        for kind in [PacketKind.rtp, .rtcp] {
            #expect(received.filter { $0.kind == kind } == packets.filter { $0.kind == kind })
        }
    }

    @Test("the tags are as long as asked for, and each way refuses the other's", arguments: Self.builtSuites)
    func lengths(_ suite: SRTPSuite) throws {
        let report = MediaPacket(kind: .rtcp, octets: SamplePackets.rtcp())
        let registered = try protect([report], Setting(suite))
        let short = try protect([report], Setting(suite, configuration))
        #expect(registered[0].octets.count == report.octets.count + 4 + suite.rtcpTagByteCount)
        // The double suites have a longer one on SRTP packets.
        let tag = Setting(suite, configuration).rtcpTagByteCount
        #expect(short[0].octets.count == report.octets.count + 4 + tag)
        let overhead = try SRTPSender(masterKey: SharedKey.master(suite), configuration: configuration).rtcpOverhead
        #expect(overhead == 4 + tag)
        #expect(try unprotect(short, Setting(suite, configuration)).results == [report])
        #expect(try unprotect(short, Setting(suite)).results == (short == registered ? [report] : []))
        #expect(
            try unprotect(registered, Setting(suite, configuration)).results == (short == registered ? [report] : []))
    }

    private static let builtSuites = SRTPSuite.all.filter(\.isUsable)
}
