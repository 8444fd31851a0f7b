// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import KeyManagement
import MIKEY
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
        checkKeyMgmt(of: description, 0, isLenient: isLenient)
        for (media, start) in zip(description.media, starts) {
            checkKeys(of: media, start, isLenient: isLenient, isKeyed: isKeyed)
            checkKeyMgmt(of: media, start, isLenient: isLenient)
            if !isLenient, media.hasAttribute(KeyMgmtAttribute.name), !media.media.transport.isSecure {
                note("has a=key-mgmt, expected RTP/SAVP or RTP/SAVPF (RFC 4567 section 5.2)", at: start - 1)
            }
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

    private mutating func checkKeyMgmt(of section: some SDPSection, _ start: Int, isLenient: Bool) {
        let lines = KeyMgmtLines(of: section, isLenient: isLenient)
        var seen: Set<String> = []
        for entry in lines.entries {
            let position = start + entry.position
            if let name = entry.protocolID?.lowercased(), !seen.insert(name).inserted {
                note("expected one line for each protocol (RFC 4567 section 4.1.2)", at: position)
            }
            switch entry.result {
            case .failure(let error): note("\(error)", at: position)
            case .success(let attribute) where attribute.data.isMIKEY:
                do throws(MIKEYError) {
                    let message = try attribute.data.message(mode: isLenient ? .lenient : .strict)
                    let list = message.generalExtensions.first { $0.kind == .sdpIDs }?.sdpProtocols
                    guard !isLenient, !message.header.dataType.isResponse, list != lines.protocolIDs else { continue }
                    note(
                        "expected the protocols of the description in the message, in their order "
                            + "(RFC 4567 section 4.1.4)", at: position)
                } catch {
                    note("\(error)", at: position)
                }
            default: break
            }
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
            return [
                "\(number)  \(PlainText.printable(line.text))",
                "\(String(repeating: " ", count: width))    \(PlainText.printable(line.meaning))",
            ]
                + line.faults.map { "\(String(repeating: " ", count: width))  ! \($0)" }
        }
        let sum = faults == 0 ? "nothing wrong" : "\(faults) fault\(faults == 1 ? "" : "s")"
        return (rows + ["\(PlainText.printable(file)): \(lines.count) lines, \(sum)"]).joined(separator: "\n")
    }
}
