// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import SDP
import TestSupport
import Testing

/// A description with every field that RFC 8866 has, in its order.
private let complete = """
    v=0
    o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1
    s=Call to John Smith
    i=SDP Offer #1
    u=http://www.jdoe.example.com/home.html
    e=Jane Doe <jane@jdoe.example.com>
    p=+1 617 555-6011
    c=IN IP4 198.51.100.1
    b=AS:128
    t=3724394400 3724398000
    r=604800 3600 0 90000
    z=3730928400 -1h 3749680800 0
    t=0 0
    a=recvonly
    a=group:BUNDLE one
    m=audio 49170 RTP/AVP 0
    m=video 51372/2 RTP/SAVPF 99 100
    i=camera
    c=IN IP6 2001:db8::2
    c=IN IP6 ff15::101/3
    b=TIAS:64000
    a=rtpmap:99 h263-1998/90000
    a=fmtp:100 profile-level-id=42e016;max-mbps=108000
    a=sendrecv

    """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")

private struct Row: Decodable { let lines: [String] }

@Suite("Session descriptions")
struct SessionDescriptionTests {
    private func replacing(_ line: String, by others: String...) -> String {
        complete.split(separator: "\r\n", omittingEmptySubsequences: false)
            .flatMap { $0 == line ? others : [String($0)] }.joined(separator: "\r\n")
    }

    private func kinds(_ text: String) throws -> [SDPDeviation.Kind] {
        try SessionDescription(parsing: text).deviations.map(\.kind)
    }

    // MARK: Reading

