// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("srtp sdp with key-mgmt")
struct SDPMIKEYTests {
    private static let psk = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    private struct Parties {
        let folder: Folder
        let key: [String]

        init() throws {
            folder = try Folder()
            key = ["--psk-file", folder.key(SDPMIKEYTests.psk, "psk")]
        }

        func offer(_ options: [String] = []) async throws -> Tool.Result {
            try await Tool.run(
                ["sdp", "offer", "--address", "192.0.2.1", "--output", folder.file("offer")] + options)
        }

        func answer(_ options: [String] = []) async throws -> Tool.Result {
            try await Tool.run(
                [
                    "sdp", "answer", folder.file("offer"), "--address", "192.0.2.2", "--output", folder.file("answer"),
                    "--keys", folder.file("a"),
                ] + options)
        }

        func check(_ options: [String] = []) async throws -> Tool.Result {
            try await Tool.run(
                ["sdp", "check", folder.file("offer"), "--answer", folder.file("answer"), "--keys", folder.file("o")]
                    + options)
        }

        func inlineKey(_ name: String) -> Substring? {
            String(decoding: folder.octets(name), as: UTF8.self).split(separator: "\n").last?.split(separator: " ")
                .first
        }
    }

    @Test("offer, answer and check with MIKEY give each side the other's keys", arguments: ["mikey", "both"])
    func exchange(keying: String) async throws {
        let parties = try Parties()
        let folder = parties.folder
        let offer = try await parties.offer(["--keying", keying, "--suite", "AEAD_AES_128_GCM"] + parties.key)
        #expect(offer.exitCode == 0 && offer.output.isEmpty && offer.error.isEmpty)
        let answer = try await parties.answer(["--keying", "mikey"] + parties.key)
        #expect(answer.exitCode == 0 && answer.error.isEmpty)
        let answered = String(decoding: folder.octets("answer"), as: UTF8.self)
        #expect(answered.contains("a=key-mgmt:mikey AQEF") && !answered.contains("a=crypto"))
        let check = try await parties.check(parties.key)
        #expect(check.exitCode == 0, "\(check)")
        #expect(check.output.contains("stream 1: agreed on AEAD_AES_128_GCM by MIKEY"))
        let keys = ["a-1-receive.key", "a-1-send.key", "o-1-receive.key", "o-1-send.key"]
        for name in keys {
            #expect(folder.mode(name) == 0o600)
            #expect(!check.output.contains(try #require(parties.inlineKey(name)).dropFirst("inline:".count)))
        }
        #expect(parties.inlineKey(keys[0]) == parties.inlineKey(keys[3]))
        #expect(parties.inlineKey(keys[1]) == parties.inlineKey(keys[2]))
    }

    @Test("an offer with both is answered by a=crypto where that was chosen, and checked so")
    func cryptoChosen() async throws {
        let parties = try Parties()
        _ = try await parties.offer(["--keying", "both"] + parties.key)
        let answer = try await parties.answer()
        #expect(answer.exitCode == 0)
        #expect(!String(decoding: parties.folder.octets("answer"), as: UTF8.self).contains("key-mgmt"))
        let check = try await parties.check(parties.key)
        #expect(check.exitCode == 0 && check.output.contains("tag 1") && !check.output.contains("by MIKEY"))
    }

    @Test("a stream with MIKEY and one with a=crypto are each answered by their own, over a protected channel")
    func mixture() async throws {
        let parties = try Parties()
        let folder = parties.folder
        _ = try await parties.offer(["--keying", "mikey"] + parties.key)
        let crypto = try await Tool.run([
            "sdp", "offer", "--address", "192.0.2.1", "--media", "video", "--port", "6000",
        ])
        let stream = try #require(crypto.output.range(of: "m=video"))
        let offered = String(decoding: folder.octets("offer"), as: UTF8.self) + crypto.output[stream.lowerBound...]
        _ = folder.file("offer", Array(offered.utf8))
        let open = try await parties.answer(["--keying", "either"] + parties.key)
        #expect(open.exitCode == 65 && open.isOneErrorLine && open.error.contains("protected channel"))
        let answer = try await parties.answer(["--keying", "either", "--channel", "protected"] + parties.key)
        #expect(answer.exitCode == 0 && answer.error.isEmpty, "\(answer)")
        let answered = String(decoding: folder.octets("answer"), as: UTF8.self)
        let streams = answered.components(separatedBy: "m=")
        #expect(streams.map { $0.contains("a=key-mgmt:mikey") } == [false, true, false])
        #expect(streams.map { $0.contains("a=crypto:1") } == [false, false, true])
        let check = try await parties.check(parties.key)
        #expect(check.exitCode == 0 && check.output.contains("stream 1: agreed on AES_CM_128_HMAC_SHA1_80 by MIKEY"))
        for number in 1...2 {
            #expect(parties.inlineKey("a-\(number)-receive.key") == parties.inlineKey("o-\(number)-send.key"))
            #expect(parties.inlineKey("a-\(number)-send.key") == parties.inlineKey("o-\(number)-receive.key"))
        }
        // All streams by MIKEY, which one of them does not have.
        let mikey = try await parties.answer(["--keying", "mikey", "--force"] + parties.key)
        #expect(mikey.exitCode == 65 && mikey.error.contains("media 2: expected a=key-mgmt"))
    }

