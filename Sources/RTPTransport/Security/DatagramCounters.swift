// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

/// What a ``SecureDatagramHandler`` has done since it was made: plain counts, taken as a value.
///
/// Why packets were refused is counted by the transform itself; see ``SecureDatagramHandler/withReceiver(_:)``.
public struct DatagramCounters: Hashable, Sendable {
    /// Datagrams that arrived: the sum of the next three, and of those that wait for the end of the read burst.
    public internal(set) var received: UInt64 = 0
    /// Packets that the receiving transform accepted.
    public internal(set) var opened: UInt64 = 0
    /// Packets that the receiving transform refused. They were dropped.
    public internal(set) var refused: UInt64 = 0
    /// Datagrams that were neither RTP nor RTCP. They were dropped or forwarded, as the options say.
    public internal(set) var other: UInt64 = 0
    /// Packets that the sending transform accepted.
    public internal(set) var sealed: UInt64 = 0
    /// Writes that failed in the handler, so that nothing was sent.
    public internal(set) var refusedWrites: UInt64 = 0
    /// Writes of neither RTP nor RTCP that were passed on as they are, as the options say.
    public internal(set) var otherWrites: UInt64 = 0

    /// Nothing counted yet.
    public init() {}
}
