// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

/// Where the parts of an SRTCP packet lie (RFC 3711 section 3.4, RFC 7714 section 9). Only read from the packet; nothing is
/// changed by it.
///
/// ```
/// | RTCP header, SSRC | the rest of the compound |E| index | MKI | tag |
///                     |<------ encrypted ------->|
/// |<------------------- authenticated ------------------->|
///
/// authenticated cipher:
/// | RTCP header, SSRC | the rest of the compound | tag |E| index | MKI |
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
    /// The octets before the trailer.
    let plainByteCount: Int
    let form: PacketForm

    /// Reads a packet that is to be protected.
    init(plain packet: RawSpan, _ form: PacketForm) throws(SRTPError) {
        try self.init(packet, plainByteCount: packet.byteCount, form)
    }

    /// Reads a packet that is to be unprotected.
    init(protected packet: RawSpan, _ form: PacketForm) throws(SRTPError) {
        let trailer = Self.indexByteCount + form.mkiByteCount + form.tagByteCount
        try self.init(packet, plainByteCount: packet.byteCount - trailer, form)
    }

    private init(_ packet: RawSpan, plainByteCount: Int, _ form: PacketForm) throws(SRTPError) {
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
        self.form = form
    }

    /// The packet's length with index, MKI and tag.
    var protectedByteCount: Int { plainByteCount + Self.indexByteCount + form.mkiByteCount + form.tagByteCount }
    /// Where the word with the E bit and the index lies.
    var indexStart: Int { form.isAEAD ? plainByteCount + form.tagByteCount : plainByteCount }
    /// Where the MKI lies.
    var mki: Range<Int> { indexStart + Self.indexByteCount..<indexStart + Self.indexByteCount + form.mkiByteCount }

    /// What the engine does with the packet whose index word is `word`. A MAC covers the word where it lies; for an authenticated
    /// cipher it is associated data (RFC 7714 section 9.2).
    func job(indexWord word: UInt32, in packet: RawSpan) -> PacketJob {
        let isEncrypted = word & Self.encryptedBit != 0
        let index = word & Self.maximumIndex
        let end = form.isAEAD ? plainByteCount : plainByteCount + Self.indexByteCount
        let counter =
            form.kind == .aesF8
            ? F8Vector.rtcp(packet, indexWord: word)
            : CounterBlock(high: UInt64(ssrc.rawValue), low: UInt64(index) << 16)
        return PacketJob(
            cipherStart: isEncrypted ? Self.clearByteCount : plainByteCount, cipherEnd: plainByteCount,
            authenticatedEnd: end, hiddenTrailer: form.isAEAD ? word : nil,
            tagStart: form.isAEAD ? plainByteCount : mki.upperBound, tagCount: form.tagByteCount, counter: counter)
    }
}
