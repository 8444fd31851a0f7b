// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("srtp mikey")
struct MIKEYCommandTests {
    private static let psk = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

    // MARK: Whole exchanges

    @Test(
        "an offer and its answer give each side the other's keys, which nothing that is printed shows",
        arguments: [
            [], ["--encryption", "aes-kw-128", "--mac", "hmac-sha-256"], ["--key-type", "tek", "--mki", "0a0b"],
            ["--suite", "AEAD_AES_256_GCM", "--prf", "hmac-sha-256", "--encryption", "aes-cm-256"],
            ["--identity", "a@example.com", "--peer", "sip:b@example.com", "--roc", "7"],
        ])
    func exchange(options: [String]) async throws {
        let folder = try Folder()
        let key = ["--psk-file", folder.key(Self.psk, "psk")]
        let offer = try await Tool.run(
            ["mikey", "create", "--ssrc", "1a2b3c4d", "--keys", folder.file("o"), "--output", folder.file("offer")]
                + key
                + options)
        #expect(offer.exitCode == 0 && offer.output.isEmpty && offer.error.isEmpty)
        let answer = try await Tool.run(
            [
                "mikey", "answer", folder.file("offer"), "--ssrc", "55667788", "--keys", folder.file("a"), "--output",
                folder.file("answer"), "--replay-file", folder.file("seen"),
            ] + key)
        #expect(answer.exitCode == 0 && answer.output.isEmpty && answer.error.isEmpty)
        let keys = ["a-1-receive.key", "a-1-send.key", "o-1-receive.key", "o-1-send.key"]
        for name in keys + ["offer", "answer"] { #expect(folder.mode(name) == 0o600) }
        #expect(try inlineKey("a-1-receive.key", folder) == inlineKey("o-1-send.key", folder))
        #expect(try inlineKey("a-1-send.key", folder) == inlineKey("o-1-receive.key", folder))

        let files = [folder.file("offer"), folder.file("answer")]
        for form in [[], ["--json"]] {
            let plain = try await Tool.run(["mikey", "inspect"] + files + key + form)
            #expect(plain.exitCode == 0 && plain.error.isEmpty)
            let shown = try await Tool.run(["mikey", "inspect", "--show-secrets"] + files + key + form)
            #expect(shown.exitCode == 0)
            for name in keys {
                let octets = try #require(Data(base64Encoded: try inlineKey(name, folder)))
                // The master key, behind which the salt stands.
                let hex = octets.dropLast(octets.count == 44 ? 12 : 14).map { String(format: "%02x", $0) }.joined()
                #expect(!plain.output.contains(hex) && shown.output.contains(hex))
                #expect(!plain.output.contains(Self.psk) && !shown.output.contains(Self.psk))
            }
        }
        let document = try await Tool.run(["mikey", "inspect", "--json"] + files + key).json(Document.self)
        #expect(document.messages.map(\.authenticity) == ["verified", "verified"])
        #expect(document.messages.map(\.faults) == [[], []])

        let protected = try await Tool.run([
            "protect", Capture.recording, folder.file("secure"), "--key-file", folder.file("o-1-receive.key"),
        ])
        #expect(protected.exitCode == 0)
        let again = try await Tool.run(
            ["mikey", "answer", folder.file("offer"), "--replay-file", folder.file("seen")] + key)
        #expect(again.exitCode == 65 && again.isOneErrorLine)
    }

    @Test("a message under another key is not answered, and found not to be authentic")
    func wrongKey() async throws {
        let folder = try Folder()
        let made = try await Tool.run(["mikey", "create", "--psk-file", folder.key(Self.psk, "psk")])
        let other = ["--psk-file", folder.key("text:another\n", "other")]
        let answer = try await Tool.run(
            ["mikey", "answer", "-", "--keys", folder.file("k")] + other, stdin: made.outputOctets)
        #expect(answer.exitCode == 65 && answer.isOneErrorLine && answer.error.contains("Auth failure"))
        // What is answered is an error message, which nobody can authenticate.
        #expect(answer.output.hasPrefix("a=key-mgmt:mikey AQY"))
        #expect(folder.names == ["other", "psk"])
        let inspected = try await Tool.run(["mikey", "inspect", "-"] + other, stdin: made.outputOctets)
        #expect(inspected.exitCode == 65 && inspected.output.contains("  not authentic\n"))
    }

    @Test("presets of cameras: refused without a protected channel, keys hidden where they are in the clear")
    func presets() async throws {
        let folder = try Folder()
        for preset in ["onvif", "widest-accepted", "gstreamer", "live555"] {
            let refused = try await Tool.run(["mikey", "create", "--preset", preset])
            #expect(refused.exitCode == 64 && refused.isOneErrorLine && refused.error.contains("protected"))
            let options = ["--preset", preset, "--channel", "protected"]
            let made = try await Tool.run(
                ["mikey", "create", "--form", "header", "--uri", "rtsps://camera/1", "--keys", folder.file(preset)]
                    + options)
            #expect(made.output.hasPrefix("KeyMgmt: prot=mikey;uri=\"rtsps://camera/1\";data=\""))
            let key = try inlineKey("\(preset)-1-send.key", folder)
            let hex = try #require(Data(base64Encoded: key)).map { String(format: "%02x", $0) }.joined()
            let strict = try await Tool.run(["mikey", "inspect", "-"], stdin: made.outputOctets)
            #expect(strict.exitCode == 65 && strict.output.contains("RFC 3830") && !strict.output.contains(hex))
            let lenient = try await Tool.run(
                ["mikey", "inspect", "-", "--lenient", "--json"], stdin: made.outputOctets)
            #expect(lenient.exitCode == 0 && !lenient.output.contains(hex))
            let message = try #require(try lenient.json(Document.self).messages.first)
            #expect(message.deviations.map(\.name).contains("salt-inside-tek"))
            #expect(
                message.authenticity == "unprotected" && message.sessions?.first?.suite == "AES_CM_128_HMAC_SHA1_80")
            let shown = try await Tool.run(
                ["mikey", "inspect", "-", "--lenient", "--show-secrets"], stdin: made.outputOctets)
            #expect(shown.output.contains(hex))
            let answer = try await Tool.run(
                ["mikey", "answer", "-", "--keys", folder.file("\(preset)-a")] + options, stdin: made.outputOctets)
            #expect(answer.exitCode == 0 && answer.output.isEmpty)
            #expect(try inlineKey("\(preset)-a-1-receive.key", folder) == key)
        }
    }

