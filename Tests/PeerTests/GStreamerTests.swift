// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import RTP
import SRTP
import TestSupport
import Testing

@Suite("GStreamer", .needs(.gstreamer))
struct GStreamerTests {
    static let settings: [Setting] = [
        "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "AES_256_CM_HMAC_SHA1_80", "AES_256_CM_HMAC_SHA1_32",
        "AEAD_AES_128_GCM", "AEAD_AES_256_GCM",
    ].map(Setting.init(named:))

    static let identified = [settings[0], settings[2], settings[5]].map { Setting($0.suite, mkis: [[0, 0, 0, 1]]) }

    @Test("srtpenc sends, every RTP and RTCP packet is accepted", arguments: settings + identified)
    func srtpenc(_ setting: Setting) async throws {
        let (secured, plain) = try await Self.send(setting)
        let outcome = try unprotect(secured, setting)
        print("srtpenc: \(setting.testDescription): to us \(outcome.summary(of: plain))")
        #expect(outcome.refusals.isEmpty)
        #expect(outcome.results == plain)
    }

    @Test(
        "srtpdec receives, every RTP and RTCP packet that we send comes out as it was", arguments: settings + identified
    )
    func srtpdec(_ setting: Setting) async throws {
        let packets = Self.packets(count: 50 * Peer.seconds)
        let received = try await Self.receive(protect(packets, setting), setting)
        print("srtpdec: \(setting.testDescription): from us \(Outcome(results: received).summary(of: packets))")
        for kind in [PacketKind.rtp, .rtcp] {
            #expect(received.filter { $0.kind == kind } == packets.filter { $0.kind == kind })
        }
    }

    /// Has GStreamer send a tone from an `rtpbin` live, and beside it what goes into its `srtpenc`.
    static func send(_ setting: Setting) async throws -> (secured: [MediaPacket], plain: [MediaPacket]) {
        let (cipher, rtpTag, rtcpTag) = try names(setting)
        let mki = setting.mkis[0].isEmpty ? "" : "mki=\(hex(setting.mkis[0]))"
        let (rtp, rtcp) = (try DatagramSocket(), try DatagramSocket())
        let (plainRTP, plainRTCP) = (try DatagramSocket(), try DatagramSocket())
        let program = try Program(
            await Peer.gstreamer.required(),
            words(
                """
                -q -e rtpbin name=bin rtpsession0::rtcp-min-interval=200000000
                srtpenc name=enc key=\(hex(SharedKey.octets(setting.suite))) \(mki)
                rtp-cipher=\(cipher) rtp-auth=\(rtpTag) rtcp-cipher=\(cipher) rtcp-auth=\(rtcpTag)
                audiotestsrc is-live=true num-buffers=\(50 * Peer.seconds) samplesperbuffer=160
                ! audio/x-raw,rate=8000,channels=1 ! mulawenc
                ! rtppcmupay seqnum-offset=65500 min-ptime=20000000 max-ptime=20000000 ! bin.send_rtp_sink_0
                bin.send_rtp_src_0 ! tee name=rtp
                rtp. ! queue ! enc.rtp_sink_0 enc.rtp_src_0 ! \(sink(rtp)) rtp. ! queue ! \(sink(plainRTP))
                bin.send_rtcp_src_0 ! tee name=rtcp
                rtcp. ! queue ! enc.rtcp_sink_0 enc.rtcp_src_0 ! \(sink(rtcp)) rtcp. ! queue ! \(sink(plainRTCP))
                """))
        // Not until the program ends: now and then gst-launch stays on behind the end of the stream.
        var arrived: (secured: [MediaPacket], plain: [MediaPacket]) = ([], [])
        try await eventually(
            "all that was sent arrives, as many secured packets as plain ones", within: .seconds(30 + Peer.seconds)
        ) {
            let count = 50 * Peer.seconds
            try #require(program.isRunning || rtp.count == count, "\(program.errorSoFar)")
            guard rtp.count == count, plainRTP.count == count else { return false }
            arrived = (packets(rtp, rtcp), packets(plainRTP, plainRTCP))
            return arrived.secured.count == arrived.plain.count && arrived.plain.count > count + 2 * Peer.seconds
        }
        await program.end()
        return arrived
    }

