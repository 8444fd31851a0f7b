// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTPConformance
import Testing

/// Options of packet rows: with the right value a row passes, with another one it fails.
@Suite("Options of rows")
struct OptionTests {
    /// The first row of a model's file that has `field`, with a key that no other choice hides.
    private func row(
        _ file: String, type: String = "rtp", having field: String,
        where condition: ([String: Any]) -> Bool = { _ in true }
    ) throws -> [String: Any] {
        let row = try TestVectors.row(file) { $0["type"] as? String == type && $0[field] != nil && condition($0) }
        #expect(Counts(try report(on: row)) == Counts(passed: 1))
        return row
    }

    private func isUnder(_ prefix: String, _ row: [String: Any]) -> Bool {
        (row["suite"] as? String)?.hasPrefix(prefix) == true
    }

    @Test("mki", arguments: ["rtp", "rtcp"])
    func mki(type: String) throws {
        let row = try row("option-mki.jsonl", type: type, having: "mki")
        let field = type == "rtp" ? "srtp" : "srtcp"
        let mki = try #require(row["mki"] as? String)
        try expect(row, failsWith: ["mki": flipped(mki)], blaming: field)
        try expect(row, failsWith: ["mki": mki + "00"], blaming: field)
        try expect(row.filter { $0.key != "mki" }, failsWith: ["id": "without"], blaming: field)
    }

    @Test("kdr", arguments: ["rtp", "rtcp"])
    func rate(type: String) throws {
        let field = type == "rtp" ? "srtp" : "srtcp"
        let row = try row("option-kdr.jsonl", type: type, having: "kdr") { row in
            let index = (row["index"] as? Int) ?? ((row["roc"] as? Int ?? 0) << 16 | (row["seq"] as? Int ?? 0))
            return index / max(row["kdr"] as? Int ?? 1, 1) > 1
        }
        let rate = try #require(row["kdr"] as? Int)
        try expect(row, failsWith: ["kdr": 0], blaming: field)
        try expect(row, failsWith: ["kdr": rate == 1 << 24 ? rate / 2 : rate * 2], blaming: field)
    }

    @Test("cryptex", arguments: ["AES_CM", "AEAD_AES"])
    func cryptex(suite: String) throws {
        let row = try row("option-cryptex.jsonl", having: "rtp_out") { self.isUnder(suite, $0) }
        try expect(row, failsWith: ["cryptex": false], blaming: "srtp")
        try expect(row.filter { $0.key != "rtp_out" }, failsWith: ["id": "without"], blaming: "rtp: ")
    }

    @Test("encrypted_header_ids")
    func identifiers() throws {
        let row = try TestVectors.rows("option-rfc6904.jsonl").first { row in
            guard row["encrypted_header_ids"] != nil, isUnder("AES_CM", row) else { return false }
            return try report(on: row.merging(["encrypted_header_ids": [255]]) { $1 }).failed == 1
        }
        let found = try #require(row)
        #expect(Counts(try report(on: found)) == Counts(passed: 1))
        let other = found.filter { $0.key != "encrypted_header_ids" && $0.key != "rfc6904" }
        try expect(other, failsWith: ["id": "without"], blaming: "srtp")
    }

    @Test("rfc6904: the other reading gives other octets under an authenticated cipher")
    func style() throws {
        let rows = try TestVectors.rows("option-rfc6904-libsrtp.jsonl").filter {
            $0["type"] as? String == "rtp" && isUnder("AEAD", $0)
        }
        var different = 0
        for row in rows {
            let report = try report(on: row.merging(["rfc6904": "rfc"]) { $1 })
            if report.failures.first?.reason.hasPrefix("rtp: srtp: expected ") == true { different += 1 }
        }
        #expect(different > 0)
    }

    @Test("rcc", arguments: [1, 2, 3])
    func carriedCounter(mode: Int) throws {
        let row = try row("option-rcc.jsonl", having: "rcc") { row in
            guard let rcc = row["rcc"] as? [String: Any], let rate = rcc["rate"] as? Int else { return false }
            let isCarried = (row["seq"] as? Int ?? 1) % rate == 0
            return rcc["mode"] as? Int == mode && isCarried && rate > 1 && self.isUnder("AES_CM", row)
        }
        let rcc = try #require(row["rcc"] as? [String: Any])
        let rate = try #require(rcc["rate"] as? Int)
        let sequence = try #require(row["seq"] as? Int)
        let uncarried = try #require((rate...0xFFFF).first { sequence % $0 != 0 })
        try expect(row, failsWith: ["rcc": rcc.merging(["rate": uncarried]) { $1 }], blaming: "srtp")
        if mode < 3, let count = rcc["tag_octets"] as? Int {
            try expect(
                row, failsWith: ["rcc": rcc.merging(["tag_octets": count == 4 ? 5 : count - 1]) { $1 }], blaming: "srtp"
            )
        }
        try expect(row.filter { $0.key != "rcc" }, failsWith: ["id": "without"], blaming: "srtp")
    }

    @Test("rtcp_suite")
    func rtcpSuite() throws {
        let row = try row("option-rtcp-suite.jsonl", type: "rtcp", having: "rtcp_suite") {
            $0["suite"] as? String == "AES_CM_128_HMAC_SHA1_80"
                && ($0["rtcp_suite"] as? String)?.contains("AEAD") == true
        }
        try expect(row.filter { $0.key != "rtcp_suite" }, failsWith: ["id": "without"], blaming: "srtcp")
        try expect(row, failsWith: ["rtcp_suite": "AES_CM_128_HMAC_SHA1_32"], blaming: "srtcp")
    }

    @Test("reason: unknown-mki", arguments: ["srtp", "srtcp"])
    func unknownMKI(field: String) throws {
        let row = try row("option-mki.jsonl", type: "reject", having: field) {
            $0["reason"] as? String == "unknown-mki"
        }
        try expect(
            row, failsWith: ["reason": "authentication"], blaming: "reason: expected authentication, got unknown-mki")
    }

    /// Packets that carry their counters, the third one 2^48 - 4 indices above the first, and one that would use an index of the
    /// first's turn again. Made with the model of `scripts/oracles`.
    private let exhausted: [String: Any] = [
        "type": "reject", "suite": "AES_CM_128_HMAC_SHA1_80", "master_key": "000102030405060708090a0b0c0d0e0f",
        "master_salt": "000102030405060708090a0b0c0d", "ssrc": "11223344", "roc": 0,
        "rcc": ["mode": 2, "rate": 2, "tag_octets": 14],
        "before": [
            "806000020000000011223344f2ec00000000d6fdf182ff2ced87a608",
            "806000040000000011223344debb7fffffff01eb9e2705b443f0d9ba",
            "8060fffe0000000011223344b6f2ffffffff3ec1f4b3124403d175f5",
        ],
        "srtp": "806000030000000011223344d17616aaf3e2de11c8ddb2e41a56d73a", "reason": "index-exhausted",
        "after": "8060fffd00000000112233445a3bda4bf8b3e1a1cae09bc0857f24f6",
    ]

    @Test("reason: index-exhausted")
    func indexExhausted() throws {
        #expect(Counts(try report(on: exhausted)) == Counts(passed: 1))
        try expect(
            exhausted, failsWith: ["reason": "replayed"], blaming: "reason: expected replayed, got index-exhausted")
        let first = try #require((exhausted["before"] as? [String])?.first)
        try expect(
            exhausted, failsWith: ["before": [first]], blaming: "reason: expected index-exhausted, got accepted")
    }
}
