// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A UDP datagram in a captured frame: from where to where, and where its parts lie.
///
/// All offsets and ranges count octets from the start of the frame.
public struct UDPDatagram: Hashable, Sendable {
    /// Why a frame is not, or does not hold, one whole UDP datagram.
    @nonexhaustive
    public enum Refusal: Error, Hashable, Sendable {
        /// The capture's link type is not one that is understood here.
        case unknownLinkType(LinkType)
        /// The link layer carries something else than IP.
        case notIP
        /// IP carries another protocol, with this number.
        case notUDP(protocol: UInt8)
        /// A part of an IP packet; parts are not put together.
        case fragment
        /// The capture cut the frame off before the datagram's end.
        case truncated
        /// The version or a length in a header contradicts what is there.
        case malformed
    }

    /// Who sent the datagram.
    public let source: IPAddress
    /// Who it is for.
    public let destination: IPAddress
    /// The sender's port.
    public let sourcePort: UInt16
    /// The receiver's port.
    public let destinationPort: UInt16
    /// Where the payload lies, padding of the link layer excluded.
    public let payloadRange: Range<Int>
    /// Where the IP header starts.
    public let ipHeaderOffset: Int
    /// Where the address lies that the UDP checksum takes for the destination.
    let checksumDestinationOffset: Int

    /// 4 or 6.
    public var ipVersion: Int { source.version }
    /// Where the UDP header starts.
    public var udpHeaderOffset: Int { payloadRange.lowerBound - Self.headerByteCount }
    /// Where IPv4's total length or IPv6's payload length lies, two octets.
    public var ipLengthOffset: Int { ipHeaderOffset + (ipVersion == 4 ? 2 : 4) }
    /// Where the checksum of the IPv4 header lies, two octets; IPv6 has none.
    public var ipChecksumOffset: Int? { ipVersion == 4 ? ipHeaderOffset + 10 : nil }
    /// Where the UDP length lies, two octets.
    public var udpLengthOffset: Int { udpHeaderOffset + 4 }
    /// Where the UDP checksum lies, two octets.
    public var udpChecksumOffset: Int { udpHeaderOffset + 6 }

    /// The octets of a UDP header.
    static let headerByteCount = 8
    /// The number of UDP as an IP protocol.
    static let protocolNumber: UInt8 = 17

    /// Finds the datagram in a frame.
    ///
    /// Understood are Ethernet with VLAN tags, raw IP, Linux cooked capture and BSD loopback; IPv4 with options; IPv6
    /// with hop-by-hop, routing, destination, authentication and atomic fragment headers. Checksums are not verified:
    /// where the network card computes them, a capture on the sending host shows wrong ones.
    ///
    /// - Throws: ``Refusal`` for every other frame.
    public init(parsing frame: RawSpan, linkType: LinkType) throws(Refusal) {
        let network = try NetworkLayer(of: frame, linkType: linkType)
        let packet =
            network.version == 4
            ? try IPPacket(v4: frame, at: network.offset) : try IPPacket(v6: frame, at: network.offset)
        let start = packet.payloadRange.lowerBound
        guard packet.payloadRange.count >= Self.headerByteCount else { throw .malformed }
        guard let sourcePort = frame.bigEndianUInt16(at: start),
            let destinationPort = frame.bigEndianUInt16(at: start + 2),
            let length = frame.bigEndianUInt16(at: start + 4), start + Self.headerByteCount <= frame.byteCount
        else { throw .truncated }
        guard length >= Self.headerByteCount, length <= packet.payloadRange.count else { throw .malformed }
        guard start + Int(length) <= frame.byteCount else { throw .truncated }
        self.source = packet.source
        self.destination = packet.destination
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        payloadRange = start + Self.headerByteCount..<start + Int(length)
        ipHeaderOffset = network.offset
        checksumDestinationOffset = packet.checksumDestinationOffset
    }
}

extension UDPDatagram: CustomStringConvertible {
    /// The flow: `192.0.2.1:5004 -> [2001:db8::1]:5004`.
    public var description: String {
        "\(Self.text(source, sourcePort)) -> \(Self.text(destination, destinationPort))"
    }

    private static func text(_ address: IPAddress, _ port: UInt16) -> String {
        address.version == 4 ? "\(address):\(port)" : "[\(address)]:\(port)"
    }
}

extension UDPDatagram.Refusal: CustomStringConvertible {
    /// A few words for a table of counts.
    public var description: String {
        switch self {
        case .unknownLinkType(let type): "link type \(type)"
        case .notIP: "not IP"
        case .notUDP(let number): "IP protocol \(number), not UDP"
        case .fragment: "IP fragment"
        case .truncated: "cut off by the capture"
        case .malformed: "malformed headers"
        }
    }
}