    /// Sends to GStreamer's `srtpdec` live, and gives back what came out of it.
    static func receive(_ packets: [MediaPacket], _ setting: Setting) async throws -> [MediaPacket] {
        let (cipher, rtpTag, rtcpTag) = try names(setting)
        let mki = setting.mkis[0].isEmpty ? "" : "mki=(buffer)\(hex(setting.mkis[0])),"
        let first = try #require(packets.first)
        let (source, rtp, rtcp) = (try DatagramSocket(), try DatagramSocket(), try DatagramSocket())
        let key = """
            ssrc=(uint)\(first.ssrc.rawValue),roc=(uint)0,srtp-key=(buffer)\(hex(SharedKey.octets(setting.suite))),\(mki)\
            srtp-cipher=\(cipher),srtp-auth=\(rtpTag),srtcp-cipher=\(cipher),srtcp-auth=\(rtcpTag)
            """
        // The key is in the SRTP caps alone: where the threads of both set up the stream at the same time, srtpdec 1.22 now and
        // then takes no packet. -v: it says there which ports it was given.
        let program = try Program(
            await Peer.gstreamer.required(),
            words(
                """
                -v srtpdec name=dec
                udpsrc name=rtpsource address=127.0.0.1 port=0 caps=application/x-srtp,payload=0,\(key) ! dec.rtp_sink
                dec.rtp_src ! \(sink(rtp))
                udpsrc name=rtcpsource address=127.0.0.1 port=0 caps=application/x-srtcp ! dec.rtcp_sink
                dec.rtcp_src ! \(sink(rtcp))
                """))
        var ports: [PacketKind: UInt16] = [:]
        try await eventually("GStreamer says which ports it has") {
            try #require(program.isRunning, "\(program.errorSoFar)")
            ports[.rtp] = port(of: "rtpsource", in: program.outputSoFar)
            ports[.rtcp] = port(of: "rtcpsource", in: program.outputSoFar)
            return ports.count == 2
        }
        // At most 16 are on their way, so that none is dropped where GStreamer is slow. The first is alone: it is RTP, and has
        // come out once the stream is set up.
        var sent = 0
        while sent < packets.count {
            let burst = packets[sent...].prefix(sent == 0 ? 1 : 16)
            for packet in burst { try source.send(packet.octets, to: ports[packet.kind] ?? 0) }
            sent = burst.endIndex
            try await eventually("what was sent comes out of srtpdec", within: .seconds(10)) {
                rtp.count + rtcp.count >= sent
            }
        }
        await program.end()
        return Self.packets(rtp, rtcp)
    }

    /// GStreamer's names for the cipher, and for the tags of RTP and of RTCP.
    private static func names(_ setting: Setting) throws -> (cipher: String, rtpTag: String, rtcpTag: String) {
        let bits = 8 * setting.suite.masterKeyByteCount
        func tag(_ byteCount: Int) -> String { "hmac-sha1-\(8 * byteCount)" }
        switch setting.suite.cipher {
        case .aesCM: return ("aes-\(bits)-icm", tag(setting.suite.rtpTagByteCount), tag(setting.rtcpTagByteCount))
        // There is no MAC beside the cipher.
        case .aesGCM: return ("aes-\(bits)-gcm", "null", "null")
        default: return try #require(nil, "GStreamer does not have \(setting.suite)")
        }
    }

    /// What has arrived, RTP first.
    private static func packets(_ rtp: DatagramSocket, _ rtcp: DatagramSocket) -> [MediaPacket] {
        rtp.datagrams.map { MediaPacket(kind: .rtp, octets: $0) }
            + rtcp.datagrams.map { MediaPacket(kind: .rtcp, octets: $0) }
    }

    /// A stream that wraps, with a report behind every tenth packet.
    static func packets(count: Int) -> [MediaPacket] {
        var random = SeededGenerator(seed: 160)
        var packets: [MediaPacket] = []
        for number in 0..<count {
            let octets = SamplePackets.rtp(
                sequence: 65_500 &+ UInt16(truncatingIfNeeded: number), payload: random.octets(160),
                timestamp: UInt32(number) * 160, marker: number == 0)
            packets.append(MediaPacket(kind: .rtp, octets: octets))
            if number.isMultiple(of: 10) { packets.append(MediaPacket(kind: .rtcp, octets: SamplePackets.rtcp())) }
        }
        return packets
    }

    private static func sink(_ socket: DatagramSocket) -> String {
        "udpsink host=127.0.0.1 bind-address=127.0.0.1 port=\(socket.port) sync=false async=false"
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    private static func port(of element: String, in output: String) -> UInt16? {
        output.split(separator: "\n").filter { $0.contains("GstUDPSrc:\(element): port = ") }
            .compactMap { UInt16($0.drop { $0 != "=" }.dropFirst(2)) }.last
    }
}
