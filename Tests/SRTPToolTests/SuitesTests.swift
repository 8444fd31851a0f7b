// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP
import TestSupport
import Testing

struct SuitesTests {
    private struct Row: Decodable {
        let name, cipher, status: String
        let dtlsProfile: String?
        let isInSDPRegistry: Bool
        let masterKeyOctets, masterSaltOctets, rtpTagOctets, rtcpTagOctets: Int
        let mikey: MIKEY?
    }

    private struct MIKEY: Decodable {
        let encryptionAlgorithm, authenticationAlgorithm, pseudoRandomFunction: Int
        let encryptionKeyOctets, authenticationKeyOctets, saltOctets: Int
        let authenticationTagOctets, aeadTagOctets: Int?

        /// As the table has them.
        var text: String {
            let values = [
                encryptionAlgorithm, encryptionKeyOctets, authenticationAlgorithm, authenticationKeyOctets, saltOctets,
                pseudoRandomFunction, authenticationTagOctets, aeadTagOctets,
            ]
            return values.map { $0.map { "\($0)" } ?? "-" }.joined(separator: "/")
        }
    }

    @Test func jsonListsEverySuiteOnce() async throws {
        let result = try await Tool.run(["suites", "--json"])
        #expect(result.exitCode == 0 && result.error.isEmpty)
        let rows: [Row] = try result.json()
        #expect(Set(rows.map(\.name)).count == rows.count)
        #expect(Set(rows.compactMap(\.dtlsProfile)).count == rows.count { $0.dtlsProfile != nil })
        #expect(Set(rows.map(\.name)) == Set(SRTPSuite.all.map(\.name)))
        #expect(Set(rows.map(\.status)) == ["built", "weak", "left out on purpose"])
        let short = try #require(rows.first { $0.name == "AES_CM_128_HMAC_SHA1_32" })
        #expect(short.dtlsProfile == "0x0002" && short.cipher == "AES-CM")
        #expect(short.isInSDPRegistry && short.mikey?.text == "1/16/1/20/14/0/4/-")
        let aria = try #require(rows.first { $0.name == "SRTP_AEAD_ARIA_256_GCM" })
        #expect(!aria.isInSDPRegistry && aria.mikey?.text == "8/32/0/0/12/2/-/16")
        let lengths: [Int] = [
            short.masterKeyOctets, short.masterSaltOctets, short.rtpTagOctets, short.rtcpTagOctets,
        ]
        #expect(lengths == [16, 14, 4, 10])
    }

    @Test func theTableHasALineForEachSuite() async throws {
        let rows: [Row] = try await Tool.run(["suites", "--json"]).json()
        let lines = try await Tool.run(["suites"]).output.split(separator: "\n")
        #expect(lines.count == rows.count + 2)
        for (row, line) in zip(rows, lines.dropFirst(2)) {
            #expect(line.hasPrefix(row.name) && line.hasSuffix(row.status))
            #expect(line.contains(" \(row.mikey?.text ?? "-") "))
        }
    }

    @Test func theReadmeHasTheSameTable() async throws {
        let rows: [Row] = try await Tool.run(["suites", "--json"]).json()
        var table = """
            | Suite | `a=crypto` | DTLS | MIKEY 0/1/2/3/4/5/11/20 | Key + salt | Tags: SRTP, SRTCP | Status |
            |---|---|---|---|---|---|---|

            """
        for row in rows {
            let cells = [
                "`\(row.name)`", row.isInSDPRegistry ? "yes" : "no", row.dtlsProfile ?? "-", row.mikey?.text ?? "-",
                "\(row.masterKeyOctets) + \(row.masterSaltOctets)", "\(row.rtpTagOctets), \(row.rtcpTagOctets)",
                row.status,
            ]
            table += "| " + cells.joined(separator: " | ") + " |\n"
        }
        let readme = try String(
            contentsOf: TestVectors.folder.deletingLastPathComponent().appending(path: "README.md"), encoding: .utf8)
        #expect(readme.contains("\n" + table + "\n"), "the README's table of suites should be:\n\(table)")
    }
}
