// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SRTP

/// The file that holds a master key and its salt: one line, in hex, base64 or as an SDES `inline:` value.
enum KeyFile {
    /// Reads the key for `suite` from `path`; `-` is the standard input.
    ///
    /// No message names any part of the line.
    static func read(_ path: String, for suite: SRTPSuite) throws(ToolError) -> SRTPMasterKey {
        var octets = try parse(text(of: path), from: path, expecting: suite)
        defer { wipe(&octets) }
        do throws(SRTPError) {
            return try SRTPMasterKey(suite: suite, keyAndSalt: octets.span)
        } catch {
            throw ToolError(.badData, "key file \(path): \(error)")
        }
    }

    /// The forms that a line is written in.
    enum Form: String, CaseIterable {
        case hex
        case base64
        case inline
    }

    /// The line for a key and salt.
    static func line(_ octets: [UInt8], form: Form) -> String {
        switch form {
        case .hex: octets.map { String(format: "%02x", $0) }.joined()
        case .base64: Data(octets).base64EncodedString()
        case .inline: "inline:" + Data(octets).base64EncodedString()
        }
    }

    private static func text(of path: String) throws(ToolError) -> String {
        if path == "-" {
            return String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        }
        warnIfReadableByOthers(path)
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ToolError(.missingInput, "key file \(path): cannot be read")
        }
        return String(decoding: data, as: UTF8.self)
    }

    private static func warnIfReadableByOthers(_ path: String) {
        var status = stat()
        // A pipe's mode says nothing of who wrote into it.
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else { return }
        let digits = String(status.st_mode & 0o777, radix: 8)
        writeToStandardError("srtp: warning: key file \(path) has mode 0\(digits), 0600 keeps it to yourself\n")
    }

    private static func parse(_ text: String, from path: String, expecting suite: SRTPSuite) throws(ToolError)
        -> [UInt8]
    {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            .map { number, line in (number + 1, line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)) }
            .filter { !$0.1.isEmpty }
        guard let (number, line) = lines.first else {
            throw ToolError(.badData, "key file \(path): holds no key, expected one line")
        }
        guard lines.count == 1 else {
            throw ToolError(.badData, "key file \(path): line \(lines[1].0): a second key, expected one line")
        }
        let expected = suite.masterKeyByteCount + suite.masterSaltByteCount
        let candidates = try octets(of: line, at: "key file \(path): line \(number)")
        if let match = candidates.first(where: { $0.count == expected }) { return match }
        let found = candidates.map { "\($0.count)" }.joined(separator: " or ")
        throw ToolError(
            .badData,
            "key file \(path): line \(number): expected \(expected) octets (master key \(suite.masterKeyByteCount), "
                + "salt \(suite.masterSaltByteCount)) in hex or base64, found "
                + (candidates.isEmpty ? "neither" : found))
    }

    /// What the line may mean: a text of hex digits may be base64 as well, and the length then tells.
    private static func octets(of line: String, at place: String) throws(ToolError) -> [[UInt8]] {
        guard line.lowercased().hasPrefix("inline:") else {
            return [hexOctets(line), base64Octets(line)].compactMap(\.self)
        }
        let parts = line.dropFirst("inline:".count).split(separator: "|", omittingEmptySubsequences: false)
        if parts.dropFirst().contains(where: { $0.contains(":") }) {
            throw ToolError(.badData, "\(place): the inline value names an MKI, which is not built yet")
        }
        guard parts.count < 2 || parts.count == 2 && isLifetime(parts[1]) else {
            throw ToolError(.badData, "\(place): expected nothing but a lifetime behind the key, such as |2^48")
        }
        return [base64Octets(String(parts.first ?? ""))].compactMap(\.self)
    }

    /// Whether a text is a number of packets or a power of two (RFC 4568 section 6.1).
    private static func isLifetime(_ text: Substring) -> Bool {
        let digits = text.hasPrefix("2^") ? text.dropFirst(2) : text
        return !digits.isEmpty && digits.allSatisfy { $0.isASCII && $0.isNumber }
    }

    private static func hexOctets(_ text: String) -> [UInt8]? {
        let digits = text.compactMap { $0.isASCII ? $0.hexDigitValue : nil }
        guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }

    private static func base64Octets(_ text: String) -> [UInt8]? {
        let bare = text.prefix { $0 != "=" }
        guard ["", "=", "=="].contains(text.dropFirst(bare.count)) else { return nil }
        let padded = bare + String(repeating: "=", count: (4 - bare.count % 4) % 4)
        return Data(base64Encoded: String(padded)).map { [UInt8]($0) }
    }

    /// Overwrites octets that were a key.
    static func wipe(_ octets: inout [UInt8]) {
        for position in octets.indices { octets[position] = 0 }
    }
}
