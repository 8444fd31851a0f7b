// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaptureInspection
import MIKEYInspection
import RTP

struct MIKEYInspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Explains every payload and field of MIKEY messages, and says what is wrong with them.",
        discussion: """
            A file holds a session description, a line of one, RTSP headers, base64, hex, the octets themselves, or is a capture: \
            of that each frame with such a text in it, whatever carries it, and what TCP carries in several, put together.

            Messages are read as the RFCs say; --lenient lives with what peers are known to write, and names it. With --psk-file \
            MACs are verified and keys derived: of an answer, where the message that it answers stands before it. Keys are \
            hidden, also those that a message has in the clear, unless --show-secrets is there.

            Exit code 0 when nothing is wrong, 65 otherwise.

            Example:
              srtp mikey inspect offer.sdp answer.sdp --psk-file psk.key
            """)

    @Argument(help: "The files to read, in the order of their messages; - is standard input.")
    var files: [String]

    @Option(
        name: .customLong("psk-file"),
        help: ArgumentHelp("A file with the pre-shared key: hex, base64, or text: and a text.", valueName: "file"))
    var keyFile: String?

    @Flag(name: .customLong("lenient"), help: "Live with what peers write against the RFCs, and name it.")
    var isLenient = false

    @Flag(name: .customLong("show-secrets"), help: "Show keys too.")
    var showsSecrets = false

    @Flag(help: "Print one JSON document.")
    var json = false

    func validate() throws {
        guard !files.isEmpty else { throw ValidationError("expected a file with a message") }
        if (files + [keyFile].compactMap(\.self)).count(where: { $0 == "-" }) > 1 {
            throw ValidationError("the files: more than one is standard input, expected at most one")
        }
    }

    func run() throws {
        let key = try keyFile.map { path throws(ToolError) in try PreSharedKeyFile.read(path) }
        var inspector = MIKEYInspector(key: key, isLenient: isLenient, showsSecrets: showsSecrets)
        let now = try WallClockTime.now()
        var reports: [MessageReport] = []
        for file in files {
            let found = try MessageInput.read(file)
            guard !found.isEmpty else { throw MessageInput.noMessage(file) }
            for message in found {
                var inspection: MIKEYInspection?
                if case .mikey(let octets) = message.content { inspection = inspector.inspect(octets, now: now) }
                reports.append(
                    MessageReport(
                        place: "\(file), \(message.place)", message: message, inspection: inspection,
                        isLenient: isLenient, showsSecrets: showsSecrets))
            }
        }
        try write(reports)
        guard reports.allSatisfy(\.faults.isEmpty) else { throw ExitCode(65) }
    }

    private func write(_ reports: [MessageReport]) throws {
        var output = StandardOutput()
        if json {
            var octets: [UInt8] = []
            ExplainedJSON.write(
                [ExplainedField("messages", .list(reports.map { .fields($0.fields) }))], to: &octets)
            try output.write(octets + [0x0A])
        } else {
            for report in reports { for line in report.lines { try output.write(line + "\n") } }
        }
        try output.flush()
    }
}
