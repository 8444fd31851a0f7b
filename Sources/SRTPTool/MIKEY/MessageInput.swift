// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import CaptureInspection
import Foundation
import KeyManagement
import MIKEYInspection
import RTPCaptures

/// Reads files that hold key management messages.
enum MessageInput {
    /// The messages of a file, text or capture; `-` is standard input, and text.
    static func read(_ path: String) throws -> [FoundMessage] {
        if path == "-" {
            return MessageScanner.messages(inFile: [UInt8](FileHandle.standardInput.readDataToEndOfFile()))
        }
        let octets: [UInt8]
        do {
            guard let file = FileHandle(forReadingAtPath: path) else { throw CocoaError(.fileReadNoSuchFile) }
            let head = try file.read(upToCount: 4) ?? Data()
            guard !captureMagics.contains([UInt8](head)) else { return try capture(path) }
            octets = [UInt8](head + (try file.readToEnd() ?? Data()))
        } catch is CocoaError {
            throw ToolError(.missingInput, "\(path): cannot be read")
        }
        return MessageScanner.messages(inFile: octets)
    }

    /// The one MIKEY message of a file, and the protocols that were offered beside it.
    static func readOne(_ path: String) throws -> (data: KeyMgmtData, protocols: [String]?) {
        let found = try read(path)
        let candidates = found.filter { !$0.isOther }
        guard let message = candidates.first else { throw noMessage(path) }
        guard candidates.count == 1 else {
            throw ToolError(.badData, "\(path): \(candidates.count) MIKEY messages, expected one")
        }
        do {
            switch message.content {
            case .mikey(let octets):
                let data = try KeyMgmtData(protocolID: KeyMgmtData.mikey, octets: octets.span)
                return (data, message.isAttribute ? found.compactMap(\.protocolID) : nil)
            case .invalid(let error): throw error
            case .other: throw noMessage(path)
            }
        } catch let error as KeyMgmtError {
            throw ToolError(.badData, "\(path), \(message.place): \(error)")
        }
    }

    static func noMessage(_ path: String) -> ToolError {
        ToolError(
            .badData,
            "\(path): no MIKEY message, expected a=key-mgmt or KeyMgmt lines, base64, hex, octets or a capture")
    }

    /// What a pcap or pcapng file begins with.
    private static let captureMagics: [[UInt8]] = [
        [0xA1, 0xB2, 0xC3, 0xD4], [0xD4, 0xC3, 0xB2, 0xA1], [0xA1, 0xB2, 0x3C, 0x4D], [0x4D, 0x3C, 0xB2, 0xA1],
        [0x0A, 0x0D, 0x0D, 0x0A],
    ]

    /// The messages in a capture, whatever carries them; those over TCP are put together of their segments.
    private static func capture(_ path: String) throws -> [FoundMessage] {
        var messages: [FoundMessage] = []
        var search = CaptureSearch()
        let walk = CaptureWalk(file: path, mustBeRepeatable: false)
        let problem = try walk.run("searching") { packet in
            messages += search.take(packet.bytes, linkType: packet.linkType, number: packet.number)
        }
        if let problem { throw problem }
        return messages + search.finish()
    }
}
