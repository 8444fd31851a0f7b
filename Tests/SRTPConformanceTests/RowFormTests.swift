// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTPConformance
import Testing

@Suite("The form of rows")
struct RowFormTests {
    private let rtp = try? TestVectors.row("srtp-rfc3711.jsonl") { $0["type"] as? String == "rtp" }
    private let rtcp = try? TestVectors.row("srtp-rfc3711.jsonl") { $0["type"] as? String == "rtcp" }

    /// The one failure of a row with some values changed; `NSNull` takes a field away.
    private func failure(_ row: [String: Any]?, _ changes: [String: Any]) throws -> String {
        var row = try #require(row)
        for (field, value) in changes { row[field] = value is NSNull ? nil : value }
        let report = try report(on: row)
        #expect(Counts(report) == Counts(failed: 1))
        return report.failures.first?.reason ?? ""
    }

    @Test("unknown names fail")
    func unknownNames() throws {
        #expect(try failure(rtp, ["master_kye": "00"]) == "rtp: master_kye: expected a known field, got an unknown one")
        #expect(
            try failure(rtp, ["suite": "AES_CM_128"])
                == "rtp: suite: expected a suite that `srtp suites` lists, got \"AES_CM_128\"")
        #expect(try failure(rtp, ["type": "rtq"]).hasPrefix("rtq: type: expected one of rtp, rtcp, "))
        #expect(try failure(rtp, ["type": 1]) == "row: type: expected a text, got 1")
        #expect(try failure(rtp, ["rtcp_suite": "NULL_HMAC_SHA1_80"]).contains("rtcp_suite: expected a known field"))
        #expect(try failure(["kind": "foo"], [:]).hasPrefix("foo: kind: expected one of aes-cm-keystream, "))
        #expect(
            try failure(["key": "00", "data": "00"], [:])
                == "row: kind: expected a kind, or the fields of one, got data, key")
        let hmac = try TestVectors.vector("rfc2202.json", "1")
        #expect(try failure(hmac, ["hmac": "00"]) == "hmac-sha1: hmac: expected a known field, got an unknown one")
    }

    @Test("a missing field fails")
    func missing() throws {
        for field in ["suite", "master_key", "master_salt", "ssrc", "roc", "seq", "rtp", "srtp"] {
            #expect(
                try failure(rtp, [field: NSNull()])
                    == "rtp: \(field): expected a value, got nothing, the field is missing")
        }
        #expect(try failure(rtp, ["type": NSNull(), "kind": "kdf"]).hasPrefix("kdf: "))
    }

    @Test("octets are whole, lower-case and of the suite's length")
    func octets() throws {
        #expect(try failure(rtp, ["rtp": "8"]) == "rtp: rtp: expected an even number of hex digits, got 1")
        #expect(
            try failure(rtp, ["rtp": "8A"])
                == "rtp: rtp: expected lower-case hex, got an upper-case digit at position 1")
        #expect(
            try failure(rtp, ["srtp": "80 0"])
                == "rtp: srtp: expected lower-case hex, got another character at position 2")
        #expect(try failure(rtp, ["rtp": 8]) == "rtp: rtp: expected a text, got 8")
        #expect(
            try failure(rtp, ["suite": "AEAD_AES_256_GCM"])
                == "rtp: master_key: expected 32 octets (AEAD_AES_256_GCM), got 16")
        #expect(
            try failure(rtp, ["suite": "SEED_128_GCM_96"])
                == "rtp: master_salt: expected 12 octets (SEED_128_GCM_96), got 14", "also of a suite that is left out")
        #expect(try failure(rtp, ["ssrc": "00"]) == "rtp: ssrc: expected 4 octets (an SSRC), got 1")
    }

    @Test("numbers outside of their range fail, and trap nowhere")
    func numbers() throws {
        for value: Any in [-1, 4_294_967_296, 1e30, 0.5, "1", true, [1]] {
            #expect(
                try failure(rtp, ["roc": value]).hasPrefix("rtp: roc: expected a number from 0 to 4294967295, got "))
        }
        #expect(try failure(rtp, ["seq": 65_536]) == "rtp: seq: expected a number from 0 to 65535, got 65536")
        #expect(try failure(rtcp, ["index": 2_147_483_648]).contains("expected a number from 0 to 2147483647"))
        #expect(try failure(rtcp, ["e_flag": 2]) == "rtcp: e_flag: expected a number from 0 to 1, got 2")
    }

    @Test("SSRC and sequence number are the packet's own, and the packet is one")
    func ownNumbers() throws {
        #expect(try failure(rtp, ["ssrc": "00000001"]).contains("ssrc: expected the packet's own, "))
        #expect(try failure(rtcp, ["ssrc": "00000001"]).contains("ssrc: expected the packet's own, "))
        #expect(try failure(rtp, ["rtp": "80"]).contains("rtp: expected an RTP packet, got RTP header truncated"))
        #expect(try failure(rtcp, ["rtcp": ""]).contains("rtcp: expected an RTCP packet with an SSRC, got 0 octets"))
    }

    @Test("options that ask for nothing")
    func emptyOptions() throws {
        var row = try #require(rtp)
        row["kdr"] = 0
        row["cryptex"] = false
        #expect(Counts(try report(on: row)) == Counts(passed: 1))
        var control = try #require(rtcp)
        control["rtcp_suite"] = control["suite"]
        #expect(Counts(try report(on: control)) == Counts(passed: 1))
    }

    @Test(
        "options of the wrong form",
        arguments: [
            (#"{"mki":""}"#, "mki"), (#"{"mki":1}"#, "mki"), (#"{"kdr":3}"#, "kdr"), (#"{"kdr":-1}"#, "kdr"),
            (#"{"kdr":33554432}"#, "kdr"),
            (#"{"cryptex":1}"#, "cryptex"),
            (#"{"encrypted_header_ids":[0]}"#, "encrypted_header_ids"), (#"{"rfc6904":"rfc"}"#, "rfc6904"),
            (#"{"encrypted_header_ids":[256]}"#, "encrypted_header_ids"),
            (#"{"encrypted_header_ids":[]}"#, "encrypted_header_ids"),
            (#"{"encrypted_header_ids":1}"#, "encrypted_header_ids"),
            (#"{"encrypted_header_ids":[1],"cryptex":true}"#, "encrypted_header_ids"),
            (#"{"encrypted_header_ids":[1],"rfc6904":"other"}"#, "rfc6904"),
            (#"{"rcc":{"mode":3,"rate":1,"tag_octets":8}}"#, "rcc.tag_octets"),
            (#"{"rcc":{"mode":1,"rate":1}}"#, "rcc.tag_octets"),
            (#"{"rcc":{"mode":4,"rate":1,"tag_octets":4}}"#, "rcc.mode"),
            (#"{"rcc":{"mode":1,"rate":0,"tag_octets":8}}"#, "rcc.rate"),
            (#"{"rcc":{"mode":2,"rate":1,"tag_octets":25}}"#, "rcc.tag_octets"), (#"{"rcc":3}"#, "rcc"),
            (#"{"rcc":{"mode":1,"rate":1,"tag_octets":8,"x":1}}"#, "rcc.x"),
        ])
    func badOptions(json: String, field: String) throws {
        let options = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(try failure(rtp, options).hasPrefix("rtp: \(field): expected "))
    }

    @Test("a suite for SRTCP must exist and be usable, and go with that of SRTP")
    func rtcpSuite() throws {
        #expect(try failure(rtcp, ["rtcp_suite": "AES"]).hasPrefix("rtcp: rtcp_suite: expected a suite"))
        #expect(
            try failure(rtcp, ["rtcp_suite": "AEAD_AES_256_GCM"]).contains("expected a packet that can be protected"))
        var left = try #require(rtcp)
        left["rtcp_suite"] = "SEED_128_GCM_96"
        #expect(try report(on: left).skipReasons == ["left out on purpose": 1])
    }

    @Test("reject rows have one packet, and a reason that exists")
    func reject() throws {
        let row = try TestVectors.row("srtp-reject.jsonl") { $0["srtp"] != nil && $0["before"] != nil }
        #expect(try failure(row, ["srtcp": "00"]) == "reject: srtp: expected either srtp or srtcp, got both")
        #expect(try failure(row, ["srtp": NSNull()]) == "reject: srtp: expected either srtp or srtcp, got neither")
        #expect(try failure(row, ["reason": "bad"]).hasPrefix("reject: reason: expected one of authentication, "))
        #expect(try failure(row, ["before": ["00", 1]]) == "reject: before[1]: expected lower-case hex, got 1")
        #expect(try failure(row, ["seq": 65_536]).hasPrefix("reject: seq: "))
    }

    @Test("kdf rows name a cipher or a suite, and a key")
    func keyDerivation() throws {
        var row = try TestVectors.row("kdf-aes-cm.jsonl") {
            ($0["master_key"] as? String)?.count == 32 && $0["srtp_key"] != nil
        }
        #expect(
            try failure(row, ["suite": "AES_CM_128_HMAC_SHA1_80"])
                == "kdf: cipher: expected either cipher or suite, got both")
        #expect(try failure(row, ["cipher": NSNull()]).hasSuffix("got neither"))
        #expect(
            try failure(row, ["cipher": "AES"]) == "kdf: cipher: expected one of AES_CM, AES_F8, ARIA_CTR, got \"AES\"")
        #expect(try failure(row, ["master_key": "00"]).hasPrefix("kdf: master_key: expected 16, 24 or 32 octets"))
        #expect(try failure(row, ["srtp_key": ""]).hasPrefix("kdf: srtp_key: expected 1 to 1048576 octets"))
        row["cipher"] = "AES_F8"
        #expect(Counts(try report(on: row)) == Counts(passed: 1), "f8 has the key derivation of AES-CM")
        #expect(try failure(row, ["cipher": "ARIA_CTR"]).contains("expected the row's value, got another"))
        row["cipher"] = nil
        row["suite"] = "AES_CM_128_HMAC_SHA1_80"
        #expect(Counts(try report(on: row)) == Counts(passed: 1))
        row = row.filter { !$0.key.hasPrefix("srtp_") && !$0.key.hasPrefix("srtcp_") || $0.key.hasSuffix("_index") }
        #expect(try failure(row, [:]).contains("expected at least one derived key"))
    }

    @Test("header keys are derived with labels 6 and 7 (RFC 6904 A.1)")
    func headerKeys() throws {
        let row: [String: Any] = [
            "type": "kdf", "cipher": "AES_CM", "master_key": "e1f97a0d3e018be0d64fa32c06de4139",
            "master_salt": "0ec675ad498afeebb6960b3aabe6", "kdr": 0, "srtp_index": 0, "srtcp_index": 0,
            "header_key": "549752054d6fb708622c4a2e596a1b93", "header_salt": "ab01818174c40d39a3781f7c2d27",
        ]
        #expect(Counts(try report(on: row)) == Counts(passed: 1))
        #expect(
            try failure(row, ["header_key": "549752054d6fb708622c4a2e596a1b94"]).hasPrefix(
                "kdf: header_key: expected the row's value, got another from octet 15 on"))
    }

    @Test("MIKEY messages are read and written again, or refused, in the mode that the row names")
    func mikeyMessages() throws {
        // A pre-shared key update: T and a KEMAC without keys and MAC; then one octet more.
        let octets: [UInt8] = [1, 0, 5, 0, 0, 0, 0, 1, 0, 0, 1, 2, 0, 0, 0, 7, 0, 0, 0, 0, 0]
        let message: [String: Any] = ["type": "mikey", "message": Data(octets).base64EncodedString(), "valid": true]
        let longer: [String: Any] = [
            "type": "mikey", "message": Data(octets + [0]).base64EncodedString(), "valid": true,
        ]
        #expect(try report(on: message).passed == 1)
        #expect(try failure(message, ["valid": false]).hasPrefix("mikey: message: expected a refusal"))
        #expect(try failure(longer, [:]).hasPrefix("mikey: message: expected a message"))
        #expect(try report(on: longer.merging(["valid": false]) { $1 }).passed == 1)
        #expect(try report(on: longer.merging(["mode": "lenient"]) { $1 }).passed == 1)
        #expect(
            try failure(longer, ["mode": "lenient", "valid": false]).hasPrefix("mikey: message: expected a refusal"))
        #expect(try failure(message, ["message": "A"]).hasPrefix("mikey: message: expected base64"))
        #expect(try failure(message, ["mode": "loose"]).hasPrefix("mikey: mode: expected one of strict, lenient"))
        #expect(try failure(message, ["x": 1]).hasPrefix("mikey: x: expected a known field"))
    }

    @Test("MIKEY key derivations are run, to the bit")
    func mikeyKeyDerivation() throws {
        let whole: [String: Any] = [
            "type": "mikey-kdf", "prf": "MIKEY-1", "inkey": "00", "label": "01", "bits": 16, "outkey": "cab1",
        ]
        #expect(Counts(try report(on: whole)) == Counts(passed: 1))
        let bits = whole.merging(["bits": 15, "outkey": "cab0"]) { $1 }
        #expect(Counts(try report(on: bits)) == Counts(passed: 1))
        let other = whole.merging(["prf": "HMAC-SHA-256", "bits": 9, "outkey": "1080"]) { $1 }
        #expect(Counts(try report(on: other)) == Counts(passed: 1))
        #expect(
            try failure(whole, ["outkey": "cab0"]).hasPrefix("mikey-kdf: outkey: expected the row's value, got another")
        )
        #expect(try failure(whole, ["outkey": "00"]).hasPrefix("mikey-kdf: outkey: expected 2 octets (bits)"))
        #expect(try failure(whole, ["inkey": ""]).hasPrefix("mikey-kdf: inkey: expected 1 to 65535 octets"))
        #expect(
            try failure(whole, ["prf": "MIKEY-2"]).hasPrefix("mikey-kdf: prf: expected one of HMAC-SHA-256, MIKEY-1"))
    }

    @Test("MIKEY exchanges of other modes are known, checked for form, and not built")
    func mikeyExchange() throws {
        let exchange: [String: Any] = [
            "type": "mikey-exchange", "mode": "DHHMAC", "psk": "00", "now": "2026-01-02T03:04:05Z",
            "messages": ["AQAF"],
            "teks": [["cs": 1, "key": "00", "salt": "", "mki": "01"]], "accepted": true,
        ]
        #expect(try report(on: exchange).skipReasons == ["not built: MIKEY DHHMAC": 1])
        #expect(try failure(exchange, ["mode": "SAKKE"]).hasPrefix("mikey-exchange: mode: "))
        #expect(try failure(exchange, ["now": "today"]).hasPrefix("mikey-exchange: now: expected an RFC 3339 time"))
        #expect(try failure(exchange, ["messages": []]).hasPrefix("mikey-exchange: messages: expected a message"))
        #expect(try failure(exchange, ["initiator_key": "x"]).hasPrefix("mikey-exchange: initiator_key: expected PEM"))
        #expect(try failure(exchange, ["teks": [["cs": 1]]]).hasPrefix("mikey-exchange: teks[0].key: expected a value"))

        let step: [String: Any] = [
            "t_type": "COUNTER", "t": "00000001", "v": true, "encr": "AES-CM-128", "mac": "HMAC-SHA-1-160",
            "sp": [["policy": 0, "params": [["type": 0, "value": "01"]]]],
            "cs": [["policy": 0, "ssrc": "01020304", "roc": 0]], "keys": [["kind": "TGK", "key": "00", "spi": "01"]],
        ]
        let fixed = exchange.merging(["prf": "MIKEY-1", "csb_id": "01020304", "rand": "00", "steps": [step]]) { $1 }
        #expect(try report(on: fixed).skipReasons == ["not built: MIKEY DHHMAC": 1])
        #expect(try failure(fixed, ["csb_id": "01"]).hasPrefix("mikey-exchange: csb_id: expected 4 octets"))
        let faults: [(String, Any, String)] = [
            ("t", "01", "steps[0].t: expected 4 octets (COUNTER)"), ("x", 1, "steps[0].x: expected a known field"),
            ("keys", [["kind": "KEY", "key": "00"]], "steps[0].keys[0].kind: expected one of TGK"),
            (
                "sp", [["policy": 0, "params": [["type": 256, "value": ""]]]], "steps[0].sp[0].params[0].type: expected"
            ),
            ("errors", [0], "steps[0].error_is_authenticated: expected a value"),
        ]
        for (name, value, expected) in faults {
            let wrong = step.merging([name: value]) { $1 }
            #expect(try failure(fixed, ["steps": [wrong]]).hasPrefix("mikey-exchange: \(expected)"))
        }
    }

    @Test("a constant of MIKEY's labels is the one that the package has")
    func mikeyConstant() throws {
        for (derives, constant) in [("TEK from TGK", "2ad01c64"), ("MPKr from MPK", "1f4d675b")] {
            let row: [String: Any] = ["derives": derives, "constant": constant]
            #expect(Counts(try report(on: row)) == Counts(passed: 1))
            #expect(try failure(row, ["constant": "2ad01c65"]).contains("constant: expected "))
            #expect(try failure(row, ["decimal": 1]).contains("decimal: expected a number from "))
        }
        #expect(try failure(["derives": "a key", "constant": "2ad01c64"], [:]).contains("derives: expected one of "))
    }
}
