// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// What a datagram that begins as RTCP does turns out to be.
enum RTCPReading {
    /// RTCP in the clear: the packets' lengths fill the datagram.
    case plain
    /// SRTCP.
    case protected(SRTCPTrailer)
    /// Neither.
    case malformed

    init(_ datagram: RawSpan) {
        if (try? RTCPCompoundView(datagram, form: .reducedSize).packetCount) != nil {
            self = .plain
        } else if let trailer = SRTCPTrailer(findingIn: datagram) {
            self = .protected(trailer)
        } else {
            self = .malformed
        }
    }
}

/// What follows an RTCP packet that SRTCP protects: the E bit, the index, a tag and maybe an MKI (RFC 3711 section 3.4).
///
/// ```
/// HMAC   RTCP header, SSRC | encrypted            | E, index | MKI | tag
/// AEAD   RTCP header, SSRC | encrypted      | tag | E, index | MKI          (RFC 7714 section 9)
/// ```
///
/// Only the first eight octets of the packet are readable, so the trailer is found by trial: the word that would be the index
/// has the E bit and is below 2^16, or without the E bit what comes before it is RTCP in the clear; and RTCP, a multiple of
/// four octets that holds its first packet, is left. A word that is not the index passes once in 65,536 times.
struct SRTCPTrailer: Hashable, Sendable {
    /// The octets of the tag: 10 for HMAC-SHA1 as it is registered, 4 where a peer cuts it as on SRTP, 16 for AEAD.
    let tagByteCount: Int
    /// The octets of the MKI.
    let mkiByteCount: Int
    let isEncrypted: Bool
    /// Counts the packets of the sender, 31 bits.
    let index: UInt32

    private static let indexLimit: UInt32 = 1 << 16
    /// Tag, MKI, and whether the tag comes before the index; the more frequent ones first.
    private static let layouts: [(tag: Int, mki: Int, isTagFirst: Bool)] = [
        (10, 0, false), (16, 0, true), (4, 0, false), (10, 4, false), (10, 1, false), (16, 4, true), (16, 1, true),
        (4, 4, false), (4, 1, false),
    ]

    init?(findingIn datagram: RawSpan) {
        guard let header = try? RTCPHeader(parsing: datagram) else { return nil }
        for layout in Self.layouts {
            let wordOffset = datagram.byteCount - layout.mki - 4 - (layout.isTagFirst ? 0 : layout.tag)
            let packetByteCount = wordOffset - (layout.isTagFirst ? layout.tag : 0)
            guard packetByteCount >= max(8, header.packetByteCount), packetByteCount.isMultiple(of: 4),
                let word = datagram.bigEndianUInt32(at: wordOffset), word & 0x7FFF_FFFF < Self.indexLimit
            else { continue }
            let isEncrypted = word & 0x8000_0000 != 0
            let packet = datagram.extracting(0..<packetByteCount)
            guard isEncrypted || (try? RTCPCompoundView(packet, form: .reducedSize).packetCount) != nil else {
                continue
            }
            self.init(
                tagByteCount: layout.tag, mkiByteCount: layout.mki, isEncrypted: isEncrypted, index: word & 0x7FFF_FFFF)
            return
        }
        return nil
    }

    private init(tagByteCount: Int, mkiByteCount: Int, isEncrypted: Bool, index: UInt32) {
        self.tagByteCount = tagByteCount
        self.mkiByteCount = mkiByteCount
        self.isEncrypted = isEncrypted
        self.index = index
    }
}
