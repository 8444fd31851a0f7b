// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What real peers write in `a=key-mgmt` and in the `KeyMgmt` header against RFC 4567, and lenient reading takes.
@nonexhaustive
public enum KeyMgmtDeviation: String, CaseIterable, Hashable, Sendable {
    /// More than one space before the protocol or before the data, tabs there, or spaces at the end.
    case surplusSpaces = "surplus-spaces"
    /// `MIKEY` in capitals: identifiers of protocols are case-sensitive.
    case otherCase = "other-case"
    /// Several protocols at one level of an RTSP session.
    case severalProtocols = "several-protocols"
    /// Base64 without the `=` at its end.
    case missingPadding = "missing-padding"
    /// Base64 whose last character has bits that belong to no octet.
    case surplusBits = "surplus-bits"
    /// A message without the list of the protocols that were offered.
    case missingProtocolList = "missing-protocol-list"
}

extension KeyMgmtDeviation {
    /// A name to be written in options and reports.
    public var name: String { rawValue }

    /// What the RFC says instead.
    public var rule: String {
        switch self {
        case .surplusSpaces: "at most one space before the protocol, and one before the data (RFC 4567 section 3.1)"
        case .otherCase: "mikey in lower case: identifiers are case-sensitive (RFC 4567 sections 3 and 7)"
        case .severalProtocols: "one protocol for each session or media level in RTSP (RFC 4567 section 4.2)"
        case .missingPadding: "base64 with its padding (RFC 3548 section 3)"
        case .surplusBits: "base64 with zeros behind the last octet (RFC 3548 section 3)"
        case .missingProtocolList: "the list of offered protocols in the message (RFC 4567 sections 4.1.4 and 7)"
        }
    }
}

extension KeyMgmtDeviation: CustomStringConvertible {
    /// The name and the rule.
    public var description: String { "\(name): \(rule)" }
}
