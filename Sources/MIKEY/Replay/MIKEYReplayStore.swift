// Licensed under the Apache License, Version 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

public import RTP

/// Where what is remembered of messages is kept. ``MemoryMIKEYReplayStore`` and ``FileMIKEYReplayStore`` are built in; another one
/// may be a database that several responders share.
///
/// A store that goes back to an older state lets messages be accepted twice.
public protocol MIKEYReplayStore: Sendable {
    /// From when on the store remembers; `nil` for one that has never forgotten anything, also not when a process ended.
    ///
    /// Messages of before, as far as another clock may be ahead, are refused: they may have been accepted by an earlier process.
    var remembersSince: WallClockTime? { get }

    /// What is remembered now.
    func memory() throws(MIKEYReplayError) -> MIKEYReplayMemory

    /// Remembers a message or a counter by ``MIKEYReplayMemory/remember(_:)``, as one step that happens wholly or not at all.
    ///
    /// Nobody else changes the memory meanwhile. Returns when the change lasts as long as the store does, and throws where it may
    /// not.
    func remember(_ entry: MIKEYReplayEntry) throws(MIKEYReplayError)
}
