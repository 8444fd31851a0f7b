// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import RTPCaptures

@Suite("DatagramRewriter")
struct DatagramRewriterTests {
    /// The frame that `rewrite` makes, copied.
    private func rewritten(
        _ frame: [UInt8], _ linkType: LinkType, _ payload: [UInt8], _ rewriter: inout DatagramRewriter
    ) throws -> [UInt8] {
        let datagram = try parse(frame, linkType)
        return try rewriter.rewrite(frame.span.bytes, datagram, payload: payload.span.bytes)
            .withUnsafeBytes { Array($0) }
    }

    /// Whether the sum over the pseudo-header and the datagram comes out as RFC 1071 says.
    private func udpSum(_ frame: [UInt8], _ datagram: UDPDatagram, destination: [UInt8]? = nil) -> UInt16 {
        let udp = Array(frame[datagram.udpHeaderOffset..<datagram.payloadRange.upperBound])
        let addresses =
            datagram.ipVersion == 4
            ? Frame.source4 + Frame.destination4 : Frame.source6 + (destination ?? Frame.destination6)
        return Frame.onesComplementSum(addresses + [0, 17] + Frame.big(udp.count) + udp)
    }

    @Test(
        "every frame takes shorter and longer payloads, with lengths and checksums right",
        arguments: UDPDatagramTests.samples)
    func rewriting(_ sample: UDPDatagramTests.Sample) throws {
        var rewriter = DatagramRewriter()
        var frame = sample.frame
        let original = try parse(frame, sample.linkType)
        frame.replaceSubrange(original.udpChecksumOffset..<original.udpChecksumOffset + 2, with: [0x12, 0x34])
        for count in [0, 1, 6, 7, 16, 1400, 3] {
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 200) }
            let result = try rewritten(frame, sample.linkType, payload, &rewriter)
            let datagram = try parse(result, sample.linkType)
            #expect(Array(result[datagram.payloadRange]) == payload)
            #expect(datagram.payloadRange.upperBound == result.count, "no padding behind")
            #expect(datagram.source == original.source && datagram.destination == original.destination)
            #expect(udpSum(result, datagram) == 0xFFFF)
            var headers = Array(result.prefix(datagram.payloadRange.lowerBound))
            if datagram.ipVersion == 4 {
                #expect(Frame.onesComplementSum(Array(headers[sample.ipOffset..<sample.udpOffset])) == 0xFFFF)
            }
            // All other header octets are as before.
            let offsets = [datagram.ipLengthOffset, datagram.udpLengthOffset, datagram.udpChecksumOffset]
            for offset in offsets + (datagram.ipChecksumOffset.map { [$0] } ?? []) {
                headers.replaceSubrange(offset..<offset + 2, with: frame[offset..<offset + 2])
            }
            #expect(headers == Array(frame.prefix(headers.count)))
        }
    }

    @Test("a checksum that IPv4 did not compute stays so; IPv6 gets one")
    func checksumZero() throws {
        var rewriter = DatagramRewriter()
        let four = try rewritten(Frame.ipv4(Frame.udp([1])), .raw, [2, 3], &rewriter)
        #expect(Array(four[26..<28]) == [0, 0])
        let six = try rewritten(Frame.ipv6(Frame.udp([1])), .raw, [2, 3], &rewriter)
        #expect(udpSum(six, try parse(six, .raw)) == 0xFFFF)
    }

    @Test("a checksum that comes out as 0 is sent as ffff")
    func checksumFFFF() throws {
        var rewriter = DatagramRewriter()
        let frame = Frame.ipv4(Frame.udp(checksum: 1, [0, 0]))
        let blank = try rewritten(frame, .raw, [0, 0], &rewriter)
        let result = try rewritten(frame, .raw, Array(blank[26..<28]), &rewriter)
        #expect(Array(result[26..<28]) == [0xFF, 0xFF])
        #expect(udpSum(result, try parse(result, .raw)) == 0xFFFF)
    }

    @Test("under a routing header the checksum covers the last hop", arguments: [0, 2, 4] as [UInt8])
    func routingHeader(type: UInt8) throws {
        let first = Array(repeating: 0xAA as UInt8, count: 16)
        let second = Array(repeating: 0xBB as UInt8, count: 16)
        var rewriter = DatagramRewriter()
        for segmentsLeft in [0, 1] as [UInt8] {
            let header = [17, 4, type, segmentsLeft, 1, 0, 0, 0] + first + second
            let frame = Frame.ipv6(next: 43, header + Frame.udp([1, 2, 3]))
            let result = try rewritten(frame, .raw, [4, 5], &rewriter)
            let destination = segmentsLeft == 0 ? Frame.destination6 : type == 4 ? first : second
            #expect(udpSum(result, try parse(result, .raw), destination: destination) == 0xFFFF)
        }
    }

    @Test("a payload that no length field holds is refused")
    func tooLarge() throws {
        var rewriter = DatagramRewriter()
        for (frame, limit) in [(Frame.ipv4(Frame.udp([])), 65507), (Frame.ipv6(Frame.udp([])), 65527)] {
            let largest = try rewritten(frame, .raw, Array(repeating: 1, count: limit), &rewriter)
            #expect(try parse(largest, .raw).payloadRange.count == limit)
            var failure: CaptureError?
            do {
                _ = try rewritten(frame, .raw, Array(repeating: 1, count: limit + 1), &rewriter)
            } catch {
                failure = error as? CaptureError
            }
            #expect(failure == .payloadTooLarge(bytes: limit + 1, limit: limit))
        }
    }

    @Test("the checksum of a known header, and of an odd count of octets")
    func knownChecksum() {
        func checksum(_ bytes: [UInt8]) -> UInt16 {
            var checksum = InternetChecksum()
            checksum.add(bytes.span.bytes)
            return checksum.value
        }
        // RFC 1071 section 3 and a header with its checksum taken out.
        #expect(checksum([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]) == ~0xDDF2)
        #expect(
            checksum([
                0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xC0, 0xA8, 0, 1, 0xC0, 0xA8, 0, 0xC7,
            ]) == 0xB861)
        var generator = SeededGenerator(seed: 7)
        for count in 0..<70 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(checksum(bytes) == ~Frame.onesComplementSum(bytes), "\(count) octets")
        }
    }
}
