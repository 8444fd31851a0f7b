// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP
internal import Synchronization

/// A store that lasts as long as the process.
///
/// A responder that starts with one refuses, for the time of its window, messages that an earlier process may have accepted; and
/// counters at all times.
public final class MemoryMIKEYReplayStore: MIKEYReplayStore {
    private let startTime: WallClockTime
    private let kept: Mutex<MIKEYReplayMemory>

    /// An empty store.
    ///
    /// - Parameters:
    ///   - startTime: The time at which the responder starts.
    ///   - capacity: How many messages are remembered; see ``MIKEYReplayMemory/init(capacity:)``.
    public init(startTime: WallClockTime, capacity: Int = 4096) {
        self.startTime = startTime
        kept = Mutex(MIKEYReplayMemory(capacity: capacity))
    }

    /// The time at which the responder started.
    public var remembersSince: WallClockTime? { startTime }

    /// What is remembered now.
    public func memory() -> MIKEYReplayMemory { kept.withLock { $0 } }

    /// Remembers a message.
    public func remember(_ entry: MIKEYReplayEntry) throws(MIKEYReplayError) {
        try kept.withLock { (kept: inout sending MIKEYReplayMemory) throws(MIKEYReplayError) in
            try kept.remember(entry)
        }
    }
}
