// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why an `a=key-mgmt`, a `KeyMgmt` header or a `MIKEY=` parameter is invalid. No case carries any of its text: it may be a key.
@nonexhaustive
public enum KeyMgmtError: Error, Hashable, Sendable {
    /// A part of it.
    @nonexhaustive
    public enum Part: String, Hashable, Sendable {
        /// The whole.
        case line
        /// The identifier of the protocol.
        case protocolID = "protocol"
        /// What the data are about, in RTSP.
        case uri
        /// The data.
        case data
    }

    /// A part is not what RFC 4567 asks for; `expected` says what that is, with the section.
    case invalid(Part, expected: String)
    /// Strict reading met something that lenient reading reports.
    case refused(KeyMgmtDeviation)
}

extension KeyMgmtError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalid(let part, let expected): "\(part.rawValue): expected \(expected)"
        case .refused(let deviation): deviation.description
        }
    }
}
