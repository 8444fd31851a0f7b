// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SDP
import TestSupport
import Testing

@Suite("Attributes of session descriptions")
struct AttributeTests {
    private func media(_ attributes: String...) throws -> MediaDescription {
        let lines = attributes.map { "a=\($0)\r\n" }.joined()
        let text = "v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nc=IN IP4 a\r\nt=0 0\r\nm=audio 5004 RTP/SAVP 0\r\n" + lines
        return try #require(try SessionDescription(parsing: text).media.first)
    }

    @Test("payload types and formats")
    func payloads() throws {
        let audio = try media(
            "rtpmap:96 opus/48000/2", "rtpmap:0 PCMU/8000", "fmtp:96 useinbandfec=1; MinPTime=10", "rtpmap:128 x/1")
        #expect(
            audio.payloadMap(of: 96)
                == PayloadMap(payloadType: 96, encoding: "opus", clockRateHz: 48000, parameters: "2"))
        #expect(audio.payloadMap(of: 0)?.clockRateHz == 8000 && audio.payloadMaps.count == 2)
        #expect(audio.payloadMaps.map(\.attribute.text) == ["rtpmap:96 opus/48000/2", "rtpmap:0 PCMU/8000"])
        #expect(audio.formatParameters.first?.value(of: "minptime") == "10")
        #expect(audio.formatParameters.first?.value(of: "useinbandfec") == "1")
        for wrong in [
            "", "96", "96 opus", "96 opus/", "96 opus/0", "96 opus/1/", "x opus/1", "300 a/1", "96 a/4294967296",
        ] {
            #expect(PayloadMap(parsing: wrong) == nil, "\(wrong)")
        }
    }

    @Test("RTCP ports (RFC 3605, RFC 5761)")
    func rtcp() throws {
        #expect(try media().rtcpPort == 5005)
        #expect(try media("rtcp:53020").rtcpPort == 53020)
        let elsewhere = try media("rtcp:53020 IN IP6 2001:2345:6789:ABCD::1").rtcpDestination
        #expect(elsewhere?.connection == ConnectionData(addressType: "IP6", address: "2001:2345:6789:ABCD::1"))
        #expect(elsewhere?.attribute.text == "rtcp:53020 IN IP6 2001:2345:6789:ABCD::1")
        let shared = try media("rtcp-mux", "rtcp-rsize", "rtcp:9")
        #expect(shared.rtcpPort == 5004 && shared.multiplexesRTCP && shared.allowsReducedSizeRTCP)
        for wrong in ["", "65536", "1 ", "1 IN", "-1", "1 IN IP4 "] { #expect(RTCPDestination(parsing: wrong) == nil) }
    }

    @Test("sources (RFC 5576)")
    func sources() throws {
        let found = try media("ssrc:4294967295 cname:a:b", "ssrc:1 x", "ssrc:4294967296 x", "ssrc:1", "mid:one")
        #expect(
            found.sourceAttributes == [
                SourceAttribute(ssrc: .max, name: "cname", value: "a:b"), SourceAttribute(ssrc: 1, name: "x"),
            ])
        #expect(found.sourceAttributes.map(\.attribute.text) == ["ssrc:4294967295 cname:a:b", "ssrc:1 x"])
        #expect(found.identification == "one")
    }

    @Test("the header extensions of RFC 8285 are read and written as they stand there")
    func extensionMaps() throws {
        struct File: Decodable {
            struct Facts: Decodable { let sdp_examples: [String] }
            let facts: Facts
        }
        let data = try Data(contentsOf: TestVectors.folder.appending(path: "rfc8285.json"))
        let examples = try JSONDecoder().decode(File.self, from: data).facts.sdp_examples
        #expect(examples.count == 11)
        for line in examples where line != "a=extmap-allow-mixed" {
            let map = try #require(ExtensionMap(parsing: String(line.dropFirst("a=extmap:".count))), "\(line)")
            #expect("a=" + map.attribute.text == line)
            #expect(map.isUsable != ExtensionMap.provisionalIDs.contains(map.id))
        }
        let both = try #require(
            ExtensionMap(parsing: "2/sendrecv http://example.com/082005/ext.htm#xmeta short and long"))
        #expect(both.id == 2 && both.direction == .sendAndReceive && both.parameters == "short and long")
        #expect(both.uri == "http://example.com/082005/ext.htm#xmeta")
        for wrong in ["", "1", "1 ", "x urn:a", "1/up urn:a", "123456 urn:a", "1/ urn:a", "1  urn:a", "-1 urn:a"] {
            #expect(ExtensionMap(parsing: wrong) == nil, "\(wrong)")
        }
    }

    @Test("extensions of the session apply where the media has none")
    func inheritedExtensions() throws {
        let text =
            "v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nc=IN IP4 a\r\nt=0 0\r\na=extmap:1 urn:a\r\na=extmap-allow-mixed\r\n"
            + "m=audio 1 RTP/AVP 0\r\nm=video 1 RTP/AVP 31\r\na=extmap:2/recvonly urn:b\r\n"
        let sdp = try SessionDescription(parsing: text, isStrict: true)
        #expect(sdp.media.map { sdp.extensionMaps(of: $0).map(\.uri) } == [["urn:a"], ["urn:b"]])
        #expect(sdp.allowsMixedExtensions && !sdp.media[0].allowsMixedExtensions)
    }

    @Test(
        "transports",
        arguments: [
            ("RTP/AVP", true, false, false, false), ("RTP/AVPF", true, false, true, false),
            ("RTP/SAVP", true, true, false, false), ("RTP/SAVPF", true, true, true, false),
            ("UDP/TLS/RTP/SAVPF", true, true, true, true), ("TCP/DTLS/RTP/SAVP", true, true, false, true),
            ("TCP/RTP/AVP", true, false, false, false), ("udp", false, false, false, false),
            ("UDP/SAVP", false, false, false, false), ("", false, false, false, false),
        ])
    func transports(name: String, isRTP: Bool, isSecure: Bool, hasFeedback: Bool, isDTLS: Bool) {
        let transport = MediaTransport(rawValue: name)
        #expect(transport.isRTP == isRTP && transport.isSecure == isSecure)
        #expect(transport.hasFeedback == hasFeedback && transport.isKeyedByDTLS == isDTLS)
    }

    @Test func directionsSeenFromTheOtherSide() {
        #expect(MediaDirection.allCases.map(\.reversed) == [.sendAndReceive, .receiveOnly, .sendOnly, .inactive])
        #expect(MediaDirection.allCases.map(\.sends) == [true, true, false, false])
        #expect(MediaDirection.allCases.map(\.receives) == [true, false, true, false])
    }
}
