// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import CryptoPrimitives
internal import WireBytes

/// What is remembered of authenticated messages, so that none is accepted twice (RFC 3830 section 5.4).
///
/// Bounded: at its capacity it takes nothing more until the time of something is over. What it forgets then is refused from there
/// on as older than what is remembered, even where clock or window are set back.
public struct MIKEYReplayMemory: Hashable, Sendable {
    /// Messages with a time, and peers with a counter, each at most as many.
    public let capacity: Int
    /// The times of the messages, by the digests of what was authenticated.
    private var messages: [[UInt8]: NTPInstant] = [:]
    /// The last counters, by the digests of the peers' names.
    private var counters: [[UInt8]: UInt32] = [:]
    /// The newest time of a message that was forgotten.
    private var newestForgotten: NTPInstant?

    /// A memory without anything in it.
    ///
    /// - Parameter capacity: 4,096 messages take 200 kilobytes. Values below 1 count as 1, those above 2^20 as that.
    public init(capacity: Int = 4096) { self.capacity = min(max(capacity, 1), 1 << 20) }

    /// The number of messages that are remembered.
    public var messageCount: Int { messages.count }
    /// The number of peers whose counters are remembered.
    public var counterCount: Int { counters.count }

    // MARK: Messages with a time

    func check(_ message: Digest, at time: NTPInstant) throws(MIKEYReplayError) {
        // First, since a message is also older than those which were forgotten after it.
        guard messages[message.octets] == nil else { throw .replayed }
        if let newestForgotten, time <= newestForgotten { throw .beforeMemory }
    }

    /// Remembers a message of which nothing was known.
    ///
    /// - Parameter start: The beginning of the window: what is older may be forgotten.
    mutating func add(_ message: Digest, at time: NTPInstant, windowStart start: NTPInstant) throws(MIKEYReplayError) {
        try check(message, at: time)
        if messages.count >= capacity { forget(before: start) }
        guard messages.count < capacity else { throw .full(capacity: capacity) }
        messages[message.octets] = time
    }

    private mutating func forget(before start: NTPInstant) {
        let outdated = messages.values.filter { $0 < start }
        guard let newest = outdated.max() else { return }
        newestForgotten = max(newestForgotten ?? newest, newest)
        messages = messages.filter { $0.value >= start }
    }

    // MARK: Counters

    func check(_ counter: UInt32, of peer: Digest) throws(MIKEYReplayError) {
        if let last = counters[peer.octets], counter <= last { throw .counterNotIncreasing }
    }

    mutating func add(_ counter: UInt32, of peer: Digest) throws(MIKEYReplayError) {
        try check(counter, of: peer)
        guard counters.count < capacity || counters[peer.octets] != nil else { throw .full(capacity: capacity) }
        counters[peer.octets] = counter
    }

    /// SHA-256, of octets or of a name.
    struct Digest {
        static let byteCount = 32

        let octets: [UInt8]

        init(_ bytes: RawSpan) throws(MIKEYReplayError) {
            do throws(CryptoError) { octets = try SHA256.digest(bytes) } catch { throw .engineFailed }
        }
    }
}

// MARK: As octets

extension MIKEYReplayMemory {
    private static let magic = Array("MIKEYRPL".utf8)
    private static let version: UInt32 = 1
    private static let messageByteCount = Digest.byteCount + instantByteCount
    private static let counterByteCount = Digest.byteCount + 4
    private static let instantByteCount = 16

    /// The memory as octets, with a digest behind them that finds damage, not malice.
    ///
    /// - Throws: ``MIKEYReplayError/engineFailed``.
    public func encoded() throws(MIKEYReplayError) -> [UInt8] {
        var writer = ByteWriter(
            reserving: 80 + messages.count * Self.messageByteCount + counters.count * Self.counterByteCount)
        writer.write(bytes: Self.magic)
        writer.write(Self.version)
        writer.write(UInt32(capacity))
        writer.write(UInt8(newestForgotten == nil ? 0 : 1))
        Self.write(newestForgotten ?? NTPInstant(units: 0), to: &writer)
        writer.write(UInt32(messages.count))
        for (digest, time) in messages {
            writer.write(bytes: digest)
            Self.write(time, to: &writer)
        }
        writer.write(UInt32(counters.count))
        for (digest, counter) in counters {
            writer.write(bytes: digest)
            writer.write(counter)
        }
        let octets = writer.bytes
        return octets + (try unsafe Digest(octets.span.bytes).octets)
    }

    /// Reads what ``encoded()`` made; `nil` for anything else.
    ///
    /// - Throws: ``MIKEYReplayError/engineFailed``.
    public init?(encoded octets: [UInt8]) throws(MIKEYReplayError) {
        let body = Array(octets.dropLast(Digest.byteCount))
        let bytes = unsafe body.span.bytes
        guard try Digest(bytes).octets == Array(octets.suffix(Digest.byteCount)), body.starts(with: Self.magic) else {
            return nil
        }
        var reader = ByteReader(bytes)
        guard reader.skip(Self.magic.count), reader.readUInt32() == Self.version,
            let capacity = reader.readUInt32(), let hasForgotten = reader.readUInt8(), hasForgotten < 2,
            let newest = Self.readInstant(&reader), let messageCount = reader.readUInt32()
        else { return nil }
        self.init(capacity: Int(capacity))
        newestForgotten = hasForgotten == 1 ? newest : nil
        for _ in 0..<messageCount {
            guard let digest = reader.readBytes(Digest.byteCount), let time = Self.readInstant(&reader),
                messages.updateValue(time, forKey: [UInt8](copying: digest)) == nil
            else { return nil }
        }
        guard let counterCount = reader.readUInt32() else { return nil }
        for _ in 0..<counterCount {
            guard let digest = reader.readBytes(Digest.byteCount), let counter = reader.readUInt32(),
                counters.updateValue(counter, forKey: [UInt8](copying: digest)) == nil
            else { return nil }
        }
        guard reader.isAtEnd, max(messages.count, counters.count) <= self.capacity else { return nil }
    }

    private static func write(_ instant: NTPInstant, to writer: inout ByteWriter) {
        writer.write(UInt64(truncatingIfNeeded: instant.units >> 64))
        writer.write(UInt64(truncatingIfNeeded: instant.units))
    }

    private static func readInstant(_ reader: inout ByteReader) -> NTPInstant? {
        guard let high = reader.readUInt64(), let low = reader.readUInt64() else { return nil }
        let units = Int128(Int64(bitPattern: high)) << 64 | Int128(low)
        // Far beyond every clock, and far from overflow.
        return abs(units >> 64) < 1 << 32 ? NTPInstant(units: units) : nil
    }
}
