// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CaptureInspection
import Foundation
import RTP
import RTPCaptures

struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tells what RTP and RTCP a capture holds, and how well it arrived.",
        discussion: """
            Reads pcap or pcapng. For each RTP stream, found without signalling: packets, loss, duplicates, reordering, \
            jitter, bit rate, pauses, and whether it looks like SRTP; for each sender of RTCP what it reported, and round-trip \
            times. Three packets in sequence make a stream; on a port named by --port every packet that reads as RTP does.

            Loss is counted as RFC 3550 A.3 does, expected less received, and is negative where duplicates outnumber it. Bit \
            rates count UDP payloads. A round-trip time is from the point of capture to the reporter and back. The clock rate \
            of a dynamic payload type is guessed from the timestamps unless --clock-rate names it.

            Exit code 65 where the file is no capture or ends too early; what came before is told.

            Example:
              srtp inspect call.pcap --html call.html
            """)

    @Argument(help: "The capture to read; - is standard input.")
    var file: String

    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(help: "List each RTP and RTCP packet with its fields.")
    var packets = false

    @Option(help: ArgumentHelp("Also write a page with charts to this file.", valueName: "file"))
    var html: String?

    @Flag(help: "Replace the page if it exists.")
    var force = false

    @Option(
        help: ArgumentHelp("Only this SSRC, and RTCP from or about it; may be repeated.", valueName: "hex"),
        transform: ArgumentReading.ssrc)
    var ssrc: [SSRC] = []

    @Option(help: ArgumentHelp("Only UDP datagrams from or to this port; may be repeated.", valueName: "port"))
    var port: [UInt16] = []

    @Option(
        name: .customLong("clock-rate"),
        help: ArgumentHelp("The clock rate in Hz of a payload type, as 96=90000; may be repeated.", valueName: "pt=hz"),
        transform: PayloadTypeClock.init)
    var clockRates: [PayloadTypeClock] = []

    @Option(help: ArgumentHelp("List each pause of a stream that is longer, in milliseconds.", valueName: "ms"))
    var gaps: Double?

    @Option(name: .customLong("stream-limit"), help: "Streams, and senders of RTCP, that are followed at most.")
    var streamLimit = 4096

    @Flag(help: "Print every stream, not only what fits a screen.")
    var all = false

    func validate() throws {
        if let gaps, !(0...1e9).contains(gaps) { throw ValidationError("--gaps \(gaps): expected 0 to 1000000000") }
        if !(1...1 << 20).contains(streamLimit) {
            throw ValidationError("--stream-limit \(streamLimit): expected 1 to 1048576")
        }
        if html == "-" { throw ValidationError("--html -: expected the name of a file") }
    }

    private var options: InspectionOptions {
        var options = InspectionOptions()
        options.clockRates = Dictionary(clockRates.map { ($0.payloadType, $0.hertz) }) { _, last in last }
        options.ports = Set(port)
        options.ssrcs = Set(ssrc)
        options.gapThreshold = gaps.map { Int64($0 * 1e6) }
        options.streamLimit = streamLimit
        options.keepsSeries = html != nil
        return options
    }

    func run() throws {
        if let html, !force, FileManager.default.fileExists(atPath: html) {
            throw ToolError(.output, "\(html) exists already: --force replaces it")
        }
        let walk = CaptureWalk(file: file, mustBeRepeatable: packets)
        var inspector = CaptureInspector(options)
        let problem = try walk.run("inspecting") { inspector.examine($0) }
        let report = inspector.report
        if let html {
            let page = InspectPage(file: file, report: report, problem: problem?.message)
            try FinishedFile.write(page.text, to: html, mode: 0o666, replacingExisting: force)
        }
        var output = StandardOutput()
        let lister = PacketLister(options, after: report)
        if json {
            let document = InspectJSON(file: file, report: report, problem: problem?.message)
            try document.write(to: &output, packets: packets ? { try walk.list(lister, $0) } : nil)
        } else {
            let text = InspectText(file: file, report: report, isWhole: all)
            for line in text.lines { try output.write(line + "\n") }
            if packets { try walk.list(lister) { try output.write(PacketText.lines(of: $0)) } }
        }
        try output.flush()
        if let problem { throw problem }
    }
}

/// The clock rate of a payload type, as the command line names it.
struct PayloadTypeClock {
    let payloadType: UInt8
    let hertz: UInt32

    init(_ argument: String) throws {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let type = UInt8(parts[0]), type < 128, let hertz = UInt32(parts[1]), hertz > 0 else {
            throw ValidationError("clock rate \(argument): expected a payload type of 0 to 127, = and Hz, as 96=90000")
        }
        payloadType = type
        self.hertz = hertz
    }
}
