// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

import RTP
import TestSupport
import Testing

/// An RTCP packet of this type, count and body, in octets.
func rtcpOctets(_ type: UInt8, _ count: UInt8, _ body: String) -> [UInt8] {
    let body = octets(body)
    let words = body.count / 4
    return [0x80 | count, type, UInt8(words >> 8), UInt8(words & 0xFF)] + body
}

/// The one packet in `bytes`. Whatever parses must write itself, be as long as it says, and equal itself.
func decodedRTCP(_ bytes: [UInt8]) throws -> RTCPPacket {
    let compound = try RTCPCompound(parsing: bytes.span.bytes, form: .reducedSize)
    #expect(try compound.encoded(form: .reducedSize) == bytes)
    #expect(compound.encodedByteCount == bytes.count)
    #expect(compound.packets.count == 1)
    return try #require(compound.packets.first)
}

/// The one packet of this type, count and body.
func decodedRTCP(_ type: UInt8, _ count: UInt8, _ body: String) throws -> RTCPPacket {
    try decodedRTCP(rtcpOctets(type, count, body))
}

/// The packet alone in a datagram.
func encodedRTCP(_ packet: RTCPPacket) throws -> [UInt8] { try RTCPCompound([packet]).encoded(form: .reducedSize) }

/// Writes the packet, compares with the octets of its body, and reads it back.
func expectRTCP(_ packet: RTCPPacket, _ type: UInt8, _ count: UInt8, _ body: String) throws {
    let bytes = rtcpOctets(type, count, body)
    #expect(try encodedRTCP(packet) == bytes)
    #expect(packet.encodedByteCount == bytes.count)
    #expect(packet.packetType.rawValue == type)
    #expect(try decodedRTCP(bytes) == packet)
}
