// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyManagement
import MIKEY
import RTP
import SDP
import SRTP
import TestSupport
import Testing

/// MIKEY messages of ours in session descriptions, as tshark takes them apart.
@Suite("tshark and MIKEY", .needs(.tshark))
struct TsharkMIKEYTests {
    @Test(
        "It finds no malformed field in our pre-shared key, verification and error messages, and the fields that they have"
    )
    func fields() async throws {
        let now = try WallClockTime(seconds: 1_800_000_000)
        let key = MIKEYCredential.preSharedKey(
            MIKEYKeyMaterial(copying: octets("000102030405060708090a0b0c0d0e0f").span))
        let started = try WallClockTime(seconds: now.seconds - 10_000)
        var configuration = MIKEYResponderConfiguration(
            credential: key, replay: .guarded(MIKEYReplayGuard(store: MemoryMIKEYReplayStore(startTime: started))))
        configuration.identity = try MIKEYIdentity(.uri, octets: Array("sip:bob@example.com".utf8))
        configuration.sendsIdentity = true
        var policy = KeyMgmtPolicy()
        policy.suites = [.aesCM128_HMACSHA1_80]
        var answerer = KeyMgmtAnswerer(configuration, policy: policy)
        var messages: [MIKEYMessage] = []
        for suite in [SRTPSuite.aesCM128_HMACSHA1_80, .aesCM128_HMACSHA1_32] {
            var offering = MIKEYPreset.rfc3830.initiator(key)
            offering.identity = try MIKEYIdentity(.uri, octets: Array("sip:alice@example.com".utf8))
            offering.peer = configuration.identity
            var offerer = try KeyMgmtOfferer(offering)
            let media = [MIKEYMediaOffer(SRTPPolicy(suite), ssrc: 0x1122_3344, rolloverCounter: 7)]
            let offer = try offerer.offer(media, now: now)
            messages.append(try offer.data.message())
            do {
                let answer = try answerer.answer(offer.data, protocols: ["mikey"], now: now)
                messages.append(try #require(try answer.data?.message()))
            } catch let rejection as KeyMgmtRejection {
                messages.append(try #require(rejection.message))
            }
        }
        let presets: [MIKEYPreset] = [.onvif, .widestAccepted, .gstreamer, .live555]
        for preset in presets {
            let credential = try KeyMgmtChannel.protected.nullCredential()
            var offerer = try KeyMgmtOfferer(preset.initiator(credential), preset: preset)
            messages.append(try offerer.offer([.init(ssrc: 5)], now: now).data.message(mode: .lenient))
        }
        #expect(messages.map(\.header.dataType.rawValue) == [0, 1, 0, 6, 0, 0, 0, 0])

        let folder = try Folder()
        let capture = folder.file("mikey.pcap", Self.capture(of: messages))
        let names = ["mikey.type", "mikey.csb_id", "mikey.cs_count", "_ws.malformed", "_ws.expert.message"]
        let output = try await Program.run(
            Peer.tshark.required(), ["-n", "-r", capture, "-T", "fields"] + names.flatMap { ["-e", $0] })
        let rows = output.text.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false)
        }
        try #require(rows.count == messages.count, "\(output.text)\(output.error)")
        for (row, message) in zip(rows, messages) {
            let type = Int(message.header.dataType.rawValue)
            #expect(Int(row[0]) == type && row[2] == "\(message.header.cryptoSessions.count)")
            #expect(UInt32(row[1].dropFirst(2), radix: 16) == message.header.csbID)
            #expect(row[3].isEmpty && row[4].isEmpty, "\(row)")
        }
        // Every payload is taken apart, down to the last octet.
        let details = try await Program.run(Peer.tshark.required(), ["-n", "-r", capture, "-V"])
        for text in [
            "KEMAC", "Timestamp", "RAND", "Security Policy", "Ver msg (V)", "Error (ERR)", "sip:bob@example.com",
        ] {
            #expect(details.text.lowercased().contains(text.lowercased()), "\(text)")
        }
        #expect(!details.text.contains("Malformed") && !details.text.contains("Unknown payload"))
    }

    /// A capture of SIP messages over UDP whose bodies have a line for each message.
    private static func capture(of messages: [MIKEYMessage]) -> [UInt8] {
        var file = octets("d4c3b2a1 0200 0400 00000000 00000000 00000400 65000000")
        for message in messages {
            var description = SessionDescription(
                origin: Origin(sessionID: "1", sessionVersion: "1", address: "192.0.2.1"),
                connection: ConnectionData(address: "192.0.2.1"))
            description.media = [
                MediaDescription(Media(type: "audio", port: 5004, transport: .rtpSAVP, formats: ["0"]))
            ]
            description.setKeyMgmt([KeyMgmtAttribute(message)])
            let body = description.octets
            let head = """
                INVITE sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\r\nCSeq: 1 INVITE\r\n\
                Content-Type: application/sdp\r\nContent-Length: \(body.count)\r\n\r\n
                """
            let payload = Array(head.utf8) + body
            let datagram =
                octets("13c4 13c4") + SamplePackets.bigEndian(UInt16(payload.count + 8)) + [0, 0] + payload
            let packet =
                octets("4500") + SamplePackets.bigEndian(UInt16(datagram.count + 20))
                + octets("0000 0000 4011 0000 c0000201 c0000202") + datagram
            let count = UInt32(packet.count)
            file += [UInt8](repeating: 0, count: 8)
            for _ in 0..<2 { file += SamplePackets.bigEndian(count.byteSwapped) }
            file += packet
        }
        return file
    }
}
