// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

internal import RTP
internal import Synchronization

/// Where an initiator's T come from: each is above the one before, whatever the clock does (RFC 3830 section 5.2).
///
/// One party has one source, which all its initiators share. Where the clock is set back, T goes on from the newest one by the
/// smallest steps until the clock is there again; by more than the peers' window, a new source and new bundles are needed.
public final class MIKEYTimestampSource: Sendable {
    /// What T is.
    public enum Kind: Hashable, Sendable {
        /// The time in UTC.
        case ntpUTC
        /// The time, said to be of any time zone; it is written in UTC.
        case ntp
        /// A counter whose next value this is. It must go on after a restart: see ``MIKEYTimestampSource/nextCounter``.
        case counter(next: UInt32)
    }

    private struct State {
        var newest: NTPInstant?
        var nextCounter: UInt32?
        var scripted: [MIKEYTimestamp] = []
    }

    private let kind: Kind
    private let state: Mutex<State>

    /// A source.
    public init(_ kind: Kind = .ntpUTC) {
        self.kind = kind
        if case .counter(let next) = kind {
            state = Mutex(State(nextCounter: next))
        } else {
            state = Mutex(State())
        }
    }

    /// A source that gives these, and the time in UTC behind them: for messages that are to be made again.
    package init(scripted: [MIKEYTimestamp]) {
        kind = .ntpUTC
        state = Mutex(State(scripted: scripted))
    }

    /// The next value of a counter, to be saved before a message goes out; `nil` where T is a time, or no value is left.
    public var nextCounter: UInt32? { state.withLock { $0.nextCounter } }

    /// The T of a new message.
    func next(now: WallClockTime) throws(MIKEYExchangeError) -> MIKEYTimestamp {
        try state.withLock { (state: inout sending State) throws(MIKEYExchangeError) in
            guard state.scripted.isEmpty else { return state.scripted.removeFirst() }
            if case .counter = kind {
                guard let counter = state.nextCounter else { throw .counterExhausted }
                state.nextCounter = counter == .max ? nil : counter + 1
                return .counter(counter)
            }
            let clock = NTPInstant(now)
            let time = state.newest.map { max(clock, NTPInstant(units: $0.units + 1)) } ?? clock
            state.newest = time
            let wire = UInt64(truncatingIfNeeded: time.units)
            return kind == .ntp ? .ntp(wire) : .ntpUTC(wire)
        }
    }
}
