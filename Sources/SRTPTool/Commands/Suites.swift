// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import SRTP

struct Suites: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists every registered suite, and whether it can be used.",
        discussion: """
            Lengths are in octets. "weak" suites work but lack something: NULL does not encrypt. SDP: whether a=crypto may \
            have the name (RFC 4568). MIKEY: the values of the SRTP policy's parameters 0 (encryption algorithm), 1 (its key's \
            length), 2 (authentication algorithm), 3 (its key's length), 4 (salt length), 5 (pseudo-random function), 11 \
            (tag length) and 20 (tag length of an authenticated cipher), as in RFC 3830 section 6.10.1.

            Example:
              srtp suites --json
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let rows = SRTPSuite.all.map(Row.init)
        guard !json else { return try JSONOutput.print(rows) }
        var table = Table([
            "suite", "SDP", "DTLS", "cipher", "key", "salt", "RTP tag", "RTCP tag", "MIKEY 0/1/2/3/4/5/11/20", "status",
        ])
        for row in rows {
            table.append([
                row.name, row.isInSDPRegistry ? "yes" : "no", row.dtlsProfile ?? "-", row.cipher,
                "\(row.masterKeyOctets)", "\(row.masterSaltOctets)", "\(row.rtpTagOctets)", "\(row.rtcpTagOctets)",
                row.mikey?.text ?? "-", row.status,
            ])
        }
        print(table.text)
    }

    private struct Row: Encodable {
        let name: String
        let isInSDPRegistry: Bool
        let dtlsProfile: String?
        let mikey: MIKEY?
        let cipher: String
        let masterKeyOctets: Int
        let masterSaltOctets: Int
        let rtpTagOctets: Int
        let rtcpTagOctets: Int
        let status: String

        init(_ suite: SRTPSuite) {
            name = suite.name
            isInSDPRegistry = suite.isInSDPRegistry
            mikey = suite.mikey.map(MIKEY.init)
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

    private struct MIKEY: Encodable {
        let encryptionAlgorithm: UInt8
        let encryptionKeyOctets: Int
        let authenticationAlgorithm: UInt8
        let authenticationKeyOctets: Int
        let saltOctets: Int
        let pseudoRandomFunction: UInt8
        let authenticationTagOctets: Int?
        let aeadTagOctets: Int?

        init(_ parameters: SRTPSuite.MIKEYParameters) {
            encryptionAlgorithm = parameters.encryptionAlgorithm
            encryptionKeyOctets = parameters.encryptionKeyByteCount
            authenticationAlgorithm = parameters.authenticationAlgorithm
            authenticationKeyOctets = parameters.authenticationKeyByteCount
            saltOctets = parameters.saltByteCount
            pseudoRandomFunction = parameters.pseudoRandomFunction
            authenticationTagOctets = parameters.authenticationTagByteCount
            aeadTagOctets = parameters.aeadTagByteCount
        }

        /// The values in the order of their types.
        var text: String {
            [
                Int(encryptionAlgorithm), encryptionKeyOctets, Int(authenticationAlgorithm), authenticationKeyOctets,
                saltOctets, Int(pseudoRandomFunction), authenticationTagOctets, aeadTagOctets,
            ].map { (value: Int?) in value.map { "\($0)" } ?? "-" }.joined(separator: "/")
        }
    }
}
