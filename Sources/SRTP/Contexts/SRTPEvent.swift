// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// What happened in a context, beside the packets.
@nonexhaustive
public enum SRTPEvent: Hashable, Sendable {
    /// The first packet of a stream was sent or accepted.
    case streamAdded(SSRC)
    /// A stream made room for another one; see ``SRTPConfiguration/FullTable/evictIdle``.
    case streamEvicted(SSRC)
    /// A stream's packets are under another master key from now on.
    case keySwitched(SSRC, to: SRTPKeyID)
    /// A key will reach its lifetime soon. Comes once for a key.
    case keyNearsItsEnd(SRTPKeyID)
    /// A key has reached its lifetime, or the packets that one stream may take. It takes no more.
    case keyExhausted(SRTPKeyID)
    /// A key that was replaced is gone: its grace has passed.
    case keyRetired(SRTPKeyID)
    /// A receiver found a stream's rollover counter, by search or because a packet carried it.
    case rolloverCounterLearned(SSRC, UInt32)
}

/// The latest events, a bounded number of them.
struct EventQueue: Sendable {
    static let capacity = 64

    private var events: [SRTPEvent?] = Array(repeating: nil, count: EventQueue.capacity)
    private var first = 0
    private var count = 0
    /// The events that nobody fetched in time.
    private(set) var lost: UInt64 = 0

    mutating func append(_ event: SRTPEvent) {
        if count == Self.capacity {
            _ = next()
            lost += 1
        }
        events[(first + count) % Self.capacity] = event
        count += 1
    }

    mutating func next() -> SRTPEvent? {
        guard count > 0 else { return nil }
        let event = events[first]
        first = (first + 1) % Self.capacity
        count -= 1
        return event
    }
}
