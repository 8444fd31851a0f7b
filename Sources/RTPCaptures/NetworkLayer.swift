// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// Where a frame's IP packet starts.
///
/// The link layers: Ethernet II with any number of VLAN tags, Linux cooked capture, BSD loopback, and none at all.
struct NetworkLayer {
    /// The octets before the IP header.
    let offset: Int
    /// 4 or 6, as the link layer and the IP header both say.
    let version: UInt8

    private static let ipv4EtherType: UInt16 = 0x0800
    private static let ipv6EtherType: UInt16 = 0x86DD
    /// 802.1Q, 802.1ad and the number used before it.
    private static let vlanEtherTypes: [UInt16] = [0x8100, 0x88A8, 0x9100]

    init(of frame: RawSpan, linkType: LinkType) throws(UDPDatagram.Refusal) {
        switch linkType {
        case .ethernet: try self.init(of: frame, etherTypeAt: 12, headerByteCount: 14)
        case .linuxCooked: try self.init(of: frame, etherTypeAt: 14, headerByteCount: 16)
        case .linuxCooked2: try self.init(of: frame, etherTypeAt: 0, headerByteCount: 20)
        case .null, .loop:
            guard let family = frame.bigEndianUInt32(at: 0) else { throw .truncated }
            switch min(family, family.byteSwapped) {
            case 2: try self.init(of: frame, at: 4, version: 4)
            // AF_INET6 of Linux, of NetBSD and OpenBSD, of FreeBSD, of macOS.
            case 10, 24, 28, 30: try self.init(of: frame, at: 4, version: 6)
            default: throw .notIP
            }
        case .ipv4: try self.init(of: frame, at: 0, version: 4)
        case .ipv6: try self.init(of: frame, at: 0, version: 6)
        // 12 and 14 are what LINKTYPE_RAW was on some systems.
        case .raw, LinkType(rawValue: 12), LinkType(rawValue: 14): try self.init(of: frame, at: 0, version: nil)
        default: throw .unknownLinkType(linkType)
        }
    }

    private init(of frame: RawSpan, etherTypeAt start: Int, headerByteCount: Int) throws(UDPDatagram.Refusal) {
        guard headerByteCount <= frame.byteCount, var type = frame.bigEndianUInt16(at: start) else { throw .truncated }
        var end = headerByteCount
        // A tag is its two octets of tag control and the type of what follows.
        while Self.vlanEtherTypes.contains(type) {
            guard let next = frame.bigEndianUInt16(at: end + 2) else { throw .truncated }
            type = next
            end += 4
        }
        switch type {
        case Self.ipv4EtherType: try self.init(of: frame, at: end, version: 4)
        case Self.ipv6EtherType: try self.init(of: frame, at: end, version: 6)
        default: throw .notIP
        }
    }

    private init(of frame: RawSpan, at offset: Int, version: UInt8?) throws(UDPDatagram.Refusal) {
        guard let found = frame.octet(at: offset).map({ $0 >> 4 }) else { throw .truncated }
        guard found == 4 || found == 6 else { throw version == nil ? .notIP : .malformed }
        guard found == version ?? found else { throw .malformed }
        self.offset = offset
        self.version = found
    }
}
