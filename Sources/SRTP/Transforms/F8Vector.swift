// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// The initialisation vectors of AES in f8 mode, which are made of the packet's own header.
enum F8Vector {
    /// `0x00 || M || PT || SEQ || TS || SSRC || ROC` (RFC 3711 section 4.1.2.2).
    static func rtp(_ packet: RawSpan, rolloverCounter: UInt32) -> CounterBlock {
        let flags = UInt64(packet.bigEndianUInt32(at: 0) ?? 0) & 0x00FF_FFFF
        let timestamp = UInt64(packet.bigEndianUInt32(at: 4) ?? 0)
        let ssrc = UInt64(packet.bigEndianUInt32(at: 8) ?? 0)
        return CounterBlock(high: flags << 32 | timestamp, low: ssrc << 32 | UInt64(rolloverCounter))
    }

    /// `0..0 || E || SRTCP index || V || P || RC || PT || length || SSRC` (RFC 3711 section 4.1.2.3).
    static func rtcp(_ packet: RawSpan, indexWord: UInt32) -> CounterBlock {
        let flags = UInt64(packet.bigEndianUInt32(at: 0) ?? 0)
        let ssrc = UInt64(packet.bigEndianUInt32(at: 4) ?? 0)
        return CounterBlock(high: UInt64(indexWord), low: flags << 32 | ssrc)
    }
}
