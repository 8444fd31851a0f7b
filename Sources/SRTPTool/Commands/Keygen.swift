// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import SRTP

struct Keygen: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes a key file line with a fresh random master key and salt.",
        discussion: """
            Example:
              srtp keygen --suite AES_CM_128_HMAC_SHA1_80 --output call.key
            """)

    @Option(
        help: ArgumentHelp("The suite; `srtp suites` lists them.", valueName: "name"),
        transform: ArgumentReading.suite)
    var suite: SRTPSuite = .aesCM128_HMACSHA1_80

    @Option(help: "How the line is written.")
    var format: KeyFile.Form = .base64

    @Option(help: ArgumentHelp("The file to make, with mode 0600; the standard output by default.", valueName: "file"))
    var output: String?

    @Flag(help: "Replace the output file if it exists.")
    var force = false

    func run() throws {
        var octets = try randomOctets()
        defer { KeyFile.wipe(&octets) }
        let line = KeyFile.line(octets, form: format) + "\n"
        guard let output, output != "-" else {
            print(line, terminator: "")
            return
        }
        try PrivateFile.write(
            "# \(suite.name): master key and salt\n" + line, to: output, replacingExisting: force)
    }

    private func randomOctets() throws(ToolError) -> [UInt8] {
        do throws(SRTPError) {
            return try SRTPMasterKey.random(for: suite).withKeyAndSalt { bytes in
                bytes.withUnsafeBytes { Array($0) }
            }
        } catch {
            throw ToolError(.bug, "\(error)")
        }
    }
}

extension KeyFile.Form: ExpressibleByArgument {}
