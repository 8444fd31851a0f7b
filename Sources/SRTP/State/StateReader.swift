// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import WireBytes

/// Reads what StateWriting wrote. Whatever the octets are: a state that a context could have, or an error.
struct StateReader: ~Escapable {
    private var reader: ByteReader

    @_lifetime(copy octets)
    init(_ octets: RawSpan) { reader = ByteReader(octets) }

    /// Counts and unwrapped indices stay far below where arithmetic on them could overflow.
    private static let largestNumber: UInt64 = 1 << 60
    private static let fingerprintByteCount = 16
    private static let smallestRTP = PacketIndex.modulus - 1 << 16
    private static let smallestRTCP = RTCPIndex.modulus

    /// The whole state.
    mutating func readState() throws(SRTPError) -> SRTPStateSnapshot {
        let nextKeyNumber = try readUInt32()
        let activeKey = try readUInt32()
        let pastKeys = try readPastKeys()
        let keys = try readKeys(below: nextKeyNumber)
        let streams = try readStreams(keysBelow: nextKeyNumber)
        let former = try readFormer(keysBelow: nextKeyNumber)
        let gone = Set(former.map(\.ssrc))
        guard reader.isAtEnd, nextKeyNumber > 0, activeKey < nextKeyNumber,
            !streams.contains(where: { gone.contains($0.ssrc) })
        else { throw .malformedState }
        return SRTPStateSnapshot(
            streams: streams, former: former, keys: keys, pastKeys: pastKeys,
            activeKey: activeKey == 0 ? nil : activeKey, nextKeyNumber: nextKeyNumber)
    }

    // MARK: Keys

    private mutating func readPastKeys() throws(SRTPError) -> [[UInt8]] {
        var names: [[UInt8]] = []
        for _ in 0..<(try readUInt32()) { names.append(try readFingerprint()) }
        return names
    }

    private mutating func readKeys(below next: UInt32) throws(SRTPError) -> [SRTPStateSnapshot.Key] {
        var keys: [SRTPStateSnapshot.Key] = []
        var last: UInt32 = 0
        for _ in 0..<(try readUInt32()) {
            let number = try readUInt32()
            guard number > last, number < next, keys.count < KeyTable.capacity else { throw .malformedState }
            last = number
            let fingerprint = try readFingerprint()
            let rtpPackets = try readCount()
            let rtcpPackets = try readCount()
            let isExhausted = try readFlag()
            let grace = try readFlag() ? try readCount() : nil
            let use = KeyUse(
                rtpPackets: rtpPackets, rtcpPackets: rtcpPackets, isExhausted: isExhausted,
                returning: try readUse(), grace: grace)
            keys.append(SRTPStateSnapshot.Key(number: number, fingerprint: fingerprint, use: use))
        }
        return keys
    }

    private mutating func readFingerprint() throws(SRTPError) -> [UInt8] {
        guard let octets = reader.readBytes(Self.fingerprintByteCount) else { throw .malformedState }
        return [UInt8](copying: octets)
    }

    private mutating func readUse() throws(SRTPError) -> StreamUse {
        StreamUse(
            rtpPackets: try readCount(), rtcpPackets: try readCount(),
            oldestRTP: try readOldest(from: Self.smallestRTP), oldestRTCP: try readOldest(from: Self.smallestRTCP))
    }

    /// An index, or .max for none.
    private mutating func readOldest(from smallest: UInt64) throws(SRTPError) -> UInt64 {
        let index = try readUInt64()
        guard index == .max || (smallest...Self.largestNumber).contains(index) else { throw .malformedState }
        return index
    }

    // MARK: Streams

