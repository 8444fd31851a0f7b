// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// An IP packet whose payload is of one protocol, as far as a datagram or segment needs it.
struct IPPacket {
    let source: IPAddress
    let destination: IPAddress
    /// What follows the IP headers, up to where they say; it may lie beyond the end of the frame.
    let payloadRange: Range<Int>
    /// Where the address lies that the UDP checksum takes for the destination.
    let checksumDestinationOffset: Int

    private enum NextHeader {
        static let hopByHop: UInt8 = 0
        static let routing: UInt8 = 43
        static let fragment: UInt8 = 44
        static let authentication: UInt8 = 51
        static let destinationOptions: UInt8 = 60
    }

    /// Reads an IPv4 header (RFC 791).
    init(
        v4 frame: RawSpan, at start: Int, carrying wanted: UInt8 = UDPDatagram.protocolNumber
    ) throws(UDPDatagram.Refusal) {
        guard start + 20 <= frame.byteCount, let first = frame.octet(at: start),
            let totalLength = frame.bigEndianUInt16(at: start + 2), let flags = frame.bigEndianUInt16(at: start + 6),
            let next = frame.octet(at: start + 9), let source = frame.bigEndianUInt32(at: start + 12),
            let destination = frame.bigEndianUInt32(at: start + 16)
        else { throw .truncated }
        guard next == wanted else { throw .notUDP(protocol: next) }
        // The flag MF and the fragment offset.
        guard flags & 0x3FFF == 0 else { throw .fragment }
        let headerByteCount = 4 * Int(first & 0x0F)
        guard headerByteCount >= 20, headerByteCount <= totalLength else { throw .malformed }
        self.source = .v4(source)
        self.destination = .v4(destination)
        payloadRange = start + headerByteCount..<start + Int(totalLength)
        checksumDestinationOffset = start + 16
    }

    /// Reads an IPv6 header and its extension headers (RFC 8200).
    init(
        v6 frame: RawSpan, at start: Int, carrying wanted: UInt8 = UDPDatagram.protocolNumber
    ) throws(UDPDatagram.Refusal) {
        guard start + 40 <= frame.byteCount, let payloadLength = frame.bigEndianUInt16(at: start + 4),
            var next = frame.octet(at: start + 6), let source = frame.address(at: start + 8),
            let destination = frame.address(at: start + 24)
        else { throw .truncated }
        var offset = start + 40
        let end = offset + Int(payloadLength)
        var checksumDestination = start + 24
        while next != wanted {
            let length: Int
            // All of them start with the next header, and all but the fragment header go on with their length.
            guard let following = frame.octet(at: offset), let count = frame.octet(at: offset + 1) else {
                throw .truncated
            }
            switch next {
            case NextHeader.hopByHop, NextHeader.destinationOptions: length = 8 * (Int(count) + 1)
            case NextHeader.routing:
                length = 8 * (Int(count) + 1)
                checksumDestination =
                    try Self.finalDestination(of: frame, routingHeaderAt: offset, length) ?? checksumDestination
            case NextHeader.fragment:
                length = 8
                guard let position = frame.bigEndianUInt16(at: offset + 2) else { throw .truncated }
                // An atomic fragment is the whole packet (RFC 6946): offset 0 and no more.
                guard position & 0xFFF9 == 0 else { throw .fragment }
            case NextHeader.authentication: length = 4 * (Int(count) + 2)
            default: throw .notUDP(protocol: next)
            }
            offset += length
            guard offset <= end else { throw .malformed }
            next = following
        }
        self.source = .v6(source)
        self.destination = .v6(destination)
        payloadRange = offset..<end
        checksumDestinationOffset = checksumDestination
    }

    /// Where a routing header holds the last hop's address, which the UDP checksum covers while there are hops to go.
    private static func finalDestination(
        of frame: RawSpan, routingHeaderAt start: Int, _ byteCount: Int
    ) throws(UDPDatagram.Refusal) -> Int? {
        guard start + byteCount <= frame.byteCount, let type = frame.octet(at: start + 2),
            let segmentsLeft = frame.octet(at: start + 3)
        else { throw .truncated }
        guard segmentsLeft > 0, byteCount >= 24 else { return nil }
        return switch type {
        case 0, 2: start + byteCount - 16
        // A segment list runs backwards (RFC 8754).
        case 4: start + 8
        default: nil
        }
    }
}

extension RawSpan {
    /// An IPv6 address at `offset`, or `nil` where it is not all inside the span.
    fileprivate func address(at offset: Int) -> UInt128? {
        var bits: UInt128 = 0
        for position in 0..<4 {
            guard let word = bigEndianUInt32(at: offset + 4 * position) else { return nil }
            bits = bits << 32 | UInt128(word)
        }
        return bits
    }
}