    @Test("a description without a fault is read in strict mode, each field as what it is")
    func fields() throws {
        let sdp = try SessionDescription(parsing: complete, isStrict: true)
        #expect(
            sdp.origin
                == Origin(
                    username: "jdoe", sessionID: "3724394400", sessionVersion: "3724394405", address: "198.51.100.1"))
        #expect(sdp.name == "Call to John Smith" && sdp.information == "SDP Offer #1")
        #expect(sdp.uri == "http://www.jdoe.example.com/home.html")
        #expect(sdp.emailAddresses.count == 1 && sdp.phoneNumbers == ["+1 617 555-6011"])
        #expect(sdp.connection == ConnectionData(address: "198.51.100.1") && sdp.bandwidth("AS") == 128)
        #expect(sdp.timings == [Timing(start: 3_724_394_400, stop: 3_724_398_000), .permanent])
        #expect(sdp.direction == .receiveOnly && sdp.attributes.map(\.name) == ["recvonly", "group"])
        try #require(sdp.media.count == 2)
        let (audio, video) = (sdp.media[0], sdp.media[1])
        #expect(audio.media == Media(type: "audio", port: 49170, transport: .rtpAVP, formats: ["0"]))
        #expect(sdp.connection(of: audio)?.address == "198.51.100.1" && sdp.direction(of: audio) == .receiveOnly)
        #expect(audio.lines.isEmpty && audio.rtcpPort == 49171)
        #expect(video.media.portCount == 2 && video.media.transport == .rtpSAVPF)
        #expect(video.media.formats == ["99", "100"] && video.information == "camera")
        #expect(
            video.connections == [
                ConnectionData(addressType: "IP6", address: "2001:db8::2"),
                ConnectionData(addressType: "IP6", address: "ff15::101", addressCount: 3),
            ])
        #expect(sdp.connection(of: video)?.address == "2001:db8::2" && sdp.direction(of: video) == .sendAndReceive)
        #expect(video.bandwidth("TIAS") == 64000 && video.bandwidth("AS") == nil)
    }

    @Test(
        "SDP-01 every line stays as it was, in its place, whatever it is and whatever ends it",
        arguments: ["\r\n", "\n", "\r", "\n\r"])
    func sameOctets(ending: String) throws {
        let odd = ["x=unknown", "", "no field", "a=", "a=:", "c=", "t=now", "a=\u{E9}t\u{E9} ", "m"]
        let text = complete.split(separator: "\r\n").map(String.init)
        for position in 1...text.count {
            let lines = text[..<position] + odd + text[position...]
            for end in ["", ending] {
                let octets = Array((lines.joined(separator: ending) + end).utf8) + [0xFF, 0xFE]
                let sdp = try SessionDescription(parsing: octets)
                #expect(sdp.octets == octets)
                #expect(sdp.media.count == 2)
            }
        }
    }

    @Test("SDP-01 the examples of RFC 4567 and RFC 4568 come back as they were", arguments: ["rfc4567", "rfc4568"])
    func examples(file: String) throws {
        let rows = try TestVectors.rows("\(file).json", as: Row.self)
        #expect(rows.count >= 3)
        for row in rows where row.lines.first == "v=0" {
            let octets = Array((row.lines.joined(separator: "\r\n") + "\r\n").utf8)
            #expect(try SessionDescription(parsing: octets).octets == octets)
        }
    }

    @Test("SDP-02 what RFC 8866 does not allow is named with its line, and refused in strict mode")
    func deviations() throws {
        let cases: [(String, SDPDeviation.Kind)] = [
            (replacing("s=Call to John Smith", by: "s="), .malformed(expected: "a text")),
            (replacing("s=Call to John Smith", by: "s=a", "s=b"), .repeated),
            (replacing("b=AS:128", by: "b=AS : 128"), .malformed(expected: "a type, a colon and a number below 2^64")),
            (replacing("t=0 0", by: "t= 0  0 "), .surplusSpaces),
            (
                replacing("t=0 0", by: "t=12345 0"),
                .malformed(expected: "two times, each 0 or seconds since 1900 of at least 10 digits")
            ),
            (replacing("a=recvonly", by: "a=recvonly", "b=CT:1"), .outOfOrder),
            (replacing("a=recvonly", by: "q=1"), .unknownField),
            (replacing("i=camera", by: "s=camera"), .unknownField),
            (replacing("a=recvonly", by: ""), .emptyLine),
            (replacing("a=recvonly", by: "recvonly"), .notAField),
            (replacing("a=recvonly", by: "a=x:\0"), .notAField),
            (
                replacing("a=recvonly", by: "k=prompt"),
                .notAllowed(expected: "no k=, which is obsolete (RFC 8866 section 5.12)")
            ),
            (
                replacing("c=IN IP4 198.51.100.1", by: "c=IN IP4 224.2.1.1"),
                .notAllowed(expected: "a time to live behind an IPv4 multicast address (RFC 8866 section 5.7)")
            ),
            (
                replacing("c=IN IP4 198.51.100.1", by: "c=IN IP4 10.0.0.1/127"),
                .notAllowed(expected: "no slash behind a unicast address (RFC 8866 section 5.7)")
            ),
            (
                replacing("a=rtpmap:99 h263-1998/90000", by: "a=rtpmap:99 h263-1998"),
                .notAllowed(expected: "a payload type, an encoding and a clock rate (RFC 8866 section 6.6)")
            ),
            (complete.split(separator: "\r\n").joined(separator: "\r\n"), .unfinishedLine),
        ]
        for (text, kind) in cases.dropLast(5).filter({ $0.1 != .outOfOrder }) {
            let found = try kinds(text)
            #expect(found == [kind], "\(kind)")
        }
        for (text, kind) in cases {
            let sdp = try SessionDescription(parsing: text)
            let first = try #require(sdp.deviations.first)
            #expect(sdp.deviations.contains { $0.kind == kind }, "\(kind), got \(sdp.deviations)")
            #expect(throws: SDPError.refused(first)) { try SessionDescription(parsing: text, isStrict: true) }
        }
        let unixText = complete.split(separator: "\r\n").joined(separator: "\n") + "\n"
        let sdp = try SessionDescription(parsing: unixText)
        #expect(sdp.deviations.allSatisfy { $0.kind == .lineFeedOnly } && sdp.deviations.map(\.line) == Array(1...24))
    }

    @Test("SDP-02 what a section lacks is told at its first line")
    func missing() throws {
        let text = "v=0\r\nm=audio 9 RTP/SAVP 0\r\nm=video 9 RTP/SAVP 31\r\nc=IN IP4 10.0.0.1\r\n"
        let found = try SessionDescription(parsing: text).deviations
        #expect(found.map(\.line) == [1, 1, 1, 2])
        #expect(found.map(\.kind) == [.missing("o"), .missing("s"), .missing("t"), .missing("c")])
    }

    @Test(
        "what is no description at all is refused with the line",
        arguments: [
            ("", 1), ("v=1\r\n", 1), ("o=a 1 1 IN IP4 b\r\nv=0\r\n", 1), ("\r\nv=0\r\n", 1),
            ("v=0\r\ns=-\r\nm=audio 65536 RTP/AVP 0\r\n", 3), ("v=0\r\nm=audio 1 RTP/AVP\r\n", 2),
            ("v=0\r\nm=audio 1/0 RTP/AVP 0\r\n", 2), ("v=0\r\nm=audio -1 RTP/AVP 0\r\n", 2),
            ("v=0\r\nm=audio 99999999999999999999999 RTP/AVP 0\r\n", 2), ("v=0\r\nm=\r\n", 2),
            ("v=0\r\nm=audio 1 RTP//AVP 0\r\n", 2),
        ])
    func refused(text: String, line: Int) throws {
        do {
            _ = try SessionDescription(parsing: text)
            Issue.record("read \(text)")
        } catch SDPError.malformed(let number, _) {
            #expect(number == line)
        }
    }

    @Test func moreThanAMegabyteIsNotRead() throws {
        let octets = Array("v=0\r\n".utf8) + [UInt8](repeating: UInt8(ascii: "a"), count: 1 << 20)
        #expect(throws: SDPError.tooLarge(octets: octets.count)) { try SessionDescription(parsing: octets) }
    }

    // MARK: Changing and writing

    @Test("what is set replaces its line, and what is new goes where it belongs")
    func changes() throws {
        var sdp = try SessionDescription(parsing: "v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nt=0 0\r\na=x\r\n")
        sdp.connection = ConnectionData(address: "10.0.0.1")
        sdp.information = "title"
        sdp.origin?.sessionVersion = "2"
        sdp.append(SDPAttribute("y", "1"))
        var audio = MediaDescription(Media(type: "audio", port: 1, transport: .rtpSAVP, formats: ["0"]))
        audio.append(SDPAttribute("crypto", "one"))
        audio.append(SDPAttribute("crypto", "two"))
        audio.append(SDPAttribute("inactive"))
        audio.connection = ConnectionData(address: "10.0.0.2")
        audio.removeAttributes(named: "crypto")
        audio.media.port = 40000
        sdp.media.append(audio)
        let expected = """
            v=0|o=- 1 2 IN IP4 a|s=-|i=title|c=IN IP4 10.0.0.1|t=0 0|a=x|a=y:1|m=audio 40000 RTP/SAVP 0|\
            c=IN IP4 10.0.0.2|a=inactive|
            """
        #expect(
            String(decoding: try sdp.encoded(), as: UTF8.self) == expected.split(separator: "|").joined(
                separator: "\r\n") + "\r\n")
        sdp.connection = nil
        #expect(sdp.connection == nil && sdp.connection(of: sdp.media[0])?.address == "10.0.0.2")
    }

    @Test("SDP-03 what is written is what strict reading takes, or it is refused")
    func encoding() throws {
        let sdp = try SessionDescription(parsing: complete.split(separator: "\r\n").joined(separator: "\n"))
        #expect(try sdp.encoded() == Array(complete.utf8))
        let made = SessionDescription(origin: Origin(sessionID: "1", sessionVersion: "1", address: "a.example"))
        _ = try SessionDescription(parsing: try made.encoded(), isStrict: true)
        let wrong: [(inout SessionDescription) -> Void] = [
            { $0.name = "" }, { $0.name = "a\r\na=injected" }, { $0.name = "a\na=injected" }, { $0.name = "a\0" },
            { $0.origin?.username = "with space" }, { $0.origin?.sessionID = "1a" },
            { $0.connection = ConnectionData(address: "224.1.1.1") }, { $0.append(SDPAttribute("two words")) },
            { $0.append(SDPAttribute("name", "")) }, { $0.append(SDPAttribute("x", "\r\nm=audio 1 RTP/AVP 0")) },
            { $0.media.append(MediaDescription(Media(type: "audio", port: 1, transport: .rtpAVP, formats: []))) },
            { $0.media.append(MediaDescription(Media(type: "audio", port: 1, transport: .rtpAVP, formats: ["0"]))) },
            { $0.lines.removeAll { $0.field == "t" } }, { $0.lines.swapAt(1, 2) },
        ]
        for (number, change) in wrong.enumerated() {
            var changed = made
            change(&changed)
            #expect(throws: SDPError.self, "\(number)") { try changed.encoded() }
        }
    }

    // MARK: Secrets

    @Test(
        "SDP-11 no description shows a key or a password",
        arguments: [
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:SECRETsecretSECRETsecretSECRETsecret1234|2^20|1:4",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 INLINE:SECRETsecretSECRETsecretSECRETsecret1234|2^20",
            "a=crypto:1 AES_CM_128_HMAC_SHA1_80 SECRETsecretSECRETsecretSECRETsecret1234",
            "a=crypto:1 x inline:aaaaSECRET|2^20|1:4;inline:bbbbSECRET FEC_KEY=inline:SECRET",
            "a= crypto:1\tx\tinline:SECRETaaaaaaaa", "crypto:1 inline:SECRETbbbbbbbbbbbbbb", "k=base64:SECRET",
            "k =clear:SECRET",
            "a=key-mgmt:mikey AQAFSECRETsecret", "a=ice-pwd:SECRETsecretSECRETsecret", "a=Crypto:SECRETsecretsecret",
        ])
    func redaction(line: String) throws {
        let text = "v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nt=0 0\r\n\(line)\r\nm=audio 1 RTP/SAVP 0\r\n\(line)\r\n"
        let sdp = try SessionDescription(parsing: text)
        var dumped = ""
        dump(sdp, to: &dumped)
        let shown = [
            "\(sdp)", String(reflecting: sdp), dumped, "\(sdp.lines)", "\(sdp.attributes)", "\(sdp.media)",
            "\(sdp.deviations)", String(reflecting: sdp.media[0].attributes),
        ]
        for text in shown { #expect(!text.contains("SECRET"), "\(text)") }
    }

    @Test("a description shows what is no secret") func shown() throws {
        let sdp = try SessionDescription(parsing: complete)
        #expect(sdp.description == complete.split(separator: "\r\n").joined(separator: "\n"))
        #expect(
            SDPAttribute("crypto", "1 AES_CM_128_HMAC_SHA1_80 inline:abcd|2^20|1:4 KDR=4 UNENCRYPTED_SRTCP").description
                == "crypto:1 AES_CM_128_HMAC_SHA1_80 inline:<hidden>|2^20|1:4 KDR=4 UNENCRYPTED_SRTCP")
    }
}
