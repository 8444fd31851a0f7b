// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An attribute, `a=` (RFC 8866 section 5.13): a name, and perhaps a value.
public struct SDPAttribute: Hashable, Sendable {
    /// The name, a token; case matters.
    public var name: String
    /// What stands behind the colon; `nil` for a property attribute. It may hold a key: do not log it.
    public var value: String?

    /// An attribute. Nothing is checked before a description with it is encoded.
    public init(_ name: String, _ value: String? = nil) {
        self.name = name
        self.value = value
    }

    init(parsing octets: ArraySlice<UInt8>) throws(SDPFault) {
        let colon = octets.firstIndex(of: UInt8(ascii: ":")) ?? octets.endIndex
        guard SDPGrammar.isToken(octets[..<colon]) else { throw SDPFault("a name of letters, digits and hyphens") }
        name = SDPGrammar.text(octets[..<colon])
        guard colon < octets.endIndex else { return }
        let value = octets[colon...].dropFirst()
        guard SDPGrammar.isByteString(value) else { throw SDPFault("a value behind the colon") }
        self.value = SDPGrammar.text(value)
    }

    /// What stands behind `a=`.
    public var text: String { name + (value.map { ":" + $0 } ?? "") }
}

extension SDPAttribute: CustomStringConvertible, CustomReflectable {
    /// The attribute, with the keys and passwords in it hidden.
    public var description: String { SDPRedaction.redacted(text) }

    public var customMirror: Mirror { Mirror(self, children: ["attribute": description]) }
}
