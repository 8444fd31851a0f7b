// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import MIKEY
import MIKEYInspection
import RTP

/// The file of a pre-shared key.
enum PreSharedKeyFile {
    /// Reads the one line that is no comment: hex where all of it is hex digits, else base64, or what `hex:`, `base64:` or `text:` says.
    ///
    /// No message names any part of it.
    static func read(_ path: String) throws(ToolError) -> MIKEYKeyMaterial {
        let lines = try KeyFile.text(of: path).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
        guard lines.count == 1, let line = lines.first else {
            throw ToolError(.badData, "key file \(path): \(lines.count) lines with keys, expected one")
        }
        guard var octets = octets(of: line), !octets.isEmpty else {
            throw ToolError(
                .badData,
                "key file \(path): expected a pre-shared key in hex or base64, or behind hex:, base64: or text:")
        }
        defer { KeyFile.wipe(&octets) }
        return MIKEYKeyMaterial(copying: octets.span)
    }

    private static func octets(of line: String) -> [UInt8]? {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        switch parts.count == 2 ? parts[0] : "" {
        case "hex": return HexText.octets(parts[1])
        case "base64": return Data(base64Encoded: parts[1]).map { [UInt8]($0) }
        case "text": return Array(parts[1].utf8)
        default: return HexText.octets(line) ?? Data(base64Encoded: line).map { [UInt8]($0) }
        }
    }
}

extension WallClockTime {
    /// The time of this machine's clock.
    static func now() throws(ToolError) -> WallClockTime {
        let time = Date().timeIntervalSince1970
        do throws(RTPError) {
            let whole = time.rounded(.down)
            return try WallClockTime(seconds: Int64(whole), nanoseconds: UInt32((time - whole) * 999_999_999))
        } catch {
            throw ToolError(.bug, "\(error)")
        }
    }
}
