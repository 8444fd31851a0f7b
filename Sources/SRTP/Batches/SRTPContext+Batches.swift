// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

extension SRTPContext {
    /// Which packets may wait for the engine with others.
    struct Batchable {
        let rtp: Bool
        let rtcp: Bool

        @inline(__always)
        subscript(kind: PacketKind) -> Bool { kind == .rtp ? rtp : rtcp }
    }

    /// Which packets may wait, as far as profile and keys decide.
    var batchable: Batchable {
        let isSteady = keys.isSteady
        return Batchable(
            rtp: isSteady && profile.isBatchableRTP && configuration.rolloverCounterSearch == 0, rtcp: isSteady)
    }

    /// The cipher by which ordinary SRTP packets need not wait for one another; `nil` where they do. To be asked where
    /// ``isRTPPlain``.
    mutating func directCipher() -> DirectCipher? {
        guard profile.rtp.isAEAD else { return nil }
        return DirectCipher(keys[0].rtp[0].packet, engine: configuration.batchEngine.primitive)
    }

    /// Streams that the processor's nearer caches hold, about. Where there are more, those of several packets are fetched
    /// together, so that the packets wait for the memory once.
    private static let nearStreams = 2048

    /// Has the streams of the next ``BatchPlan/lookahead`` slots fetched, where there are many streams.
    @unsafe
    @inline(__always)
    mutating func fetchStreams(
        _ slots: borrowing MutableSpan<PacketSlot>, from first: Int, in buffer: UnsafeMutableRawPointer,
        _ byteCount: Int
    ) {
        guard streams.count > Self.nearStreams else { return }
        unsafe fetchFarStreams(slots, from: first, in: buffer, byteCount)
    }

    @unsafe
    @inline(never)
    private mutating func fetchFarStreams(
        _ slots: borrowing MutableSpan<PacketSlot>, from first: Int, in buffer: UnsafeMutableRawPointer,
        _ byteCount: Int
    ) {
        let end = min(first + BatchPlan.lookahead, slots.count)
        for position in first..<end {
            guard let ssrc = unsafe Self.ssrc(of: slots[position], in: buffer, byteCount) else { continue }
            streams.prefetchSlot(of: ssrc)
        }
        for position in first..<end {
            guard let ssrc = unsafe Self.ssrc(of: slots[position], in: buffer, byteCount),
                let slot = streams.slot(of: ssrc)
            else { continue }
            streams.prefetchRTP(at: slot)
        }
    }

    /// The SSRC that an RTP packet names, right or wrong.
    @unsafe
    @inline(__always)
    private static func ssrc(
        of slot: PacketSlot, in buffer: UnsafeMutableRawPointer, _ byteCount: Int
    ) -> SSRC? {
        guard slot.kind == .rtp, slot.lies(within: byteCount), slot.length >= RTPHeader.minimumByteCount else {
            return nil
        }
        let word = unsafe buffer.loadUnaligned(fromByteOffset: slot.offset + 8, as: UInt32.self)
        return SSRC(rawValue: UInt32(bigEndian: word))
    }
}
