// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// Packets written octet by octet, independent of the encoder under test.
public enum SamplePackets {
    /// An RTP packet.
    public static func rtp(
        sequence: UInt16, ssrc: UInt32 = 0x1122_3344, payload: [UInt8] = Array("payload".utf8), timestamp: UInt32 = 0,
        payloadType: UInt8 = 0, marker: Bool = false, csrcs: [UInt32] = [], extensionWords: [UInt32]? = nil,
        profile: UInt16 = 0xBEDE, padding: UInt8 = 0
    ) -> [UInt8] {
        var packet: [UInt8] = []
        packet.append(
            0x80 | (padding > 0 ? 0x20 : 0) | (extensionWords != nil ? 0x10 : 0) | UInt8(csrcs.count))
        packet.append((marker ? 0x80 : 0) | payloadType)
        packet += bigEndian(sequence) + bigEndian(timestamp) + bigEndian(ssrc)
        for csrc in csrcs { packet += bigEndian(csrc) }
        if let extensionWords {
            packet += bigEndian(profile) + bigEndian(UInt16(extensionWords.count))
            for word in extensionWords { packet += bigEndian(word) }
        }
        packet += payload
        if padding > 0 { packet += [UInt8](repeating: 0, count: Int(padding) - 1) + [padding] }
        return packet
    }

    /// A compound of an empty receiver report and an SDES with a CNAME.
    public static func rtcp(ssrc: UInt32 = 0x1122_3344, cname: String = "someone@example.invalid") -> [UInt8] {
        var chunk = bigEndian(ssrc) + [1, UInt8(cname.utf8.count)] + Array(cname.utf8) + [0]
        while !chunk.count.isMultiple(of: 4) { chunk.append(0) }
        return [0x80, 201, 0, 1] + bigEndian(ssrc) + [0x81, 202] + bigEndian(UInt16(chunk.count / 4)) + chunk
    }

    /// A number's octets, most significant first.
    public static func bigEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        withUnsafeBytes(of: number.bigEndian) { Array($0) }
    }
}
