// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTPConformance
import Testing

/// A vector file is only worth something if a wrong value in it is found: each test changes one value of a row that passes.
@Suite("Changed rows")
struct MutationTests {
    @Test("rtp", arguments: ["AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32", "NULL_HMAC_SHA1_80"])
    func rtp(suite: String) throws {
        let row = try TestVectors.row("srtp-rfc3711.jsonl") {
            $0["type"] as? String == "rtp" && $0["suite"] as? String == suite
        }
        try expectEveryOctetCounts(in: row, except: ["id"], blamed: ["srtp": "srtp", "ssrc": "ssrc"])
        let counter = try #require(row["roc"] as? Int)
        let sequenceNumber = try #require(row["seq"] as? Int)
        try expect(row, failsWith: ["roc": counter ^ 1], blaming: "srtp")
        try expect(row, failsWith: ["seq": sequenceNumber ^ 1, "rtp_out": "00"])
    }

    @Test("rtcp", arguments: [0, 1])
    func rtcp(encrypted: Int) throws {
        let row = try TestVectors.row("srtp-rfc3711.jsonl") {
            $0["type"] as? String == "rtcp" && $0["e_flag"] as? Int == encrypted
        }
        try expectEveryOctetCounts(in: row, except: ["id"], blamed: ["srtcp": "srtcp", "ssrc": "ssrc"])
        let index = try #require(row["index"] as? Int)
        try expect(row, failsWith: ["index": index ^ 1, "e_flag": 1 - encrypted], blaming: "srtcp")
    }

