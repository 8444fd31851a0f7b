// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What the frames of a capture start with: a number of the registry at tcpdump.org, "LINKTYPE_...".
@frozen
public struct LinkType: RawRepresentable, Hashable, Sendable {
    /// The registered number.
    public let rawValue: UInt32

    /// The link type with this registered number.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// BSD loopback: an address family in the byte order of the capturing host.
    public static let null = LinkType(rawValue: 0)
    /// Ethernet II.
    public static let ethernet = LinkType(rawValue: 1)
    /// IPv4 or IPv6 without anything before it.
    public static let raw = LinkType(rawValue: 101)
    /// OpenBSD loopback: an address family in network byte order.
    public static let loop = LinkType(rawValue: 108)
    /// Linux "cooked" capture, version 1.
    public static let linuxCooked = LinkType(rawValue: 113)
    /// IPv4 without anything before it.
    public static let ipv4 = LinkType(rawValue: 228)
    /// IPv6 without anything before it.
    public static let ipv6 = LinkType(rawValue: 229)
    /// Linux "cooked" capture, version 2.
    public static let linuxCooked2 = LinkType(rawValue: 276)
}

extension LinkType: CustomStringConvertible {
    /// The name and the number, or the number alone.
    public var description: String {
        let name: String? =
            switch self {
            case .null: "NULL"
            case .ethernet: "Ethernet"
            case .raw, LinkType(rawValue: 12), LinkType(rawValue: 14): "raw IP"
            case .loop: "LOOP"
            case .linuxCooked: "Linux cooked"
            case .ipv4: "IPv4"
            case .ipv6: "IPv6"
            case .linuxCooked2: "Linux cooked v2"
            default: nil
            }
        return name.map { "\($0) (\(rawValue))" } ?? "\(rawValue)"
    }
}
