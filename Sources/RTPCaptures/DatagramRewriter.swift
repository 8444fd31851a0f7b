// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// Makes frames that carry another payload, in a buffer that is used again.
///
/// The headers stay, but for the IP length, the IPv4 header checksum, the UDP length and the UDP checksum. Padding
/// behind the datagram is dropped. An IPv6 authentication header no longer verifies.
package struct DatagramRewriter: ~Copyable {
    private var buffer: [UInt8] = []

    package init() {}

    /// The frame with `payload` in place of the datagram's, lent until the next call.
    ///
    /// - Parameter datagram: What was parsed from `frame`.
    /// - Throws: ``CaptureError/payloadTooLarge(bytes:limit:)`` where a length field cannot hold the new length.
    @_lifetime(&self)
    package mutating func rewrite(
        _ frame: RawSpan, _ datagram: UDPDatagram, payload: RawSpan
    ) throws(CaptureError) -> RawSpan {
        let headersByteCount = datagram.payloadRange.lowerBound
        // What the IP length counts before the payload: IPv4 counts its own header, IPv6 does not.
        let counted = headersByteCount - datagram.ipHeaderOffset - (datagram.ipVersion == 4 ? 0 : 40)
        guard let ipLength = UInt16(exactly: counted + payload.byteCount) else {
            throw .payloadTooLarge(bytes: payload.byteCount, limit: Int(UInt16.max) - counted)
        }
        let udpLength = UInt16(UDPDatagram.headerByteCount + payload.byteCount)
        let isChecksummed = datagram.ipVersion == 6 || frame.bigEndianUInt16(at: datagram.udpChecksumOffset) != 0
        let headers = frame.extracting(first: headersByteCount)

        buffer.removeAll(keepingCapacity: true)
        unsafe headers.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
        unsafe payload.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
        store(ipLength, at: datagram.ipLengthOffset)
        store(udpLength, at: datagram.udpLengthOffset)
        if let offset = datagram.ipChecksumOffset {
            store(0, at: offset)
            store(ipChecksum(datagram), at: offset)
        }
        if isChecksummed {
            store(0, at: datagram.udpChecksumOffset)
            store(udpChecksum(datagram, udpLength), at: datagram.udpChecksumOffset)
        }
        return bytes
    }

    private var bytes: RawSpan {
        @_lifetime(borrow self) get { unsafe buffer.span.bytes }
    }

    private mutating func store(_ value: UInt16, at offset: Int) {
        var octets = buffer.mutableSpan
        var bytes = unsafe octets.mutableBytes
        bytes.storeBigEndian(value, at: offset)
    }

    private func ipChecksum(_ datagram: UDPDatagram) -> UInt16 {
        var checksum = InternetChecksum()
        checksum.add(bytes.extracting(datagram.ipHeaderOffset..<datagram.udpHeaderOffset))
        return checksum.value
    }

    /// The checksum over the pseudo-header, the UDP header and the payload (RFC 768, RFC 8200 section 8.1).
    private func udpChecksum(_ datagram: UDPDatagram, _ length: UInt16) -> UInt16 {
        let addressByteCount = datagram.ipVersion == 4 ? 4 : 16
        let source = datagram.ipHeaderOffset + (datagram.ipVersion == 4 ? 12 : 8)
        let destination = datagram.checksumDestinationOffset
        var checksum = InternetChecksum()
        checksum.add(bytes.extracting(source..<source + addressByteCount))
        checksum.add(bytes.extracting(destination..<destination + addressByteCount))
        checksum.add(UInt16(UDPDatagram.protocolNumber))
        checksum.add(length)
        checksum.add(bytes.extracting(droppingFirst: datagram.udpHeaderOffset))
        // A computed 0 is sent as its other form, as 0 stands for "not computed".
        return checksum.value == 0 ? 0xFFFF : checksum.value
    }
}
