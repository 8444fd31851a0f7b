// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// Which packets arrived and when, by transport-wide sequence numbers
/// (draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1).
///
/// ```
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |      base sequence number     |      packet status count      |
/// |                 reference time                | fb pkt. count |
/// |          packet chunk         |         packet chunk         ...
/// |  receive deltas of one or two octets, then zeros to the word ...
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// ```
///
/// A message has the status of at most 65,535 packets, however large the runs in it are.
public struct TransportWideFeedback: Hashable, Sendable {
    /// What became of one packet.
    @frozen
    public enum Status: Hashable, Sendable {
        /// The packet did not arrive.
        case notReceived
        /// It arrived so long after the one before that arrived, in 250 microseconds; the first one, after the
        /// reference time.
        case received(delta: Int16)
        /// It arrived, and nothing is said of when. The draft reserves this value.
        case receivedWithoutDelta
    }

    /// The sequence number that the first status is about.
    public let baseSequenceNumber: UInt16
    /// The packets that something is said about, in sequence from the base.
    public let packetStatusCount: UInt16
    /// Where the deltas count from, in 64 ms, from an instant that the receiver has chosen: 24 bits, signed.
    public let referenceTime: Int32
    /// Counts these messages, modulo 2^8.
    public let feedbackPacketCount: UInt8
    /// The statuses as they are on the wire.
    public let chunks: [TransportWideChunk]
    /// The deltas of the packets that have one, in 250 microseconds.
    public let deltas: [Int16]
    /// The zeros behind the deltas. Fewer than fill the word where padding followed them.
    package let zeroCount: Int

    /// A message about the packets from `baseSequenceNumber` on.
    ///
    /// - Throws: ``RTPError/valueOutOfRange(_:value:allowed:)`` for a reference time of more than 24 bits or no status
    ///   or more than 65,535.
    public init(
        baseSequenceNumber: UInt16, referenceTime: Int32, feedbackPacketCount: UInt8, statuses: [Status]
    ) throws(RTPError) {
        guard (-0x80_0000...0x7F_FFFF).contains(referenceTime) else {
            throw .valueOutOfRange(.transportWide, value: Int(referenceTime), allowed: -0x80_0000...0x7F_FFFF)
        }
        guard (1...65535).contains(statuses.count) else {
            throw .valueOutOfRange(.transportWide, value: statuses.count, allowed: 1...65535)
        }
        self.baseSequenceNumber = baseSequenceNumber
        self.packetStatusCount = UInt16(truncatingIfNeeded: statuses.count)
        self.referenceTime = referenceTime
        self.feedbackPacketCount = feedbackPacketCount
        self.chunks = TransportWideChunk.chunks(for: statuses.map(\.symbol))
        self.deltas = statuses.compactMap(\.delta)
        self.zeroCount = -(2 * chunks.count + statuses.reduce(0) { $0 + $1.symbol.deltaByteCount }) & 3
    }

    /// What became of each packet, from the base on.
    public var statuses: [Status] {
        var next = 0
        return symbols.map { symbol in
            switch symbol {
            case .notReceived: return .notReceived
            case .noDelta: return .receivedWithoutDelta
            case .smallDelta, .largeDelta:
                next += 1
                return .received(delta: deltas[next - 1])
            }
        }
    }

    /// The arrival of each packet, from the base on, in 250 microseconds on the scale of the reference time; `nil` where
    /// none is told.
    public var arrivalTimes: [Int64?] {
        var time = Int64(referenceTime) * 256
        return statuses.map { status in
            guard case .received(let delta) = status else { return nil }
            time += Int64(delta)
            return time
        }
    }

    /// One symbol a packet.
    private var symbols: [TransportWideChunk.Symbol] {
        var symbols: [TransportWideChunk.Symbol] = []
        symbols.reserveCapacity(Int(packetStatusCount))
        for share in Self.shares(of: chunks, count: packetStatusCount) {
            for position in 0..<share.count { symbols.append(share.chunk.symbol(at: position)) }
        }
        return symbols
    }

