// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEYInspection
import RTP
import SRTP

extension KeyFileText {
    /// The key files of media, which are counted from 1.
    static func texts(of media: [Int: NegotiatedMIKEY]) throws(ToolError) -> [KeyFileText] {
        var texts: [KeyFileText] = []
        for (stream, negotiated) in media.sorted(by: { $0.key < $1.key }) {
            for (direction, streams) in [(Direction.send, negotiated.sending), (.receive, negotiated.receiving)] {
                texts.append(
                    KeyFileText(
                        stream: stream, direction: direction,
                        text: try text(of: streams, direction, isBound: !negotiated.sharesKeys)))
            }
        }
        return texts
    }

    /// The lines of one direction: one for each key, with what it is for.
    ///
    /// - Parameter isBound: Whether a key is for the SSRCs of its crypto sessions alone, and not for what comes back as well.
    private static func text(
        of streams: [NegotiatedMIKEY.Stream], _ direction: Direction, isBound: Bool
    ) throws(ToolError) -> String {
        var lines: [(line: String, ssrcs: [SSRC])] = []
        for stream in streams {
            for key in stream.keys {
                let line = try line(of: key, stream)
                let ssrcs = isBound ? [stream.ssrc].compactMap(\.self) : []
                // Sessions with one key have one line.
                if let same = lines.firstIndex(where: { $0.line == line }) {
                    lines[same].ssrcs += ssrcs
                } else {
                    lines.append((line, ssrcs))
                }
            }
        }
        let suites = Set(streams.map(\.policy.suite.name)).sorted().joined(separator: ", ")
        return "# \(suites): master key and salt, \(direction.rawValue)\n"
            + lines.map { line, ssrcs in
                let names = ssrcs.map { HexText.text($0.octets) }.joined(separator: ",")
                return line + (names.isEmpty ? "" : " ssrc=\(names)") + "\n"
            }.joined()
    }

    private static func line(
        of key: NegotiatedMIKEY.Key, _ stream: NegotiatedMIKEY.Stream
    ) throws(ToolError) -> String {
        var octets: [UInt8]
        do {
            octets = try key.masterKey(for: stream.policy.suite).withKeyAndSalt { bytes in
                bytes.withUnsafeBytes { [UInt8]($0) }
            }
        } catch {
            throw ToolError(.bug, "\(error)")
        }
        defer { KeyFile.wipe(&octets) }
        var line = KeyFile.line(octets, form: .inline) + " suite=\(stream.policy.suite.name)"
        if !key.options.mki.isEmpty { line += " mki=\(HexText.text(key.options.mki))" }
        if key.options.derivationRate != 0 { line += " kdr=\(key.options.derivationRate)" }
        if stream.rolloverCounter != 0 { line += " roc=\(stream.rolloverCounter)" }
        return line
    }
}

extension SSRC {
    fileprivate var octets: [UInt8] { [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) } }
}
