// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// Reads an RTP packet and writes it again.
enum RTPProbe {
    static func run(_ octets: RawSpan) throws(ProbeFinding) {
        let header: RTPHeader
        do throws(RTPError) {
            header = try RTPHeader(parsing: octets)
        } catch {
            _ = error.description
            try require((try? RTPPacketView(octets)) == nil, "a packet whose header is refused is read: \(error)")
            return
        }
        try check(header, octets)
        let packet: RTPPacketView
        do throws(RTPError) {
            packet = try RTPPacketView(octets)
        } catch {
            guard header.hasPadding, case .invalidPadding = error else {
                throw ProbeFinding("a packet without wrong padding is refused: \(error)")
            }
            return
        }
        try require(packet.header == header, "the header alone and that of the packet differ")
        try checkWriting(packet)
        try checkElements(packet)
    }

    private static func check(_ header: RTPHeader, _ octets: RawSpan) throws(ProbeFinding) {
        try require((12...octets.byteCount).contains(header.byteCount), "a header of \(header.byteCount) octets")
        try require(
            header.extensionRange.upperBound == header.byteCount && header.extensionRange.lowerBound >= 12,
            "an extension at \(header.extensionRange)")
        try require(octets.bigEndianUInt32(at: 8) == header.ssrc.rawValue, "an SSRC that is not in the packet")
        // A header that is one octet shorter than it says.
        do throws(RTPError) {
            _ = try RTPHeader(parsing: octets.extracting(first: header.byteCount - 1))
        } catch {
            guard case .truncated = error else { throw ProbeFinding("a truncated header is refused as \(error)") }
            for allowsExtension in [true, false] {
                do throws(RTPError) {
                    try header.checkValidity(payloadTypes: [0, 8, 96], allowsExtension: allowsExtension)
                } catch {
                    _ = error.description
                }
            }
            return
        }
        throw ProbeFinding("a truncated header is read")
    }

    private static func checkWriting(_ packet: RTPPacketView) throws(ProbeFinding) {
        let builder = RTPPacketBuilder(packet)
        var expected = Array(copying: packet.bytes)
        // Padding is written as zeros and their count.
        let padding = packet.paddingByteCount
        for position in expected.count - padding..<max(expected.count - 1, expected.count - padding) {
            expected[position] = 0
        }
        let written: [UInt8]
        do throws(RTPError) { written = try builder.encoded(payload: packet.payload) } catch {
            throw ProbeFinding("a packet that was read is not written: \(error)")
        }
        try require(written == expected, "written: \(written), expected: \(expected)")
    }

    private static func checkElements(_ packet: RTPPacketView) throws(ProbeFinding) {
        try require(packet.csrcs.count == packet.header.csrcCount, "\(packet.csrcs.count) CSRCs")
        try require(
            packet.extensionData.byteCount == packet.header.extensionByteCount, "extension data of another length")
        guard var cursor = HeaderExtensionCursor(packet.header) else { return }
        let walk = try HeaderExtensionProbe.walk(&cursor, over: packet.bytes, in: packet.header.extensionRange)
        guard let first = walk.elements.first else { return }
        let found: RawSpan?
        do throws(RTPError) { found = try packet.extensionElement(id: first.id) } catch {
            throw ProbeFinding("the first element is refused when asked for: \(error)")
        }
        guard let found else { throw ProbeFinding("the first element is not found") }
        try require(
            Array(copying: found) == Array(copying: packet.bytes.extracting(first.range)),
            "element \(first.id) is not the first one")
    }
}
