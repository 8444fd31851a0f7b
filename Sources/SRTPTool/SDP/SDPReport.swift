// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import SDP

/// What is said of a session description, line by line.
struct SDPReport: Encodable {
    /// One line.
    struct Line: Encodable {
        /// Counted from 1.
        let line: Int
        /// The line, with or without its secrets.
        let text: String
        /// What it means.
        let meaning: String
        /// What is wrong with it.
        var faults: [String] = []
    }

    let file: String
    private(set) var lines: [Line] = []

    /// How much is wrong.
    var faultCount: Int { lines.reduce(0) { $0 + $1.faults.count } }

    init(_ description: SessionDescription, file: String, isLenient: Bool, showsSecrets: Bool) {
        self.file = file
        func append(_ line: SDPLine) {
            let text = showsSecrets ? String(decoding: line.octets, as: UTF8.self) : line.description
            lines.append(Line(line: lines.count + 1, text: text, meaning: SDPMeaning.of(line)))
        }
        description.lines.forEach(append)
        var starts: [Int] = []
        for media in description.media {
            append(media.line)
            starts.append(lines.count)
            media.lines.forEach(append)
        }
        for deviation in description.deviations { note(deviation.problem, at: deviation.line - 1) }
        for position in description.strayCryptoLines {
            note("expected behind an m= (RFC 4568 section 4)", at: position)
        }
        let isKeyed = Self.hasOtherKeys(description)
        for (media, start) in zip(description.media, starts) {
            checkKeys(of: media, start, isLenient: isLenient, isKeyed: isKeyed)
        }
        for pair in description.repeatedKeys(isLenient: isLenient) {
            let first = starts[pair.first.media] + pair.first.line + 1
            note(
                "has the key of line \(first), expected its own (RFC 4568 section 6.1)",
                at: starts[pair.second.media] + pair.second.line)
        }
        for problem in description.extensionMapProblems {
            note("expected \(problem.expected)", at: problem.media.map { starts[$0] - 1 } ?? 0)
        }
    }

    private mutating func note(_ fault: String, at position: Int) {
        guard lines.indices.contains(position) else { return }
        lines[position].faults.append(fault)
    }

    private mutating func checkKeys(
        of media: MediaDescription, _ start: Int, isLenient: Bool, isKeyed: Bool
    ) {
        let crypto = CryptoLines(of: media, isLenient: isLenient)
        for entry in crypto.entries {
            if case .failure(let error) = entry.result { note("\(error)", at: start + entry.position) }
        }
        let transport = media.media.transport
        if !crypto.isEmpty, !isLenient, transport != .rtpSAVP, transport != .rtpSAVPF {
            note("has a=crypto, expected RTP/SAVP or RTP/SAVPF (RFC 4568 section 6)", at: start - 1)
        }
        if transport.isSecure, crypto.isEmpty, !isKeyed, !Self.hasOtherKeys(media), media.media.port != 0 {
            note("expected a=crypto, a=key-mgmt or a=fingerprint: \(transport) without a key", at: start - 1)
        }
    }

    /// Whether keys come by MIKEY or DTLS.
    private static func hasOtherKeys(_ section: some SDPSection) -> Bool {
        section.hasAttribute("key-mgmt") || section.hasAttribute("fingerprint")
    }

    /// For people: a line each, with what is wrong below it.
    var text: String {
        let faults = faultCount
        let width = "\(lines.count)".count
        let rows = lines.flatMap { line in
            let number = String(repeating: " ", count: width - "\(line.line)".count) + "\(line.line)"
            return ["\(number)  \(line.text)", "\(String(repeating: " ", count: width))    \(line.meaning)"]
                + line.faults.map { "\(String(repeating: " ", count: width))  ! \($0)" }
        }
        let sum = faults == 0 ? "nothing wrong" : "\(faults) fault\(faults == 1 ? "" : "s")"
        return (rows + ["\(file): \(lines.count) lines, \(sum)"]).joined(separator: "\n")
    }
}
