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

    /// Changes what is remembered, as one step that happens wholly or not at all: not where `change` throws.
    ///
    /// Nobody else changes it meanwhile. Returns when the change lasts as long as the store does.
    func update(_ change: (inout MIKEYReplayMemory) throws(MIKEYReplayError) -> Void) throws(MIKEYReplayError)
}