    /// The chunks, and how many packets each one is about: what the last one has beyond `count` is passed over.
    private static func shares(
        of chunks: [TransportWideChunk], count: UInt16
    ) -> [(chunk: TransportWideChunk, count: Int)] {
        var rest = Int(count)
        return chunks.map { chunk in
            let share = min(chunk.symbolCount, rest)
            rest -= share
            return (chunk, share)
        }
    }
}

extension TransportWideFeedback.Status {
    fileprivate var delta: Int16? {
        guard case .received(let delta) = self else { return nil }
        return delta
    }

    fileprivate var symbol: TransportWideChunk.Symbol {
        switch self {
        case .notReceived: .notReceived
        case .receivedWithoutDelta: .noDelta
        case .received(let delta): (0...255).contains(delta) ? .smallDelta : .largeDelta
        }
    }
}

extension TransportWideFeedback {
    init(parsing information: RawSpan) throws(RTPError) {
        var reader = ByteReader(information)
        guard let base = reader.readUInt16(), let count = reader.readUInt16(), let time = reader.readUInt24(),
            let feedbackCount = reader.readUInt8()
        else { throw .truncated(.transportWide, neededBytes: 8, availableBytes: information.byteCount) }
        var chunks: [TransportWideChunk] = []
        var statusCount = 0
        while statusCount < Int(count) {
            guard let bits = reader.readUInt16() else {
                throw .truncated(.transportWideChunk, neededBytes: 2, availableBytes: reader.remaining)
            }
            let chunk = TransportWideChunk(rawValue: bits)
            chunks.append(chunk)
            statusCount += chunk.symbolCount
        }
        let shares = Self.shares(of: chunks, count: count)
        let deltaByteCount = shares.reduce(0) { $0 + $1.chunk.deltaByteCount(ofFirst: $1.count) }
        guard deltaByteCount <= reader.remaining else {
            throw .truncated(
                .transportWideDelta, neededBytes: deltaByteCount, availableBytes: reader.remaining)
        }
        var deltas: [Int16] = []
        for share in shares {
            for symbol in share.chunk.symbolsWithDelta(ofFirst: share.count) {
                if symbol == .smallDelta {
                    deltas.append(Int16(reader.readUInt8() ?? 0))
                } else {
                    deltas.append(Int16(bitPattern: reader.readUInt16() ?? 0))
                }
            }
        }
        zeroCount = reader.remaining
        guard zeroCount < 4 else { throw .invalidLength(.transportWide, bytes: information.byteCount) }
        try reader.skipNulls(zeroCount, of: .transportWide)
        baseSequenceNumber = base
        packetStatusCount = count
        referenceTime = Int32(bitPattern: time << 8) >> 8
        feedbackPacketCount = feedbackCount
        self.chunks = chunks
        self.deltas = deltas
    }

    var byteCount: Int {
        Self.shares(of: chunks, count: packetStatusCount).reduce(8 + 2 * chunks.count + zeroCount) {
            $0 + $1.chunk.deltaByteCount(ofFirst: $1.count)
        }
    }

    func write(to writer: inout ByteWriter) {
        writer.write(baseSequenceNumber)
        writer.write(packetStatusCount)
        writer.writeUInt24(UInt32(bitPattern: referenceTime))
        writer.write(feedbackPacketCount)
        for chunk in chunks { writer.write(chunk.rawValue) }
        var next = deltas.makeIterator()
        for share in Self.shares(of: chunks, count: packetStatusCount) {
            for symbol in share.chunk.symbolsWithDelta(ofFirst: share.count) {
                let delta = UInt16(bitPattern: next.next() ?? 0)
                if symbol == .smallDelta {
                    writer.write(UInt8(truncatingIfNeeded: delta))
                } else {
                    writer.write(delta)
                }
            }
        }
        writer.writeZeros(zeroCount)
    }
}
