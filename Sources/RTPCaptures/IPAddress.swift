// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// An IPv4 or IPv6 address.
@frozen
public enum IPAddress: Hashable, Sendable {
    /// The 32 bits of an IPv4 address, the first octet being the highest.
    case v4(UInt32)
    /// The 128 bits of an IPv6 address, the first octet being the highest.
    case v6(UInt128)

    /// 4 or 6.
    public var version: Int {
        switch self {
        case .v4: 4
        case .v6: 6
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// The address as text: dotted for IPv4, and for IPv6 the canonical form of RFC 5952.
    public var description: String {
        switch self {
        case .v4(let bits): Self.dotted(bits)
        // RFC 5952 section 5: an IPv4-mapped address shows the IPv4 address.
        case .v6(let bits) where bits >> 32 == 0xFFFF: "::ffff:" + Self.dotted(UInt32(truncatingIfNeeded: bits))
        case .v6(let bits): Self.colons(bits)
        }
    }

    private static func dotted(_ bits: UInt32) -> String {
        stride(from: 24, through: 0, by: -8).map { String(bits >> $0 & 0xFF) }.joined(separator: ".")
    }

    private static func colons(_ bits: UInt128) -> String {
        let groups = stride(from: 112, through: 0, by: -16).map { String(bits >> $0 & 0xFFFF, radix: 16) }
        // The longest run of zeros, the first of equal ones, and no single zero (RFC 5952 section 4.2).
        var longest = 0..<1
        var start = 0
        for position in groups.indices {
            if groups[position] != "0" {
                start = position + 1
            } else if position + 1 - start > longest.count {
                longest = start..<position + 1
            }
        }
        guard longest.count > 1 else { return groups.joined(separator: ":") }
        return groups[..<longest.lowerBound].joined(separator: ":") + "::"
            + groups[longest.upperBound...].joined(separator: ":")
    }
}
