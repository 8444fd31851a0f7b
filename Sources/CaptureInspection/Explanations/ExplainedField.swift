// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// One field of a packet, named and taken apart for people and for programs that compare.
///
/// The same value becomes a line of text and a member of a JSON object, so that the two cannot differ.
package struct ExplainedField: Hashable, Sendable {
    /// The RFC's name of the field, in small letters with underscores: `sender_packet_count`.
    package var name: String
    /// What it holds.
    package var value: ExplainedValue

    package init(_ name: String, _ value: ExplainedValue) {
        self.name = name
        self.value = value
    }
}

/// What a field holds.
package indirect enum ExplainedValue: Hashable, Sendable {
    case unsigned(UInt64)
    case signed(Int64)
    case flag(Bool)
    case number(Double)
    case text(String)
    /// An SSRC: eight hex digits in text and JSON.
    case ssrc(UInt32)
    /// Raw octets: hex in text and JSON.
    case octets([UInt8])
    case list([ExplainedValue])
    case fields([ExplainedField])
}
