// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SRTP

struct Suites: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists every registered suite, and whether it can be used.",
        discussion: """
            Lengths are in octets. "weak" suites work but lack something: NULL does not encrypt.

            Example:
              srtp suites --json
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let rows = SRTPSuite.all.map(Row.init)
        guard !json else { return try JSONOutput.print(rows) }
        var table = Table(["suite", "DTLS", "cipher", "key", "salt", "RTP tag", "RTCP tag", "status"])
        for row in rows {
            table.append([
                row.name, row.dtlsProfile ?? "-", row.cipher, "\(row.masterKeyOctets)", "\(row.masterSaltOctets)",
                "\(row.rtpTagOctets)", "\(row.rtcpTagOctets)", row.status,
            ])
        }
        print(table.text)
    }

    private struct Row: Encodable {
        let name: String
        let dtlsProfile: String?
        let cipher: String
        let masterKeyOctets: Int
        let masterSaltOctets: Int
        let rtpTagOctets: Int
        let rtcpTagOctets: Int
        let status: String

        init(_ suite: SRTPSuite) {
            name = suite.name
            dtlsProfile = suite.dtlsProfile.map { number in
                let digits = String(number, radix: 16, uppercase: true)
                return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
            }
            cipher = suite.cipher.rawValue
            masterKeyOctets = suite.masterKeyByteCount
            masterSaltOctets = suite.masterSaltByteCount
            rtpTagOctets = suite.rtpTagByteCount
            rtcpTagOctets = suite.rtcpTagByteCount
            status = suite.status.rawValue
        }
    }
}
