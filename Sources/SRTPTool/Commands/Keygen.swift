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
        try reportingErrors {
            var octets = try randomOctets()
            defer { KeyFile.wipe(&octets) }
            let line = KeyFile.line(octets, form: format) + "\n"
            guard let output, output != "-" else {
                print(line, terminator: "")
                return
            }
            try write("# \(suite.name): master key and salt\n" + line, to: output)
        }
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

    /// Makes the file with its mode from the start, so that nobody else can open it in between.
    private func write(_ text: String, to path: String) throws(ToolError) {
        let flags = O_WRONLY | O_CREAT | (force ? O_TRUNC : O_EXCL)
        let descriptor = open(path, flags, 0o600)
        guard descriptor >= 0 else {
            if errno == EEXIST { throw ToolError(.output, "\(path) exists already: --force replaces it") }
            throw ToolError(.output, "\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        do {
            guard fchmod(descriptor, 0o600) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
            try FileHandle(fileDescriptor: descriptor).write(contentsOf: Data(text.utf8))
        } catch {
            throw ToolError(.output, "\(path): \(error.localizedDescription)")
        }
    }
}

extension KeyFile.Form: ExpressibleByArgument {}
