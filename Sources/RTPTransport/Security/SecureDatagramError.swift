// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// Why a handler was not made, or a datagram not sent.
///
/// What the sending transform throws about a packet is not one of these: that error comes as it is.
@nonexhaustive
public enum SecureDatagramError: Error, Hashable, Sendable {
    /// The factory's transforms are in a handler already. A master key must not live in two senders.
    case handlerAlreadyMade
    /// The datagram to be written is neither RTP nor RTCP, and the options do not let it pass.
    case notMedia(DatagramClass)
    /// No UDP datagram holds the packet once it is protected.
    case datagramTooLong(neededBytes: Int, limitBytes: Int)
    /// The datagram to be written asks to be cut into segments by the system, where each one would have to be protected.
    case segmentedWrite(segmentBytes: Int)
}

extension SecureDatagramError: CustomStringConvertible {
    /// One line for a log: what was wrong, with its numbers.
    public var description: String {
        switch self {
        case .handlerAlreadyMade: "the factory has made its one handler already"
        case .notMedia(let datagram): "datagram of class \(datagram) is neither RTP nor RTCP"
        case .datagramTooLong(let needed, let limit): "\(needed) octets needed, a datagram holds \(limit)"
        case .segmentedWrite(let segment): "write to be cut into segments of \(segment) octets cannot be protected"
        }
    }
}
