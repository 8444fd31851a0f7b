// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import KeyManagement
import SDP
import SRTP

/// Where the media of a description that is made is received.
struct SDPPlace: ParsableArguments {
    @Option(help: ArgumentHelp("The address on which media is received.", valueName: "address"))
    var address: String

    @Option(help: ArgumentHelp("The port on which RTP is received.", valueName: "port"))
    var port: UInt16 = 5004

    func validate() throws {
        guard port != 0 else { throw ValidationError("--port 0: expected 1 to 65535") }
    }

    /// A description without media.
    func description(timings: [Timing] = []) -> SessionDescription {
        let type = address.contains(":") ? "IP6" : "IP4"
        // Positive as a signed number of 64 bits (RFC 3264 section 5).
        let number = "\(UInt64.random(in: 1...UInt64(Int64.max)))"
        return SessionDescription(
            origin: Origin(sessionID: number, sessionVersion: "1", addressType: type, address: address),
            connection: ConnectionData(addressType: type, address: address), timing: timings.first ?? .permanent)
    }
}

/// What stands beside a key that is made.
struct SDPKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("The packets that the key is for, 2 to 281474976710656.", valueName: "packets"),
        transform: { argument in
            guard let packets = UInt64(argument), packets > 1, let lifetime = KeyLifetime(packets: packets) else {
                throw ValidationError("--lifetime \(argument): expected 2 to 281474976710656")
            }
            return lifetime
        })
    var lifetime: KeyLifetime?

    @Option(
        help: ArgumentHelp("The master key identifier, 1 to 128 octets that are not all 0.", valueName: "hex"),
        transform: { argument in
            let digits = argument.compactMap { $0.isASCII ? $0.hexDigitValue : nil }
            let octets = stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
            guard digits.count == argument.count, digits.count.isMultiple(of: 2),
                let mki = MasterKeyIdentifier(octets: octets)
            else { throw ValidationError("--mki \(argument): expected 1 to 128 octets that are not all 0, in hex") }
            return mki
        })
    var mki: MasterKeyIdentifier?

    @Option(
        name: .customLong("kdr"),
        help: ArgumentHelp("Session keys are derived anew every 2^N packets, N from 1 to 24.", valueName: "N"))
    var keyDerivationExponent: Int?

    @Option(
        name: .customLong("window-size-hint"),
        help: ArgumentHelp("How wide the peer's replay window should be, from 64.", valueName: "packets"))
    var windowSizeHint: UInt64?

    var sessionParameters: [CryptoSessionParameter] {
        [
            keyDerivationExponent.map { .keyDerivationRate(exponent: $0) }, windowSizeHint.map { .windowSizeHint($0) },
        ].compactMap(\.self)
    }

    func validate() throws {
        if let exponent = keyDerivationExponent, !(1...24).contains(exponent) {
            throw ValidationError("--kdr \(exponent): expected 1 to 24")
        }
        if let hint = windowSizeHint, hint < 64 {
            throw ValidationError("--window-size-hint \(hint): expected 64 or more")
        }
    }
}

/// How much is forgiven.
struct SDPLeniency: ParsableArguments {
    @Flag(
        name: .customLong("lenient"),
        help: "Take what peers write against RFC 4568 (surplus spaces, old suite names), and a=crypto in RTP/AVP.")
    var isLenient = false

    var policy: CryptoPolicy {
        var policy = CryptoPolicy()
        policy.isLenient = isLenient
        return policy
    }
}

/// A key file that is to be written.
struct KeyFileText {
    /// Which way the packets go.
    enum Direction: String {
        case send
        case receive
    }

    /// The media stream, counted from 1.
    let stream: Int
    let direction: Direction
    let text: String
}

/// Where the keys of both directions go.
struct SDPKeyFiles: ParsableArguments {
    @Option(
        name: .customLong("keys"),
        help: ArgumentHelp("Write key files PREFIX-N-send.key and PREFIX-N-receive.key.", valueName: "prefix"))
    var prefix: String?

    /// Writes the files of each stream, all of them or none; returns their paths.
    func write(_ agreed: [Int: NegotiatedCrypto], replacingExisting: Bool) throws(ToolError) -> [String] {
        try write(try texts(of: agreed), replacingExisting: replacingExisting)
    }

    /// The files of each stream.
    func texts(of agreed: [Int: NegotiatedCrypto]) throws(ToolError) -> [KeyFileText] {
        var texts: [KeyFileText] = []
        for (stream, crypto) in agreed.sorted(by: { $0.key < $1.key }) {
            for (direction, keys) in [(KeyFileText.Direction.send, crypto.sending), (.receive, crypto.receiving)] {
                texts.append(
                    KeyFileText(
                        stream: stream, direction: direction,
                        text: try text(of: keys, crypto.suite, direction.rawValue)))
            }
        }
        return texts
    }

    /// Writes files, all of them or none; returns their paths.
    func write(_ texts: [KeyFileText], replacingExisting: Bool) throws(ToolError) -> [String] {
        guard let prefix else { return [] }
        var written: [String] = []
        for text in texts {
            let path = "\(prefix)-\(text.stream)-\(text.direction.rawValue).key"
            do throws(ToolError) {
                try PrivateFile.write(text.text, to: path, replacingExisting: replacingExisting)
            } catch {
                remove(written)
                throw error
            }
            written.append(path)
        }
        return written
    }

    /// Takes files away again.
    func remove(_ paths: [String]) {
        for path in paths { try? FileManager.default.removeItem(atPath: path) }
    }

    private func text(
        of direction: NegotiatedCrypto.Direction, _ suite: SRTPSuite, _ name: String
    ) throws(ToolError) -> String {
        var text = "# \(suite.name): master key and salt, \(name)\n"
        for key in direction.keys {
            var octets: [UInt8]
            do throws(SRTPError) {
                octets = try key.masterKey(for: suite).withKeyAndSalt { bytes in bytes.withUnsafeBytes { Array($0) } }
            } catch {
                throw ToolError(.bug, "\(error)")
            }
            defer { KeyFile.wipe(&octets) }
            text += KeyFile.line(octets, form: .inline) + (key.lifetime.map { "|\($0.text)" } ?? "")
            text += (key.mki.map { "|\($0.text)" } ?? "") + " suite=\(suite.name)"
            text += (direction.keyDerivationRate == 0 ? "" : " kdr=\(direction.keyDerivationRate)") + "\n"
        }
        return text
    }
}

/// Where a description that is made goes.
struct SDPOutput: ParsableArguments {
    @Option(
        help: ArgumentHelp("The file to make, with mode 0600; the standard output by default.", valueName: "file"))
    var output: String?

    @Flag(help: "Replace files that exist.")
    var force = false

    func write(_ description: SessionDescription) throws(ToolError) {
        let octets: [UInt8]
        do throws(SDPError) { octets = try description.encoded() } catch { throw ToolError(.usage, "\(error)") }
        let text = String(decoding: octets, as: UTF8.self)
        guard let output, output != "-" else { return print(text, terminator: "") }
        try PrivateFile.write(text, to: output, replacingExisting: force)
    }
}

/// Reads a description from a file.
enum SDPInput {
    static func read(_ path: String) throws(ToolError) -> SessionDescription {
        let data: Data
        if path == "-" {
            data = FileHandle.standardInput.readDataToEndOfFile()
        } else {
            guard let contents = FileManager.default.contents(atPath: path) else {
                throw ToolError(.missingInput, "\(path): cannot be read")
            }
            data = contents
        }
        do throws(SDPError) {
            return try SessionDescription(parsing: data)
        } catch {
            throw ToolError(.badData, "\(path): \(error)")
        }
    }
}
