// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("srtp sdp")
struct SDPCommandTests {
    private static let key = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz"

    private func description(_ lines: String..., transport: String = "RTP/SAVP") -> [UInt8] {
        let all = [
            "v=0", "o=- 1 1 IN IP4 10.0.0.1", "s=-", "c=IN IP4 10.0.0.1", "t=0 0", "m=audio 40000 \(transport) 0",
        ]
        return Array(((all + lines).joined(separator: "\r\n") + "\r\n").utf8)
    }

    private func crypto(_ tag: Int = 1, _ suite: String = "AES_CM_128_HMAC_SHA1_80", _ more: String = "") -> String {
        "a=crypto:\(tag) \(suite) inline:\(Self.key)\(more)"
    }

    @Test(
        "an offer, its answer and the check of both give each side the other's keys",
        arguments: ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"])
    func wholeExchange(suite: String) async throws {
        let folder = try Folder()
        let offer = try await Tool.run([
            "sdp", "offer", "--address", "192.0.2.1", "--suite", suite, "--output", folder.file("offer"),
            "--lifetime", "1048576",
        ])
        #expect(offer.exitCode == 0 && offer.output.isEmpty && offer.error.isEmpty)
        let answer = try await Tool.run([
            "sdp", "answer", folder.file("offer"), "--address", "2001:db8::2", "--keys", folder.file("a"), "--output",
            folder.file("answer"),
        ])
        #expect(answer.exitCode == 0 && answer.output.isEmpty && answer.error.isEmpty)
        let check = try await Tool.run([
            "sdp", "check", folder.file("offer"), "--answer", folder.file("answer"), "--keys", folder.file("o"),
        ])
        #expect(check.exitCode == 0 && check.output.contains("agreed on \(suite), tag 1"))
        let names = ["a-1-receive.key", "a-1-send.key", "answer", "o-1-receive.key", "o-1-send.key", "offer"]
        #expect(folder.names == names)
        for name in names { #expect(folder.mode(name) == 0o600) }
        func key(_ name: String) -> Substring? {
            String(decoding: folder.octets(name), as: UTF8.self).split(separator: "\n").last
        }
        #expect(key("a-1-send.key") == key("o-1-receive.key") && key("a-1-receive.key") == key("o-1-send.key"))
        #expect(key("a-1-send.key") != key("a-1-receive.key"))
        for name in names where name.hasSuffix(".key") {
            #expect(!check.output.contains(try #require(key(name))))
        }
        let protected = try await Tool.run([
            "protect", Capture.recording, folder.file("secure"), "--suite", suite, "--key-file",
            folder.file("o-1-send.key"),
        ])
        #expect(protected.exitCode == 0 && protected.error.isEmpty)
        let back = try await Tool.run([
            "unprotect", folder.file("secure"), folder.file("plain"), "--suite", suite, "--key-file",
            folder.file("a-1-receive.key"),
        ])
        #expect(back.exitCode == 0 && back.error.isEmpty)
        #expect(try Capture.payloads(folder.file("plain")) == Capture.payloads(Capture.recording))
    }

    @Test func anOfferIsADescriptionWithoutAFault() async throws {
        let result = try await Tool.run([
            "sdp", "offer", "--address", "2001:db8::1", "--port", "6000", "--media", "video", "--format", "96",
            "--feedback", "--kdr", "7", "--mki", "00ff", "--window-size-hint", "512",
        ])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        #expect(result.output.contains("c=IN IP6 2001:db8::1\r\n"))
        #expect(result.output.contains("m=video 6000 RTP/SAVPF 96\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"))
        #expect(result.output.contains("|255:2 KDR=7 WSH=512\r\n"))
        let check = try await Tool.run(["sdp", "check", "-"], stdin: result.outputOctets)
        #expect(check.exitCode == 0 && check.output.hasSuffix("nothing wrong\n"))
    }

    @Test func aStreamThatCannotBeAcceptedIsRejectedByItsPort() async throws {
        let folder = try Folder()
        var offer = description(crypto(), "a=sendonly", "a=rtcp-mux", "a=x")
        offer += Array("m=video 40002 RTP/SAVP 31\r\n\(crypto(1, "FUTURE"))\r\nm=text 40004 RTP/AVP 98\r\n".utf8)
        let result = try await Tool.run(
            ["sdp", "answer", "-", "--address", "10.0.0.2", "--keys", folder.file("k")], stdin: offer)
        #expect(result.exitCode == 0)
        let lines = result.output.split(separator: "\r\n")
        #expect(
            lines.filter { $0.hasPrefix("m=") } == [
                "m=audio 5004 RTP/SAVP 0", "m=video 0 RTP/SAVP 31", "m=text 0 RTP/AVP 98",
            ])
        #expect(lines.contains("a=recvonly") && lines.contains("a=rtcp-mux") && !lines.contains("a=x"))
        #expect(lines.count { $0.hasPrefix("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:") } == 1)
        #expect(result.error.contains("stream 2 is rejected") && result.error.contains("stream 3 is rejected"))
        #expect(!result.error.contains(Self.key) && !result.output.contains(Self.key))
        #expect(folder.names == ["k-1-receive.key", "k-1-send.key"])
        let none = try await Tool.run(
            ["sdp", "answer", "-", "--address", "10.0.0.2", "--keys", folder.file("n")],
            stdin: description(crypto(), transport: "RTP/AVP"))
        #expect(none.exitCode == 65 && none.output.isEmpty && none.error.contains("none of its 1 media streams"))
        #expect(folder.names.count == 2)
    }

    @Test func leniencyIsAsked() async throws {
        let offer = description(crypto(1, "aes_cm_128_hmac_sha1_80"), transport: "RTP/AVP")
        let command = ["sdp", "answer", "-", "--address", "10.0.0.2"]
        #expect(try await Tool.run(command, stdin: offer).exitCode == 65)
        let lenient = try await Tool.run(command + ["--lenient"], stdin: offer)
        #expect(lenient.exitCode == 0 && lenient.error.contains("warning") && lenient.error.contains("another case"))
        #expect(lenient.output.contains("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"))
    }

    @Test(
        "what is wrong is said at its line, without the keys",
        arguments: [
            ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA\(key)", "key 1: expected 30 octets"),
            (
                "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(key) FUTURE",
                "session parameter 1: expected a known parameter"
            ),
            ("a=extmap:300 urn:a", "expected extmap identifiers of 1 to 255"),
            ("a=rtpmap:0", "expected a payload type"),
            ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:\(key)|1:4;inline:\(key)|2:4", "key 2: expected another key"),
        ])
    func faults(line: String, fault: String) async throws {
        let result = try await Tool.run(["sdp", "check", "-"], stdin: description(line))
        #expect(result.exitCode == 65 && result.error.isEmpty)
        #expect(result.output.contains("  ! \(fault)"), "\(result.output)")
        #expect(!result.output.contains(Self.key))
    }

    @Test func secretsAreShownWhereAsked() async throws {
        let command = ["sdp", "check", "-", "--json"]
        let hidden = try await Tool.run(command, stdin: description(crypto()))
        let shown = try await Tool.run(command + ["--show-secrets"], stdin: description(crypto()))
        #expect(hidden.exitCode == 0 && !hidden.output.contains(Self.key) && hidden.output.contains("inline:<hidden>"))
        #expect(shown.exitCode == 0 && shown.output.contains(Self.key))
        struct Report: Decodable {
            struct File: Decodable {
                struct Line: Decodable { let line: Int; let text, meaning: String; let faults: [String] }
                let file: String
                let lines: [Line]
            }
            let files: [File]
            let negotiation: [String]
        }
        let report: Report = try hidden.json()
        #expect(report.files.map(\.file) == ["-"] && report.files[0].lines.map(\.line) == Array(1...7))
        #expect(
            report.negotiation.isEmpty && report.files[0].lines[6].meaning.hasPrefix("tag 1: AES_CM_128_HMAC_SHA1_80"))
    }

