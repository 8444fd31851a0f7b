// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import WireBytes

/// What is remembered of authenticated messages, so that none is accepted twice (RFC 3830 section 5.4).
///
/// Bounded: at its capacity it takes nothing more until the time of something is over. What it forgets then is refused from there
/// on as older than what is remembered, even where clock or window are set back.
///
/// Its room is for all peers: one that has a key can fill it for as long as the window is wide. Peers from whom that is to be expected
/// get a responder with a store of its own each.
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
    /// - Parameter capacity: Values below 1 count as 1, those above 2^20 as that.
    public init(capacity: Int = 4096) { self.capacity = min(max(capacity, 1), 1 << 20) }

    /// The number of messages that are remembered.
    public var messageCount: Int { messages.count }
    /// The number of peers whose counters are remembered.
    public var counterCount: Int { counters.count }

    // MARK: Checks

    /// Whether what `entry` says is new; nothing changes.
    func check(_ entry: MIKEYReplayEntry) throws(MIKEYReplayError) {
        switch entry.content {
        case .message(let digest, let time, windowStart: _): try check(digest.octets, at: time)
        case .counter(let counter, let peer): try check(counter, of: peer.octets)
        }
    }

    private func check(_ message: [UInt8], at time: NTPInstant) throws(MIKEYReplayError) {
        // First, since a message is also older than those which were forgotten after it.
        guard messages[message] == nil else { throw .replayed }
        if let newestForgotten, time <= newestForgotten { throw .beforeMemory }
    }

    private func check(_ counter: UInt32, of peer: [UInt8]) throws(MIKEYReplayError) {
        if let last = counters[peer], counter <= last { throw .counterNotIncreasing }
    }

    private func checkRoom(for peer: [UInt8]) throws(MIKEYReplayError) {
        guard counters.count < capacity || counters[peer] != nil else { throw .full(capacity: capacity) }
    }

    // MARK: Changes

    /// Remembers a message or a counter, unless it is not new, or there is no room. Nothing has changed then.
    public mutating func remember(_ entry: MIKEYReplayEntry) throws(MIKEYReplayError) {
        for change in try changes(toRemember: entry) { try apply(change) }
    }

    /// What a memory is made of, one after another.
    enum Change: Hashable {
        case message([UInt8], at: NTPInstant)
        case counter(UInt32, of: [UInt8])
        /// All messages up to a time are forgotten.
        case forgotten(upTo: NTPInstant)
    }

    /// The changes that remember a message or a counter of which nothing was known.
    func changes(toRemember entry: MIKEYReplayEntry) throws(MIKEYReplayError) -> [Change] {
        try check(entry)
        switch entry.content {
        case .message(let digest, let time, let start):
            let change = Change.message(digest.octets, at: time)
            guard messages.count >= capacity else { return [change] }
            let outdated = messages.values.lazy.filter { $0 < start }
            guard let newest = outdated.max() else { throw .full(capacity: capacity) }
            return [.forgotten(upTo: newest), change]
        case .counter(let counter, let peer):
            try checkRoom(for: peer.octets)
            return [.counter(counter, of: peer.octets)]
        }
    }

    /// Makes a change, unless it is one that this memory does not come to.
    mutating func apply(_ change: Change) throws(MIKEYReplayError) {
        switch change {
        case .message(let digest, let time):
            try check(digest, at: time)
            guard messages.count < capacity else { throw .full(capacity: capacity) }
            messages[digest] = time
        case .counter(let counter, let peer):
            try check(counter, of: peer)
            try checkRoom(for: peer)
            counters[peer] = counter
        case .forgotten(let newest):
            newestForgotten = max(newestForgotten ?? newest, newest)
            messages = messages.filter { $0.value > newest }
        }
    }

    /// The number of ``allChanges``.
    var changeCount: Int { messages.count + counters.count + (newestForgotten == nil ? 0 : 1) }

    /// The fewest changes that make an empty memory into this one.
    var allChanges: [Change] {
        (newestForgotten.map { [.forgotten(upTo: $0)] } ?? []) + messages.map { .message($0, at: $1) }
            + counters.map { .counter($1, of: $0) }
    }
}

// MARK: As octets

extension MIKEYReplayMemory {
    private static let magic = Array("MIKEYRPL".utf8)
    private static let version: UInt32 = 1
    private static let messageByteCount = MIKEYReplayEntry.Digest.byteCount + NTPInstant.byteCount
    private static let counterByteCount = MIKEYReplayEntry.Digest.byteCount + 4

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
        (newestForgotten ?? NTPInstant(units: 0)).write(to: &writer)
        writer.write(UInt32(messages.count))
        for (digest, time) in messages {
            writer.write(bytes: digest)
            time.write(to: &writer)
        }
        writer.write(UInt32(counters.count))
        for (digest, counter) in counters {
            writer.write(bytes: digest)
            writer.write(counter)
        }
        let octets = writer.bytes
        return octets + (try unsafe MIKEYReplayEntry.Digest(octets.span.bytes).octets)
    }

    /// Reads what ``encoded()`` made; `nil` for anything else.
    ///
    /// - Throws: ``MIKEYReplayError/engineFailed``.
    public init?(encoded octets: [UInt8]) throws(MIKEYReplayError) {
        let body = Array(octets.dropLast(MIKEYReplayEntry.Digest.byteCount))
        let bytes = unsafe body.span.bytes
        guard try MIKEYReplayEntry.Digest(bytes).octets == Array(octets.suffix(MIKEYReplayEntry.Digest.byteCount)),
            body.starts(with: Self.magic)
        else { return nil }
        var reader = ByteReader(bytes)
        guard reader.skip(Self.magic.count), reader.readUInt32() == Self.version,
            let capacity = reader.readUInt32(), let hasForgotten = reader.readUInt8(), hasForgotten < 2,
            let newest = NTPInstant(&reader), let messageCount = reader.readUInt32()
        else { return nil }
        self.init(capacity: Int(capacity))
        newestForgotten = hasForgotten == 1 ? newest : nil
        for _ in 0..<messageCount {
            guard let digest = reader.readBytes(MIKEYReplayEntry.Digest.byteCount), let time = NTPInstant(&reader),
                messages.updateValue(time, forKey: [UInt8](copying: digest)) == nil
            else { return nil }
        }
        guard let counterCount = reader.readUInt32() else { return nil }
        for _ in 0..<counterCount {
            guard let digest = reader.readBytes(MIKEYReplayEntry.Digest.byteCount), let counter = reader.readUInt32(),
                counters.updateValue(counter, forKey: [UInt8](copying: digest)) == nil
            else { return nil }
        }
        guard reader.isAtEnd, max(messages.count, counters.count) <= self.capacity else { return nil }
    }
}