    private mutating func readStreams(keysBelow next: UInt32) throws(SRTPError) -> [SRTPStateSnapshot.Stream] {
        var streams: [SRTPStateSnapshot.Stream] = []
        for _ in 0..<(try readUInt32()) {
            let ssrc = try readSSRC(after: streams.last?.ssrc)
            let stream = SRTPStateSnapshot.Stream(
                ssrc: ssrc, pendingRolloverCounter: try readPendingCounter(),
                isSearched: try readFlag(), keyNumber: try readUInt32(),
                oldestRTP: try readOldest(from: Self.smallestRTP),
                oldestRTCP: try readOldest(from: Self.smallestRTCP), nextRTCP: try readNextRTCP(),
                rtp: try readSeen(from: Self.smallestRTP), rtcp: try readSeen(from: Self.smallestRTCP))
            guard stream.keyNumber < next, stream.keyNumber > 0 || stream.rtp.newest | stream.rtcp.newest == 0 else {
                throw .malformedState
            }
            streams.append(stream)
        }
        return streams
    }

    private mutating func readFormer(keysBelow next: UInt32) throws(SRTPError) -> [SRTPStateSnapshot.Former] {
        var former: [SRTPStateSnapshot.Former] = []
        for _ in 0..<(try readUInt32()) {
            let ssrc = try readSSRC(after: former.last?.ssrc)
            let left = FormerStream(
                rtp: try readNewest(from: Self.smallestRTP), rtcp: try readNewest(from: Self.smallestRTCP),
                nextRTCP: try readNextRTCP(), pendingRolloverCounter: try readPendingCounter(),
                keyNumber: try readUInt32(), use: try readUse(), lastKeyNumber: try readUInt32())
            guard left.keyNumber <= left.lastKeyNumber, left.lastKeyNumber < next else { throw .malformedState }
            former.append(SRTPStateSnapshot.Former(ssrc: ssrc, left: left))
        }
        return former
    }

    private mutating func readPendingCounter() throws(SRTPError) -> UInt32? {
        guard try readFlag() else { return nil }
        guard let counter = UInt32(exactly: try readUInt64()) else { throw .malformedState }
        return counter
    }

    /// An SSRC above the one before it.
    private mutating func readSSRC(after last: SSRC?) throws(SRTPError) -> SSRC {
        let number = try readUInt32()
        if let last, number <= last.rawValue { throw .malformedState }
        return SSRC(number)
    }

    private mutating func readSeen(from smallest: UInt64) throws(SRTPError) -> SRTPStateSnapshot.Seen {
        let newest = try readNewest(from: smallest)
        let count = try readCount()
        guard let wordCount = reader.readUInt16(), newest == 0 ? wordCount == 0 : (2...512).contains(wordCount),
            wordCount & (wordCount &- 1) == 0 || wordCount == 0
        else { throw .malformedState }
        var words: [UInt64] = []
        for _ in 0..<wordCount { words.append(try readUInt64()) }
        return SRTPStateSnapshot.Seen(newest: newest, count: count, words: words)
    }

    /// An index, or 0 for none.
    private mutating func readNewest(from smallest: UInt64) throws(SRTPError) -> UInt64 {
        let index = try readUInt64()
        guard index == 0 || (smallest...Self.largestNumber).contains(index) else { throw .malformedState }
        return index
    }

    private mutating func readNextRTCP() throws(SRTPError) -> UInt64 {
        let index = try readUInt64()
        guard (RTCPIndex.first.unwrapped...Self.largestNumber).contains(index) else { throw .malformedState }
        return index
    }

    // MARK: Numbers

    private mutating func readCount() throws(SRTPError) -> UInt64 {
        let count = try readUInt64()
        guard count <= Self.largestNumber else { throw .malformedState }
        return count
    }

    private mutating func readFlag() throws(SRTPError) -> Bool {
        guard let octet = reader.readUInt8(), octet < 2 else { throw .malformedState }
        return octet == 1
    }

    private mutating func readUInt32() throws(SRTPError) -> UInt32 {
        guard let number = reader.readUInt32() else { throw .malformedState }
        return number
    }

    private mutating func readUInt64() throws(SRTPError) -> UInt64 {
        guard let number = reader.readUInt64() else { throw .malformedState }
        return number
    }
}
