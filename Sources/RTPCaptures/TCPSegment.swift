// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// A TCP segment in a captured frame (RFC 9293 section 3.1): from where to where, and its part of the stream.
package struct TCPSegment: Hashable, Sendable {
    /// One direction of a connection.
    package struct Direction: Hashable, Sendable {
        /// Who sent the segment.
        package let source: IPAddress
        /// Who it is for.
        package let destination: IPAddress
        /// The sender's port.
        package let sourcePort: UInt16
        /// The receiver's port.
        package let destinationPort: UInt16
    }

    /// From where to where.
    package let direction: Direction
    /// The number of its first octet, or of SYN before that.
    package let sequenceNumber: UInt32
    /// Whether it begins its direction of a connection.
    package let isSYN: Bool
    /// Where its octets lie in the frame, as many as were captured.
    package let payloadRange: Range<Int>
    /// The octets behind these that were not captured.
    package let missingByteCount: Int

    /// The number of TCP as an IP protocol.
    private static let protocolNumber: UInt8 = 6
    private static let synFlag: UInt8 = 0x02

    /// Finds the segment in a frame, below the same layers as ``UDPDatagram``. Checksums are not verified.
    ///
    /// - Throws: ``UDPDatagram/Refusal`` for every other frame, and for one that ends before the data do.
    package init(parsing frame: RawSpan, linkType: LinkType) throws(UDPDatagram.Refusal) {
        let network = try NetworkLayer(of: frame, linkType: linkType)
        let packet =
            network.version == 4
            ? try IPPacket(v4: frame, at: network.offset, carrying: Self.protocolNumber)
            : try IPPacket(v6: frame, at: network.offset, carrying: Self.protocolNumber)
        let start = packet.payloadRange.lowerBound
        guard let sourcePort = frame.bigEndianUInt16(at: start),
            let destinationPort = frame.bigEndianUInt16(at: start + 2),
            let sequenceNumber = frame.bigEndianUInt32(at: start + 4), let offset = frame.octet(at: start + 12),
            let flags = frame.octet(at: start + 13)
        else { throw .truncated }
        let headerByteCount = 4 * Int(offset >> 4)
        guard headerByteCount >= 20, headerByteCount <= packet.payloadRange.count else { throw .malformed }
        let payload = start + headerByteCount..<packet.payloadRange.upperBound
        guard payload.lowerBound <= frame.byteCount else { throw .truncated }
        direction = Direction(
            source: packet.source, destination: packet.destination, sourcePort: sourcePort,
            destinationPort: destinationPort)
        self.sequenceNumber = sequenceNumber
        isSYN = flags & Self.synFlag != 0
        payloadRange = payload.lowerBound..<min(payload.upperBound, frame.byteCount)
        missingByteCount = payload.upperBound - payloadRange.upperBound
    }
}
