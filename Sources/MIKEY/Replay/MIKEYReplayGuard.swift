// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

package import RTP

/// Decides by its T whether a message may be taken: time within the window, counters increasing, none twice (RFC 3830 sections
/// 5.3 and 5.4).
///
/// A message is checked before its MAC or signature, which costs little, and accepted after it: only authenticated messages are
/// remembered.
public struct MIKEYReplayGuard: Sendable {
    private let store: any MIKEYReplayStore
    /// How far from the clock T may be.
    public let window: MIKEYTimestampWindow

    /// A guard that remembers in `store`. Several may share one.
    public init(store: any MIKEYReplayStore, window: MIKEYTimestampWindow = MIKEYTimestampWindow()) {
        self.store = store
        self.window = window
    }

    /// Whether a message could be accepted now; nothing changes.
    ///
    /// - Parameters:
    ///   - timestamp: The T of the message.
    ///   - message: What the MAC or signature covers of it.
    ///   - peer: A name of whoever counts where T is a counter: the identity, or the name of the key.
    ///   - now: The clock.
    package func check(
        _ timestamp: MIKEYTimestamp, message: RawSpan, peer: [UInt8], now: WallClockTime
    ) throws(MIKEYReplayError) {
        try store.memory().check(try entry(timestamp, message: message, peer: peer, now: now))
    }

    /// The same for a message that was authenticated, and remembers it. It must have no effect before.
    package func accept(
        _ timestamp: MIKEYTimestamp, message: RawSpan, peer: [UInt8], now: WallClockTime
    ) throws(MIKEYReplayError) {
        try store.remember(try entry(timestamp, message: message, peer: peer, now: now))
    }

    /// What is to be compared with the memory.
    private func entry(
        _ timestamp: MIKEYTimestamp, message: RawSpan, peer: [UInt8], now: WallClockTime
    ) throws(MIKEYReplayError) -> MIKEYReplayEntry {
        let clock = NTPInstant(now)
        let start = store.remembersSince.map { NTPInstant($0) }
        if case .counter(let counter) = timestamp {
            guard start == nil else { throw .counterNeedsDurableStore }
            return MIKEYReplayEntry(.counter(counter, of: try unsafe .init(peer.span.bytes)))
        }
        // NTP in another time zone is compared as it is: nothing in a message says by how much it is off.
        let time = NTPInstant(wire: timestamp.value64, near: clock)
        switch window.place(of: time, clock: clock) {
        case .before: throw .tooOld
        case .after: throw .tooNew
        case .inside: break
        }
        // An earlier process may have accepted what is not beyond the window that it had when it ended.
        if let start, window.place(of: time, clock: start) != .after { throw .beforeMemory }
        return MIKEYReplayEntry(.message(try .init(message), at: time, windowStart: window.start(clock: clock)))
    }
}