    // MARK: What is read

    @Test("the example of RFC 4567 section 5.1 in every form, its fields at their places")
    func forms() async throws {
        let folder = try Folder()
        let text = try Self.example()
        let octets = [UInt8](try #require(Data(base64Encoded: text)))
        let packet = Array(
            "ANNOUNCE rtsps://x RTSP/1.0\r\nKeyMgmt: prot=mikey;\r\n uri=\"\"; data=\"\(text)\"\r\n\r\n".utf8)
        let forms: [String: [UInt8]] = [
            "base64": Array((text + "\n").utf8), "octets": octets,
            "hex": Array(octets.map { String(format: "%02X", $0) }.joined().utf8),
            "description": Array("v=0\r\ns=-\r\na=key-mgmt:mikey \(text)\r\nm=audio 1 RTP/SAVP 0\r\n".utf8),
            "value": Array("mikey \(text)".utf8), "body": Array("mikey: \(text)\r\n".utf8),
            "header": Array("SETUP rtsp://x RTSP/1.0\r\nkeymgmt: prot=mikey; data=\"\(text)\"\r\n".utf8),
            "rtsp2": Array("Transport: RTP/SAVP;unicast;MIKEY=\(text);dest_addr=\":1\"\r\n".utf8),
            "pcap": Capture.pcap([Frame.media([1, 2, 3]), Frame.media(packet)]),
            "pcapng": Capture.pcapng([Frame.media(packet)]),
            "tcp": Capture.pcap([
                Self.segment(packet[..<60], at: 0), Self.segment(packet[90...], at: 90),
                Self.segment(packet[40..<90], at: 40),
            ]),
        ]
        for (name, form) in forms {
            let result = try await Tool.run(["mikey", "inspect", folder.file(name, form), "--json"])
            #expect(result.exitCode == 0, "\(name): \(result)")
            let message = try #require(try result.json(Document.self).messages.first)
            #expect(message.length == octets.count && message.faults.isEmpty)
            // As the vector file has them.
            #expect(message.parts?.map(\.name) == ["header", "T", "RAND", "ID", "SP", "KEMAC"])
            #expect(message.parts?.map(\.offset) == [0, 19, 29, 47, 66, 71])
            #expect(message.parts?.map(\.length) == [19, 10, 18, 19, 5, 61])
        }
    }

    @Test("every kind of message and payload: its parts follow on each other, and their fields lie within them")
    func allPayloads() async throws {
        let folder = try Folder()
        let text = try String(contentsOf: TestVectors.folder.appending(path: "mikey-messages.jsonl"), encoding: .utf8)
        let rows = try text.split(whereSeparator: \.isNewline)
            .map { try JSONDecoder().decode(MessageRow.self, from: Data($0.utf8)) }
            .filter { $0.valid && $0.mode == "lenient" }
        try #require(rows.count > 30)
        let files = rows.enumerated().map { folder.file("\($0)", Array($1.message.utf8)) }
        let result = try await Tool.run(["mikey", "inspect", "--lenient", "--json"] + files)
        let messages = try result.json(Document.self).messages
        #expect(messages.count == rows.count)
        for (row, message) in zip(rows, messages) {
            var end = 0
            for part in try #require(message.parts) {
                #expect(part.offset == end, "\(row.id): \(part.name)")
                end += part.length
                for field in part.parts ?? [] {
                    #expect(
                        field.offset >= part.offset && field.offset + field.length <= end, "\(row.id): \(field.name)")
                }
            }
            #expect(end == message.length, "\(row.id)")
        }
    }

    @Test("whatever a message is cut to or has changed, it is explained without a crash, and its rule is named")
    func broken() async throws {
        let folder = try Folder()
        let octets = [UInt8](try #require(Data(base64Encoded: try Self.example())))
        var files: [String] = []
        for count in stride(from: 1, to: octets.count, by: 5) {
            files.append(folder.file("\(count)", Array(octets[..<count])))
        }
        let cut = try await Tool.run(["mikey", "inspect", "--json"] + files)
        #expect(cut.exitCode == 65)
        let messages = try cut.json(Document.self).messages
        #expect(messages.count == files.count && messages.allSatisfy { !$0.faults.isEmpty })
        var other = octets
        other[1] = 99
        let unknown = try await Tool.run(["mikey", "inspect", "-"], stdin: other)
        #expect(
            unknown.exitCode == 65
                && unknown.output.contains("! octet 1: data type 99 is not known (RFC 3830 table 6.1.a)"))
    }

    @Test("rows of the exchange model: authentic, and their keys come out")
    func modelRows() async throws {
        let folder = try Folder()
        let rows = try String(
            contentsOf: TestVectors.folder.appending(path: "model/mikey-exchange.jsonl"), encoding: .utf8
        )
        .split(whereSeparator: \.isNewline).map { try JSONDecoder().decode(Row.self, from: Data($0.utf8)) }
        .filter { $0.accepted && $0.psk != nil }
        for (number, row) in rows.enumerated() where number.isMultiple(of: 6) {
            let key = folder.key("hex:\(try #require(row.psk))", "psk-\(number)")
            let files = row.messages.enumerated().map { folder.file("\(number)-\($0)", Array($1.utf8)) }
            let result = try await Tool.run(
                ["mikey", "inspect", "--json", "--show-secrets", "--psk-file", key] + files)
            #expect(result.exitCode == 0, "\(row.id)")
            let messages = try result.json(Document.self).messages
            #expect(messages.allSatisfy { $0.authenticity == "verified" || $0.authenticity == "unprotected" })
            for tek in row.teks { #expect(result.output.contains("\"master_key\":\"\(tek.key)\""), "\(row.id)") }
        }
    }

    @Test("what is wrong on the command line or in a file is one line and its exit code")
    func usage() async throws {
        let folder = try Folder()
        let psk = folder.key(Self.psk, "psk")
        let cases: [([String], Int32)] = [
            (["mikey", "inspect"], 64), (["mikey", "inspect", "-", "-"], 64),
            (["mikey", "inspect", folder.file("none")], 66), (["mikey", "inspect", folder.file("empty", [])], 65),
            (["mikey", "inspect", psk, "--psk-file", folder.key("# none\n", "nokey")], 65),
            (["mikey", "create"], 64), (["mikey", "create", "--preset", "other"], 64),
            (["mikey", "create", "--psk-file", psk, "--mac", "null"], 64),
            (["mikey", "create", "--psk-file", psk, "--key-type", "tek", "--encryption", "aes-kw-128"], 64),
            (["mikey", "create", "--preset", "live555", "--channel", "protected", "--suite", "AEAD_AES_128_GCM"], 64),
            (["mikey", "create", "--psk-file", psk, "--output", psk], 74),
            (["mikey", "answer", folder.file("empty"), "--psk-file", psk], 65),
        ]
        for (arguments, code) in cases {
            let result = try await Tool.run(arguments)
            #expect(result.exitCode == code && result.isOneErrorLine, "\(arguments): \(result)")
            #expect(!result.error.contains(Self.psk))
        }
    }

    // MARK: Helpers

    /// The key and salt of a key file, in base64.
    private func inlineKey(_ name: String, _ folder: Folder) throws -> String {
        let line = String(decoding: folder.octets(name), as: UTF8.self).split(separator: "\n").last
        let word = try #require(line?.split(separator: " ").first)
        return String(word.dropFirst("inline:".count))
    }

    private static func segment(_ octets: some Collection<UInt8>, at number: UInt32) -> [UInt8] {
        let header: [UInt8] =
            [2, 0x2A, 0x80, 0] + SamplePackets.bigEndian(number) + [0, 0, 0, 0, 0x50, 0x18, 0, 0, 0, 0, 0, 0]
        return Frame.ethernet(Frame.ipv4(header + octets, protocol: 6))
    }

    private static func example() throws -> String {
        let file = try Data(contentsOf: TestVectors.folder.appending(path: "rfc4567.json"))
        let vectors = try JSONDecoder().decode(Vectors.self, from: file).vectors
        return try #require(vectors.first { $0.id == "5.1 offer" }?.base64)
    }

    private struct Vectors: Decodable {
        struct Vector: Decodable {
            let id: String
            let base64: String?
        }
        let vectors: [Vector]
    }

    private struct MessageRow: Decodable {
        let id: String
        let message: String
        let valid: Bool
        let mode: String?
    }

    private struct Row: Decodable {
        struct Key: Decodable { let key: String }
        let id: String
        let psk: String?
        let messages: [String]
        let accepted: Bool
        let teks: [Key]

        enum CodingKeys: CodingKey { case id, psk, messages, accepted, teks }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            id = try container.decode(String.self, forKey: .id)
            psk = try container.decodeIfPresent(String.self, forKey: .psk)
            messages = try container.decode([String].self, forKey: .messages)
            accepted = try container.decode(Bool.self, forKey: .accepted)
            teks = try container.decodeIfPresent([Key].self, forKey: .teks) ?? []
        }
    }

    private struct Document: Decodable {
        struct Message: Decodable {
            struct Part: Decodable {
                let name: String
                let offset: Int
                let length: Int
                let parts: [Part]?
            }
            struct Deviation: Decodable { let name: String }
            struct Session: Decodable { let suite: String? }
            let length: Int?
            let parts: [Part]?
            let authenticity: String?
            let sessions: [Session]?
            let deviations: [Deviation]
            let faults: [String]
        }
        let messages: [Message]
    }
}
