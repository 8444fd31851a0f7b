// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// How far from the receiver's clock the T of a message may be (RFC 3830 sections 5.3 and 5.4).
///
/// The two clocks differ by some skew, and the message travels for a while. The wider the window, the more messages a replay
/// cache must remember.
public struct MIKEYTimestampWindow: Hashable, Sendable {
    /// How many seconds before the clock.
    public let pastSeconds: UInt32
    /// How many seconds after the clock.
    public let futureSeconds: UInt32

    /// A window of so many seconds each way; without arguments, five minutes.
    public init(pastSeconds: UInt32 = 300, futureSeconds: UInt32 = 300) {
        self.pastSeconds = pastSeconds
        self.futureSeconds = futureSeconds
    }

    /// Where a time lies.
    enum Place: Hashable, Sendable {
        case before
        case inside
        case after
    }

    /// Where `time` lies from a window around `clock`. Both ends are inside.
    func place(of time: NTPInstant, clock: NTPInstant) -> Place {
        if time < start(clock: clock) { return .before }
        return time.units > clock.units + Int128(futureSeconds) << 32 ? .after : .inside
    }

    /// The oldest instant of a window around `clock`.
    func start(clock: NTPInstant) -> NTPInstant { NTPInstant(units: clock.units - Int128(pastSeconds) << 32) }
}
