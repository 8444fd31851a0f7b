// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why a session description was not read or not written.
///
/// No case carries any text of the description: it may hold keys.
@nonexhaustive
public enum SDPError: Error, Hashable, Sendable {
    /// More octets than any description has (2^20): nothing was read.
    case tooLarge(octets: Int)
    /// A line without which the rest has no meaning: `v=` at the start, or an `m=`.
    case malformed(line: Int, expected: String)
    /// Strict reading met something that tolerant reading reports.
    case refused(SDPDeviation)
}

extension SDPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .tooLarge(let octets): "\(octets) octets, expected at most \(SessionDescription.octetLimit)"
        case .malformed(let line, let expected): "line \(line): expected \(expected)"
        case .refused(let deviation): deviation.description
        }
    }
}

/// What a value was expected to be.
public struct SDPFault: Error, Hashable, Sendable {
    /// The words behind "expected".
    public let expected: String

    init(_ expected: String) { self.expected = expected }
}

extension SDPFault: CustomStringConvertible {
    public var description: String { "expected \(expected)" }
}
