// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

/// The inner, end-to-end half of a double suite (RFC 8723): the payload is encrypted for the far end first, and the result, its tag
/// and the original header block for the next hop.
///
/// ```
/// | header, extension | payload, end to end | inner tag | original header block |
/// ```
enum DoubleEncryption {
    /// The octets that the payload grows by before the outer half: inner tag and an empty header block.
    static let overhead = tagByteCount + 1
    private static let tagByteCount = 16

    /// The header that the inner half authenticates: no extension, and what a media distributor changed put back.
    private struct SyntheticHeader {
        var octets = InlineArray<72, UInt8>(repeating: 0)
        let count: Int
        private(set) var sequenceNumber: UInt16

        init(_ header: RTPHeader, in packet: RawSpan) {
            count = RTPHeader.minimumByteCount + 4 * header.csrcCount
            for place in 0..<count { octets[place] = packet.octet(at: place) ?? 0 }
            octets[0] &= ~0x10
            sequenceNumber = header.sequenceNumber
        }

        mutating func restore(_ block: OriginalHeaderBlock) {
            if let payloadType = block.payloadType { octets[1] = octets[1] & 0x80 | payloadType & 0x7F }
            if let marker = block.marker { octets[1] = octets[1] & 0x7F | (marker ? 0x80 : 0) }
            if let number = block.sequenceNumber {
                sequenceNumber = number
                octets[2] = UInt8(truncatingIfNeeded: number >> 8)
                octets[3] = UInt8(truncatingIfNeeded: number)
            }
        }
    }

    /// Encrypts the payload that ends at `length`, and puts its tag and an empty header block behind it.
    @_lifetime(packet: copy packet)
    static func seal(
        _ header: RTPHeader, at index: PacketIndex, in packet: inout MutableRawSpan, length: Int,
        with cipher: inout PacketCipher?
    ) -> Bool {
        let synthetic = SyntheticHeader(header, in: packet.bytes)
        let counter = RTPLayout.counter(header.ssrc, index)
        packet.storeOctet(0, at: length + tagByteCount)
        var text = packet._mutatingExtracting(header.byteCount..<length + tagByteCount)
        return unsafe cipher?.sealAEAD(
            counter: counter, associatedData: synthetic.octets.span.bytes.extracting(first: synthetic.count), in: &text)
            == true
    }

    /// Decrypts the payload that ends, with tag and header block, at `length`. Returns where the payload ends; `nil` where it
    /// does not authenticate or the block is malformed, with the octets as before.
    ///
    /// Payload type and sequence number stay those of the last hop, by which a receiver finds the codec and the order. The marker
    /// becomes the original one: all else that is used is what the far end sent (RFC 8723 section 5.3).
    @_lifetime(packet: copy packet)
    static func open(
        _ header: RTPHeader, at index: PacketIndex, in packet: inout MutableRawSpan, length: Int,
        with cipher: inout PacketCipher?
    ) -> Int? {
        guard let block = OriginalHeaderBlock(endOf: packet.bytes.extracting(header.byteCount..<length)) else {
            return nil
        }
        let end = length - block.byteCount - tagByteCount
        guard end >= header.byteCount else { return nil }
        var synthetic = SyntheticHeader(header, in: packet.bytes)
        synthetic.restore(block)
        // The inner half has the sequence number of before, a little off the outer one's, and its rollover counter with it.
        let original = PacketIndex(of: synthetic.sequenceNumber, highest: index)
        var text = packet._mutatingExtracting(header.byteCount..<end + tagByteCount)
        let opened = unsafe cipher?.openAEAD(
            counter: RTPLayout.counter(header.ssrc, original),
            associatedData: synthetic.octets.span.bytes.extracting(first: synthetic.count), in: &text)
        guard opened == .opened else { return nil }
        packet.storeOctet(synthetic.octets[1] & 0x80 | header.payloadType, at: 1)
        return end
    }
}

/// What a media distributor says that it changed in a header (RFC 8723 section 4).
///
/// ```
/// | payload type, if P | sequence number, if Q | 0 0 0 0 B M P Q |
/// ```
struct OriginalHeaderBlock: Hashable, Sendable {
    let payloadType: UInt8?
    let sequenceNumber: UInt16?
    let marker: Bool?
    let byteCount: Int

    /// Reads the block at the end of a payload; `nil` where it is cut short, has reserved bits set, or a marker that is not there.
    init?(endOf payload: RawSpan) {
        guard let config = payload.octet(at: payload.byteCount - 1), config & 0xF0 == 0, config & 0x0C != 0x08 else {
            return nil
        }
        let hasPayloadType = config & 2 != 0
        let hasSequenceNumber = config & 1 != 0
        byteCount = 1 + (hasPayloadType ? 1 : 0) + (hasSequenceNumber ? 2 : 0)
        let start = payload.byteCount - byteCount
        guard start >= 0 else { return nil }
        payloadType = hasPayloadType ? payload.octet(at: start) : nil
        sequenceNumber = hasSequenceNumber ? payload.bigEndianUInt16(at: payload.byteCount - 3) : nil
        marker = config & 4 != 0 ? config & 8 != 0 : nil
    }
}
