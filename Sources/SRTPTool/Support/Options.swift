// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import RTP
import SRTP

/// How names and numbers on the command line are read.
enum ArgumentReading {
    /// The suite with this name, which must be one that can be used.
    static func suite(_ argument: String) throws -> SRTPSuite {
        guard let suite = SRTPSuite.named(argument) else {
            let names = SRTPSuite.all.filter(\.isUsable).map(\.name).joined(separator: ", ")
            throw ValidationError("no suite is named \(argument), expected one of \(names)")
        }
        guard suite.isUsable else { throw ValidationError("suite \(suite.name) is \(suite.status.rawValue)") }
        return suite
    }

    /// The SSRC that one to eight hex digits write.
    static func ssrc(_ argument: String) throws -> SSRC {
        let digits = argument.lowercased().hasPrefix("0x") ? argument.dropFirst(2) : argument[...]
        guard (1...8).contains(digits.count), digits.allSatisfy(\.isHexDigit), let number = UInt32(digits, radix: 16)
        else {
            throw ValidationError("SSRC \(argument): expected 1 to 8 hex digits")
        }
        return SSRC(rawValue: number)
    }

    /// The octets of a master key identifier.
    static func mki(_ argument: String) throws -> [UInt8] {
        let digits = argument.compactMap { $0.isASCII ? $0.hexDigitValue : nil }
        guard digits.count == argument.count, digits.count.isMultiple(of: 2), (1...255).contains(digits.count / 2)
        else {
            throw ValidationError("MKI \(argument): expected 1 to 255 octets in hex")
        }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    /// A key derivation rate.
    static func derivationRate(_ argument: String) throws -> UInt32 {
        guard let rate = UInt32(argument), rate <= 1 << 24, rate & (rate &- 1) == 0 else {
            throw ValidationError("key derivation rate \(argument): expected 0 or a power of two up to 16777216")
        }
        return rate
    }
}

/// What every command that uses a key takes.
struct KeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The suite; `srtp suites` lists them.", valueName: "name"),
        transform: ArgumentReading.suite)
    var suite: SRTPSuite = .aesCM128_HMACSHA1_80

    @Option(
        name: .customLong("key-file"),
        help: ArgumentHelp(
            """
            A file with a key a line: master key and salt joined, in hex or base64, or an SDES inline: value; then what it \
            is for, if not for all: ssrc=HEX,... port=N,... suite=NAME roc=N mki=HEX kdr=N lifetime=N. May be repeated; - is \
            standard input.
            """, valueName: "file"))
    var keyFiles: [String]

    @Option(
        help: ArgumentHelp("The master key identifier, where the key's line names none.", valueName: "hex"),
        transform: ArgumentReading.mki)
    var mki: [UInt8] = []

    @Option(help: ArgumentHelp("The rollover counter of each stream's first packet.", valueName: "number"))
    var roc: UInt32?

    @Option(
        name: .customLong("kdr"),
        help: ArgumentHelp("The key derivation rate: 0 or a power of two up to 2^24.", valueName: "number"),
        transform: ArgumentReading.derivationRate)
    var keyDerivationRate: UInt32 = 0

    @Option(
        name: .customLong("replay-window"),
        help: ArgumentHelp("Packets behind the newest one that are still accepted, 64 to 32768.", valueName: "packets"))
    var replayWindow = 128

    @OptionGroup var transforms: TransformOptions

    @Option(
        name: .customLong("rtcp-tag"),
        help: "The tags on SRTCP packets, for a peer that cuts them as short as on SRTP packets: FFmpeg does.")
    var rtcpTag = RTCPTagChoice.registered

    func validate() throws {
        if !(64...32_768).contains(replayWindow) {
            throw ValidationError("--replay-window \(replayWindow): expected 64 to 32768")
        }
    }

    /// Throws where the key and the capture would both come from standard input.
    func checkStandardInput(_ capture: String) throws {
        if (keyFiles + [capture]).count(where: { $0 == "-" }) > 1 {
            throw ValidationError(
                "the capture and the key files: more than one is standard input, expected at most one")
        }
    }

    func keys() throws(ToolError) -> [KeyLine] { try KeyFile.read(keyFiles, for: suite) }

    /// How the key of a line is used: as the line says, else as the command line does.
    func options(of line: KeyLine) -> SRTPKeyOptions {
        var options = SRTPKeyOptions()
        options.mki = line.options.mki ?? mki
        options.derivationRate = line.options.derivationRate ?? keyDerivationRate
        if let packets = line.options.lifetime {
            options.lifetime = SRTPKeyLifetime(rtpPackets: packets, rtcpPackets: packets)
        }
        return options
    }

    var configuration: SRTPConfiguration {
        var configuration = SRTPConfiguration()
        transforms.apply(to: &configuration)
        configuration.replayWindow = replayWindow
        configuration.rtcpReplayWindow = replayWindow
        configuration.streamLimit = 1 << 20
        configuration.rtcpTag = rtcpTag == .registered ? .registered : .sameAsRTP
        return configuration
    }
}

/// The names of `SRTPConfiguration.RTCPTag` on the command line.
enum RTCPTagChoice: String, CaseIterable, ExpressibleByArgument {
    case registered
    case sameAsRTP = "same-as-rtp"
}

/// Which packets of a capture a command works on.
struct SelectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Only this SSRC; may be repeated.", valueName: "hex"), transform: ArgumentReading.ssrc)
    var ssrc: [SSRC] = []

    @Option(help: ArgumentHelp("Only UDP datagrams from or to this port; may be repeated.", valueName: "port"))
    var port: [UInt16] = []

    @Flag(name: .customLong("keep-others"), help: "Also write the packets that are not selected, as they are.")
    var keepOthers = false

    @Flag(help: "Replace the output file if it exists.")
    var force = false

    @Flag(help: "Print the counts as JSON on the standard output.")
    var json = false
}
