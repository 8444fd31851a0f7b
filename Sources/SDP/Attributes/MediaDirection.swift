// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Which way media flows, seen from who wrote the description (RFC 8866 section 6.7).
public enum MediaDirection: String, CaseIterable, Hashable, Sendable {
    case sendAndReceive = "sendrecv"
    case sendOnly = "sendonly"
    case receiveOnly = "recvonly"
    case inactive

    /// Whether the writer sends.
    public var sends: Bool { self == .sendAndReceive || self == .sendOnly }
    /// Whether the writer receives.
    public var receives: Bool { self == .sendAndReceive || self == .receiveOnly }

    /// The same, seen from the other side.
    public var reversed: MediaDirection {
        switch self {
        case .sendAndReceive, .inactive: self
        case .sendOnly: .receiveOnly
        case .receiveOnly: .sendOnly
        }
    }
}
