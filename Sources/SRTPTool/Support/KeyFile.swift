// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import KeyManagement
import SRTP

/// The file that holds master keys with their salts: one a line, in hex, base64 or as an SDES `inline:` value, and behind it
/// what the key is for: `ssrc=HEX,...`, `port=N,...`, `suite=NAME` and `roc=N`, each at most once.
enum KeyFile {
    /// Reads the keys of all files; `-` is the standard input. A line that names no suite is for `suite`.
    ///
    /// No message names any part of a key.
    static func read(_ paths: [String], for suite: SRTPSuite) throws(ToolError) -> [KeyLine] {
        var keys: [KeyLine] = []
        for path in paths {
            for key in try parse(text(of: path), from: path, suite) {
                if let same = keys.first(where: key.hasSameKey) {
                    throw ToolError(
                        .badData,
                        "\(key.place): the same key as \(same.place), expected one line for all of its streams")
                }
                keys.append(key)
            }
        }
        return keys
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

    /// The text of a key file; warns where others can read it.
    static func text(of path: String) throws(ToolError) -> String {
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

    private static func parse(_ text: String, from path: String, _ suite: SRTPSuite) throws(ToolError) -> [KeyLine] {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            .map { (number: $0 + 1, words: $1.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)) }
            .filter { !$0.words.isEmpty }
        guard !lines.isEmpty else {
            throw ToolError(.badData, "key file \(path): holds no key, expected a line with one")
        }
        var keys: [KeyLine] = []
        for line in lines {
            keys.append(try key(of: line.words, at: "key file \(path): line \(line.number)", suite))
        }
        return keys
    }

    private static func key(of words: [Substring], at place: String, _ suite: SRTPSuite) throws(ToolError) -> KeyLine {
        var options = try KeyLineOptions(words.dropFirst(), at: place)
        let suite = options.suite ?? suite
        if words[0].lowercased().hasPrefix("inline:") {
            return try inlineKey(words[0], at: place, suite, &options)
        }
        let expected = suite.masterKeyByteCount + suite.masterSaltByteCount
        let candidates = octets(of: String(words[0]))
        guard let octets = candidates.first(where: { $0.count == expected }) else {
            throw lengthFault(at: place, suite, found: candidates.map(\.count))
        }
        return KeyLine(octets, at: place, suite: suite, options: options)
    }

    /// An SDES value: key, lifetime and MKI are read as in `a=crypto`, whose form it has.
    private static func inlineKey(
        _ text: Substring, at place: String, _ suite: SRTPSuite, _ options: inout KeyLineOptions
    ) throws(ToolError) -> KeyLine {
        let keys: [InlineKey]
        do throws(CryptoAttributeError) {
            // Under the name of no suite, so that lengths are judged below, as those of the other forms are.
            keys = try CryptoAttribute(parsing: "1 KEY_FILE \(text)", isLenient: true).keys
        } catch {
            throw ToolError(.badData, "\(place): \(error)")
        }
        guard keys.count == 1, let key = keys.first else {
            throw ToolError(.badData, "\(place): \(keys.count) inline values, expected one a line")
        }
        guard key.byteCount == suite.masterKeyByteCount + suite.masterSaltByteCount else {
            throw lengthFault(at: place, suite, found: [key.byteCount])
        }
        if options.mki == nil { options.mki = key.mki?.octets }
        if options.lifetime == nil { options.lifetime = key.lifetime?.packetLimit }
        do throws(SRTPError) {
            let octets = try key.masterKey(for: suite).withKeyAndSalt { bytes in
                bytes.withUnsafeBytes { [UInt8]($0) }
            }
            return KeyLine(octets, at: place, suite: suite, options: options)
        } catch {
            throw ToolError(.badData, "\(place): \(error)")
        }
    }

    private static func lengthFault(at place: String, _ suite: SRTPSuite, found: [Int]) -> ToolError {
        ToolError(
            .badData,
            "\(place): expected \(suite.masterKeyByteCount + suite.masterSaltByteCount) octets "
                + "(master key \(suite.masterKeyByteCount), salt \(suite.masterSaltByteCount)) in hex or base64, found "
                + (found.isEmpty ? "neither" : found.map { "\($0)" }.joined(separator: " or ")))
    }

    /// What the line may mean: a text of hex digits may be base64 as well, and the length then tells.
    private static func octets(of line: String) -> [[UInt8]] {
        [hexOctets(line), base64Octets(line)].compactMap(\.self)
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
