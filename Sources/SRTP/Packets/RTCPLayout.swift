// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

/// Where the parts of an SRTCP packet lie (RFC 3711 section 3.4). Only read from the packet; nothing is changed by it.
///
/// ```
/// | RTCP header, SSRC | the rest of the compound |E| index | tag |
///                     |<------ encrypted ------->|
/// |<------------------- authenticated ------------------->|
/// ```
struct RTCPLayout {
    /// The octets in the clear: the first header and the SSRC of its sender.
    static let clearByteCount = 8
    /// The word with the E bit and the index.
    static let indexByteCount = 4
    /// The E bit in that word.
    static let encryptedBit: UInt32 = 0x8000_0000
    /// The largest index.
    static let maximumIndex: UInt32 = 0x7FFF_FFFF

    let ssrc: SSRC
    /// The octets before the index word.
    let plainByteCount: Int
    let tagByteCount: Int

    /// Reads a packet that is to be protected.
    init(plain packet: RawSpan, tagByteCount: Int) throws(SRTPError) {
        try self.init(packet, plainByteCount: packet.byteCount, tagByteCount: tagByteCount)
    }

    /// Reads a packet that is to be unprotected.
    init(protected packet: RawSpan, tagByteCount: Int) throws(SRTPError) {
        try self.init(
            packet, plainByteCount: packet.byteCount - Self.indexByteCount - tagByteCount, tagByteCount: tagByteCount)
    }

    private init(_ packet: RawSpan, plainByteCount: Int, tagByteCount: Int) throws(SRTPError) {
        guard plainByteCount >= Self.clearByteCount, let flags = packet.octet(at: 0),
            let sender = packet.bigEndianUInt32(at: 4)
        else {
            let trailer = packet.byteCount - plainByteCount
            throw .truncated(neededBytes: Self.clearByteCount + trailer, availableBytes: packet.byteCount)
        }
        guard flags >> 6 == 2 else { throw .malformed(.unsupportedVersion(flags >> 6)) }
        let portion = plainByteCount - Self.clearByteCount
        guard portion <= PacketJob.maximumCipherByteCount else {
            throw .packetTooLong(payloadBytes: portion, limitBytes: PacketJob.maximumCipherByteCount)
        }
        ssrc = SSRC(rawValue: sender)
        self.plainByteCount = plainByteCount
        self.tagByteCount = tagByteCount
    }

    /// The packet's length with index and tag.
    var protectedByteCount: Int { plainByteCount + Self.indexByteCount + tagByteCount }

    /// What the engine does with the packet at `index`.
    func job(at index: UInt32, isEncrypted: Bool) -> PacketJob {
        PacketJob(
            cipherStart: isEncrypted ? Self.clearByteCount : plainByteCount, cipherEnd: plainByteCount,
            authenticatedEnd: plainByteCount + Self.indexByteCount, hiddenTrailer: nil,
            tagStart: plainByteCount + Self.indexByteCount, tagCount: tagByteCount,
            counter: CounterBlock(high: UInt64(ssrc.rawValue), low: UInt64(index) << 16))
    }
}
