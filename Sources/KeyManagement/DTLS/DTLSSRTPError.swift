// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Why what DTLS says of SRTP cannot be used (RFC 5764).
@nonexhaustive
public enum DTLSSRTPError: Error, Hashable, Sendable {
    /// The `use_srtp` extension is malformed (section 4.1.1).
    case malformed(expected: String)
    /// The exporter gave another number of octets than the profile needs (section 4.2).
    case wrongExporterLength(octets: Int, expected: Int)
    /// The suite has no number in DTLS.
    case noProfile(String)
    /// None of the client's profiles is supported here (section 4.1.1): do not answer with the extension.
    case noSharedProfile
    /// The server chose a profile that was not offered, or several.
    case profileNotOffered
    /// The server's MKI is neither the client's nor empty: abort with `illegal_parameter` (section 4.1.3).
    case mkiChanged
}

extension DTLSSRTPError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .malformed(let expected): "use_srtp: expected \(expected) (RFC 5764 section 4.1.1)"
        case .wrongExporterLength(let octets, let expected):
            "exporter: expected \(expected) octets, got \(octets) (RFC 5764 section 4.2)"
        case .noProfile(let name): "suite \(name) has no number in DTLS (RFC 5764 section 4.1.2)"
        case .noSharedProfile: "expected a profile that is supported here (RFC 5764 section 4.1.1)"
        case .profileNotOffered: "expected one of the profiles that were offered (RFC 5764 section 4.1.1)"
        case .mkiChanged: "expected the MKI that was offered, or none (RFC 5764 section 4.1.3)"
        }
    }
}