    @Test func anAnswerThatDoesNotFitTheOffer() async throws {
        let folder = try Folder()
        let offer = folder.file("offer", description(crypto()))
        for (number, line) in [crypto(), crypto(2), "a=x"].enumerated() {
            let answer = folder.file("answer\(number)", description(line))
            let result = try await Tool.run(["sdp", "check", offer, "--answer", answer, "--keys", folder.file("k")])
            #expect(result.exitCode == 65 && result.output.contains("stream 1: expected"), "\(result.output)")
        }
        #expect(!folder.names.contains { $0.hasSuffix(".key") })
    }

    @Test func usage() async throws {
        let wrong = [
            ["sdp", "offer"], ["sdp", "offer", "--address", "a b"], ["sdp", "offer", "--address", "a", "--port", "0"],
            ["sdp", "offer", "--address", "a", "--mki", "0000"], ["sdp", "offer", "--address", "a", "--kdr", "25"],
            ["sdp", "offer", "--address", "a", "--lifetime", "1"],
            ["sdp", "offer", "--address", "a", "--format", "128"],
            ["sdp", "check", "-", "--keys", "k"], ["sdp", "offer", "--address", "a", "--window-size-hint", "63"],
        ]
        for arguments in wrong {
            let result = try await Tool.run(arguments)
            #expect(result.exitCode == 64 && result.isOneErrorLine, "\(arguments) \(result)")
        }
        let missing = try await Tool.run(["sdp", "check", "/nowhere/at-all"])
        #expect(missing.exitCode == 66 && missing.isOneErrorLine)
        let bad = try await Tool.run(["sdp", "check", "-"], stdin: Array("hello\n".utf8))
        #expect(bad.exitCode == 65 && bad.isOneErrorLine && bad.error.contains("line 1: expected v=0"))
    }

    @Test func filesThatAreThereStay() async throws {
        let folder = try Folder()
        let offer = folder.file("offer", description(crypto()))
        let kept = folder.file("k-1-receive.key", Array("kept".utf8))
        let command = [
            "sdp", "answer", offer, "--address", "a", "--keys", folder.file("k"), "--output", folder.file("answer"),
        ]
        let refused = try await Tool.run(command)
        #expect(refused.exitCode == 74 && refused.error.contains(kept) && refused.error.contains("--force"))
        #expect(folder.names == ["k-1-receive.key", "offer"] && folder.octets("k-1-receive.key") == Array("kept".utf8))
        #expect(try await Tool.run(command + ["--force"]).exitCode == 0)
        #expect(folder.names == ["answer", "k-1-receive.key", "k-1-send.key", "offer"])
    }
}
