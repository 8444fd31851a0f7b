// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("RTPHeader and RTPPacketView")
struct RTPHeaderTests {
    /// CC 2, marker, PT 96, extension of one word, payload 01 02 03.
    static let packet = octets("92e0 1234 89abcdef 01020304 11111111 22222222 abcd0001 deadbeef 010203")

    private func header(_ bytes: [UInt8]) throws -> RTPHeader { try RTPHeader(parsing: bytes.span.bytes) }

    @Test("every field is where RFC 3550 5.1 puts it")
    func fields() throws {
        let view = try RTPPacketView(Self.packet.span.bytes)
        let header = view.header
        #expect(header.marker && header.hasExtension && !header.hasPadding)
        #expect(header.payloadType == 96)
        #expect(header.sequenceNumber == 0x1234)
        #expect(header.timestamp == 0x89AB_CDEF)
        #expect(header.ssrc == 0x0102_0304)
        #expect(header.csrcCount == 2)
        #expect(header.extensionProfile == 0xABCD)
        #expect(header.byteCount == 28)
        let (csrcs, second, payload) = (view.csrcs, view.csrc(at: 1), octets(view.payload))
        #expect(csrcs == [0x1111_1111, 0x2222_2222])
        #expect(second == 0x2222_2222)
        #expect(payload == [1, 2, 3])
        let extensionData = octets(view.extensionData)
        #expect(extensionData == octets("deadbeef"))
    }

    @Test("SRTP-39 CC 0 to 15, the header ending exactly at the end, and one octet short", arguments: UInt8(0)...15)
    func csrcCount(_ count: UInt8) throws {
        let bytes = [0x80 | count] + [UInt8](repeating: 0, count: 11 + 4 * Int(count))
        let header = try header(bytes)
        #expect(header.byteCount == bytes.count)
        let view = try RTPPacketView(bytes.span.bytes)
        let payload = view.payloadRange
        #expect(payload.isEmpty, "an empty payload is legal")
        #expect(throws: RTPError.self) { try self.header(bytes.dropLast()) }
    }

    @Test(
        "SRTP-39 X with length 0, 1 and the largest, exactly at the end and one octet short", arguments: [0, 1, 65535])
    func extensionLength(_ words: Int) throws {
        let bytes =
            [0x90] + [UInt8](repeating: 0, count: 11) + [0xBE, 0xDE, UInt8(words >> 8), UInt8(words & 0xFF)]
            + [UInt8](repeating: 7, count: 4 * words)
        let header = try header(bytes)
        #expect(header.byteCount == bytes.count)
        #expect(header.extensionByteCount == 4 * words)
        #expect(throws: RTPError.truncated(.headerExtension, neededBytes: bytes.count, availableBytes: bytes.count - 1))
        {
            try self.header(bytes.dropLast())
        }
    }

    @Test("SRTP-39 a CSRC list or an extension past the end is refused, with the octets that are wanting")
    func pastTheEnd() {
        let fixed = [UInt8](repeating: 0, count: 11)
        #expect(throws: RTPError.truncated(.rtpHeader, neededBytes: 12, availableBytes: 0)) { try header([]) }
        #expect(throws: RTPError.truncated(.csrcList, neededBytes: 72, availableBytes: 12)) {
            try header([0x8F] + fixed)
        }
        #expect(throws: RTPError.truncated(.headerExtension, neededBytes: 16, availableBytes: 15)) {
            try header([0x90] + fixed + [0, 0, 0])
        }
        #expect(throws: RTPError.truncated(.headerExtension, neededBytes: 16 + 262_140, availableBytes: 16)) {
            try header([0x90] + fixed + [0, 0, 0xFF, 0xFF])
        }
    }

    @Test("SRTP-40 the extension's length is its words times four, behind the CSRCs")
    func extensionPlace() throws {
        let header = try header(octets("9100 0000 00000000 00000000 55555555 1000 0002 0000000000000000 ff"))
        #expect(header.extensionRange == 20..<28)
        #expect(header.byteCount == 28)
    }

    @Test("SRTP-42 the header does not look at padding: its count may be encrypted")
    func paddingIsLeft() throws {
        for last: UInt8 in [0, 1, 200] {
            let header = try header(octets("a000 0000 00000000 00000000 0000") + [last])
            #expect(header.hasPadding)
            #expect(header.byteCount == 12)
        }
        #expect(try header(octets("a000 0000 00000000 00000000")).hasPadding)
    }

    @Test("RTP-02 padding of the whole packet is read from its last octet")
    func padding() throws {
        let fixed = octets("a000 0000 00000000 00000000")
        for (body, payload) in [("aabb01", "aabb"), ("aabb02", "aa"), ("000003", "")] {
            let view = try RTPPacketView((fixed + octets(body)).span.bytes)
            let found = octets(view.payload)
            #expect(found == octets(payload))
        }
        for (body, count) in [("aabb00", 0), ("aabb04", 4), ("", 0)] {
            #expect(throws: RTPError.invalidPadding(count: count, availableBytes: octets(body).count)) {
                _ = try RTPPacketView((fixed + octets(body)).span.bytes)
            }
        }
    }

    @Test("SRTP-44 versions other than 2 are refused", arguments: [0, 1, 3] as [UInt8])
    func version(_ version: UInt8) {
        #expect(throws: RTPError.unsupportedVersion(version)) {
            try header([version << 6] + [UInt8](repeating: 0, count: 11))
        }
    }

    @Test("RTP-05 A.1: payload type, SR and RR, and the extension are checked on demand")
    func validity() throws {
        let header = try header(Self.packet)
        try header.checkValidity(payloadTypes: [0, 96])
        #expect(throws: RTPError.unknownPayloadType(96)) { try header.checkValidity(payloadTypes: [0]) }
        #expect(throws: RTPError.unexpectedHeaderExtension) {
            try header.checkValidity(payloadTypes: [96], allowsExtension: false)
        }
        for type: UInt8 in [200, 201] {
            let report = try self.header([0x80, type] + [UInt8](repeating: 0, count: 10))
            #expect(throws: RTPError.unexpectedPacketType(type)) { try report.checkValidity(payloadTypes: [72, 73]) }
        }
        let unmarked = try self.header([0x80, 72] + [UInt8](repeating: 0, count: 10))
        try unmarked.checkValidity(payloadTypes: [72])
    }

    @Test("errors describe themselves in one line")
    func descriptions() {
        #expect("\(RTPError.truncated(.csrcList, neededBytes: 72, availableBytes: 12))".contains("72"))
        #expect("\(RTPError.missing(.sourceDescription))" == "SDES missing")
        #expect("\(SSRC(0xAB))" == "000000ab")
    }
}

/// The octets that a span lends.
func octets(_ span: RawSpan) -> [UInt8] {
    (0..<span.byteCount).map { span.unsafeLoad(fromByteOffset: $0, as: UInt8.self) }
}
