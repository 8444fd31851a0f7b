// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTPConformance
import Testing

@Suite("Files and report")
struct ReportTests {
    private let passing =
        #"{"vectors":[{"key":"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b","data":"4869205468657265","hmac_sha1":"b617318655057264e28bc0b6fb378c8ef146be00"}]}"#
    private let kdf =
        #"{"type":"kdf","id":"k","cipher":"AES_CM","master_key":"e1f97a0d3e018be0d64fa32c06de4139","master_salt":"0ec675ad498afeebb6960b3aabe6","kdr":0,"srtp_index":0,"srtcp_index":0,"srtp_key":"c61e7a93744f39ee10734afe3ff7a087"}"#
    private let wrong =
        #"{"type":"kdf","id":"w","cipher":"AES_CM","master_key":"e1f97a0d3e018be0d64fa32c06de4139","master_salt":"0ec675ad498afeebb6960b3aabe6","kdr":0,"srtp_index":0,"srtcp_index":0,"srtp_key":"00"}"#
    private let skipped = #"{"type":"mikey-exchange","mode":"DH","messages":["AQAF"],"accepted":true}"#

    @Test("exit codes")
    func exitCodes() throws {
        #expect(try report(onLines: kdf).exitCode == 0)
        #expect(try report(onLines: skipped).exitCode == 0, "skips are no failures")
        #expect(try report(onLines: kdf + "\n" + wrong).exitCode == 1)
        #expect(try report(onLines: "").exitCode == 65)
        #expect(try report(onDocument: " \n").exitCode == 65)
        #expect(try report(onDocument: #"{"vectors":[]}"#).exitCode == 65)
        #expect(ConformanceRunner().run([]).exitCode == 65)
        let missing = ConformanceRunner().run(["/nowhere/at-all.json"])
        #expect(missing.exitCode == 66)
        #expect(
            missing.text
                == "/nowhere/at-all.json: cannot be read: no such file or folder\n0 passed, 0 failed, 0 skipped\n")
    }

    @Test("folders are walked for both kinds of files, and the rest is counted")
    func folder() throws {
        let folder = try TemporaryFolder()
        let rows = try folder.write("\(kdf)\n\(wrong)\n\(skipped)\n", to: "b/rows.JSONL")
        let document = try folder.write(passing, to: "a.json")
        _ = try folder.write("text", to: "b/README.md")
        _ = try folder.write(kdf, to: "c/d/rows.txt")
        let report = ConformanceRunner().run([folder.path])
        #expect(
            report.text == """
                \(document): 1 passed, 0 failed, 0 skipped
                \(rows): 1 passed, 1 failed, 1 skipped
                \(rows):2: kdf: srtp_key: expected the row's value, got another from octet 0 on
                skipped: not built: MIKEY DH (1)
                2 other files
                2 passed, 1 failed, 1 skipped

                """)
        let same = ConformanceRunner().run([folder.path + "/"])
        #expect(same.text == report.text)
    }

    @Test("a link to a folder is not followed, so that a walk ends")
    func links() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(kdf, to: "rows.jsonl")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/loop.json", withDestinationPath: folder.path)
        let report = ConformanceRunner().run([folder.path])
        #expect(Counts(report) == Counts(passed: 1))
        #expect(report.otherFileCount == 1)
    }

    @Test("a file that is named is read whatever its name; its first line says what it is")
    func named() throws {
        let folder = try TemporaryFolder()
        for (text, name) in [("\n\(kdf)\n\(kdf)", "lines.txt"), (passing, "document"), (kdf, "one.dat")] {
            let report = ConformanceRunner().run([try folder.write(text, to: name)])
            #expect(report.failed == 0)
            #expect(report.passed == (name == "lines.txt" ? 2 : 1), "\(name)")
        }
        let other = ConformanceRunner().run([try folder.write("# Notes\n", to: "README.md")])
        #expect(
            other.failures.first?.reason.hasPrefix("row: json: expected a JSON object with a list named vectors")
                == true)
    }

    @Test("rows are lines: blank ones, CRLF, a byte order mark and a missing last line end are no rows")
    func lines() throws {
        let report = try report(onLines: "\u{FEFF}\(kdf)\r\n\r\n  \n\(wrong)\r\n\n\(kdf)")
        #expect(Counts(report) == Counts(passed: 2, failed: 1))
        #expect(report.failures.first?.line == 4)
    }

    @Test("lines longer than what is read at once")
    func longLines() throws {
        let padding = String(repeating: " ", count: 3 << 20)
        let report = try report(onLines: "\(padding)\(kdf)\n\(kdf)\(padding)\n\(wrong)\n")
        #expect(Counts(report) == Counts(passed: 2, failed: 1))
        #expect(report.failures.first?.line == 3)
    }

    @Test("a malformed row is a failed row, and the others are run")
    func malformedLines() throws {
        let report = try report(onLines: "{\n\(kdf)\n[]\n\(kdf) {}\n\(wrong.dropLast())")
        #expect(Counts(report) == Counts(passed: 1, failed: 4))
        #expect(report.failures.map(\.line) == [1, 3, 4, 5])
        #expect(report.failures.first?.reason == "row: json: expected a JSON value, got text that is none")
    }

    @Test("vectors of a document are failed on the line where they start")
    func documentLines() throws {
        let report = try report(
            onDocument: """
                {"source": "a \\" [ string", "extra": {"vectors": [1, [2]]},
                 "vectors": [ {"kind": "foo"},

                  {"type": "kdf",
                   "id": 7},
                  {"key": "00",, "data": ""}, {"kind": 1},
                  "text"
                 ], "more": [true, null, -1e5]
                }
                """)
        #expect(report.failures.map(\.line) == [2, 4, 6, 6, 7])
        #expect(report.failures.map(\.id) == [nil, "7", nil, nil, nil])
        #expect(report.failures[1].reason.hasPrefix("kdf: "), "a row with a type is what it is in any file")
    }

    @Test(
        "documents that are none",
        arguments: [
            ("[]", 1), ("{}", 1), ("{\"vectors\":{}}", 1), ("{\"source\":\n\"x\n\"}", 2), ("{\"vectors\":[{}\n{}]}", 2),
            ("{\"vectors\":[\n\n", 3), ("{\"vectors\":[{\"a\":1}", 1), ("{\"vectors\":[]}\n x", 2), ("{\"a\" 1}", 1),
            ("{\"vectors\":[\"", 1), ("{\"vectors\":[\"\\", 1), ("{\"vectors\":[],\"a\":nope}", 1),
            ("{\"vectors\":[", 1),
            ("{1:2}", 1), ("{\"vectors\":[,]}", 1), ("[[[[", 1), ("{\"vectors\":[[[", 1), ("\"", 1), ("{\"a\":}", 1),
        ])
    func malformedDocuments(text: String, line: Int) throws {
        let report = try report(onDocument: text)
        #expect(Counts(report) == Counts(failed: 1), "\(report.text)")
        #expect(report.failures.first?.line == line)
        #expect(report.failures.first?.reason.hasPrefix("row: json: expected ") == true)
        #expect(report.exitCode == 1)
    }

    @Test("every prefix of a file is refused without a trap")
    func prefixes() throws {
        let bytes = Array(passing.utf8)
        let folder = try TemporaryFolder()
        for count in 1..<bytes.count {
            let text = String(decoding: bytes.prefix(count), as: UTF8.self)
            let report = ConformanceRunner().run([try folder.write(text, to: "prefix.json")])
            #expect(report.failed == 1 && report.exitCode == 1)
        }
    }

    @Test("names with line ends stay on one line of the report")
    func controlCharacters() throws {
        let report = try report(onLines: #"{"type":"a\nb","id":"x\ny"}"#)
        #expect(report.text.split(separator: "\n").count == 3)
    }

    @Test("JSON has exactly the documented shape")
    func json() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("\(kdf)\n\(wrong)\n{\n\(skipped)\n", to: "rows.jsonl")
        let text = ConformanceRunner().run([path]).json
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(Set(object.keys) == ["files", "failures", "passed", "failed", "skipped"])
        #expect(object["passed"] as? Int == 1)
        #expect(object["failed"] as? Int == 2)
        #expect(object["skipped"] as? Int == 1)
        let files = try #require(object["files"] as? [[String: Any]])
        #expect(files.count == 1)
        #expect(Set(files[0].keys) == ["path", "passed", "failed", "skipped"])
        #expect(files[0]["path"] as? String == path)
        let failures = try #require(object["failures"] as? [[String: Any]])
        #expect(failures.count == 2)
        for failure in failures { #expect(Set(failure.keys) == ["file", "line", "id", "reason"]) }
        #expect(failures[0]["id"] as? String == "w")
        #expect(failures[0]["line"] as? Int == 2)
        #expect(
            failures[0]["reason"] as? String == "kdf: srtp_key: expected the row's value, got another from octet 0 on")
        #expect(failures[1]["id"] is NSNull)
    }

    @Test("progress counts rows over all files")
    func progress() throws {
        let folder = try TemporaryFolder()
        let paths = [try folder.write("\(kdf)\n\(skipped)", to: "a.jsonl"), try folder.write(passing, to: "b.json")]
        var seen: [Int] = []
        _ = ConformanceRunner().run(paths) { seen.append($0) }
        #expect(seen == [1, 2, 3])
    }
}
