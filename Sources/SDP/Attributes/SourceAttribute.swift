// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What is said of one source, `a=ssrc` (RFC 5576 section 4.1).
public struct SourceAttribute: Hashable, Sendable {
    /// The source.
    public var ssrc: UInt32
    /// What it is that is said: `cname`, `msid`, `previous-ssrc`, `fmtp`.
    public var name: String
    /// Its value, where it has one.
    public var value: String?

    /// An attribute of a source.
    public init(ssrc: UInt32, name: String, value: String? = nil) {
        self.ssrc = ssrc
        self.name = name
        self.value = value
    }

    /// What stands behind `a=ssrc:`; `nil` where it is malformed.
    public init?(parsing text: String) {
        let words = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard words.count == 2, let ssrc: UInt32 = SDPGrammar.number(words[0].utf8) else { return nil }
        guard let attribute = try? SDPAttribute(parsing: Array(words[1].utf8)[...]) else { return nil }
        self.init(ssrc: ssrc, name: attribute.name, value: attribute.value)
    }

    /// The attribute.
    public var attribute: SDPAttribute { SDPAttribute("ssrc", "\(ssrc) \(name)" + (value.map { ":" + $0 } ?? "")) }
}
