// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP
internal import WireBytes

/// Where the parts of a plain SRTP packet lie (RFC 3711 section 3.1): one without MKI and options. Only read from the packet;
/// nothing is changed by it.
///
/// ```
/// | RTP header, CSRCs, extension | payload, padding | tag |
///                                |<-- encrypted --->|
/// |<---------------- authenticated ---------------->|       and, not sent, the rollover counter behind it
/// ```
struct RTPLayout {
    let ssrc: SSRC
    let sequenceNumber: UInt16
    let headerByteCount: Int
    /// The octets before the tag.
    let plainByteCount: Int
    let tagByteCount: Int

    /// Reads a packet that is to be protected.
    @inline(__always)
    init(plain packet: RawSpan, tagByteCount: Int) throws(SRTPError) {
        try self.init(packet, plainByteCount: packet.byteCount, tagByteCount: tagByteCount)
    }

    /// Reads a packet of which `plainByteCount` octets come before the tag; `nil` where anything is wrong with it.
    @inline(__always)
    init?(wellFormed packet: RawSpan, plainByteCount: Int, tagByteCount: Int) {
        guard plainByteCount >= RTPHeader.minimumByteCount, plainByteCount <= packet.byteCount,
            let layout = try? RTPLayout(
                packet.extracting(first: plainByteCount), plainByteCount: plainByteCount, tagByteCount: tagByteCount)
        else { return nil }
        self = layout
    }

    /// Reads a packet that is to be unprotected, with an MKI of `form`'s length, be it 0.
    @inline(__always)
    init(protected packet: RawSpan, _ form: PacketForm) throws(SRTPError) {
        let trailer = form.tagByteCount + form.mkiByteCount
        let plain = packet.byteCount - trailer
        guard plain >= RTPHeader.minimumByteCount else {
            throw .truncated(
                neededBytes: RTPHeader.minimumByteCount + trailer, availableBytes: packet.byteCount)
        }
        try self.init(packet.extracting(first: plain), plainByteCount: plain, tagByteCount: form.tagByteCount)
    }

    @inline(__always)
    private init(_ packet: RawSpan, plainByteCount: Int, tagByteCount: Int) throws(SRTPError) {
        let header: RTPHeader
        do throws(RTPError) { header = try RTPHeader(parsing: packet) } catch { throw .malformed(error) }
        let payload = plainByteCount - header.byteCount
        guard payload <= PacketJob.maximumCipherByteCount else {
            throw .packetTooLong(payloadBytes: payload, limitBytes: PacketJob.maximumCipherByteCount)
        }
        ssrc = header.ssrc
        sequenceNumber = header.sequenceNumber
        headerByteCount = header.byteCount
        self.plainByteCount = plainByteCount
        self.tagByteCount = tagByteCount
    }

    /// The packet's length with its tag.
    var protectedByteCount: Int { plainByteCount + tagByteCount }

    /// What the engine does with the packet at `index`. A MAC covers the rollover counter as well; an authenticated cipher has
    /// it in its IV.
    @inline(__always)
    func job(at index: PacketIndex, isAEAD: Bool) -> PacketJob {
        PacketJob(
            cipherStart: headerByteCount, cipherEnd: plainByteCount, authenticatedEnd: plainByteCount,
            hiddenTrailer: isAEAD ? nil : index.rolloverCounter, tagStart: plainByteCount, tagCount: tagByteCount,
            counter: Self.counter(ssrc, index))
    }

    /// The same for a packet that has an MKI of `form`'s length behind the plain octets, or behind the tag of an authenticated
    /// cipher.
    @inline(__always)
    func job(at index: PacketIndex, _ form: PacketForm) -> PacketJob {
        var job = job(at: index, isAEAD: form.isAEAD)
        if !form.isAEAD { job.tagStart += form.mkiByteCount }
        return job
    }

    /// The counter before the salt: IV = (k_s * 2^16) XOR (SSRC * 2^64) XOR (i * 2^16), RFC 3711 section 4.1.1. RFC 7714's IV
    /// for SRTP is the same without its first and last two octets (section 8.1).
    @inline(__always)
    static func counter(_ ssrc: SSRC, _ index: PacketIndex) -> CounterBlock {
        CounterBlock(high: UInt64(ssrc.rawValue), low: index.wire << 16)
    }
}
