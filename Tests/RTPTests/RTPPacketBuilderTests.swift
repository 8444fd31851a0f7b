// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

@Suite("RTPPacketBuilder")
struct RTPPacketBuilderTests {
    private func rewritten(_ bytes: [UInt8]) throws -> [UInt8] {
        let view = try RTPPacketView(bytes.span.bytes)
        return try RTPPacketBuilder(view).encoded(payload: view.payload)
    }

    @Test("a packet without options is twelve octets and its payload")
    func smallest() throws {
        let packet = RTPPacketBuilder(payloadType: 0, sequenceNumber: 0x0102, timestamp: 0x0304_0506, ssrc: 0x0708_090A)
        let payload: [UInt8] = [0xAA]
        #expect(try packet.encoded(payload: payload.span.bytes) == octets("8000 0102 03040506 0708090a aa"))
        #expect(packet.encodedByteCount(payloadByteCount: 1) == 13)
    }

    @Test("all fields at once")
    func full() throws {
        var packet = RTPPacketBuilder(
            payloadType: 96, sequenceNumber: 0x1234, timestamp: 0x89AB_CDEF, ssrc: 0x0102_0304)
        packet.marker = true
        packet.csrcs = [0x1111_1111, 0x2222_2222]
        packet.headerExtension = HeaderExtension(profile: 0xABCD, data: octets("deadbeef"))
        let payload: [UInt8] = [1, 2, 3]
        #expect(try packet.encoded(payload: payload.span.bytes) == RTPHeaderTests.packet)
        packet.paddingByteCount = 5
        let padded = try packet.encoded(payload: payload.span.bytes)
        #expect(padded.suffix(8) == [1, 2, 3, 0, 0, 0, 0, 5])
        #expect(padded[0] & 0x20 != 0)
        #expect(try rewritten(padded) == padded)
    }

    @Test("write(parse(x)) == x for random packets, and every strict prefix throws or writes itself", arguments: 0..<64)
    func roundTrip(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let packet = random.rtpPacket()
        let payload = random.octets(in: 0...40)
        let bytes = try packet.encoded(payload: payload.span.bytes)
        #expect(bytes.count == packet.encodedByteCount(payloadByteCount: payload.count))
        #expect(try rewritten(bytes) == bytes)
        let view = try RTPPacketView(bytes.span.bytes)
        let (read, readPayload) = (RTPPacketBuilder(view), octets(view.payload))
        #expect(read == packet)
        #expect(readPayload == payload)
        for count in 0..<bytes.count {
            let prefix = Array(bytes.prefix(count))
            guard let again = try? rewritten(prefix) else { continue }
            // A cut may take a payload octet for the padding count; what lies before it need not be zero.
            if packet.paddingByteCount == 0 { #expect(again == prefix) } else { #expect(again.count == count) }
        }
    }

    @Test("RTP-06 random octets never trap")
    func noise() {
        var random = SeededGenerator(seed: 99)
        for _ in 0..<20_000 {
            var bytes = random.octets(in: 0...64)
            if !bytes.isEmpty { bytes[0] = 0x80 | bytes[0] & 0x3F }
            _ = try? rewritten(bytes)
        }
    }

    @Test("values that do not fit their field are typed errors")
    func limits() throws {
        let none: [UInt8] = []
        func encoded(_ change: (inout RTPPacketBuilder) -> Void) throws -> [UInt8] {
            var packet = RTPPacketBuilder(payloadType: 127, sequenceNumber: 0, timestamp: 0, ssrc: 0)
            change(&packet)
            return try packet.encoded(payload: none.span.bytes)
        }
        #expect(try encoded { $0.csrcs = Array(repeating: 1, count: 15) }.count == 72)
        #expect(throws: RTPError.valueOutOfRange(.csrcList, value: 16, allowed: 0...15)) {
            try encoded { $0.csrcs = Array(repeating: 1, count: 16) }
        }
        #expect(throws: RTPError.valueOutOfRange(.rtpHeader, value: 128, allowed: 0...127)) {
            try encoded { $0.payloadType = 128 }
        }
        for count in [0, 4, 262_140] {
            let bytes = try encoded {
                $0.headerExtension = HeaderExtension(profile: 1, data: [UInt8](repeating: 9, count: count))
            }
            #expect(bytes.count == 16 + count)
            #expect(try rewritten(bytes) == bytes)
        }
        for count in [1, 3, 262_144] {
            #expect(throws: RTPError.invalidLength(.headerExtension, bytes: count)) {
                try encoded {
                    $0.headerExtension = HeaderExtension(profile: 1, data: [UInt8](repeating: 9, count: count))
                }
            }
        }
        #expect(try encoded { $0.paddingByteCount = 255 }.last == 255)
    }

    @Test("a buffer that is too small is left as it was; a larger one keeps what lies behind the packet")
    func buffer() throws {
        let packet = RTPPacketBuilder(payloadType: 0, sequenceNumber: 0, timestamp: 0, ssrc: 0)
        let payload: [UInt8] = [1, 2]
        for room in [0, 1, 13] {
            var buffer = [UInt8](repeating: 0xEE, count: room)
            #expect(throws: RTPError.bufferTooSmall(neededBytes: 14, availableBytes: room)) {
                var span = buffer.mutableSpan
                var output = span.mutableBytes
                _ = try packet.write(payload: payload.span.bytes, into: &output)
            }
            #expect(buffer.allSatisfy { $0 == 0xEE })
        }
        var buffer = [UInt8](repeating: 0xEE, count: 16)
        var span = buffer.mutableSpan
        var output = span.mutableBytes
        let count = try packet.write(payload: payload.span.bytes, into: &output)
        #expect(count == 14)
        #expect(buffer.suffix(4) == [1, 2, 0xEE, 0xEE])
    }
}
