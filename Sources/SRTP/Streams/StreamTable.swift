// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import RTP

/// Every stream of a context: found by SSRC, changed in place, never copied out and back.
struct StreamTable: ~Copyable, Sendable {
    private var directory: StreamDirectory
    private var streams = StreamSlab()
    private var wideRTP: WindowSlab?
    private var wideRTCP: WindowSlab?
    private let rtpWidth: Int
    private let rtcpWidth: Int
    private let limit: Int

    init(_ configuration: SRTPConfiguration) throws(CryptoError) {
        directory = try StreamDirectory()
        rtpWidth = configuration.replayWindow
        rtcpWidth = configuration.rtcpReplayWindow
        limit = configuration.streamLimit
        wideRTP = WindowSlab(width: rtpWidth)
        wideRTCP = WindowSlab(width: rtcpWidth)
    }

    // MARK: Finding and admitting

    /// The stream's slot; `nil` if the SSRC is not known. Changes nothing but the memory of the last hit.
    @inline(__always)
    mutating func slot(of ssrc: SSRC) -> Int? { directory.slot(of: ssrc) }

    /// Throws if no further stream is admitted.
    func checkRoom(for ssrc: SSRC) throws(SRTPError) {
        guard streams.count < limit else { throw .tooManyStreams(ssrc, limit: limit) }
    }

    /// Makes a stream for an SSRC that has none. May allocate.
    mutating func insert(_ ssrc: SSRC) -> Int {
        directory.insert(ssrc, slot: streams.count)
        streams.append(StreamState(ssrc: ssrc))
        wideRTP?.append()
        wideRTCP?.append()
        return streams.count - 1
    }

    /// The number of streams.
    var count: Int { streams.count }

    /// The stream in a slot.
    subscript(slot: Int) -> StreamState {
        @inline(__always) _read { yield streams[slot] }
        @inline(__always) _modify { yield &streams[slot] }
    }

    // MARK: RTP

    /// The index of a packet; that of a first packet where there is no slot yet.
    @inline(__always)
    func rtpIndex(of sequenceNumber: UInt16, at slot: Int?) -> PacketIndex {
        guard let slot else { return PacketIndex(rolloverCounter: 0, sequenceNumber: sequenceNumber) }
        return streams[slot].rtpIndex(of: sequenceNumber)
    }

    @inline(__always)
    func rtpVerdict(on index: PacketIndex, at slot: Int) -> RingWindow.Verdict {
        if let wideRTP {
            return wideRTP.verdict(on: index.unwrapped, width: rtpWidth, of: streams[slot].rtp, at: slot)
        }
        return streams[slot].rtp.verdict(on: index.unwrapped, width: rtpWidth)
    }

    /// Notes that an RTP packet was sent or accepted.
    @inline(__always)
    mutating func markRTP(_ index: PacketIndex, at slot: Int) {
        streams[slot].noteRTP(index)
        if wideRTP != nil {
            wideRTP?.mark(index.unwrapped, of: &streams[slot].rtp, at: slot)
        } else {
            streams[slot].rtp.mark(index.unwrapped)
        }
    }

    // MARK: RTCP

    @inline(__always)
    func rtcpVerdict(on index: UInt32, at slot: Int) -> RingWindow.Verdict {
        if let wideRTCP {
            return wideRTCP.verdict(on: UInt64(index), width: rtcpWidth, of: streams[slot].rtcp, at: slot)
        }
        return streams[slot].rtcp.verdict(on: UInt64(index), width: rtcpWidth)
    }

    /// Notes that an SRTCP packet was sent or accepted.
    @inline(__always)
    mutating func markRTCP(_ index: UInt32, at slot: Int) {
        if wideRTCP != nil {
            wideRTCP?.mark(UInt64(index), of: &streams[slot].rtcp, at: slot)
        } else {
            streams[slot].rtcp.mark(UInt64(index))
        }
    }

    // MARK: State as values

    /// The SSRCs that have a stream, lowest first.
    var ssrcs: [SSRC] { slotsBySSRC.map { streams[$0].ssrc } }

    private var slotsBySSRC: [Int] {
        (0..<streams.count).sorted { streams[$0].ssrc.rawValue < streams[$1].ssrc.rawValue }
    }

    /// What every stream has seen, lowest SSRC first.
    var snapshot: [SRTPStateSnapshot.Stream] {
        slotsBySSRC.map { slot in
            let stream = streams[slot]
            return SRTPStateSnapshot.Stream(
                ssrc: stream.ssrc,
                pendingRolloverCounter: stream.pendingRolloverCounter,
                oldestRTP: stream.oldestRTP,
                nextRTCPIndex: stream.nextRTCPIndex,
                rtp: .init(stream.rtp, words: wideRTP?.words(at: slot) ?? stream.rtp.inlineWords),
                rtcp: .init(stream.rtcp, words: wideRTCP?.words(at: slot) ?? stream.rtcp.inlineWords))
        }
    }
}