    @Test("what a description has for a terminal is shown as numbers")
    func terminal() async throws {
        let text =
            "v=0\r\no=- 1 1 IN IP4 a\r\ns=\u{1B}[31m\r\nt=0 0\r\nm=audio 1 RTP/AVP 0\r\nc=IN IP4 a\r\na=extmap:1 urn:\u{9B}2J\r\n"
        let result = try await Tool.run(["sdp", "check", "-"], stdin: Array(text.utf8))
        #expect(result.output.contains("s=\\u{1b}[31m"))
        #expect(result.output.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control })
    }

    @Test("an answer by MIKEY to an offer without it is a fault")
    func notOffered() async throws {
        let parties = try Parties()
        _ = try await parties.offer(["--keying", "mikey"] + parties.key)
        _ = try await parties.answer(["--keying", "mikey"] + parties.key)
        _ = try await parties.offer(["--force"])
        let check = try await parties.check(parties.key)
        #expect(check.exitCode == 65 && check.output.contains("stream 1:"))
    }

    @Test("a wrong key, a line taken away and an answer that says nothing are refused")
    func refused() async throws {
        let parties = try Parties()
        let folder = parties.folder
        _ = try await parties.offer(["--keying", "mikey"] + parties.key)
        let other = try await parties.answer(["--keying", "mikey", "--psk-file", folder.key("text:other", "other")])
        #expect(other.exitCode == 65 && other.isOneErrorLine)
        #expect(other.output.hasPrefix("a=key-mgmt:mikey AQY"))
        #expect(folder.names == ["offer", "other", "psk"])

        _ = try await parties.answer(["--keying", "mikey"] + parties.key)
        let wrong = try await parties.check(["--psk-file", folder.file("other")])
        #expect(wrong.exitCode == 65 && wrong.output.contains("the MAC is not that of the key"))
        let blind = try await parties.check()
        #expect(blind.exitCode == 0 && blind.output.contains("not verified: no key"))

        let lines = String(decoding: folder.octets("answer"), as: UTF8.self).components(separatedBy: "\r\n")
        let silent = lines.filter { !$0.hasPrefix("a=key-mgmt") }.joined(separator: "\r\n")
        _ = folder.file("answer", Array(silent.utf8))
        let missing = try await parties.check(parties.key)
        #expect(missing.exitCode == 65 && missing.output.contains("expected a verification message"))

        // Another protocol was offered beside MIKEY, says the description, and the message does not.
        let offer = String(decoding: folder.octets("offer"), as: UTF8.self)
        let added = folder.file("added", Array((offer + "a=key-mgmt:keyp1 AAAA\r\n").utf8))
        let differs = try await Tool.run(
            ["sdp", "answer", added, "--address", "192.0.2.2", "--keying", "mikey"] + parties.key)
        #expect(differs.exitCode == 65 && differs.error.contains("RFC 4567 section 4.1.4"))
        let checked = try await Tool.run(["sdp", "check", added])
        #expect(checked.exitCode == 65 && checked.output.contains("RFC 4567 section 4.1.4"))
    }

    @Test("a camera's description: faults by the RFCs, and what is in it")
    func camera() async throws {
        let parties = try Parties()
        let made = try await parties.offer(["--keying", "mikey", "--preset", "onvif", "--channel", "protected"])
        #expect(made.exitCode == 0)
        let file = parties.folder.file("offer")
        let strict = try await Tool.run(["sdp", "check", file])
        #expect(strict.exitCode == 65 && strict.output.contains("salt-inside-tek"))
        let lenient = try await Tool.run(["sdp", "check", file, "--lenient"])
        #expect(lenient.exitCode == 0)
        #expect(lenient.output.contains("MIKEY, Pre-shared, 1 crypto session, AES_CM_128_HMAC_SHA1_80"))
        let refused = try await parties.answer(["--keying", "mikey", "--preset", "onvif"])
        #expect(refused.exitCode == 64 && refused.isOneErrorLine)
        let answered = try await parties.answer(["--keying", "mikey", "--preset", "onvif", "--channel", "protected"])
        #expect(answered.exitCode == 0 && parties.inlineKey("a-1-receive.key") != nil)
    }
}
