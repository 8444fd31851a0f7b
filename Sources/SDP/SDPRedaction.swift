// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Hides what must not get into logs: keys of `a=crypto`, `a=key-mgmt` and `k=`, passwords of ICE.
///
/// It goes by content more than by the grammar: a line that is malformed has its key somewhere else.
enum SDPRedaction {
    private static let mask = "<hidden>"
    private static let marks = ["inline", "crypto", "key-mgmt", "keymgt", "ice-pwd"]

    /// A line, or an attribute without its `a=`, without its secrets.
    static func redacted(_ text: String) -> String {
        let lowered = text.lowercased()
        let bare = lowered.drop { $0.isWhitespace }
        if bare.hasPrefix("k"), bare.dropFirst().drop(while: \.isWhitespace).hasPrefix("=") { return "k=" + mask }
        guard marks.contains(where: { lowered.contains($0) }) else { return text }
        return text.split(separator: " ", omittingEmptySubsequences: false).enumerated().map { position, word in
            if word.lowercased().contains("inline:") { return inline(word) }
            if isHarmless(word) { return String(word) }
            guard position == 0, let colon = word.firstIndex(of: ":") else { return position == 0 ? "a=" + mask : mask }
            let rest = word[colon...].dropFirst()
            return word[...colon].prefix(24) + (isHarmless(rest) ? String(rest) : mask)
        }.joined(separator: " ")
    }

    /// `inline:<hidden>|2^20|1:4;inline:<hidden>`
    private static func inline(_ word: Substring) -> String {
        word.split(separator: ";", omittingEmptySubsequences: false).map { key in
            let parts = key.split(separator: "|", omittingEmptySubsequences: false)
            guard let first = parts.first, let colon = first.firstIndex(of: ":") else { return mask }
            let rest = parts.dropFirst().map { "|" + (isHarmless($0) ? String($0) : mask) }.joined()
            return first[...colon].prefix(16) + mask + rest
        }.joined(separator: ";")
    }

    /// Whether a word is too short or too plain to be a key: names of suites and parameters, lifetimes, MKIs.
    private static func isHarmless(_ word: Substring) -> Bool {
        let plain = word.utf8.allSatisfy { octet in
            SDPGrammar.isUpperCase(octet) || SDPGrammar.isDigit(octet) || "_-^:=".utf8.contains(octet)
        }
        return plain && word.utf8.count < (word.contains("_") ? 48 : 16) || word.lowercased() == "mikey"
    }
}