    @Test("reject: a packet that is valid", arguments: ["srtp", "srtcp"])
    func rejectValid(field: String) throws {
        let row = try TestVectors.row("srtp-reject.jsonl") {
            $0[field] != nil && $0["before"] != nil && $0["after"] != nil && $0["reason"] as? String == "authentication"
        }
        try expect(
            row, failsWith: [field: try #require(row["after"])],
            blaming: "reason: expected authentication, got accepted")
        var unnamed = row
        unnamed["reason"] = nil
        try expect(
            unnamed, failsWith: [field: try #require(row["after"])], blaming: "reason: expected refused, got accepted")
        try expect(row, failsWith: ["reason": "replayed"])
        try expect(row, failsWith: ["after": flipped(try #require(row["after"] as? String))])
        let before = try #require(row["before"] as? [String])
        try expect(row, failsWith: ["before": [flipped(before[0])]])
        #expect(Counts(try report(on: row)) == Counts(passed: 1))
    }

    @Test("reject: a key that does not fit fails the row, though the packet would be refused")
    func rejectKey() throws {
        let row = try TestVectors.row("srtp-reject.jsonl") { $0["srtp"] != nil }
        try expect(row, failsWith: ["master_key": "00", "master_salt": "00", "suite": "AES"])
    }

    @Test("kdf")
    func keyDerivation() throws {
        let row = try TestVectors.row("kdf-aes-cm.jsonl") {
            ($0["kdr"] as? Int ?? 0) > 1 && $0["srtp_key"] != nil && $0["srtcp_key"] != nil
        }
        try expectEveryOctetCounts(in: row, except: ["id"], blamed: ["srtp_key": "srtp_key", "srtcp_key": "srtcp_key"])
        let rate = try #require(row["kdr"] as? Int)
        let index = try #require(row["srtp_index"] as? Int)
        let rtcpIndex = try #require(row["srtcp_index"] as? Int)
        try expect(row, failsWith: ["srtp_index": index < rate ? index + rate : index - rate], blaming: "srtp_")
        try expect(
            row, failsWith: ["srtcp_index": rtcpIndex < rate ? rtcpIndex + rate : rtcpIndex - rate], blaming: "srtcp_")
        try expect(row, failsWith: ["kdr": 0], blaming: "srtp_")
    }

    @Test("HMAC-SHA1, with and without the shortened MAC", arguments: ["1", "5"])
    func hmac(id: String) throws {
        try expectEveryOctetCounts(
            in: TestVectors.vector("rfc2202.json", id), except: ["id"],
            blamed: ["hmac_sha1": "hmac_sha1", "hmac_sha1_96": "hmac_sha1_96"])
    }

    @Test("AES-CM keystream", arguments: [("rfc3711.json", "B.2"), ("rfc6188.json", "7.1 AES-256-CM")])
    func keystream(file: String, id: String) throws {
        let row = try TestVectors.vector(file, id)
        try expectEveryOctetCounts(in: row, except: ["id"], blamed: ["keystream_sha256": "keystream_sha256"])
        try expect(row, failsWith: ["ssrc": 1, "roc": 1, "seq": 1], blaming: "offset")
        try expect(row, failsWith: ["keystream_octets": 1 << 20 | 1, "keystream_blocks": 1])
        var blocks = try #require(row["blocks"] as? [[String: Any]])
        let last = blocks.count - 1
        for field in ["keystream", "counter"] {
            var changed = blocks
            changed[last][field] = flipped(try #require(blocks[last][field] as? String))
            try expect(row, failsWith: ["blocks": changed])
        }
        blocks[0]["block_index"] = 65_282
        try expect(row, failsWith: ["blocks": blocks])
    }

    @Test(
        "published key derivation",
        arguments: [
            ("rfc3711.json", "B.3 cipher salt"), ("rfc6188.json", "7.4 AES_192_CM_PRF cipher key"),
            ("rfc6904.json", "A.1 header salt"),
        ])
    func publishedKeyDerivation(file: String, id: String) throws {
        let row = try TestVectors.vector(file, id)
        try expectEveryOctetCounts(in: row, except: ["id"], blamed: ["output": "output", "x": "x"])
        try expect(row, failsWith: ["label": 1], blaming: "x")
    }

    @Test("RFC 8285 elements", arguments: ["4.2", "4.3"])
    func headerExtension(id: String) throws {
        let row = try TestVectors.vector("rfc8285.json", id)
        try expectEveryOctetCounts(in: row, except: ["id"], blamed: ["block": "elements[2].data"])
        let form = try #require(row["form"] as? String)
        try expect(row, failsWith: ["padding_octets": 3, "form": form == "one-byte" ? "two-byte" : "one-byte"])
        var elements = try #require(row["elements"] as? [[String: Any]])
        elements[1]["id"] = 9
        try expect(row, failsWith: ["elements": elements])
        try expect(row, failsWith: ["elements": Array(elements.prefix(0))])
    }

    @Test("reports of loss", arguments: ["A.3-1", "A.3-2", "A.3-3", "A.3-4"])
    func loss(id: String) throws {
        let row = try TestVectors.vector("rfc3550.json", id)
        #expect(Counts(try report(on: row)) == Counts(passed: 1))
        for name in ["extended_max", "expected", "cumulative_lost", "fraction_lost_byte"] {
            try expect(row, failsWith: [name: try #require(row[name] as? Int) + 1])
        }
        let cycles = try #require(row["cycles"] as? Int)
        try expect(row, failsWith: ["cycles": cycles + 1], blaming: "extended_max")
        try expect(
            row, failsWith: ["received": try #require(row["received"] as? Int) + 1], blaming: "cumulative_lost")
        try expect(row, failsWith: ["base_seq": 65535], blaming: cycles == 0 ? "max_seq" : "expected")
    }

    @Test("reports of loss: both counts of the last report matter")
    func lossSinceTheLastReport() throws {
        let row = try TestVectors.vector("rfc3550.json", "A.3-4")
        try expect(row, failsWith: ["expected_prior": 0, "received_prior": 400], blaming: "fraction_lost_byte")
    }

    @Test("jitter, after each packet")
    func jitter() throws {
        let row = try TestVectors.vector("rfc3550.json", "A.8-1")
        #expect(Counts(try report(on: row)) == Counts(passed: 1))
        let steps = try #require(row["steps"] as? [[String: Any]])
        for position in steps.indices {
            for (name, value) in steps[position] {
                var changed = steps
                changed[position][name] = try #require(value as? Int) + 100
                try expect(row, failsWith: ["steps": changed])
            }
        }
        try expect(row, failsWith: ["steps": [[String: Any]]()])
    }

    @Test("round-trip time")
    func roundTripTime() throws {
        let row = try TestVectors.vector("rfc3550.json", "6.4.1 figure 2")
        // The fraction's lower half is not in the LSR.
        try expectEveryOctetCounts(
            in: row, except: ["id", "ntp_frac"],
            blamed: ["ntp_sec": "lsr", "lsr": "lsr", "a": "rtt", "dlsr": "rtt", "rtt": "rtt"])
        try expect(row, failsWith: ["ntp_frac": "20010000"], blaming: "lsr")
        try expect(row, failsWith: ["rtt_seconds": 6.25])
    }

    @Test("crypto attributes of RFC 4568", arguments: ["1", "5"])
    func securityDescription(id: String) throws {
        let row = try TestVectors.vector("rfc4568.json", id)
        let line = try #require(row["line"] as? String)
        try expect(row, failsWith: ["line": line.replacing("2^20", with: "2^21")], blaming: "keys[0].key_param")
        try expect(row, failsWith: ["line": line.replacing(":1 ", with: ":01 ").replacing(":2 ", with: ":02 ")])
        try expect(row, failsWith: ["tag": 9, "suite": "AES_CM_128_HMAC_SHA1_32", "session_params": ["KDR=1"]])
        let keys = try #require(row["keys"] as? [[String: Any]])
        try expect(row, failsWith: ["keys": keys + keys])
        for field in ["master_key", "master_salt"] {
            var changed = keys
            changed[0][field] = flipped(try #require(changed[0][field] as? String))
            try expect(row, failsWith: ["keys": changed], blaming: "master_key")
        }
        let others: [String: Any] = [
            "mki": 7, "mki_length": 3, "lifetime_packets": 1, "lifetime": "2^19", "base64": "",
        ]
        for (field, value) in others {
            var changed = keys
            changed[0][field] = value
            try expect(row, failsWith: ["keys": changed], blaming: "keys[0].\(field)")
        }
    }

    @Test("key parameters of RFC 4568")
    func inlineKey() throws {
        let row = try TestVectors.vector("rfc4568.json", "7")
        try expectEveryOctetCounts(in: row, except: ["id"], blamed: ["mki_octets": "mki_octets"])
        try expect(row, failsWith: ["mki": 1, "mki_length": 5, "lifetime": "2^20"])
    }

    @Test("session descriptions", arguments: [("rfc4568.json", "sdp-1"), ("rfc4567.json", "sdp-1")])
    func sessionDescription(file: String, id: String) throws {
        let row = try TestVectors.vector(file, id)
        let lines = try #require(row["lines"] as? [String])
        try expect(row, failsWith: ["crypto_lines": 9])
        try expect(row, failsWith: ["lines": lines + ["t=never"]], blaming: "lines[\(lines.count)]")
        try expect(row, failsWith: ["lines": lines + ["a=crypto:1 X inline:AA"]])
        try expect(row, failsWith: ["lines": Array(lines.dropFirst())])
    }

    @Test("packets from the master key, written as RFC 9335 does, without Cryptex")
    func masterKeyPacket() throws {
        let model = try TestVectors.row("srtp-rfc3711.jsonl") {
            $0["type"] as? String == "rtp" && $0["suite"] as? String == "AES_CM_128_HMAC_SHA1_80"
        }
        try expectEveryOctetCounts(
            in: [
                "suite": model["suite"] ?? "", "roc": model["roc"] ?? 0, "master_key": model["master_key"] ?? "",
                "master_salt": model["master_salt"] ?? "", "rtp_packet": model["rtp"] ?? "",
                "srtp_packet": model["srtp"] ?? "",
            ])
    }

    @Test("packets from the master key under Cryptex", arguments: ["A.1.1", "A.2.6"])
    func cryptex(id: String) throws {
        let row = try TestVectors.vector("rfc9335.json", id)
        try expectEveryOctetCounts(in: row, except: ["id"], blamed: ["session_key": "session_key"])
    }
}
